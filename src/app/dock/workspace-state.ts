import { signal } from '@preact/signals';
import type { Dock } from './dock.js';

/** The dock while a machine is shown, and undefined on the gallery. */
export const dock = signal<Dock | undefined>(undefined);
/** Whether all its panes have been placed. */
export const isDockPlaced = signal(false);
/** Goes up whenever panes were opened, closed or moved. */
export const dockVersion = signal(0);

/** Brings a pane to the front; without a workspace nothing happens. */
export function showPane(id: string, options?: { focus?: boolean }): void {
  dock.value?.show(id, options);
}
