import type { Pane } from '../panes.js';

/** Width up to which all panes stand in one row of tabs, in CSS pixels. */
export const NARROW_WIDTH = 760;
/** Width from which a side column fits beside two consoles of 80 columns. */
export const SIDE_WIDTH = 1720;

/** Layouts are remembered apart for each of these, so that a phone does not undo a desk. */
export type WidthClass = 'narrow' | 'medium' | 'wide';

export function widthClass(width: number): WidthClass {
  if (width < NARROW_WIDTH) return 'narrow';
  return width < SIDE_WIDTH ? 'medium' : 'wide';
}

/** How much of the width the side column takes, and at most, in CSS pixels. */
const SIDE_SHARE = 0.28;
const SIDE_LIMIT = 620;

export function sideWidth(width: number): number {
  return Math.round(Math.min(width * SIDE_SHARE, SIDE_LIMIT));
}

/** A pane's place for this width: without a side column everything is among the main panes. */
export function placeIn(pane: Pick<Pane, 'place'>, width: WidthClass): Pane['place'] {
  return width === 'wide' ? pane.place : 'main';
}

/** Where a pane goes among those that stand in its place already: behind those before it. */
export function indexAmong(
  pane: Pick<Pane, 'order'>,
  standing: readonly Pick<Pane, 'order'>[],
): number {
  const at = standing.findIndex((other) => other.order > pane.order);
  return at === -1 ? standing.length : at;
}
