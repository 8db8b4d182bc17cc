import { nextTask } from '../next-task.js';
import type { Dock } from './dock.js';

/**
 * Fetches the docking library and what the page makes of it. Each runs in a task of its own, and so
 * does what follows: together they are too long for one while a machine starts.
 */
export async function loadDock(): Promise<typeof Dock> {
  await import('./dockview.js');
  await nextTask();
  const loaded = await import('./dock.js');
  await nextTask();
  return loaded.Dock;
}
