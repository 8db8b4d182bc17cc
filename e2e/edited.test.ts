import { describe, expect, inject, it } from 'vitest';
import { typeOn, useBrowser, waitForText } from './browser.js';
import { builtGuests } from './catalogue.js';

const url = inject('pageUrl');
const browser = useBrowser();
const guests = await builtGuests();
const linux = guests.find(({ id }) => id === 'virt-linux');

/** MiB that the edited machine has; the built-in one has less. */
const MEMORY_MIB = 320;

describe.skipIf(linux === undefined)('an edited machine in the engine itself', () => {
  it('boots Linux with the memory that the form gave it', { timeout: 180_000 }, async () => {
    if (linux === undefined) return;
    const { page } = await browser.open(`${url}?guest=virt-linux&boot=0`);
    await page.locator('.dv-tab', { hasText: 'Machine' }).click();
    await page
      .getByRole('combobox', { name: 'Memory', exact: true })
      .fill(`${String(MEMORY_MIB)}M`);
    await page.locator('.machine-pane').getByRole('button', { name: 'Boot' }).click();
    const console = linux.boot.at(-1)?.console ?? '';
    await page.waitForFunction(
      () => document.querySelector('.top-bar .elapsed')?.textContent?.startsWith('prompt after'),
      undefined,
      { timeout: 120_000, polling: 500 },
    );
    await typeOn(page, console, 'grep MemTotal /proc/meminfo\n');
    await waitForText(page, console, /MemTotal: +[0-9]+ kB/, { timeout: 60_000 });
    const kib = await page.evaluate(
      (id) =>
        /MemTotal: +([0-9]+) kB/.exec(
          globalThis.bootlink?.run()?.consoles.get(id)?.log.text() ?? '',
        )?.[1],
      console,
    );
    expect(Number(kib)).toBeGreaterThan((MEMORY_MIB - 64) * 1024);
    expect(Number(kib)).toBeLessThanOrEqual(MEMORY_MIB * 1024);
  });
});
