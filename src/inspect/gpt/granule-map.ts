/**
 * Who owns each granule of a machine's memory: the stretches of memory there are, walked through
 * the GPT, kept as regions, and read again where something has changed.
 */
import type { InspectError } from '../error';
import type { Owner } from './entry';
import type { GptConfig } from './gpccr';
import { regions, type ReadMemory, type Region } from './walk';

/** A stretch of physical memory that is there: RAM or ROM, by its name in QEMU. */
export interface Stretch {
  readonly base: bigint;
  readonly size: bigint;
  readonly name: string;
}

export type MapOwner = Owner | 'invalid';

/** The map of a whole stretch. */
export interface MappedStretch extends Stretch {
  /** In order, without gaps, from the stretch's base to its end. */
  readonly regions: readonly Region[];
}

export interface GranuleMap {
  readonly config: GptConfig;
  readonly stretches: readonly MappedStretch[];
}

/** Walks the tables for every stretch. What the protected space ends before is left out. */
export function readGranuleMap(
  config: GptConfig,
  stretches: readonly Stretch[],
  read: ReadMemory,
): GranuleMap {
  return {
    config,
    stretches: stretches.flatMap((stretch) => {
      const found = regions(config, read, stretch.base, stretch.base + stretch.size);
      const end = found.at(-1);
      if (end === undefined) return [];
      return [{ ...stretch, size: end.base + end.size - stretch.base, regions: found }];
    }),
  };
}

/** Reads the granules of one range again; the same map when nothing has changed. */
export function rereadRange(
  map: GranuleMap,
  base: bigint,
  size: bigint,
  read: ReadMemory,
): GranuleMap {
  return replaceRange(map, base, size, (from, to) => regions(map.config, read, from, to));
}

/** A change that was recorded, where the tables cannot be read any more. */
export function changeOwner(map: GranuleMap, base: bigint, size: bigint, owner: Owner): GranuleMap {
  return replaceRange(map, base, size, (from, to) => [{ base: from, size: to - from, owner }]);
}

function replaceRange(
  map: GranuleMap,
  base: bigint,
  size: bigint,
  freshIn: (from: bigint, to: bigint) => readonly Region[],
): GranuleMap {
  let changed = false;
  const stretches = map.stretches.map((stretch) => {
    const from = base > stretch.base ? base : stretch.base;
    const end = stretch.base + stretch.size;
    const to = base + size < end ? base + size : end;
    if (from >= to) return stretch;
    const joined = join([
      ...clip(stretch.regions, stretch.base, from),
      ...freshIn(from, to),
      ...clip(stretch.regions, to, end),
    ]);
    if (sameRegions(joined, stretch.regions)) return stretch;
    changed = true;
    return { ...stretch, regions: joined };
  });
  return changed ? { ...map, stretches } : map;
}

/** The parts of regions between two addresses. */
function clip(all: readonly Region[], from: bigint, to: bigint): Region[] {
  return all.flatMap((region) => {
    const base = region.base > from ? region.base : from;
    const end = region.base + region.size < to ? region.base + region.size : to;
    return end > base ? [{ ...region, base, size: end - base }] : [];
  });
}

function join(all: readonly Region[]): Region[] {
  const joined: Region[] = [];
  for (const region of all) {
    const last = joined.at(-1);
    const joins =
      last !== undefined && last.owner === region.owner && last.error?.name === region.error?.name;
    if (joins) joined[joined.length - 1] = { ...last, size: last.size + region.size };
    else joined.push(region);
  }
  return joined;
}

function sameRegions(a: readonly Region[], b: readonly Region[]): boolean {
  return (
    a.length === b.length &&
    a.every(
      (region, at) =>
        region.base === b[at]?.base && region.size === b[at].size && region.owner === b[at].owner,
    )
  );
}

/** The region that an address lies in; undefined where there is no memory. */
export function regionAt(map: GranuleMap, pa: bigint): Region | undefined {
  const stretch = map.stretches.find(({ base, size }) => pa >= base && pa < base + size);
  return stretch?.regions[indexOfRegion(stretch.regions, pa)];
}

/** Index of the last region that begins at or before an address; -1 when all begin after it. */
export function indexOfRegion(all: readonly Region[], pa: bigint): number {
  let low = 0;
  let high = all.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((all[middle]?.base ?? 0n) <= pa) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Bytes of each owner, of those that own any. */
export function bytesByOwner(map: GranuleMap): Map<MapOwner, bigint> {
  const sums = new Map<MapOwner, bigint>();
  for (const { regions: all } of map.stretches) {
    for (const { owner, size } of all) sums.set(owner, (sums.get(owner) ?? 0n) + size);
  }
  return sums;
}

/** The first error of the tables that the map met, with the address it stands for. */
export function firstError(
  map: GranuleMap,
): { readonly region: Region; readonly error: InspectError } | undefined {
  for (const { regions: all } of map.stretches) {
    for (const region of all)
      if (region.error !== undefined) return { region, error: region.error };
  }
  return undefined;
}
