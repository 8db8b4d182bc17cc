import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, inject, it } from 'vitest';
import type { Page } from 'playwright-core';
import type { Guest } from '../src/machine/guest.js';
import { useBrowser, typeOn, waitForState, waitForText } from './browser.js';
import { expectation } from '../src/machine/steps.js';
import { builtGuests } from './catalogue.js';

const CYCLES = 20;
const STATE_MS = 120_000;

const guests = await builtGuests();
const cost = (guest: Guest): number =>
  guest.addressSpaceMiB + guest.images.reduce((sum, image) => sum + image.wireBytes, 0) / 2 ** 20;
// With a kernel, a snapshot and threads that sleep: more to give back than bare metal has.
const running = guests.filter(({ exits, id }) => exits === undefined && id !== 'test-card');
const smallest = running.sort((a, b) => cost(a) - cost(b))[0];
if (smallest === undefined) throw new Error('Set-up has built no guest that keeps running.');

const browser = useBrowser();

async function open(): Promise<Page> {
  const { page } = await browser.open(`${inject('pageUrl')}?guest=${smallest?.id ?? ''}`);
  await waitForState(page, ['running'], STATE_MS);
  return page;
}

/** Names of the page's workers, without the library's, which lives as long as the page. */
async function machineWorkers(page: Page): Promise<string[]> {
  const names = await Promise.all(
    // One that ends meanwhile has no name to tell.
    page.workers().map((worker) => worker.evaluate(() => self.name).catch(() => 'ended')),
  );
  return names.filter((name) => name !== 'storage');
}

/** Resident memory of the browser's largest renderer process, MiB, by the kernel's account. */
function rendererMiB(): number {
  let largest = 0;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (!command.includes('--type=renderer')) continue;
      const resident = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
      largest = Math.max(largest, Number(resident?.[1] ?? 0) / 1024);
    } catch {
      // The process has ended meanwhile.
    }
  }
  return Math.round(largest);
}

describe(`controls of ${smallest.id}`, () => {
  it('pause and resume', { timeout: 3 * STATE_MS }, async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Pause' }).click();
    await waitForState(page, ['paused']);
    await typeOn(page, 'monitor', 'info status\n');
    await waitForText(page, 'monitor', /VM status: paused/);
    await page.getByRole('button', { name: 'Resume' }).click();
    await waitForState(page, ['running']);
  });

  it('reset starts the guest again', { timeout: 3 * STATE_MS }, async () => {
    const page = await open();
    const first = smallest.boot.find((step) => step.expect !== undefined);
    const id = first?.console ?? '';
    const length = (): Promise<number> =>
      page.evaluate(
        (name) => globalThis.bootlink?.run()?.consoles.get(name)?.log.textLength ?? 0,
        id,
      );
    const from = await length();
    await page.getByRole('button', { name: 'Reset' }).click();
    // From a snapshot or not: what follows a reset is the boot itself, from its first line.
    await waitForText(page, id, expectation(first?.expect ?? ''), { from, timeout: STATE_MS });
  });

  it('power off reaches the machine', { timeout: 3 * STATE_MS }, async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Power off' }).click();
    // What the guest makes of it is its own affair; QEMU must have taken the command.
    await page.waitForFunction(() => document.querySelector('.failure') === null);
    await page.getByRole('button', { name: 'Stop' }).click();
    await waitForState(page, ['exited']);
  });

  it(
    'quit from the monitor ends cleanly, and the next boot works',
    { timeout: 3 * STATE_MS },
    async () => {
      const page = await open();
      await waitForText(page, 'monitor', /\(qemu\) /);
      await typeOn(page, 'monitor', 'quit\n');
      await waitForState(page, ['exited']);
      expect(await page.evaluate(() => globalThis.bootlink?.run()?.state)).toEqual({
        name: 'exited',
        code: 0,
        ending: 'exited',
      });
      await page.getByRole('button', { name: 'Boot again' }).click();
      await waitForState(page, ['running'], STATE_MS);
    },
  );
});

describe(`${CYCLES} starts and stops of ${smallest.id} in one tab`, () => {
  it('give workers and memory back', { timeout: CYCLES * STATE_MS }, async () => {
    const page = await open();
    const first = smallest.boot.find((step) => step.expect !== undefined);
    let early = 0;
    for (let cycle = 1; cycle <= CYCLES; cycle++) {
      await waitForText(page, first?.console ?? '', /\S/, { timeout: STATE_MS });
      const used = rendererMiB();
      if (cycle === 3) early = used;
      console.log(`cycle ${cycle}: renderer ${used} MiB`);
      await page.getByRole('button', { name: 'Stop' }).click();
      await waitForState(page, ['exited'], STATE_MS);
      expect(await page.evaluate(() => globalThis.bootlink?.run()?.state)).toMatchObject({
        ending: 'exited',
        code: 0,
      });
      await expect.poll(() => machineWorkers(page), { timeout: 10_000 }).toEqual([]);
      if (cycle === CYCLES) break;
      await page.getByRole('button', { name: 'Boot again' }).click();
      await waitForState(page, ['running'], STATE_MS);
    }
    // A machine that leaked would have added itself seventeen times.
    expect(rendererMiB()).toBeLessThan(early + 2 * smallest.addressSpaceMiB + 200);
  });
});
