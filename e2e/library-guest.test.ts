import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { typeOn, useBrowser, waitForState, waitForText } from './browser.js';
import { builtGuests } from './catalogue.js';

const url = inject('pageUrl');
const browser = useBrowser();
const linux = (await builtGuests()).find(({ id }) => id === 'virt-linux');
const BOOT_MS = 120_000;
const CONSOLE = 'uart0';

const show = (page: Page, title: string) =>
  page.locator('.dv-tab').getByText(title, { exact: true }).click();

async function boot(page: Page): Promise<void> {
  await show(page, 'Console');
  await page
    .getByRole('button', { name: /^Boot( again)?$/ })
    .first()
    .click();
  await waitForState(page, ['running'], BOOT_MS);
  await waitForText(page, CONSOLE, /guest:\/# /, { timeout: BOOT_MS });
}

/** Types a command whose last word is said by the shell alone, and waits for that. */
async function command(page: Page, text: string, answer: RegExp): Promise<void> {
  await show(page, 'Console');
  const from = await page.evaluate(
    (id) => globalThis.bootlink?.run()?.consoles.get(id)?.log.text().length ?? 0,
    CONSOLE,
  );
  await typeOn(page, CONSOLE, `${text}\r`);
  await waitForText(page, CONSOLE, answer, { from, timeout: 60_000 });
}

async function stop(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await waitForState(page, ['exited'], 60_000);
  await show(page, 'Disks');
}

/** SHA-256 of an image of the library as it is exported. */
async function hashOf(page: Page, card: Locator): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    card.getByRole('button', { name: 'Export raw' }).click(),
  ]);
  return createHash('sha256')
    .update(readFileSync(await download.path()))
    .digest('hex');
}

async function openDisks(query = ''): Promise<Page> {
  const { page } = await browser.open(`${url}?guest=virt-linux&boot=0${query}`);
  await show(page, 'Disks');
  await page.evaluate(() => Object.assign(globalThis, { showSaveFilePicker: undefined }));
  return page;
}

describe.skipIf(linux === undefined)('a FAT drive of a folder', () => {
  it(
    'is read and written by the guest; clone and reset keep what they say',
    { timeout: 3 * BOOT_MS },
    async () => {
      const folder = mkdtempSync(join(tmpdir(), 'bootlink-fat-'));
      const page = await openDisks();
      try {
        mkdirSync(join(folder, 'mine', 'deeper'), { recursive: true });
        writeFileSync(join(folder, 'mine', 'hello.txt'), 'said by the folder\n');
        writeFileSync(join(folder, 'mine', 'deeper', 'A name with blanks, and ü.txt'), 'long\n');
        await page.getByLabel('FAT drive of a folder').setInputFiles(join(folder, 'mine'));
        const library = page.getByRole('region', { name: 'Disk images' });
        const card = library
          .locator('.image-card')
          .filter({ has: page.getByRole('heading', { name: 'mine', exact: true }) });
        await card.getByText('FAT').first().waitFor();
        const original = await hashOf(page, card);
        await card.getByRole('button', { name: 'Attach', exact: true }).click();

        await boot(page);
        await command(
          page,
          'mkdir -p /mnt; mount -t vfat /dev/vda1 /mnt && cat /mnt/hello.txt',
          /said by the folder/,
        );
        await command(page, 'cat /mnt/deeper/A*; ls /mnt/deeper', /long\n[^]*A name with blanks/);
        await command(
          page,
          'echo changed > /mnt/hello.txt; umount /mnt; sync; echo st""ored',
          /stored/,
        );
        await stop(page);
        await card.getByText(/, changed/).waitFor();
        const changed = await hashOf(page, card);
        expect(changed).not.toBe(original);

        await card.getByRole('button', { name: 'Clone' }).click();
        await card.locator('form').getByRole('button', { name: 'Clone' }).click();
        const twin = library.locator('.image-card', { hasText: 'mine (copy)' });
        await twin.waitFor();
        expect(await hashOf(page, twin)).toBe(changed);

        await card.getByRole('button', { name: 'Reset' }).click();
        await card.locator('form').getByRole('button', { name: 'Reset' }).click();
        await expect.poll(() => card.innerText()).not.toContain(', changed');
        expect(await hashOf(page, card)).toBe(original);
        // The clone has a life of its own.
        expect(await hashOf(page, twin)).toBe(changed);
        await boot(page);
        await command(
          page,
          'mkdir -p /mnt; mount -t vfat /dev/vda1 /mnt && cat /mnt/hello.txt',
          /said by the folder/,
        );
      } finally {
        rmSync(folder, { recursive: true });
      }
    },
  );
});

describe.skipIf(linux === undefined)('erase everything while a machine uses a disk', () => {
  it(
    'erases nothing and names the disk; once the machine has ended all goes',
    { timeout: 2 * BOOT_MS },
    async () => {
      const page = await openDisks();
      for (const title of ['spare', 'in use']) {
        const made = await page.evaluate(
          async (name) => (await globalThis.bootlink?.storage().create(name, 1 << 20))?.ok,
          title,
        );
        expect(made).toBe(true);
      }
      await page.reload();
      await show(page, 'Disks');
      const card = page
        .locator('.image-card')
        .filter({ has: page.getByRole('heading', { name: 'in use', exact: true }) });
      await card.getByRole('button', { name: 'Attach', exact: true }).click();
      await boot(page);

      // In its own tab the machine has to be stopped first.
      await page.getByRole('button', { name: 'Settings' }).click();
      await page.getByText('Stop the machine first').waitFor();
      expect(await page.getByRole('button', { name: 'Erase everything…' }).isDisabled()).toBe(true);
      await page.getByRole('button', { name: 'Close', exact: true }).click();

      const other = await page.context().newPage();
      await other.goto(url);
      await other.evaluate(() => localStorage.setItem('of-a-lesson', 'progress'));
      const erase = async (): Promise<void> => {
        await other.getByRole('button', { name: 'Settings' }).click();
        await other.getByText('2 disks of yours').waitFor();
        await other.getByRole('button', { name: 'Erase everything…' }).click();
        await other.getByRole('button', { name: 'Erase everything', exact: true }).click();
      };
      await erase();
      await other.locator('.erase .refused').getByText('in use').waitFor();
      const count = () =>
        other.evaluate(async () => {
          const list = await globalThis.bootlink?.storage().list();
          return list?.ok === true ? list.value.length : undefined;
        });
      expect(await count()).toBe(2);
      expect(await other.evaluate(() => localStorage.getItem('of-a-lesson'))).toBe('progress');
      await command(page, 'echo al""ive', /alive/);
      await stop(page);

      await other.reload();
      await erase();
      await other.waitForFunction(() => localStorage.getItem('of-a-lesson') === null);
      await other.waitForFunction(() => globalThis.bootlink !== undefined);
      await expect.poll(count).toBe(0);
    },
  );
});
