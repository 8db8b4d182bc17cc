import type { Terminal } from '@xterm/xterm';

/** Of xterm.js 6.0, src/browser/renderer/dom/WidthCache.ts; not in its API. */
export interface WidthCache {
  get(character: string, bold: boolean, italic: boolean): number;
  /** @param variant bit 0 for bold, bit 1 for italic */
  _measure(character: string, variant: number): number;
}

type Position = [column: number, row: number] | undefined;

/** Of xterm.js 6.0, src/browser/renderer/dom/DomRenderer.ts; not in its API. */
interface DomRenderer {
  _widthCache: WidthCache;
  handleSelectionChanged(start: Position, end: Position, columns: boolean): void;
}

interface Inside {
  _core?: { _renderService?: { _renderer?: { value?: Partial<DomRenderer> } } };
}

/** What draws an opened terminal, as far as xterm.js lets it be reached. */
function rendererOf(terminal: Terminal): Partial<DomRenderer> | undefined {
  return (terminal as unknown as Inside)._core?._renderService?._renderer?.value;
}

export function widthCacheOf(terminal: Terminal): WidthCache | undefined {
  const cache: Partial<WidthCache> | undefined = rendererOf(terminal)?._widthCache;
  return typeof cache?.get === 'function' && typeof cache._measure === 'function'
    ? (cache as WidthCache)
    : undefined;
}

/**
 * Has an opened terminal draw its rows once in each frame. xterm.js draws the selection anew whenever
 * a line scrolls by, and all rows with it, before it draws the rows that have changed: this passes
 * that over where nothing is selected, and nothing was.
 */
export function drawRowsOnce(terminal: Terminal): void {
  const renderer = rendererOf(terminal);
  const drawSelection = renderer?.handleSelectionChanged?.bind(renderer);
  if (renderer === undefined || drawSelection === undefined) return;
  let wasSelected = false;
  renderer.handleSelectionChanged = (start, end, columns) => {
    const isSelected = start !== undefined && end !== undefined;
    if (isSelected || wasSelected) drawSelection(start, end, columns);
    wasSelected = isSelected;
  };
}
