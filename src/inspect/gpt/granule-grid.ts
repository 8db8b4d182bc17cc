/**
 * A granule map as a grid of cells: rows of equal length for each stretch of memory, each cell so
 * many granules. Pure: the page draws it.
 */
import {
  bytesByOwner,
  indexOfRegion,
  type GranuleMap,
  type MapOwner,
  type MappedStretch,
} from './granule-map';

/** Rows above each stretch, for its name. */
export const NAME_ROWS = 2;

/** A stretch in the grid: rows for its name, and then its cells. */
export interface Band {
  readonly stretch: MappedStretch;
  /** Number of the first row of its name; its cells begin NAME_ROWS further down. */
  readonly row: number;
  readonly rows: number;
}

export interface Grid {
  readonly map: GranuleMap;
  readonly columns: number;
  /** Bytes of a cell: a granule times a power of two. */
  readonly cellBytes: bigint;
  readonly bands: readonly Band[];
  /** Rows in all. */
  readonly rows: number;
  /** Owners, those with the least memory first: a cell of several shows the first of them. */
  readonly rarest: readonly MapOwner[];
}

/** @param granulesPerCell a power of two */
export function gridOf(map: GranuleMap, columns: number, granulesPerCell: number): Grid {
  const cellBytes = BigInt(granulesPerCell) << BigInt(map.config.granuleBits);
  const rowBytes = cellBytes * BigInt(columns);
  const bands: Band[] = [];
  let row = 0;
  for (const stretch of map.stretches) {
    // Rows begin at multiples of their size, so that an address is where one looks for it.
    const first = stretch.base / rowBytes;
    const rows = Number((stretch.base + stretch.size - 1n) / rowBytes - first) + 1;
    bands.push({ stretch, row, rows });
    row += rows + NAME_ROWS;
  }
  const rarest = [...bytesByOwner(map)]
    .sort(([, a], [, b]) => (a < b ? -1 : a > b ? 1 : 0))
    .map(([owner]) => owner);
  return { map, columns, cellBytes, bands, rows: row, rarest };
}

/** Granules in a cell so that the whole map has at most so many rows; at least one. */
export function fittingCell(map: GranuleMap, columns: number, rows: number): number {
  for (let granules = 1; granules < 2 ** 30; granules *= 2) {
    if (gridOf(map, columns, granules).rows <= rows) return granules;
  }
  return 2 ** 30;
}

/** Address of a row's first cell in a band; cells before the stretch's base are empty. */
export function rowAddress(
  { columns, cellBytes }: Grid,
  { stretch, row }: Band,
  at: number,
): bigint {
  const rowBytes = cellBytes * BigInt(columns);
  return (stretch.base / rowBytes) * rowBytes + BigInt(at - row - NAME_ROWS) * rowBytes;
}

/** A cell that stands for memory. */
export interface Cell {
  readonly base: bigint;
  readonly size: bigint;
  /** Its only owner, or of several the one with the least memory in all. */
  readonly owner: MapOwner;
  /** Those owners that it has, by address, each once; at most four, the rarest always there. */
  readonly owners: readonly MapOwner[];
}

/** The cell at a row and column: which memory it stands for; undefined for none. */
export function cellAt(grid: Grid, row: number, column: number): Cell | undefined {
  const band = grid.bands.find(
    (each) => row >= each.row + NAME_ROWS && row < each.row + NAME_ROWS + each.rows,
  );
  if (band === undefined || column < 0 || column >= grid.columns) return undefined;
  const { stretch } = band;
  const start = rowAddress(grid, band, row) + BigInt(column) * grid.cellBytes;
  const end = start + grid.cellBytes;
  const base = start > stretch.base ? start : stretch.base;
  const last = stretch.base + stretch.size;
  const to = end < last ? end : last;
  if (base >= to) return undefined;
  return { base, size: to - base, ...ownersIn(grid, stretch, base, to) };
}

/** Stripes of a cell that can be told apart. */
const STRIPES = 4;

function ownersIn(
  { rarest }: Grid,
  { regions }: MappedStretch,
  from: bigint,
  to: bigint,
): Pick<Cell, 'owner' | 'owners'> {
  const found: MapOwner[] = [];
  for (let at = Math.max(0, indexOfRegion(regions, from)); at < regions.length; at++) {
    const region = regions[at];
    if (region === undefined || region.base >= to) break;
    if (!found.includes(region.owner)) found.push(region.owner);
  }
  const byRarity = [...found].sort((a, b) => rarest.indexOf(a) - rarest.indexOf(b));
  const kept = byRarity.slice(0, STRIPES);
  return { owner: byRarity[0] ?? 'none', owners: found.filter((each) => kept.includes(each)) };
}

/** Where in the grid an address is; undefined where there is no memory. */
export function placeInGrid(
  grid: Grid,
  pa: bigint,
): { readonly row: number; readonly column: number } | undefined {
  const band = grid.bands.find(
    ({ stretch }) => pa >= stretch.base && pa < stretch.base + stretch.size,
  );
  if (band === undefined) return undefined;
  const first = rowAddress(grid, band, band.row + NAME_ROWS);
  const cell = Number((pa - first) / grid.cellBytes);
  return {
    row: band.row + NAME_ROWS + Math.floor(cell / grid.columns),
    column: cell % grid.columns,
  };
}

/**
 * The address that many cells further, over the ends of stretches; the first or last cell where
 * the memory ends.
 */
export function addressAfter(grid: Grid, pa: bigint, cells: number): bigint {
  const { cellBytes, bands } = grid;
  const at = bands.findIndex(
    ({ stretch }) => pa >= stretch.base && pa < stretch.base + stretch.size,
  );
  const band = bands[at];
  if (band === undefined) return bands[0]?.stretch.base ?? 0n;
  const { base, size } = band.stretch;
  const next = pa + BigInt(cells) * cellBytes;
  if (next >= base && next < base + size) return next;
  const neighbour = bands[at + (cells > 0 ? 1 : -1)]?.stretch;
  const granule = 1n << BigInt(grid.map.config.granuleBits);
  if (neighbour === undefined) return cells > 0 ? base + size - granule : base;
  return cells > 0 ? neighbour.base : neighbour.base + neighbour.size - granule;
}
