import { effect, type Signal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import {
  addressAfter,
  cellAt,
  fittingCell,
  gridOf,
  placeInGrid,
  type Grid,
} from '../../inspect/gpt/granule-grid.js';
import type { GranuleMap } from '../../inspect/gpt/granule-map.js';
import { cellsFor, drawGranules, GUTTER, paletteOf } from './draw.js';
import { MARKED_MS, type GranulesModel } from './model.js';

/** Rows of a page, for Page Up and Page Down. */
const PAGE_ROWS = 16;

/** Granules of a cell. */
export interface Zoom {
  /** Undefined: as many as show all memory. */
  readonly wanted: Signal<number | undefined>;
  /** As it is drawn. */
  readonly shown: Signal<number>;
}

/** Zooms by a factor: above 1 a cell stands for more memory. */
export function zoomBy({ wanted, shown }: Zoom, factor: number): void {
  wanted.value = Math.min(2 ** 20, Math.max(1, shown.value * factor));
}

/** The grid as it is now: as wide as there is room, each cell so many granules. */
export function gridFor(map: GranuleMap, box: HTMLElement, granules: number | undefined): Grid {
  const { columns, cell } = cellsFor(box.clientWidth);
  const rows = Math.max(8, Math.floor(box.clientHeight / cell));
  return gridOf(map, columns, granules ?? fittingCell(map, columns, rows));
}

/** The map on a canvas as large as what is in sight; the rest is scrolled to. */
export function MapView({ model, zoom: { wanted, shown } }: { model: GranulesModel; zoom: Zoom }) {
  const host = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const spacer = useRef<HTMLDivElement>(null);

  useEffect(() => {
    const box = host.current;
    const target = canvas.current;
    const context = target?.getContext('2d', { alpha: false });
    if (!box || !target || !context) return;
    let drawn = '';
    let frame = 0;
    let grid: Grid | undefined;
    let gridKey = '';
    const paint = (): void => {
      frame = requestAnimationFrame(paint);
      const map = model.map.peek();
      const width = box.clientWidth;
      const height = box.clientHeight;
      if (map === undefined || width < GUTTER + 80 || height < 40) return;
      const { cell } = cellsFor(width);
      const now = performance.now();
      const marks = model.marks.peek().filter(({ at }) => now - at < MARKED_MS);
      const palette = paletteOf(box);
      const ratio = devicePixelRatio;
      const shape = [width, height, wanted.peek(), model.version.peek()].join();
      if (grid === undefined || shape !== gridKey || grid.map !== map) {
        grid = gridFor(map, box, wanted.peek());
        gridKey = shape;
        shown.value = Number(grid.cellBytes >> BigInt(map.config.granuleBits));
        if (spacer.current) spacer.current.style.height = `${String(grid.rows * cell + 6)}px`;
      }
      const { scrollTop } = box;
      const selected = model.selected.peek();
      const key = [shape, scrollTop, ratio, palette.text, marks.length, String(selected)].join();
      if (key === drawn) return;
      drawn = key;
      const wide = Math.round(width * ratio);
      const high = Math.round(height * ratio);
      if (target.width !== wide || target.height !== high) {
        target.width = wide;
        target.height = high;
        target.style.width = `${String(width)}px`;
        target.style.height = `${String(height)}px`;
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      const cells = drawGranules(
        context,
        { grid, cell, scrollTop, width, height, selected, marks },
        palette,
      );
      target.dataset.cells = String(cells);
      target.dataset.cellBytes = grid.cellBytes.toString();
      target.dataset.milliseconds = (performance.now() - now).toFixed(2);
    };
    paint();
    return () => cancelAnimationFrame(frame);
  }, [model]);

  const current = (): Grid | undefined => {
    const map = model.map.value;
    return map === undefined || host.current === null
      ? undefined
      : gridFor(map, host.current, wanted.value);
  };
  // What is selected, wherever that was done, is in sight: at each zoom, and in each size.
  useEffect(() => {
    const bring = (): void => {
      const pa = model.selected.value;
      void shown.value;
      const grid = current();
      const box = host.current;
      const place = pa === undefined || grid === undefined ? undefined : placeInGrid(grid, pa);
      if (place === undefined || box === null) return;
      const { cell } = cellsFor(box.clientWidth);
      const top = place.row * cell;
      if (top < box.scrollTop + 2 * cell) box.scrollTop = top - 2 * cell;
      else if (top + 2 * cell > box.scrollTop + box.clientHeight) {
        box.scrollTop = top + 2 * cell - box.clientHeight;
      }
    };
    const stop = effect(bring);
    // A frame later: the rows have their new height only when they are drawn.
    const observer = new ResizeObserver(() => requestAnimationFrame(bring));
    if (host.current !== null) observer.observe(host.current);
    return () => {
      stop();
      observer.disconnect();
    };
  }, [model]);
  const move = (cells: (grid: Grid) => number) => (): void => {
    const grid = current();
    const first = grid?.bands[0]?.stretch.base;
    if (grid === undefined || first === undefined) return;
    const from = model.selected.value;
    model.selected.value = from === undefined ? first : addressAfter(grid, from, cells(grid));
  };
  const end = (last: boolean) => (): void => {
    const grid = current();
    const stretch = last ? grid?.bands.at(-1)?.stretch : grid?.bands[0]?.stretch;
    if (grid === undefined || stretch === undefined) return;
    const granule = 1n << BigInt(grid.map.config.granuleBits);
    model.selected.value = last ? stretch.base + stretch.size - granule : stretch.base;
  };
  const keys: Record<string, () => void> = {
    ArrowLeft: move(() => -1),
    ArrowRight: move(() => 1),
    ArrowUp: move(({ columns }) => -columns),
    ArrowDown: move(({ columns }) => columns),
    PageUp: move(({ columns }) => -columns * PAGE_ROWS),
    PageDown: move(({ columns }) => columns * PAGE_ROWS),
    Home: end(false),
    End: end(true),
    '+': () => zoomBy({ wanted, shown }, 0.5),
    '=': () => zoomBy({ wanted, shown }, 0.5),
    '-': () => zoomBy({ wanted, shown }, 2),
    '0': () => (wanted.value = undefined),
    Escape: () => (model.selected.value = undefined),
  };

  return (
    <div
      class="granule-map"
      ref={host}
      tabIndex={0}
      role="application"
      data-pane-focus
      aria-label="Map of physical memory by owner. Arrows and Page Up and Down select, plus and minus zoom, 0 shows all, Home and End go to the ends of memory, Escape selects nothing. The table below says the same in words."
      onKeyDown={(event) => {
        const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key];
        if (act === undefined) return;
        act();
        event.preventDefault();
      }}
      onClick={(event) => {
        const grid = current();
        const box = host.current;
        if (grid === undefined || box === null) return;
        const { left, top } = box.getBoundingClientRect();
        const { cell } = cellsFor(box.clientWidth);
        const column = Math.floor((event.clientX - left - GUTTER) / cell);
        const row = Math.floor((event.clientY - top + box.scrollTop) / cell);
        const found = cellAt(grid, row, column);
        model.selected.value = found && shownOf(grid, found);
      }}
      onDblClick={() => zoomBy({ wanted, shown }, 0.25)}
    >
      <canvas ref={canvas} />
      <div ref={spacer} class="granule-map-spacer" />
    </div>
  );
}

/** The granule of a cell that has the owner which the cell shows. */
function shownOf(
  { map }: Grid,
  { base, size, owner }: { base: bigint; size: bigint; owner: string },
): bigint {
  for (const { regions } of map.stretches) {
    for (const region of regions) {
      if (region.owner !== owner || region.base + region.size <= base) continue;
      if (region.base >= base + size) break;
      return region.base > base ? region.base : base;
    }
  }
  return base;
}
