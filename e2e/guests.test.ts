import { describe, expect, inject, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { Guest } from '../src/machine/guest.js';
import { expectation } from '../src/machine/steps.js';
import { typeOn, useBrowser, waitForState, waitForText } from './browser.js';
import { builtGuests } from './catalogue.js';

/** Interpreted on two busy cores, the slowest guest takes minutes. */
const BOOT_MS = Number(process.env.BOOTLINK_E2E_BOOT_SECONDS ?? 600) * 1000;

const guests = await builtGuests();
const browser = useBrowser();

/** Milliseconds of each task of the page's main thread over 50 ms since the page opened. */
async function recordLongTasks(page: Page): Promise<void> {
  await page.context().addInitScript(() => {
    const tasks: number[] = [];
    Object.assign(globalThis, { longTasks: tasks });
    new PerformanceObserver((list) => {
      tasks.push(...list.getEntries().map((entry) => Math.round(entry.duration)));
    }).observe({ type: 'longtask', buffered: true });
  });
}

/** Plays the boot steps as seen from outside: what the page types is not typed again. */
async function expectSteps(
  page: Page,
  steps: Guest['boot'],
  read: Map<string, number>,
  type: boolean,
): Promise<void> {
  for (const step of steps) {
    if (step.expect !== undefined) {
      const from = read.get(step.console) ?? 0;
      const end = await waitForText(page, step.console, expectation(step.expect), {
        from,
        timeout: BOOT_MS,
      });
      read.set(step.console, end);
    }
    if (type && step.send !== undefined) await typeOn(page, step.console, step.send);
  }
}

describe.each(guests)('$id', (guest) => {
  it(
    guest.exits === undefined
      ? 'boots to its prompt and does what its recipe says'
      : 'boots, and ends as its recipe says',
    { timeout: BOOT_MS * 2 },
    async () => {
      const { page, complaints } = await browser.open('about:blank');
      await recordLongTasks(page);
      const read = new Map<string, number>();
      await page.goto(`${inject('pageUrl')}?guest=${guest.id}&boot=0`);
      const name = guest.snapshot === undefined ? 'Boot' : 'Boot cold';
      const boot = page.getByRole('button', { name, exact: true });
      await boot.waitFor();
      // What counts is the boot, not the page's own start.
      await page.evaluate(() => {
        (globalThis as unknown as { longTasks: number[] }).longTasks.length = 0;
      });
      const start = performance.now();
      await boot.click();
      await expectSteps(page, guest.boot, read, false);
      const seconds = (performance.now() - start) / 1000;
      await expectSteps(page, guest.check, read, true);
      if (guest.exits !== undefined) {
        await waitForState(page, ['exited'], BOOT_MS);
        const state = await page.evaluate(() => globalThis.bootlink?.run()?.state);
        expect(state).toEqual({ name: 'exited', code: guest.exits, ending: 'exited' });
      } else {
        expect(await waitForState(page, ['running'])).toBe('running');
      }
      const longest = await page.evaluate(() =>
        Math.max(0, ...(globalThis as unknown as { longTasks: number[] }).longTasks),
      );
      console.log(
        `${guest.id}: boot steps after ${seconds.toFixed(1)} s, longest main-thread task ${longest} ms`,
      );
      // Not the bar of 50 ms, which wants a quiet machine: only that the page never froze.
      expect(longest).toBeLessThan(5000);
      expect(complaints.filter((each) => !/WebGL|GPU/i.test(each))).toEqual([]);
    },
  );
});

describe.skipIf(guests.every((guest) => guest.exits !== undefined))(
  'every console of a machine that runs',
  () => {
    const several = guests.filter((guest) => guest.exits === undefined);
    it.each(several)(
      '$id: the monitor answers what is typed',
      { timeout: BOOT_MS },
      async (guest) => {
        const { page } = await browser.open(`${inject('pageUrl')}?guest=${guest.id}`);
        await waitForState(page, ['running'], BOOT_MS);
        await waitForText(page, 'monitor', /\(qemu\) /);
        await typeOn(page, 'monitor', 'info status\n');
        await waitForText(page, 'monitor', /VM status: running/);
      },
    );
  },
);
