import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { builtGuests } from './catalogue.js';

/**
 * The page in Debian's Firefox, driven over WebDriver BiDi. Only the smoke test: that it is
 * isolated, that the engine starts its threads there, that typing reaches the guest, and that what
 * a guest has synced to a disk is there after a reload.
 */
const firefox = process.env.BOOTLINK_FIREFOX ?? '/usr/bin/firefox-esr';
const guests = await builtGuests();
const BOOT_MS = 300_000;
/** Less than the driver waits for an answer, which is 180 s. */
const SAYS_MS = 120_000;

/** Waits until the first console has said so. */
async function says(page: Page, expected: string): Promise<void> {
  try {
    await page.waitForFunction(
      (wanted) => globalThis.bootlink?.run()?.consoles.get('uart0')?.log.text(0).includes(wanted),
      { timeout: SAYS_MS },
      expected,
    );
  } catch (error) {
    const seen = await page.evaluate(() => {
      const run = globalThis.bootlink?.run();
      const text = run?.consoles.get('uart0')?.log.text(0).slice(-1000);
      return JSON.stringify([run?.state, run?.entered, run?.output, text]);
    });
    throw new Error(`Never said ${expected}: ${seen}`, { cause: error });
  }
}

/** Types a line on the first console, as a visitor does. */
async function typeLine(page: Page, line: string): Promise<void> {
  await page.focus('#pane-uart0 textarea.xterm-helper-textarea');
  await page.keyboard.type(line);
  await page.keyboard.press('Enter');
}

/** Boots the guest that the page shows, from reset, with a disk of the library on its AHCI. */
function bootWithDisk(page: Page, id: string, bytes: number): Promise<void> {
  return page.evaluate(
    async ([guestId, image, size]) => {
      const { guests } = (await (await fetch('guests/index.json')).json()) as {
        guests: { guest?: { id: string } }[];
      };
      type Boot = Parameters<NonNullable<typeof globalThis.bootlink>['boot']>;
      const guest = guests.find((each) => each.guest?.id === guestId)?.guest as Boot[0];
      const disk: Boot[0]['images'][number] = {
        name: 'mine',
        use: 'disk',
        url: '',
        sha256: '0'.repeat(64),
        size,
        wireBytes: 0,
        encoding: 'identity',
        extents: [],
        readOnly: false,
      };
      const args = [...guest.args, '-drive', 'file=image:mine,format=raw,if=ide'];
      void globalThis.bootlink?.boot(
        { ...guest, args, images: [...guest.images, disk] },
        { stored: { mine: { id: image, title: 'mine', size, access: 'write' } } },
      );
    },
    ['sbsa-ref', id, bytes] as const,
  );
}

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
      await says(page, 'guest:/# ');
      await page.focus('#pane-uart0 textarea.xterm-helper-textarea');
      await page.keyboard.type('echo $((6 * 7)) $(uname -m)');
      await page.keyboard.press('Enter');
      await says(page, '42 aarch64');
      await page.close();
    },
  );

  it.runIf(guests.some(({ id }) => id === 'sbsa-ref'))(
    'boots sbsa-ref, takes typing, saves a disk, and has it after a reload',
    { timeout: 2 * BOOT_MS, retry: 1 },
    async () => {
      const page = await browser?.newPage();
      if (page === undefined) throw new Error('No browser.');
      const address = `${inject('pageUrl')}?guest=sbsa-ref&boot=0`;
      const isThere = () => page.waitForFunction(() => globalThis.bootlink !== undefined);
      const size = 4 << 20;
      await page.goto(address);
      await isThere();
      const id = await page.evaluate(async (bytes) => {
        const made = await globalThis.bootlink?.storage().create('mine', bytes);
        return made?.ok === true ? made.value : JSON.stringify(made);
      }, size);
      await bootWithDisk(page, id, size);
      await says(page, '=> ');
      await typeLine(page, 'version');
      await says(page, 'U-Boot 20');
      await typeLine(page, 'boot');
      await says(page, 'Shell> ');
      await typeLine(page, 'fs0:linux');
      await says(page, 'guest:/# ');
      // The first disk is the one that it booted from.
      await typeLine(
        page,
        'printf saved-by-the-guest | dd of=/dev/sdb bs=4096 conv=sync,fsync && echo sto""red',
      );
      await says(page, 'stored');
      await page.reload();
      await isThere();
      const text = await page.evaluate(async (image) => {
        // The lock of the machine that went with the page is given back soon, not at once.
        for (let tries = 0; tries < 100; tries++) {
          const raw = await globalThis.bootlink
            ?.storage()
            .export('t', image, 'raw', undefined, undefined);
          if (raw?.ok === true && raw.value !== undefined) return raw.value.slice(0, 18).text();
          await new Promise((next) => setTimeout(next, 100));
        }
        return 'never given back';
      }, id);
      expect(text).toBe('saved-by-the-guest');
      await page.close();
    },
  );
});
