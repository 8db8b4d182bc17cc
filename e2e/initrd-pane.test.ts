import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { realCpio } from '../src/initrd/testing/real-cpio.js';
import { typeOn, useBrowser, waitForState, waitForText } from './browser.js';
import { builtGuests } from './catalogue.js';

/** The initrd pane's own promises: the same bytes always, of any source, with any init. */
const url = inject('pageUrl');
const browser = useBrowser();
const linux = (await builtGuests()).find(({ id }) => id === 'virt-linux');
const publicFolder = process.env.BOOTLINK_PUBLIC ?? 'public';
const BOOT_MS = 120_000;

const pane = (page: Page) => page.getByRole('region', { name: 'Tiny initrd' });
const size = (page: Page) => pane(page).locator('.initrd-size');

async function open(): Promise<Page> {
  const { page } = await browser.open(`${url}?guest=virt-linux&boot=0`);
  await page.getByRole('tab', { name: 'Initrd', exact: true }).click();
  await expect.poll(() => size(page).innerText(), { timeout: 30_000 }).toContain('built in');
  return page;
}

async function download(page: Page): Promise<Buffer> {
  const [saved] = await Promise.all([
    page.waitForEvent('download'),
    pane(page).getByRole('button', { name: 'Download' }).click(),
  ]);
  return readFileSync(await saved.path());
}

/** Fills a field and waits for the image that comes of it. */
async function choose(page: Page, label: string, value: string): Promise<void> {
  const before = createHash('sha256')
    .update(await download(page))
    .digest('hex');
  await pane(page).getByLabel(label).fill(value);
  await pane(page).getByLabel(label).blur();
  await expect
    .poll(async () =>
      createHash('sha256')
        .update(await download(page))
        .digest('hex'),
    )
    .not.toBe(before);
}

const names = (image: Uint8Array): string[] => realCpio(image, '-t', '--quiet').split('\n');

describe.skipIf(linux === undefined)('the initrd that the page builds', () => {
  it('is the same bytes in every tab and on the command line, and is built in time', async () => {
    const first = await download(await open());
    const page = await open();
    console.log(`default initrd, first build of the tab: ${await size(page).innerText()}`);
    expect((await download(page)).equals(first)).toBe(true);
    const folder = mkdtempSync(join(tmpdir(), 'bootlink-initrd-'));
    try {
      // BusyBox at the path that its package has it at, as the page takes it from beside the engine.
      const manifest = JSON.parse(
        readFileSync(join(publicFolder, 'engine', 'manifest.json'), 'utf8'),
      ) as { files: Record<string, unknown> };
      const busybox = Object.keys(manifest.files).find((name) => name.startsWith('busybox'));
      execFileSync('mkdir', ['-p', join(folder, 'root/usr/bin')]);
      writeFileSync(
        join(folder, 'root/usr/bin/busybox'),
        readFileSync(join(publicFolder, 'engine', busybox ?? 'busybox')),
        { mode: 0o755 },
      );
      const image = join(folder, 'out.img');
      execFileSync('npx', ['bootlink', 'initrd', '--root', join(folder, 'root'), '-o', image]);
      expect(gunzipSync(readFileSync(image)).equals(gunzipSync(first))).toBe(true);
    } finally {
      rmSync(folder, { recursive: true });
    }

    // Told, not judged: what else the machine does counts too.
    const times: number[] = [];
    for (let round = 0; round < 5; round++) {
      const label = pane(page).getByLabel('Compression');
      await label.selectOption(round % 2 === 0 ? 'none' : 'gzip');
      await expect.poll(() => size(page).innerText()).toContain('built in');
      times.push(Number(/built in (\d+) ms/.exec(await size(page).innerText())?.[1]));
    }
    console.log(`default initrd built in ${times.join(', ')} ms`);
    expect(times.every((time) => time > 0)).toBe(true);
  });

  it('is packed or not, as chosen', async () => {
    const page = await open();
    const packed = await download(page);
    expect([...packed.subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    await pane(page).getByLabel('Compression').selectOption('none');
    await expect.poll(async () => (await download(page)).subarray(0, 6).toString()).toBe('070701');
    expect((await download(page)).equals(gunzipSync(packed))).toBe(true);
  });

  it('takes what an earlier initrd holds', async () => {
    const page = await open();
    await pane(page)
      .getByLabel('Add packages, archives or files')
      .setInputFiles({ name: 'note.txt', mimeType: 'text/plain', buffer: Buffer.from('kept\n') });
    await pane(page).getByRole('button', { name: 'Take away note.txt' }).waitFor();
    await expect
      .poll(async () => names(gunzipSync(await download(page))))
      .toContain('root/note.txt');
    const earlier = await download(page);
    const other = await open();
    await pane(other)
      .getByLabel('Add packages, archives or files')
      .setInputFiles({ name: 'initrd.cpio.gz', mimeType: 'application/gzip', buffer: earlier });
    await pane(other).getByRole('button', { name: 'Take away initrd.cpio.gz' }).waitFor();
    await choose(other, 'Copy these files', '/root/note.txt');
    expect(names(gunzipSync(await download(other)))).toContain('root/note.txt');
  });

  it(
    'runs an init of the visitor’s own, whose shell powers off at its end',
    { timeout: 2 * BOOT_MS },
    async () => {
      const page = await open();
      await pane(page).locator('summary', { hasText: '/init' }).click();
      const text = pane(page).getByLabel('Text of /init');
      const written = await text.inputValue();
      expect(written).toMatch(/^#!.*sh/);
      // A function, since a text in its place may not hold "$$".
      await text.fill(written.replace('\n', () => '\necho "my own init, process $$"\n'));
      await text.blur();
      await pane(page)
        .getByRole('button', { name: /^Back to the one/ })
        .waitFor();
      await expect
        .poll(async () => gunzipSync(await download(page)).toString('latin1'))
        .toContain('my own init');
      await pane(page)
        .getByRole('button', { name: /^Attach to/ })
        .click();
      await page.getByRole('tab', { name: 'Console', exact: true }).click();
      await page.getByRole('button', { name: 'Boot', exact: true }).first().click();
      await waitForText(page, 'uart0', /my own init, process 1/, { timeout: BOOT_MS });
      // Leaving the shell powers off.
      await waitForText(page, 'uart0', /# $/, { timeout: BOOT_MS });
      await typeOn(page, 'uart0', 'exit\n');
      expect(await waitForState(page, ['exited', 'failed'], 60_000)).toBe('exited');
    },
  );
});
