import puppeteer, { type Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { builtGuests } from './catalogue.js';

/**
 * The page in Debian's Firefox, driven over WebDriver BiDi. Only the smoke test: that it is
 * isolated, that the engine starts its threads there, and that typing reaches the guest.
 */
const firefox = process.env.BOOTLINK_FIREFOX ?? '/usr/bin/firefox-esr';
const guests = await builtGuests();
const BOOT_MS = 300_000;
/** Less than the driver waits for an answer, which is 180 s. */
const SAYS_MS = 120_000;

describe('the page in Firefox', () => {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: firefox,
      headless: true,
    });
  }, BOOT_MS);
  afterAll(() => browser?.close());

  it('boots a bare-metal guest to its end, threads and all', { timeout: BOOT_MS }, async () => {
    const page = await browser?.newPage();
    if (page === undefined) throw new Error('No browser.');
    await page.goto(`${inject('pageUrl')}?guest=el-walk`);
    await page.waitForFunction(() => globalThis.bootlink?.run()?.state.name === 'exited', {
      timeout: BOOT_MS,
    });
    const { state, text } = await page.evaluate(() => {
      const run = globalThis.bootlink?.run();
      return { state: run?.state, text: run?.consoles.get('uart0')?.log.text(0) ?? '' };
    });
    expect(state).toMatchObject({ name: 'exited', code: 0 });
    expect(text).toContain('EL0');
    await page.close();
  });

  it.runIf(guests.some(({ id }) => id === 'virt-linux'))(
    'boots Linux and answers what is typed',
    // On a busy machine Firefox sometimes never finishes making a worker: README, Known limits.
    { timeout: BOOT_MS, retry: 1 },
    async () => {
      const page = await browser?.newPage();
      if (page === undefined) throw new Error('No browser.');
      await page.goto(`${inject('pageUrl')}?guest=virt-linux`);
      const says = (expected: string) =>
        page
          .waitForFunction(
            (wanted) =>
              globalThis.bootlink?.run()?.consoles.get('uart0')?.log.text(0).includes(wanted),
            { timeout: SAYS_MS },
            expected,
          )
          .catch(async (error: unknown) => {
            const seen = await page.evaluate(() => {
              const run = globalThis.bootlink?.run();
              const text = run?.consoles.get('uart0')?.log.text(0).slice(-1000);
              return JSON.stringify([run?.state, run?.entered, run?.output, text]);
            });
            throw new Error(`Never said ${expected}: ${seen}`, { cause: error });
          });
      await says('guest:/# ');
      await page.focus('#pane-uart0 textarea.xterm-helper-textarea');
      await page.keyboard.type('echo $((6 * 7)) $(uname -m)');
      await page.keyboard.press('Enter');
      await says('42 aarch64');
      await page.close();
    },
  );
});
