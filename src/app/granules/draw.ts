import type { MapOwner } from '../../inspect/gpt/granule-map.js';
import { cellAt, placeInGrid, rowAddress, type Grid } from '../../inspect/gpt/granule-grid.js';
import { hex } from '../../inspect/field.js';
import { readColours } from '../timeline/colours.js';
import type { Mark } from './model.js';

/** Width of the addresses left of the cells, and of a cell with the gap behind it. CSS pixels. */
export const GUTTER = 92;
export const CELL = 10;
const GAP = 1;
const FONT = `11px ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace`;
const LABEL_FONT = `12px system-ui, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif`;

/** Cells in a row: a power of two, so that rows begin at round addresses. */
export function columnsFor(width: number): number {
  return 2 ** Math.floor(Math.log2(Math.max(8, (width - GUTTER) / CELL)));
}

export interface Palette {
  readonly owner: (owner: MapOwner) => string;
  readonly background: string;
  readonly text: string;
  readonly quiet: string;
  readonly focus: string;
  readonly danger: string;
}

/** The worlds have the colours of the Timeline and the Building. */
export function paletteOf(element: Element): Palette {
  const { worlds, text, quiet, border, danger, focus } = readColours(element);
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
    focus,
    danger,
  };
}

export interface Picture {
  readonly grid: Grid;
  /** First row in sight, and its distance from the top: fractions of a row. */
  readonly scrollTop: number;
  readonly width: number;
  readonly height: number;
  readonly selected: bigint | undefined;
  readonly marks: readonly Mark[];
}

/** Draws the rows in sight; gives the number of cells. */
export function drawGranules(
  context: CanvasRenderingContext2D,
  { grid, scrollTop, width, height, selected, marks }: Picture,
  palette: Palette,
): number {
  context.fillStyle = palette.background;
  context.fillRect(0, 0, width, height);
  context.textBaseline = 'middle';
  const first = Math.max(0, Math.floor(scrollTop / CELL));
  const last = Math.min(grid.rows, Math.ceil((scrollTop + height) / CELL));
  const size = CELL - GAP;
  let cells = 0;
  for (const band of grid.bands) {
    if (band.row + band.rows < first || band.row > last) continue;
    const { stretch } = band;
    if (band.row >= first) {
      const y = band.row * CELL - scrollTop + CELL / 2;
      context.font = LABEL_FONT;
      context.fillStyle = palette.text;
      context.fillText(stretch.name, GUTTER, y);
    }
    context.font = FONT;
    for (
      let row = Math.max(first, band.row + 1);
      row < Math.min(last, band.row + band.rows + 1);
      row++
    ) {
      const y = row * CELL - scrollTop;
      // An address beside each second row: as tight as they can be read.
      if ((row - band.row - 1) % 2 === 0) {
        context.fillStyle = palette.quiet;
        context.fillText(hex(rowAddress(grid, band, row), 8), 4, y + size / 2);
      }
      for (let column = 0; column < grid.columns; column++) {
        const cell = cellAt(grid, row, column);
        if (cell === undefined) continue;
        cells++;
        const x = GUTTER + column * CELL;
        context.fillStyle = palette.owner(cell.owner);
        context.fillRect(x, y, size, size);
        if (cell.owner === 'invalid') cross(context, x, y, size, palette.background);
      }
    }
  }
  for (const { base } of marks) {
    ring(context, grid, base, scrollTop, palette.text, 1);
  }
  if (selected !== undefined) ring(context, grid, selected, scrollTop, palette.focus, 3);
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

function ring(
  context: CanvasRenderingContext2D,
  grid: Grid,
  pa: bigint,
  scrollTop: number,
  colour: string,
  width: number,
): void {
  const place = placeInGrid(grid, pa);
  if (place === undefined) return;
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.strokeRect(
    GUTTER + place.column * CELL - 1,
    place.row * CELL - scrollTop - 1,
    CELL - GAP + 2,
    CELL - GAP + 2,
  );
}
