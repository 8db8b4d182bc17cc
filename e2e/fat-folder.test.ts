import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { seriousFindings } from './axe.js';
import { consoleText, typeOn, useBrowser, waitForState, waitForText } from './browser.js';
import { builtGuests } from './catalogue.js';

/** Folders and loose files of the visitor as FAT drives: dropped, and where a line says `fat:`. */
const url = inject('pageUrl');
const browser = useBrowser();
const linux = (await builtGuests()).find(({ id }) => id === 'virt-linux');
const shots = process.env.BOOTLINK_SHOTS;
const BOOT_MS = 240_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlink-folder-'));
  mkdirSync(join(folder, 'share', 'deep'), { recursive: true });
  mkdirSync(join(folder, 'share', 'nothing in here'));
  writeFileSync(join(folder, 'share', 'deep', 'a longer name.txt'), 'from a folder in a folder\n');
  writeFileSync(join(folder, 'share', 'hello.txt'), 'hello from the folder\n');
  writeFileSync(join(folder, 'one.txt'), 'the first loose file\n');
  writeFileSync(join(folder, 'two.txt'), 'the second loose file\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Drags files and folders of the operating system over an element and lets them go there. */
async function drop(page: Page, selector: string, names: string[]): Promise<void> {
  const box = await page.locator(selector).first().boundingBox();
  if (box === null) throw new Error(`${selector} is not to be seen.`);
  const session = await page.context().newCDPSession(page);
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  const data = {
    items: [],
    files: names.map((name) => join(folder, name)),
    dragOperationsMask: 1,
  };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await session.send('Input.dispatchDragEvent', { type, x, y, data });
  }
  await session.detach();
}

/** Types at the shell once its prompt is there; what the command prints ends with a mark. */
async function shell(page: Page, command: string): Promise<string> {
  const from = (await consoleText(page, 'uart0')).length;
  // The mark is not in what the terminal echoes.
  await typeOn(page, 'uart0', `${command}; echo do''ne\n`);
  await waitForText(page, 'uart0', /^done/m, { from, timeout: BOOT_MS });
  return consoleText(page, 'uart0', from);
}

/** Writes more at the end of the machine's command line, and shows the form that follows. */
async function addArguments(page: Page, text: string): Promise<void> {
  await page.locator('.dv-tab', { hasText: 'Machine' }).click();
  await page.getByRole('tab', { name: 'Command line' }).click();
  await page.locator('.monaco-editor .view-line').first().waitFor();
  await page.locator('[data-editor=args] .view-lines').click();
  await page.keyboard.press('Control+End');
  await page.keyboard.insertText(text);
  await page.locator('.machine-pane').getByRole('tab', { name: 'Changes (' }).waitFor();
  await page.getByRole('tab', { name: 'Form' }).click();
}

const WRITABLE =
  ' -drive file=fat:rw:~/share,if=none,id=f,format=raw -device virtio-blk-pci,drive=f,romfile=';
const MOUNT = 'mkdir -p /mnt; mount -t vfat /dev/vda1 /mnt';

describe.skipIf(linux === undefined)('a folder of the visitor', () => {
  it(
    'dropped on the console becomes a FAT drive that Linux reads',
    { timeout: 2 * BOOT_MS },
    async () => {
      const { page, complaints } = await browser.open(`${url}?guest=virt-linux&boot=0`);
      await page.getByRole('button', { name: 'Boot cold' }).waitFor();
      await drop(page, '.console-drop > *', ['share']);
      const dialog = page.getByRole('dialog');
      await dialog.getByText('share, 2 files').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      if (shots !== undefined) await page.screenshot({ path: `${shots}/fat-dropped.png` });
      await dialog.getByRole('button', { name: 'Attach as a FAT drive' }).click();
      const library = page.getByRole('region', { name: 'Disk images' });
      await library.getByText('from its next boot on').waitFor();
      await page.locator('.dv-tab', { hasText: 'Console' }).click();
      await page.getByRole('button', { name: 'Boot', exact: true }).first().click();
      await waitForText(page, 'uart0', /guest:\/# /, { timeout: BOOT_MS });
      const said = await shell(page, `${MOUNT}; cat /mnt/hello.txt "/mnt/deep/a longer name.txt"`);
      expect(said).toContain('hello from the folder');
      expect(said).toContain('from a folder in a folder');
      const listed = await shell(page, 'ls -1d /mnt/*/; ls -A "/mnt/nothing in here" | wc -l');
      expect(listed).toMatch(/^\/mnt\/nothing in here\/\s*$/m);
      expect(listed).toMatch(/^0\s*$/m);
      expect(complaints.filter((each) => !/WebGL|GPU/i.test(each))).toEqual([]);
    },
  );

  it(
    'takes the place of fat: on a command line; what is written there outlives machine and page',
    { timeout: 3 * BOOT_MS },
    async () => {
      const { page } = await browser.open(`${url}?guest=virt-linux&boot=0`);
      await addArguments(page, WRITABLE);
      await page.getByText('“share” needs a folder (~/share).').waitFor();
      const boot = page.locator('.machine-pane').getByRole('button', { name: 'Boot' });
      expect(await boot.isDisabled()).toBe(true);
      await page.getByLabel('Folder for share').setInputFiles(join(folder, 'share'));
      await page.getByText('A FAT drive of yours: share, 2 files').waitFor();
      expect(await seriousFindings(page)).toEqual([]);
      if (shots !== undefined) {
        await page.getByLabel('Folder for share').scrollIntoViewIfNeeded();
        await page.screenshot({ path: `${shots}/fat-slot.png` });
      }
      await boot.click();
      await waitForText(page, 'uart0', /guest:\/# /, { timeout: BOOT_MS });
      const said = await shell(
        page,
        `${MOUNT} && cat /mnt/hello.txt && echo written by the guest > /mnt/new.txt && umount /mnt && ${MOUNT} && cat /mnt/new.txt`,
      );
      expect(said).toContain('hello from the folder');
      expect(said).toMatch(/^written by the guest/m);
      await page.getByRole('button', { name: 'Stop', exact: true }).click();
      await waitForState(page, ['exited']);

      // It is a disk of the library now, and the same folder is that disk again.
      await page.locator('.dv-tab', { hasText: 'Disks' }).click();
      const disks = page.getByRole('region', { name: 'Disk images' });
      const card = disks.locator('.image-card');
      await card.getByText(/, changed/).waitFor();
      expect(await card.innerText()).toContain('share, 2 files');
      await page.goto(`${url}?guest=virt-linux&boot=0`);
      await addArguments(page, WRITABLE);
      await page.getByLabel('Folder for share').setInputFiles(join(folder, 'share'));
      await page.getByText('A FAT drive of yours: share, 2 files').waitFor();
      await boot.click();
      await waitForText(page, 'uart0', /guest:\/# /, { timeout: BOOT_MS });
      expect(await shell(page, `${MOUNT} && cat /mnt/new.txt`)).toMatch(/^written by the guest/m);
      await page.locator('.dv-tab', { hasText: 'Disks' }).click();
      await card.getByText('in use').waitFor();
      expect(await card.count()).toBe(1);
    },
  );

  it('dropped on the initrd is laid out like a root, its paths to be copied', async () => {
    const { page } = await browser.open(`${url}?guest=virt-linux&boot=0`);
    await page.locator('.dv-tab', { hasText: 'Initrd' }).click();
    const pane = page.getByRole('region', { name: 'Tiny initrd' });
    await pane.locator('.initrd-size', { hasText: 'built in' }).waitFor();
    await drop(page, '.initrd', ['share']);
    await pane.getByRole('button', { name: 'Take away share' }).waitFor();
    await pane.getByLabel('Copy these files').fill('/deep\n/nothing in here');
    await pane.getByLabel('Copy these files').blur();
    await pane.locator('summary', { hasText: 'entries' }).click();
    const listing = pane.locator('.listing');
    await expect.poll(() => listing.innerText()).toContain('/deep/a longer name.txt');
    expect(await listing.innerText()).toMatch(/^d.*\/nothing in here/m);
    expect(await pane.innerText()).not.toContain('Missing');
  });

  it('dropped on a machine that asks for one may be that folder', async () => {
    const { page } = await browser.open(`${url}?guest=virt-linux&boot=0`);
    await addArguments(page, ' -drive file=fat:photos,if=virtio,format=raw');
    await page.getByText('“photos” needs a folder (photos).').waitFor();
    await page.locator('.dv-tab', { hasText: 'Console' }).click();
    await drop(page, '.console-drop > *', ['share']);
    await page.getByRole('button', { name: 'As the folder photos' }).click();
    await page.getByText('A FAT drive of yours: share, 2 files').waitFor();
    const boot = page.locator('.machine-pane').getByRole('button', { name: 'Boot' });
    expect(await boot.isDisabled()).toBe(false);
  });
});

describe('several loose files', () => {
  const library = (page: Page) => page.getByRole('region', { name: 'Disk images' });

  it('dropped on the disks become one FAT drive, or a disk each, as the visitor says', async () => {
    const { page } = await browser.open(`${inject('fixtureUrl')}?guest=one&boot=0`);
    await page.getByRole('tab', { name: 'Disks', exact: true }).click();
    await library(page).getByText('There are no disks yet.').waitFor();
    await drop(page, '.library', ['one.txt', 'two.txt']);
    const question = page.getByRole('group', { name: 'What are these files?' });
    await question.getByText('2 files').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    if (shots !== undefined) await page.screenshot({ path: `${shots}/fat-loose.png` });
    await question.getByRole('button', { name: 'Put them on a FAT drive' }).click();
    await library(page).getByText('FAT16').waitFor();
    expect(await library(page).locator('.image-card').count()).toBe(1);

    await drop(page, '.library', ['one.txt', 'two.txt']);
    await question.getByRole('button', { name: 'Import each as a disk' }).click();
    await expect.poll(() => library(page).locator('.image-card').count()).toBe(3);

    await drop(page, '.library', ['one.txt', 'two.txt']);
    await question.getByRole('button', { name: 'Cancel' }).click();
    await question.waitFor({ state: 'detached' });
    expect(await library(page).locator('.image-card').count()).toBe(3);
  });

  it('dropped on the console may be attached on a FAT drive', async () => {
    const { page } = await browser.open(`${inject('fixtureUrl')}?guest=one&boot=0`);
    await page.getByRole('button', { name: 'Boot', exact: true }).waitFor();
    await drop(page, '.console-drop > *', ['one.txt', 'two.txt']);
    await page.getByRole('button', { name: 'Attach on a FAT drive' }).click();
    await library(page).getByText('from its next boot on').waitFor();
    expect(await library(page).locator('.image-card').count()).toBe(1);
  });
});
