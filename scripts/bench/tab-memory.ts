import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';

/** Proportional set size in MiB out of the text of `/proc/PID/smaps_rollup`. */
export function pssMiB(rollup: string): number {
  const kib = /^Pss: +([0-9]+) kB$/m.exec(rollup)?.[1];
  if (kib === undefined) throw new Error('smaps_rollup has no line "Pss:".');
  return Number(kib) / 1024;
}

/**
 * Memory of the tab's own process, MiB, in a browser that has one page: the largest renderer. Others
 * are a spare one, kept for the next tab, and one of Chromium's own surfaces; no page decides on them.
 */
export async function rendererMemoryMiB(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  if (renderers.length === 0) throw new Error('The browser has no renderer process.');
  return Math.max(
    ...renderers.map(({ id }) => pssMiB(readFileSync(`/proc/${id}/smaps_rollup`, 'utf8'))),
  );
}
