import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { fromGuest } from '../src/machine/from-guest.js';
import { toLink } from '../src/machine/link/encode.js';
import { seriousFindings } from './axe.js';
import { typeOn, useBrowser, waitForState, waitForText } from './browser.js';
import { builtGuests } from './catalogue.js';

const url = inject('pageUrl');
const browser = useBrowser();
const linux = (await builtGuests()).find(({ id }) => id === 'virt-linux');
const BOOT_MS = 120_000;
const CONSOLE = 'uart0';

const textLength = (page: Page): Promise<number> =>
  page.evaluate(
    (id) => globalThis.bootlink?.run()?.consoles.get(id)?.log.text().length ?? 0,
    CONSOLE,
  );

async function command(page: Page, text: string, answer: RegExp): Promise<void> {
  const from = await textLength(page);
  await typeOn(page, CONSOLE, `${text}\r`);
  await waitForText(page, CONSOLE, answer, { from, timeout: 60_000 });
}

/** Boots a machine that is none of the built-in ones: other memory, come by a link. */
async function bootEdited(): Promise<Page> {
  if (linux === undefined) throw new Error('Set-up has not built virt-linux.');
  const machine = { ...fromGuest(linux), title: 'Edited', memory: { size: '160M' } };
  const { page } = await browser.open(`${url}${toLink(machine)}`);
  await page.getByRole('button', { name: 'Boot this machine' }).click();
  await waitForText(page, CONSOLE, /guest:\/# /, { timeout: BOOT_MS });
  return page;
}

describe.skipIf(linux === undefined)('a snapshot of an edited machine', () => {
  it(
    'goes on as that machine, whose editors show what it is',
    { timeout: 2 * BOOT_MS },
    async () => {
      const page = await bootEdited();
      await command(page, 'cd /tmp; echo kept-$((40 + 2)) > mark; echo do""ne', /done/);
      await page.getByRole('button', { name: 'Snapshots' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Of mine');
      await page.getByRole('button', { name: 'Take a snapshot' }).click();
      await page.getByRole('button', { name: 'Open Of mine' }).waitFor({ timeout: 60_000 });
      expect(await seriousFindings(page)).toEqual([]);

      await page.goto(url);
      await page.getByRole('button', { name: 'Snapshots' }).click();
      await page.getByRole('button', { name: 'Open Of mine' }).click();
      await waitForState(page, ['running'], BOOT_MS);
      expect(await page.evaluate(() => globalThis.bootlink?.run()?.snapshot?.kind)).toBe('kept');
      await command(page, 'cat mark', /kept-42/);
      await page.locator('.dv-tab', { hasText: 'Machine' }).click();
      expect(await page.getByLabel('Memory', { exact: false }).first().inputValue()).toBe('160M');
      await page.waitForURL(/#m1\./);
    },
  );
});

describe.skipIf(linux === undefined)('the dialog of snapshots', () => {
  it(
    'says so when there is no room, and axe finds nothing serious then',
    { timeout: BOOT_MS },
    async () => {
      const page = await bootEdited();
      const browserEnd = await page.context().newCDPSession(page);
      await browserEnd.send('Storage.overrideQuotaForOrigin', {
        origin: new URL(url).origin,
        quotaSize: 1 << 20,
      });
      await page.getByRole('button', { name: 'Snapshots' }).click();
      await page.getByLabel('Name', { exact: true }).fill('Too much');
      await page.getByRole('button', { name: 'Take a snapshot' }).click();
      await page.getByText(/no room for the snapshot “Too much”/).waitFor({ timeout: 60_000 });
      await page.getByText('Delete other snapshots, or free space').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      // The machine is none the worse.
      await command(page, 'echo al""ive', /alive/);
    },
  );
});

/** When each snapshot was kept. */
function keptAt(page: Page): Promise<string> {
  return page.evaluate(
    () =>
      new Promise<string>((resolve) => {
        const open = indexedDB.open('bootlink-snapshots');
        open.onsuccess = () => {
          const { result } = open;
          if (!result.objectStoreNames.contains('about')) {
            result.close();
            resolve('');
            return;
          }
          const all = result.transaction('about').objectStore('about').getAll();
          all.onsuccess = () => {
            result.close();
            resolve((all.result as { created: string }[]).map(({ created }) => created).join());
          };
        };
      }),
  );
}

describe.skipIf(linux === undefined)('a machine that is kept by itself', () => {
  it(
    'is kept once, as it was when the page last went out of sight',
    { timeout: 2 * BOOT_MS },
    async () => {
      const page = await bootEdited();
      await page.getByRole('button', { name: 'Snapshots' }).click();
      await page.getByLabel('Keep this machine whenever this page goes out of sight').check();
      await page.getByText('There is none yet.').waitFor();
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      /** A headless page is never hidden by another: the browser's word for it is put in its mouth. */
      const hide = async (hidden: boolean): Promise<void> => {
        await page.evaluate(
          (state) => {
            Object.defineProperty(document, 'visibilityState', {
              value: state,
              configurable: true,
            });
            document.dispatchEvent(new Event('visibilitychange'));
          },
          hidden ? 'hidden' : 'visible',
        );
      };
      let before = '';
      for (const mark of ['first', 'second']) {
        await command(page, `echo ${mark} > /tmp/mark; echo do""ne`, /done/);
        await hide(true);
        await expect.poll(() => keptAt(page), { timeout: 60_000 }).not.toBe(before);
        before = await keptAt(page);
        // One at a time: the next takes the place of the one before.
        expect(before).toMatch(/^[^,]+$/);
        await hide(false);
      }
      await page.goto(url);
      await page.getByRole('button', { name: 'Snapshots' }).click();
      await page.getByRole('button', { name: 'Open Edited' }).click();
      await waitForState(page, ['running'], BOOT_MS);
      await command(page, 'cat /tmp/mark', /second/);
    },
  );
});
