import { describe, expect, inject, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { Guest } from '../src/machine/guest.js';
import { expectation } from '../src/machine/steps.js';
import { typeOn, useBrowser, waitForState, waitForText } from './browser.js';
import { builtGuests } from './catalogue.js';
import { describeTasks, recordMainThread } from './main-thread.js';

/** Interpreted on two busy cores, the slowest guest takes minutes. */
const BOOT_MS = Number(process.env.BOOTLINK_E2E_BOOT_SECONDS ?? 600) * 1000;

const guests = await builtGuests();
const browser = useBrowser();

/** By the clock: the aim is 50 ms, on a machine with nothing else to do; this is a page that froze. */
const FROZEN_MS = 5000;

const now = (page: Page): Promise<number> => page.evaluate(() => performance.now());

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
      const mainThread = await recordMainThread(page);
      const read = new Map<string, number>();
      await page.goto(`${inject('pageUrl')}?guest=${guest.id}&boot=0`);
      const name = guest.snapshot === undefined ? 'Boot' : 'Boot cold';
      const boot = page.getByRole('button', { name, exact: true });
      await boot.waitFor();
      // What counts is the boot, not the page's own start nor the driver's looking for the button.
      await boot.hover();
      const clicked = await now(page);
      const start = performance.now();
      await page.mouse.down();
      await page.mouse.up();
      await expectSteps(page, guest.boot, read, false);
      const seconds = (performance.now() - start) / 1000;
      const tasks = await mainThread.end(clicked, await now(page));
      await expectSteps(page, guest.check, read, true);
      if (guest.exits !== undefined) {
        await waitForState(page, ['exited'], BOOT_MS);
        const state = await page.evaluate(() => globalThis.bootlink?.run()?.state);
        expect(state).toEqual({ name: 'exited', code: guest.exits, ending: 'exited' });
      } else {
        expect(await waitForState(page, ['running'])).toBe('running');
      }
      console.log(`${guest.id}: boot steps after ${seconds.toFixed(1)} s, ${describeTasks(tasks)}`);
      for (const { wall } of tasks) expect(wall).toBeLessThan(FROZEN_MS);
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
