import { mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Guest, GuestStep, PackageOrigin } from '../../src/machine/guest';
import type { StepContext } from '../setup/context';
import type { RunOptions } from '../setup/rootfs';
import type { FetchedPackage } from '../setup/source';
import { packageKey, type PackageId } from '../setup/versions';
import { licences } from './licences';

/** Folder of the guests' sources in the checkout. */
export const guestsFolder = 'scripts/guests';

/** 1 January 2025: the date in everything that holds one. */
export const sourceDateEpoch = 1735689600;

/**
 * Something that guests are made of and that is built once: a kernel, a firmware, an initrd.
 * Its build runs in the chroot, always in `/build`, so that no path of this machine gets in.
 */
export interface Piece {
  name: string;
  /** Pieces it is made of; in the chroot they are `/needs/NAME`. */
  needs?: readonly Piece[];
  /** Debian packages it is made of; in the chroot, unpacked, they are `/packages/NAME`. */
  packages?: readonly PackageId[];
  /** Files and folders of ours, relative to scripts/guests; in the chroot, `/ours`. */
  sources: readonly string[];
  /** It keeps the processor busy for long. */
  heavy?: boolean;
  /** Bash; in /build, an empty folder. Leaves its results in /result. Has $JOBS. */
  script: string;
}

/** A piece that was built: the folder of its results, and where its bytes come from. */
export interface BuiltPiece {
  folder: string;
  key: string;
  packages: PackageOrigin[];
}

/** The pieces built so far, by name. */
export class Pieces {
  private readonly built = new Map<string, BuiltPiece>();

  of(piece: Piece): BuiltPiece {
    const built = this.built.get(piece.name);
    if (built === undefined) throw new Error(`Piece ${piece.name} is not built.`);
    return built;
  }

  /** Path of a file of a piece. */
  file(piece: Piece, name: string): string {
    return join(this.of(piece).folder, name);
  }

  /** Builds a piece whose needs are built, or takes it from the cache. */
  async build(piece: Piece, context: StepContext): Promise<void> {
    const { cache, packages, log, signal } = context;
    const needs = (piece.needs ?? []).map((need) => ({ need, built: this.of(need) }));
    const fetched: FetchedPackage[] = [];
    for (const id of piece.packages ?? []) fetched.push(await packages.get(id, log, signal));
    const result = await cache.cached({
      kind: 'guests',
      name: piece.name,
      inputs: [
        piece.script,
        common,
        basename(context.rootfs.folder),
        ...needs.map(({ built }) => built.key),
        ...fetched.flatMap(({ version, files }) => [version, JSON.stringify(files)]),
        ...piece.sources.map((path) => ({ path: join(context.repo, guestsFolder, path) })),
      ],
      build: (folder) => this.make(piece, folder, fetched, context),
    });
    if (result.hit) context.wasCached();
    const origins = new Map<string, PackageOrigin>();
    for (const { built } of needs) {
      for (const origin of built.packages) origins.set(`${origin.kind} ${origin.package}`, origin);
    }
    for (const record of fetched) {
      origins.set(`${record.kind} ${record.name}`, {
        package: record.name,
        version: record.version,
        kind: record.kind,
        files: record.files,
        licence: licenceOf(record),
      });
    }
    const { folder, key } = result;
    this.built.set(piece.name, { folder, key, packages: [...origins.values()] });
  }

  private async make(
    piece: Piece,
    folder: string,
    fetched: readonly FetchedPackage[],
    { repo, cache, rootfs, packages, jobs, log, signal }: StepContext,
  ): Promise<void> {
    const scratch = join(cache.folder, 'scratch');
    mkdirSync(scratch, { recursive: true });
    const place = mkdtempSync(join(scratch, `.making-${piece.name}-`));
    try {
      const build = join(place, 'build');
      mkdirSync(build);
      const bind: NonNullable<RunOptions['bind']> = {
        '/build': build,
        '/result': folder,
        '/ours': join(repo, guestsFolder),
      };
      for (const need of piece.needs ?? []) bind[`/needs/${need.name}`] = this.of(need).folder;
      for (const record of fetched) {
        const unpacked = join(place, 'packages', record.name);
        await packages.unpack(record, unpacked, log, signal);
        bind[`/packages/${record.name}`] = unpacked;
      }
      await rootfs.script(`${common}${piece.script}`, {
        cwd: '/build',
        bind,
        env: { JOBS: String(jobs), SOURCE_DATE_EPOCH: String(sourceDateEpoch) },
        nice: 10,
        log,
        signal,
      });
    } finally {
      // Not rmSync: a kernel tree takes a while, and other builds write to this process.
      await rm(place, { recursive: true, force: true });
    }
  }
}

const common = 'export CROSS_COMPILE=aarch64-linux-gnu-\numask 022\n';

function licenceOf(id: PackageId): string {
  const licence = licences[id.name];
  if (licence === undefined) throw new Error(`licences.ts says nothing of ${packageKey(id)}.`);
  return licence;
}

/** How a guest's snapshot at its prompt is made. */
export interface SnapshotRecipe {
  /** Steps after the boot's; what they print is not shown. */
  prepare: readonly GuestStep[];
  /** The prompt at the end of the boot's output, when the guest prints it anew as it goes on. */
  hidePrompt?: string;
  /** What is typed when it goes on: see `src/snapshots/resume.ts`. */
  resume: readonly { console: string; send: string }[];
}

/** A built-in guest: what it is, and how its entry of the catalogue comes from its pieces. */
export interface Recipe extends Omit<Guest, 'images' | 'packages' | 'snapshot'> {
  pieces: readonly Piece[];
  images: readonly RecipeImage[];
  /** Undefined for a guest that ends by itself, or is where it gets to in a moment. */
  snapshot?: SnapshotRecipe;
}

/** An image of a guest, as a file of a piece. */
export interface RecipeImage {
  name: string;
  piece: Piece;
  /** Path in the piece's results. */
  file: string;
  use: 'file' | 'disk';
  readOnly?: boolean;
  /** Only the runs that are not zero travel; the guest sees this many bytes. */
  paddedTo?: number;
}

/** The piece and all that it needs, those needed first. */
export function withNeeds(pieces: readonly Piece[]): Piece[] {
  const all = new Set<Piece>();
  const add = (piece: Piece) => {
    for (const need of piece.needs ?? []) add(need);
    all.add(piece);
  };
  for (const piece of pieces) add(piece);
  return [...all];
}
