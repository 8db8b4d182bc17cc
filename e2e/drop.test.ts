import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { seriousFindings } from './axe.js';
import { consoleText, useBrowser, waitForState, waitForText } from './browser.js';

const url = inject('fixtureUrl');
const browser = useBrowser();

/** Drags a file of the operating system over the console pane and lets it go. */
async function drop(page: Page, name: string, bytes: number[]): Promise<void> {
  await page.evaluate(
    ([fileName, content]) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(content)], fileName));
      const target = document.querySelector('.console-drop > *');
      const options = { dataTransfer: transfer, bubbles: true, cancelable: true };
      const taken = target?.dispatchEvent(new DragEvent('dragover', options)) === false;
      if (!taken) throw new Error('The console pane does not take files.');
      target?.dispatchEvent(new DragEvent('drop', options));
    },
    [name, bytes] as const,
  );
  await page.getByRole('dialog').waitFor();
}

const planned = (page: Page) =>
  page.evaluate(() => {
    const guest = globalThis.bootlink?.run()?.guest;
    return { args: guest?.args.join(' '), images: guest?.images.map(({ name }) => name) };
  });

describe('a file dropped on the console', () => {
  it('becomes a disk of the machine, from its next boot on', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await page.getByRole('button', { name: 'Boot', exact: true }).waitFor();
    await drop(page, 'data.img', new Array<number>(1024).fill(7));
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Attach as a disk' }).click();
    const library = page.getByRole('region', { name: 'Disk images' });
    await expect.poll(() => library.innerText()).toContain('from its next boot on');
    await page.locator('.dv-tab', { hasText: 'Console' }).click();
    await page.getByRole('button', { name: 'Boot', exact: true }).click();
    await waitForState(page, ['running', 'failed']);
    const { args } = await planned(page);
    expect(args).toContain('file=image:disk0');
  });

  it('goes into the initrd', async () => {
    const { page } = await browser.open(`${url}?guest=one`);
    await waitForText(page, 'firmware', /=> /);
    await drop(page, 'notes.txt', [104, 105, 10]);
    await page.getByRole('button', { name: 'Put into the initrd' }).click();
    const pane = page.getByRole('region', { name: 'Tiny initrd' });
    await pane.getByRole('button', { name: 'Take away notes.txt' }).waitFor();
    expect(await waitForState(page, ['running'])).toBe('running');
  });

  it('becomes the firmware, which is a change that undo takes back', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await page.getByRole('button', { name: 'Boot', exact: true }).waitFor();
    await drop(page, 'mine.fd', [1, 2, 3, 4]);
    await page.getByRole('button', { name: 'Firmware, in place of firmware.bin' }).click();
    const form = page.locator('.machine-form');
    await form.getByText('Your file mine.fd').waitFor();
    await page.getByRole('button', { name: 'Undo', exact: true }).click();
    await form.getByText('From the catalogue: one/firmware.bin').waitFor();
  });

  it('is let be when the visitor closes the question', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await page.getByRole('button', { name: 'Boot', exact: true }).waitFor();
    await drop(page, 'data.img', [1]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const list = await page.evaluate(async () => {
      const all = await globalThis.bootlink?.storage().list();
      return all?.ok === true ? all.value.length : -1;
    });
    expect(list).toBe(0);
  });
});

describe('the console’s log', () => {
  it('is saved with the time before each line', async () => {
    const { page } = await browser.open(`${url}?guest=one`);
    const start = Date.now() - 60_000;
    await waitForText(page, 'firmware', /=> /);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Save timed' }).first().click(),
    ]);
    expect(download.suggestedFilename()).toBe('timed-one-firmware.log');
    const lines = readFileSync(await download.path(), 'utf8')
      .trimEnd()
      .split('\n');
    const parts = lines.map((line) => /^(\d{4}-\d\d-\d\dT[\d:.]+Z) {2}(.*)$/.exec(line));
    expect(parts.every((part) => Date.parse(part?.[1] ?? '') > start)).toBe(true);
    const text = (await consoleText(page, 'firmware')).trimEnd();
    expect(
      parts
        .map((part) => part?.[2])
        .join('\n')
        .trimEnd(),
    ).toBe(text);
  });
});
