import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { builtGuests } from './catalogue.js';
import { plainHost } from './plain-host.js';

/** The page in Debian's Firefox when its host is gone: over WebDriver BiDi, as firefox.test.ts. */
const firefox = process.env.BOOTLINK_FIREFOX ?? '/usr/bin/firefox-esr';
const guests = await builtGuests();
const realPublic = process.env.BOOTLINK_PUBLIC ?? 'public';
const BOOT_MS = 300_000;

async function bootToTheEnd(page: Page, url: string): Promise<string> {
  await page.goto(`${url}?guest=four-worlds`);
  await page.waitForFunction(
    () => ['exited', 'failed'].includes(globalThis.bootlink?.run()?.state.name ?? ''),
    { timeout: BOOT_MS },
  );
  const { state, text } = await page.evaluate(() => {
    const run = globalThis.bootlink?.run();
    return { state: run?.state, text: run?.consoles.get('uart0')?.log.text(0) ?? '' };
  });
  expect(state).toMatchObject({ name: 'exited', code: 0 });
  return text;
}

/** Waits until Settings says that the service worker has kept page and engine. */
async function waitUntilKept(page: Page): Promise<void> {
  await page.locator('::-p-aria(Settings)').click();
  await page.waitForFunction(
    () => document.querySelector('dialog')?.textContent?.includes('booted here before') === true,
    { timeout: BOOT_MS },
  );
}

describe.skipIf(!guests.some(({ id }) => id === 'four-worlds'))('Firefox without a network', () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: firefox,
      headless: true,
    });
  }, BOOT_MS);
  afterAll(() => browser?.close());

  it(
    'opens the page and boots a bare-metal guest from a host that is gone',
    // On a busy machine Firefox sometimes never finishes making a worker: README, Known limits.
    { timeout: 3 * BOOT_MS, retry: 1 },
    async () => {
      const page = await browser?.newPage();
      if (page === undefined) throw new Error('No browser.');
      const host = await plainHost([inject('pageFolder'), realPublic]);
      const { url } = host;
      try {
        const printed = await bootToTheEnd(page, url);
        await waitUntilKept(page);
        await host.close();
        // Nobody answers at that address any more.
        await expect(fetch(url)).rejects.toThrow();
        expect(await bootToTheEnd(page, url)).toBe(printed);
        expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
      } finally {
        await page.close();
        await host.close().catch(() => undefined);
      }
    },
  );
});
