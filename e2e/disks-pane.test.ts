import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { expect, inject, test } from 'vitest';
import { realCpio } from '../src/initrd/testing/real-cpio.js';
import { seriousFindings } from './axe.js';
import { useBrowser, waitForState, waitForText } from './browser.js';

const { open } = useBrowser();
const GUEST = 'virt-linux';

async function openPane(title: string): Promise<Page> {
  const { page } = await open(`${inject('pageUrl')}?guest=${GUEST}&boot=0`, {
    viewport: { width: 1280, height: 720 },
    acceptDownloads: true,
  });
  await page.getByRole('tab', { name: title, exact: true }).click();
  return page;
}

test('the library: a disk is made, imported, attached, snapshotted and deleted', async () => {
  const page = await openPane('Disks');
  const library = page.getByRole('region', { name: 'Disk images' });
  await library.getByText('A new, empty disk').click();
  await library.getByLabel('Size', { exact: true }).fill('8');
  await library.getByRole('button', { name: 'Create' }).click();
  const card = library.locator('.image-card').first();
  await expect.poll(() => card.innerText()).toContain('8.0 MiB');
  await card.getByRole('button', { name: 'Attach', exact: true }).click();
  await expect.poll(() => card.innerText()).toContain('from its next boot on');
  await card.getByRole('button', { name: 'Snapshot' }).click();
  await card.locator('form').getByRole('button', { name: 'Snapshot' }).click();
  await expect.poll(() => card.innerText()).toContain('1 snapshots');

  const folder = mkdtempSync(join(tmpdir(), 'bootlink-import-'));
  const kernel = Buffer.alloc(4096);
  kernel.write('ARMd', 56);
  writeFileSync(join(folder, 'Image'), kernel);
  await library.getByLabel('Import a file').setInputFiles(join(folder, 'Image'));
  await expect.poll(() => library.innerText()).toContain('Linux kernel (AArch64)');
  rmSync(folder, { recursive: true });

  // An export holds what was imported, padded to whole sectors, and the raw form has no header.
  const imported = library.locator('.image-card', { hasText: 'Linux kernel' });
  await page.evaluate(() => {
    // The dialog of the operating system cannot be answered here: take the other way.
    Object.assign(globalThis, { showSaveFilePicker: undefined });
  });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    imported.getByRole('button', { name: 'Export raw' }).click(),
  ]);
  expect(readFileSync(await download.path())).toEqual(kernel);

  expect(await seriousFindings(page)).toEqual([]);
  await imported.getByRole('button', { name: 'Delete' }).click();
  await imported.locator('form').getByRole('button', { name: 'Delete' }).click();
  await expect.poll(() => library.locator('.image-card').count()).toBe(1);
});

test('a tiny initrd is built, listed, read by cpio, and boots', async () => {
  const page = await openPane('Initrd');
  const pane = page.getByRole('region', { name: 'Tiny initrd' });
  await pane.getByLabel('Run instead of a shell').fill('echo the initrd says hello');
  await pane.getByLabel('Run instead of a shell').press('Enter');
  await pane.getByLabel('Programs').fill('no-such-program');
  await pane.getByLabel('Programs').press('Enter');
  await expect.poll(() => pane.innerText()).toContain('no-such-program');
  await pane.getByLabel('Programs').fill('');
  await pane.getByLabel('Programs').press('Enter');
  await expect.poll(() => pane.innerText()).not.toContain('Missing');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    pane.getByRole('button', { name: 'Download' }).click(),
  ]);
  const archive = gunzipSync(readFileSync(await download.path()));
  const names = realCpio(archive, '-t', '--quiet').split('\n');
  expect(names).toContain('init');
  expect(names).toContain('usr/bin/busybox');
  await pane.getByRole('button', { name: /^Attach to/ }).click();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('tab', { name: 'Console', exact: true }).click();
  await page.getByRole('button', { name: 'Boot', exact: true }).first().click();
  const id = await page.evaluate(async () => {
    for (;;) {
      const id = globalThis.bootlink?.run()?.guest.consoles[0]?.id;
      if (id !== undefined) return id;
      await new Promise((next) => requestAnimationFrame(next));
    }
  });
  await waitForText(page, id, /the initrd says hello/, { timeout: 120_000 });
  // After what it was to run, it powers off.
  expect(await waitForState(page, ['exited', 'failed'], 60_000)).toBe('exited');
}, 200_000);
