import { del, get, set } from 'idb-keyval';
import type { SerializedDockview } from 'dockview-core';
import type { WidthClass } from './placing.js';

/** A layout as it is kept in this browser: dockview's own form, and the panes that were closed. */
export interface KeptLayout {
  version: 1;
  dock: SerializedDockview;
  closed: string[];
}

const key = (width: WidthClass): string => `layout.${width}`;

/** The layout kept for a width; undefined when there is none, or storage is refused. */
export async function readLayout(width: WidthClass): Promise<KeptLayout | undefined> {
  try {
    const kept = await get<KeptLayout>(key(width));
    return kept?.version === 1 ? kept : undefined;
  } catch {
    return undefined;
  }
}

export async function keepLayout(width: WidthClass, layout: KeptLayout): Promise<void> {
  try {
    await set(key(width), layout);
  } catch {
    // Storage is refused: the layout lasts as long as the page.
  }
}

export async function forgetLayout(width: WidthClass): Promise<void> {
  try {
    await del(key(width));
  } catch {
    // As above: there is nothing to forget.
  }
}
