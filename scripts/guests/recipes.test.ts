import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { expectation } from '../../src/machine/steps';
import { checkSteps } from '../setup/steps';
import { instruments, recipes as guests } from './index';
import { licences } from './licences';
import { withNeeds } from './piece';

const recipes = [...guests, ...instruments];
const pieces = withNeeds(recipes.flatMap((recipe) => recipe.pieces));

describe('the recipes', () => {
  it('have ids and pieces of different names', () => {
    const names = [...recipes.map(({ id }) => `guest ${id}`), ...pieces.map(({ name }) => name)];
    expect(new Set(names).size).toBe(names.length);
  });

  it('make steps that can run', () => {
    const steps = pieces.map((piece) => ({
      name: piece.name,
      needs: (piece.needs ?? []).map((need) => need.name),
      run: () => Promise.resolve(),
    }));
    expect(() => checkSteps(steps)).not.toThrow();
  });

  it.each(recipes.map((recipe) => [recipe.id, recipe] as const))(
    'name only images and consoles of their own: %s',
    (_, recipe) => {
      const text = recipe.args.join(' ');
      const images = [...text.matchAll(/\bimage:([A-Za-z0-9._-]+)/g)].map((match) => match[1]);
      expect(new Set(images)).toEqual(new Set(recipe.images.map(({ name }) => name)));
      const chardevs = [...text.matchAll(/\bchardev[:=]([a-z0-9-]+)/g)].map((match) => match[1]);
      expect(chardevs).toEqual(recipe.consoles.map(({ id }) => id));
      for (const step of [...recipe.boot, ...recipe.check]) {
        expect(recipe.consoles.map(({ id }) => id)).toContain(step.console);
        if (step.expect !== undefined) expect(() => expectation(step.expect ?? '')).not.toThrow();
      }
      for (const image of recipe.images) expect(recipe.pieces).toContain(image.piece);
    },
  );

  it('name a licence for every package', () => {
    const names = pieces.flatMap((piece) => piece.packages ?? []).map(({ name }) => name);
    expect(names.filter((name) => licences[name] === undefined)).toEqual([]);
  });

  it('have the sources they name', () => {
    const missing = pieces
      .flatMap((piece) => piece.sources)
      .filter((path) => !existsSync(fileURLToPath(new URL(path, import.meta.url))));
    expect(missing).toEqual([]);
  });
});
