import { join } from 'node:path';
import type { Guest, PackageOrigin } from '../../src/machine/guest';
import type { Step } from '../setup/steps';
import type { StepContext } from '../setup/context';
import type { CatalogueFile } from '../setup/catalogue';
import { publishImage } from './image';
import { Pieces, withNeeds, type Recipe } from './piece';

/** Name of the step after which a guest is ready. */
export function guestStep(recipe: Pick<Recipe, 'id'>): string {
  return `guest ${recipe.id}`;
}

/** Writes a guest's images and gives its entry of the catalogue. */
export function publishGuest(recipe: Recipe, pieces: Pieces, folder: string): Guest {
  const { pieces: parts, images, snapshot, ...rest } = recipe;
  void snapshot; // how it is made; what was made comes later
  const origins = new Map<string, PackageOrigin>();
  for (const piece of parts) {
    for (const origin of pieces.of(piece).packages) {
      origins.set(`${origin.kind} ${origin.package}`, origin);
    }
  }
  return {
    ...rest,
    images: images.map((image) => publishImage(image, pieces, folder)),
    packages: [...origins.values()],
  };
}

/** The steps that build the recipes' pieces and publish each guest as soon as it is complete. */
export function guestSteps(
  recipes: readonly Recipe[],
  publicFolder: string,
  catalogue: CatalogueFile,
  inStep: (name: string, control: Parameters<Step['run']>[0]) => StepContext,
): Step[] {
  const pieces = new Pieces();
  const folder = join(publicFolder, 'guests');
  const pieceSteps = withNeeds(recipes.flatMap((recipe) => recipe.pieces)).map((piece): Step => ({
    name: piece.name,
    needs: (piece.needs ?? []).map((need) => need.name),
    heavy: piece.heavy ?? false,
    run: (control) => pieces.build(piece, inStep(piece.name, control)),
  }));
  const publishing = recipes.map((recipe): Step => ({
    name: guestStep(recipe),
    needs: recipe.pieces.map((piece) => piece.name),
    run: () => {
      catalogue.set(recipe.id, { state: 'ready', guest: publishGuest(recipe, pieces, folder) });
      return Promise.resolve();
    },
  }));
  return [...publishing, ...pieceSteps];
}
