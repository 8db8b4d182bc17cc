import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { seriousFindings } from './axe.js';
import { consoleText, useBrowser, waitForState, waitForText } from './browser.js';

/** Interpreted on two busy cores. */
const BOOT_MS = Number(process.env.BOOTLINK_E2E_BOOT_SECONDS ?? 600) * 1000;
/** A granule that U-Boot's RAM has, and nothing uses. */
const GRANULE = '5f000000';

const browser = useBrowser();
const tab = (page: Page, name: string) => page.locator('.dv-tab', { hasText: name });
const pane = (page: Page) => page.locator('[data-pane="granules"]');
const map = (page: Page) => page.getByRole('application', { name: /^Map of physical memory/ });
const details = (page: Page) => page.getByRole('region', { name: 'The selected granule' });
const shots = process.env.BOOTLINK_SHOTS;

async function shoot(page: Page, name: string): Promise<void> {
  if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png` });
}

async function select(page: Page, address: string): Promise<void> {
  await pane(page).getByRole('searchbox', { name: 'Physical address to select' }).fill(address);
  await pane(page).getByRole('button', { name: 'Go', exact: true }).click();
}

/** The worlds whose colours are on the map's canvas, by the roles of the page's style. */
function worldsDrawn(page: Page): Promise<string> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('.granule-map canvas');
    const box = document.querySelector('.granule-map');
    if (canvas === null || box === null) throw new Error('there is no map');
    const copy = document.createElement('canvas');
    copy.width = canvas.width;
    copy.height = canvas.height;
    const probe = copy.getContext('2d', { willReadFrequently: true });
    if (probe === null) throw new Error('there is no context');
    const rgb = (name: string): string => {
      probe.fillStyle = getComputedStyle(box).getPropertyValue(name).trim();
      probe.fillRect(0, 0, 1, 1);
      return [...probe.getImageData(0, 0, 1, 1).data.slice(0, 3)].join();
    };
    const worlds = Object.fromEntries(
      ['firmware', 'secure', 'host', 'realm'].map((role) => [rgb(`--role-${role}`), role]),
    );
    probe.drawImage(canvas, 0, 0);
    const { data, width, height } = probe.getImageData(0, 0, copy.width, copy.height);
    const at = (x: number, y: number): string => {
      const from = (y * width + x) * 4;
      return [...data.slice(from, from + 3)].join();
    };
    const counts: Record<string, number> = {};
    for (let y = 0; y < height; y += 2) {
      for (let x = 92; x < width; x += 2) {
        const role = worlds[at(x, y)];
        if (role !== undefined) counts[role] = (counts[role] ?? 0) + 1;
      }
    }
    return Object.keys(counts).sort().join();
  });
}

async function legend(page: Page): Promise<string> {
  const list = pane(page).getByRole('list', { name: 'Owners and how much memory each has' });
  return (await list.textContent()) ?? '';
}

describe('the map of the rme guest', () => {
  it(
    'shows a granule that U-Boot delegates, as it does, and the fault on it',
    { timeout: BOOT_MS },
    async () => {
      const { page, complaints } = await browser.open(
        `${inject('pageUrl')}?guest=rme&trace=1&translator=regions`,
      );
      await waitForText(page, 'uart0', /=> /, { timeout: BOOT_MS });
      await tab(page, 'Granules').click();
      await map(page).waitFor({ timeout: 60_000 });
      await waitForState(page, ['running']);
      // What TF-A gives to each world on this board, of memory that there is.
      await expect.poll(() => legend(page)).toContain('Root');
      await select(page, '40100000');
      await expect.poll(() => details(page).textContent()).toContain('Realm: the Realm world');
      await select(page, GRANULE);
      await expect.poll(() => details(page).textContent()).toContain('Non-secure: every world');
      expect(await details(page).textContent()).toContain('level 1');
      expect(await details(page).textContent()).not.toContain('to Realm');

      let from = (await consoleText(page, 'uart0')).length;
      await page.evaluate((granule) => {
        globalThis.bootlink?.run()?.consoles.get('uart0')?.type(`smc c4000151 ${granule}\r`);
      }, GRANULE);
      from = await waitForText(page, 'uart0', /Res: +0x?0\b[^]*=> /, { from, timeout: 60_000 });
      // Live: nobody has asked for it.
      await expect.poll(() => details(page).textContent()).toContain('Realm: the Realm world');
      expect(await details(page).textContent()).toContain('change from Non-secure to Realm');
      await expect.poll(() => worldsDrawn(page)).toContain('realm');
      await shoot(page, 'granules-rme');

      // Single granules, by keyboard: the neighbour still is Non-secure.
      await map(page).focus();
      for (let zoom = 0; zoom < 12; zoom++) await map(page).press('+');
      const canvas = map(page).locator('canvas');
      await expect.poll(() => canvas.getAttribute('data-cell-bytes')).toBe('4096');
      await map(page).press('ArrowRight');
      await details(page).getByRole('heading', { name: '0x5f001000, 4 KB' }).waitFor();
      expect(await details(page).textContent()).toContain('Non-secure: every world');
      await map(page).press('ArrowLeft');
      await shoot(page, 'granules-rme-zoomed');
      const drawn = await canvas.getAttribute('data-milliseconds');
      expect(drawn).toMatch(/^\d/);
      console.log(`the map was drawn in ${drawn ?? ''} ms`);
      expect(await seriousFindings(page)).toEqual([]);

      await page.evaluate((granule) => {
        globalThis.bootlink?.run()?.consoles.get('uart0')?.type(`md ${granule} 1\r`);
      }, GRANULE);
      await waitForText(page, 'uart0', /Synchronous Abort/, { from, timeout: 60_000 });
      await expect
        .poll(() => details(page).textContent(), { timeout: 60_000 })
        .toContain('read at PA 0x5f000000 in the Non-secure space');
      // U-Boot resets the machine, whose firmware sets all up again: the map comes back by itself.
      await waitForText(page, 'uart0', /=> /, { from: from + 200, timeout: BOOT_MS });
      await expect
        .poll(() => details(page).textContent(), { timeout: 60_000 })
        .toContain('Non-secure: every world');

      const words = pane(page).getByText(/^The map in words/);
      await words.click();
      const rows = pane(page).getByRole('row');
      expect(await rows.count()).toBeGreaterThan(4);
      expect(await rows.allTextContents()).toContainEqual(
        expect.stringMatching(/^0x401000000x418fffff24 MB ?Realm/),
      );
      await page.emulateMedia({ colorScheme: 'dark' });
      await shoot(page, 'granules-rme-dark');
      await page.setViewportSize({ width: 390, height: 780 });
      expect(await seriousFindings(page)).toEqual([]);
      await shoot(page, 'granules-rme-phone');
      expect(complaints).toEqual([]);
    },
  );

  it(
    'is there without recording too, and says what that leaves out',
    { timeout: BOOT_MS },
    async () => {
      const { page } = await browser.open(`${inject('pageUrl')}?guest=rme`);
      await waitForText(page, 'uart0', /=> /, { timeout: BOOT_MS });
      await tab(page, 'Granules').click();
      await map(page).waitFor({ timeout: 60_000 });
      await select(page, GRANULE);
      await expect.poll(() => details(page).textContent()).toContain('Events are not recorded');
      await page.evaluate((granule) => {
        globalThis.bootlink?.run()?.consoles.get('uart0')?.type(`smc c4000151 ${granule}\r`);
      }, GRANULE);
      await expect
        .poll(() => details(page).textContent(), { timeout: 60_000 })
        .toContain('Realm: the Realm world');
    },
  );
});

describe('four-worlds', () => {
  it('shows the worlds that it makes, also when it has ended', { timeout: BOOT_MS }, async () => {
    const { page, complaints } = await browser.open(
      `${inject('pageUrl')}?guest=four-worlds&trace=1&boot=0`,
    );
    expect(await tab(page, 'Granules').count()).toBe(0);
    await page.getByRole('button', { name: 'Boot', exact: true }).click();
    await tab(page, 'Granules').click();
    await waitForState(page, ['exited'], BOOT_MS);
    await map(page).waitFor();
    await expect.poll(() => pane(page).textContent()).toContain('the machine has ended');
    // A granule for each world; the Non-secure one was the Realm world's for a while, and is back.
    const all = 'Root 4 KB Secure 4 KB Non-secure 4 KB Realm 4 KB';
    await expect.poll(() => legend(page)).toContain(all);
    await select(page, '48001000');
    expect(await details(page).textContent()).toContain('change from Non-secure to Realm');
    expect(await details(page).textContent()).toContain('change from Realm to Non-secure');
    await shoot(page, 'granules-four-worlds');
    expect(complaints).toEqual([]);
  });

  it('has no map on a machine without worlds', async () => {
    const { page } = await browser.open(`${inject('pageUrl')}?guest=el-walk`);
    await waitForState(page, ['running', 'exited']);
    await tab(page, 'Timeline').waitFor();
    expect(await tab(page, 'Granules').count()).toBe(0);
  });
});
