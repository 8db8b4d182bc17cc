import { describe, expect, inject, it } from 'vitest';
import type { Page } from 'playwright-core';
import { milestoneOf, type Milestone } from '../src/engine/common/milestones.js';
import { useBrowser, waitForState } from './browser.js';
import { builtGuests } from './catalogue.js';

const BOOT_MS = 120_000;
const guest = (await builtGuests()).find(({ snapshot }) => snapshot !== undefined);
const browser = useBrowser();

/** When the page and its workers first passed each milestone, on one clock. */
async function passed(page: Page): Promise<Partial<Record<Milestone, number>>> {
  const read = (): [string, number][] =>
    performance
      .getEntriesByType('mark')
      .map(({ name, startTime }) => [name, performance.timeOrigin + startTime]);
  const lists = await Promise.all([
    page.evaluate(read),
    // QEMU's own threads do not return to their event loops, and never answer.
    ...page
      .workers()
      .filter((worker) => !worker.url().includes('/engine/'))
      .map((worker) => worker.evaluate(read)),
  ]);
  const first: Partial<Record<Milestone, number>> = {};
  for (const [name, time] of lists.flat()) {
    const milestone = milestoneOf(name);
    if (milestone !== undefined) first[milestone] = Math.min(time, first[milestone] ?? Infinity);
  }
  return first;
}

describe.skipIf(guest === undefined)('a start from the address', () => {
  const url = `${inject('pageUrl')}?guest=${guest?.id ?? ''}`;

  it('makes its first terminal before the engine is compiled', { timeout: BOOT_MS }, async () => {
    const { page } = await browser.open(url);
    await waitForState(page, ['running'], BOOT_MS);
    const at = await passed(page);
    expect(at['terminal-made']).toBeLessThan(at['compile-begun'] ?? 0);
    expect(at['compile-begun']).toBeLessThanOrEqual(at['engine-compiled'] ?? 0);
  });

  it('starts QEMU while the bytes of the snapshot come', { timeout: BOOT_MS }, async () => {
    const { page } = await browser.open('about:blank');
    let release: (() => void) | undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.context().route(new RegExp(`/${guest?.snapshot?.url ?? ''}$`), async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(url);
    await expect
      .poll(async () => (await passed(page))['qemu-started'], { timeout: BOOT_MS })
      .toBeDefined();
    const state = await page.evaluate(() => globalThis.bootlink?.run()?.state.name);
    expect(state).toBe('fetching');
    release?.();
    await waitForState(page, ['running'], BOOT_MS);
    const at = await passed(page);
    expect(at['qemu-started']).toBeLessThan(at['snapshot-here'] ?? 0);
  });
});
