import type { Page } from 'playwright-core';
import { afterEach, describe, expect, inject, it } from 'vitest';
import { seriousFindings } from './axe.js';
import { useBrowser, waitForState, waitForText } from './browser.js';
import { builtGuests } from './catalogue.js';
import { plainHost, type PlainHost } from './plain-host.js';

/** Guests that the visitor keeps without having booted them, and a host that is really gone. */
const browser = useBrowser();
const guests = await builtGuests();
const has = (id: string): boolean => guests.some((guest) => guest.id === id);
const titleOf = (id: string): string => guests.find((guest) => guest.id === id)?.title ?? '';
const realPublic = process.env.BOOTLINK_PUBLIC ?? 'public';
const shots = process.env.BOOTLINK_SHOTS;
const BOOT_MS = 240_000;
/** The service worker fetches the page's editors before the engine, on a machine that is busy. */
const KEEP_MS = 120_000;

const keepButton = (page: Page, title: string) =>
  page.getByRole('button', { name: `Keep for offline use: ${title}` });
const dropButton = (page: Page, title: string) =>
  page.getByRole('button', { name: `Drop it: ${title}` });

async function keep(page: Page, title: string): Promise<void> {
  await keepButton(page, title).click();
  await dropButton(page, title).waitFor({ timeout: KEEP_MS });
}

let host: PlainHost | undefined;
afterEach(async () => {
  await host?.close();
  host = undefined;
});

describe.skipIf(!has('four-worlds') || !has('el-walk'))('a guest that is kept', () => {
  it(
    'boots from a host that is gone, without ever having been booted before',
    { timeout: 2 * BOOT_MS },
    async () => {
      host = await plainHost([inject('pageFolder'), realPublic]);
      const { url } = host;
      const { page } = await browser.open(url);
      await keep(page, titleOf('four-worlds'));
      if (shots !== undefined) await page.screenshot({ path: `${shots}/offline-kept.png` });
      expect(await seriousFindings(page)).toEqual([]);
      await host.close();
      host = undefined;

      await page.goto(url);
      await dropButton(page, titleOf('four-worlds')).waitFor();
      await page.getByRole('button', { name: `Boot ${titleOf('four-worlds')}` }).click();
      await waitForText(page, 'uart0', /The end\./, { timeout: BOOT_MS });
      // What was not asked for is not there, and says so.
      await page.goto(`${url}?guest=el-walk`);
      await waitForState(page, ['failed'], BOOT_MS);
      expect(await page.getByRole('alert').innerText()).toContain('could not be fetched');
    },
  );

  it.skipIf(!has('virt-linux'))(
    'opens from its snapshot without a host too',
    { timeout: 2 * BOOT_MS },
    async () => {
      host = await plainHost([inject('pageFolder'), realPublic], { isolates: true });
      const { url } = host;
      const { page } = await browser.open(`${url}?guest=virt-linux&boot=0`);
      await keep(page, titleOf('virt-linux'));
      await host.close();
      host = undefined;
      await page.goto(`${url}?guest=virt-linux`);
      await waitForText(page, 'uart0', /guest:\/# /, { timeout: BOOT_MS });
      const snapshot = await page.evaluate(() => globalThis.bootlink?.run()?.snapshot?.kind);
      expect(snapshot).toBe('guest');
    },
  );

  it('is listed in Settings with its bytes, and dropped without what others need', async () => {
    host = await plainHost([inject('pageFolder'), realPublic], { isolates: true });
    const { page } = await browser.open(host.url);
    for (const id of ['el-walk', 'four-worlds']) await keep(page, titleOf(id));
    await page.getByRole('button', { name: 'Settings' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('2 guests that boot without a network').waitFor();
    await dialog.getByText('2 fetched images').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    if (shots !== undefined) await page.screenshot({ path: `${shots}/offline-settings.png` });
    await dialog.getByRole('button', { name: titleOf('el-walk') }).click();
    await dialog.getByText('1 fetched image of guests').waitFor();
    await dialog.getByText('1 guest that boots without a network').waitFor();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await keepButton(page, titleOf('el-walk')).waitFor();
    await dropButton(page, titleOf('four-worlds')).waitFor();
    const left = await page.evaluate(async () => {
      const names = (await caches.keys()).filter((name) => name.startsWith('bootlink-images-'));
      const lists = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return lists.flat().length;
    });
    expect(left).toBe(1);
  });
});

describe('keeping a guest', () => {
  it(
    'shows how far it is, and stops at once when it is cancelled',
    async () => {
      host = await plainHost([inject('pageFolder'), inject('fixtureFolder')], {
        stuck: ['guests/image.bin'],
        isolates: true,
      });
      const { page } = await browser.open(host.url);
      await keepButton(page, 'One console').click();
      const progress = page.getByRole('progressbar', { name: 'Keeping One console' });
      await expect.poll(() => progress.getAttribute('value'), { timeout: KEEP_MS }).toBe('150000');
      expect(await progress.getAttribute('max')).toBe('300000');
      await page.getByRole('button', { name: 'Cancel keeping One console' }).click();
      await keepButton(page, 'One console').waitFor();
      expect(await page.getByRole('alert').count()).toBe(0);
      expect(page.workers().filter((worker) => worker.url().includes('keep'))).toEqual([]);
    },
    2 * KEEP_MS,
  );

  it(
    'says why a guest is not kept: an image that is missing, or another one',
    async () => {
      const { page } = await browser.open(inject('fixtureUrl'));
      await keepButton(page, 'Missing image').click();
      await page
        .getByText('Missing image is not kept: firmware.bin could not be fetched.')
        .waitFor({
          timeout: KEEP_MS,
        });
      await keepButton(page, 'Wrong image').click();
      await page.getByText('Wrong image is not kept: firmware.bin has the wrong content').waitFor();
      await keepButton(page, 'Wrong image').waitFor();
    },
    2 * KEEP_MS,
  );
});
