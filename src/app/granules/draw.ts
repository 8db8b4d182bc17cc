import type { MapOwner } from '../../inspect/gpt/granule-map.js';
import {
  cellAt,
  NAME_ROWS,
  placeInGrid,
  rowAddress,
  type Grid,
} from '../../inspect/gpt/granule-grid.js';
import { hex } from '../../inspect/field.js';
import { readColours } from '../timeline/colours.js';
import type { Mark } from './model.js';

/** Width of the addresses left of the cells, CSS pixels. */
export const GUTTER = 92;
/** A cell with the gap behind it is at least and at most so wide, and as high. CSS pixels. */
const CELL_MIN = 9;
const CELL_MAX = 17;
const GAP = 1;
const FONT = `11px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace`;
const LABEL_FONT = `12px system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif`;

/** Cells in a row, a power of two so that rows begin at round addresses, and how large they are. */
export function cellsFor(width: number): { readonly columns: number; readonly cell: number } {
  const room = Math.max(8 * CELL_MIN, width - GUTTER - 4);
  const columns = 2 ** Math.floor(Math.log2(room / CELL_MIN));
  return { columns, cell: Math.min(CELL_MAX, Math.floor(room / columns)) };
}

export interface Palette {
  readonly owner: (owner: MapOwner) => string;
  readonly background: string;
  readonly text: string;
  readonly quiet: string;
}

/** The worlds have the colours of the Timeline and the Building. */
export function paletteOf(element: Element): Palette {
  const { worlds, text, quiet, border, danger } = readColours(element);
  return {
    owner: (owner) => {
      if (owner === 'Root' || owner === 'Secure' || owner === 'Non-secure' || owner === 'Realm') {
        return worlds[owner];
      }
      return owner === 'invalid' ? danger : owner === 'none' ? border : quiet;
    },
    background: getComputedStyle(element).backgroundColor,
    text,
    quiet,
  };
}

export interface Picture {
  readonly grid: Grid;
  /** A cell with its gap, CSS pixels. */
  readonly cell: number;
  /** How far it is scrolled, CSS pixels. */
  readonly scrollTop: number;
  readonly width: number;
  readonly height: number;
  readonly selected: bigint | undefined;
  readonly marks: readonly Mark[];
}

/** Draws the rows in sight; gives the number of cells. */
export function drawGranules(
  context: CanvasRenderingContext2D,
  picture: Picture,
  palette: Palette,
): number {
  const { grid, cell, scrollTop, width, height, selected, marks } = picture;
  context.fillStyle = palette.background;
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'middle';
  const first = Math.max(0, Math.floor(scrollTop / cell));
  const last = Math.min(grid.rows, Math.ceil((scrollTop + height) / cell));
  const size = cell - GAP;
  // Addresses stand where there is room for them.
  const every = Math.ceil(14 / cell);
  let cells = 0;
  for (const band of grid.bands) {
    const top = band.row + NAME_ROWS;
    if (top + band.rows < first || band.row > last) continue;
    context.font = LABEL_FONT;
    context.fillStyle = palette.text;
    context.fillText(band.stretch.name, GUTTER, top * cell - scrollTop - 8);
    context.font = FONT;
    for (let row = Math.max(first, top); row < Math.min(last, top + band.rows); row++) {
      const y = row * cell - scrollTop;
      if ((row - top) % every === 0) {
        context.fillStyle = palette.quiet;
        context.fillText(hex(rowAddress(grid, band, row), 8), 4, y + size / 2);
      }
      for (let column = 0; column < grid.columns; column++) {
        const found = cellAt(grid, row, column);
        if (found === undefined) continue;
        cells++;
        const x = GUTTER + column * cell;
        const { owners } = found;
        for (const [at, owner] of owners.entries()) {
          context.fillStyle = palette.owner(owner);
          const left = Math.round((at * size) / owners.length);
          const right = Math.round(((at + 1) * size) / owners.length);
          context.fillRect(x + left, y, right - left, size);
        }
        if (owners.includes('invalid')) cross(context, x, y, size, palette.background);
      }
    }
  }
  for (const { base } of marks) ring(context, picture, base, palette);
  if (selected !== undefined) ring(context, picture, selected, palette);
  return cells;
}

/** What is no owner at all is told apart by more than its colour. */
function cross(
  context: CanvasRenderingContext2D,
  x: number,
  y: number,
  size: number,
  colour: string,
): void {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(x + size, y + size);
  context.stroke();
}

/** Two rings, of the text's and the background's colour: no owner's colour hides both. */
function ring(
  context: CanvasRenderingContext2D,
  { grid, cell, scrollTop }: Picture,
  pa: bigint,
  palette: Palette,
): void {
  const place = placeInGrid(grid, pa);
  if (place === undefined) return;
  const x = GUTTER + place.column * cell;
  const y = place.row * cell - scrollTop;
  const size = cell - GAP;
  context.lineWidth = 1.5;
  context.strokeStyle = palette.background;
  context.strokeRect(x - 0.75, y - 0.75, size + 1.5, size + 1.5);
  context.lineWidth = 2;
  context.strokeStyle = palette.text;
  context.strokeRect(x - 2.5, y - 2.5, size + 5, size + 5);
}
