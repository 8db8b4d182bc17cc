import type { Page } from 'playwright-core';
import {
  mainThreadTasks,
  type MainThreadTask,
  type Trace,
} from '../scripts/bench/start-up/trace.js';

/** Tasks with their processor time, and what they mostly were. */
const CATEGORIES = ['toplevel', 'devtools.timeline', 'blink.user_timing'];
/** Shorter tasks are not told, ms. */
const LEAST_MS = 5;

/** The tasks of the page's main thread, from its next navigation on, by a DevTools trace. */
export async function recordMainThread(page: Page): Promise<{
  /** Ends it. @param from @param to ms since navigation, by the page's own clock */
  end(from: number, to: number): Promise<MainThreadTask[]>;
}> {
  const browser = page.context().browser();
  if (browser === null) throw new Error('The page has no browser of its own.');
  await browser.startTracing(page, { categories: CATEGORIES });
  return {
    async end(from, to) {
      const trace = JSON.parse((await browser.stopTracing()).toString()) as Trace;
      const tasks = mainThreadTasks(trace, LEAST_MS);
      return tasks.filter(({ start }) => start >= from && start < to);
    },
  };
}

const whole = (ms: number): string => ms.toFixed(0);

/**
 * What took the main thread longest: by the clock, with what of it was processor time, and by
 * processor time. The clock's is the visitor's, but it counts who else wanted the processor.
 */
export function describeTasks(tasks: readonly MainThreadTask[]): string {
  const longest = tasks.toSorted((a, b) => b.wall - a.wall).at(0);
  const busiest = tasks.toSorted((a, b) => b.cpu - a.cpu).at(0);
  if (longest === undefined || busiest === undefined) {
    return `no main-thread task of ${String(LEAST_MS)} ms`;
  }
  const count = tasks.filter(({ wall }) => wall >= 50).length;
  return [
    `longest main-thread task ${whole(longest.wall)} ms, ${whole(longest.cpu)} of them of the processor`,
    `(at ${whole(longest.start)} ms: ${longest.inside.join('; ')})`,
    `; most of the processor ${whole(busiest.cpu)} ms; ${String(count)} tasks of 50 ms`,
  ].join(' ');
}
