import type { ComponentType } from 'preact';

/**
 * A pane of the workspace. A file `src/app/panes/NAME.pane.tsx` that exports `pane` adds one:
 * nothing else has to name it.
 */
export interface Pane {
  /** Lower-case letters, digits and dashes; kept in stored layouts, so never given to another. */
  id: string;
  /** The text of its tab. */
  title: string;
  /** Where it stands until the visitor moves it: among the main panes, or in the side column. */
  place: 'main' | 'side';
  /** Smaller stands further to the left in its place. */
  order: number;
  component: ComponentType;
  /**
   * Reads signals, and is asked again when one of them changes: whether there is anything to
   * show. Left out, the pane is there for every machine.
   */
  whenAvailable?: () => boolean;
  /** Reads signals too: why the tab is marked, for a screen reader; undefined for no mark. */
  mark?: () => string | undefined;
}

const found = import.meta.glob<{ pane: Pane }>('./panes/*.pane.tsx', { eager: true });

/** Every pane, in the order of its place. */
export const panes: readonly Pane[] = Object.values(found)
  .map(({ pane }) => pane)
  .sort((a, b) => a.order - b.order);

export function findPane(id: string): Pane | undefined {
  return panes.find((pane) => pane.id === id);
}

/** Whether the pane has something to show now; subscribes to what it depends on. */
export function isAvailable(pane: Pane): boolean {
  return pane.whenAvailable?.() ?? true;
}
