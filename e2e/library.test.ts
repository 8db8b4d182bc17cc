import { gzipSync } from 'node:zlib';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { planFat } from '../src/storage/format/fat-build.js';
import { useBrowser } from './browser.js';

/** What the library says of an image, and its sizes and snapshots, as a visitor works them. */
const url = inject('fixtureUrl');
const browser = useBrowser();
const MiB = 2 ** 20;

/** A FAT disk with one EFI boot file in it. */
function fatDisk(bootFile: string, label: string): Buffer {
  const content = Buffer.from('MZ');
  const plan = planFat([{ path: `EFI/BOOT/${bootFile}`, size: content.length }], label, 0);
  const disk = Buffer.alloc(plan.size);
  disk.set(plan.head);
  let at = plan.head.length;
  for (const part of plan.contents) {
    const bytes = 'bytes' in part ? part.bytes : content;
    disk.set(bytes, at);
    at += Math.ceil(bytes.length / plan.clusterBytes) * plan.clusterBytes;
  }
  return disk;
}

/** A CD whose El Torito boot image for EFI is a FAT volume (El Torito 1.0; UEFI 2.10, 13.3.2.1). */
function bootCd(bootFile: string): Buffer {
  const sector = 2048;
  const volume = fatDisk(bootFile, 'efi').subarray(MiB);
  const cd = Buffer.alloc(24 * sector + volume.length);
  cd.set([1, ...Buffer.from('CD001')], 16 * sector);
  cd.write('ARM LINUX CD'.padEnd(32), 16 * sector + 0x28, 'latin1');
  cd.set([0, ...Buffer.from('CD001'), 1, ...Buffer.from('EL TORITO SPECIFICATION')], 17 * sector);
  cd.writeUInt32LE(20, 17 * sector + 0x47);
  cd.set([1, 0xef], 20 * sector);
  cd.set([0x88], 20 * sector + 32);
  cd.writeUInt32LE(24, 20 * sector + 32 + 8);
  cd.set(volume, 24 * sector);
  return cd;
}

const library = (page: Page) => page.getByRole('region', { name: 'Disk images' });

const cardOf = (page: Page, title: string): Locator =>
  library(page)
    .locator('.image-card')
    .filter({ has: page.getByRole('heading', { name: title, exact: true }) });

async function open(): Promise<Page> {
  const { page } = await browser.open(`${url}?guest=one&boot=0`);
  await page.getByRole('tab', { name: 'Disks', exact: true }).click();
  await library(page).getByText('There are no disks yet.').waitFor();
  return page;
}

async function importFile(page: Page, name: string, buffer: Buffer): Promise<Locator> {
  await page
    .getByLabel('Import a file')
    .setInputFiles({ name, mimeType: 'application/octet-stream', buffer });
  const card = cardOf(page, name.replace(/\..*$/, ''));
  await card.locator('.finding').waitFor({ timeout: 30_000 });
  return card;
}

describe('an image that is imported', () => {
  it('is told by its partitions, file systems and boot files, with advice', async () => {
    const page = await open();
    const arm = await importFile(page, 'arm.img', fatDisk('BOOTAA64.EFI', 'TOOLS'));
    expect(await arm.innerText()).toMatch(
      /MBR disk\.[^]*BOOTAA64\.EFI: UEFI firmware starts it by itself[^]*partition 1: .*FAT16 “TOOLS”/,
    );
    const pc = await importFile(page, 'pc.img.gz', gzipSync(fatDisk('BOOTX64.EFI', 'PC')));
    expect(await pc.innerText()).toMatch(/for x86 PCs only: it does not boot here/);
    const cd = await importFile(page, 'cd.iso', bootCd('BOOTAA64.EFI'));
    expect(await cd.innerText()).toMatch(
      /read-only[^]*CD-ROM \(ISO 9660\)[^]*starts it by itself[^]*iso9660 “ARM LINUX CD”[^]*EFI boot image/,
    );
    const pcCd = await importFile(page, 'pccd.iso', bootCd('BOOTX64.EFI'));
    expect(await pcCd.innerText()).toContain('Look for its arm64 edition');
    const blank = await importFile(page, 'blank.img', Buffer.alloc(MiB));
    expect(await blank.innerText()).toContain('the guest has to partition or format it');
  });
});

describe('a disk of the library', () => {
  const firstBytes = (page: Page, title: string): Promise<string> =>
    page.evaluate(async (name) => {
      const storage = globalThis.bootlink?.storage();
      const list = await storage?.list();
      const id = list?.ok === true ? list.value.find((each) => each.title === name)?.id : '';
      const raw = await storage?.export('t', id ?? '', 'raw', undefined, undefined);
      if (raw?.ok !== true || raw.value === undefined) throw new Error(JSON.stringify(raw));
      return `${String(raw.value.size)} ${await raw.value.slice(0, 5).text()}`;
    }, title);

  it('is made larger, and stays so', async () => {
    const page = await open();
    const card = await importFile(page, 'data.img', Buffer.alloc(2 * MiB, 'hello'));
    await card.getByRole('button', { name: 'Resize' }).click();
    await card.getByLabel('Size in MiB').fill('6');
    await card.locator('form').getByRole('button', { name: 'Resize' }).click();
    await expect.poll(() => card.innerText()).toContain('6.0 MiB, 2.0 MiB stored');
    expect(await firstBytes(page, 'data')).toBe(`${String(6 * MiB)} hello`);
    await page.reload();
    await page.getByRole('tab', { name: 'Disks', exact: true }).click();
    await expect.poll(() => cardOf(page, 'data').innerText()).toContain('6.0 MiB');
  });

  it('goes back to a snapshot, and the snapshot can be deleted', async () => {
    const page = await open();
    const card = await importFile(page, 'data.img', Buffer.alloc(MiB, 'hello'));
    await card.getByRole('button', { name: 'Snapshot' }).click();
    await card.getByLabel('Name of the snapshot').fill('before');
    await card.locator('form').getByRole('button', { name: 'Snapshot' }).click();
    await card.getByText('1 snapshots').click();
    // It is made larger, which going back undoes.
    await card.getByRole('button', { name: 'Resize' }).click();
    await card.getByLabel('Size in MiB').fill('3');
    await card.locator('form').getByRole('button', { name: 'Resize' }).click();
    await expect.poll(() => card.innerText()).toContain('3.0 MiB');
    await card.getByRole('button', { name: 'Go back to it' }).click();
    await expect.poll(() => card.innerText()).toContain('1.0 MiB, 1.0 MiB stored');
    expect(await firstBytes(page, 'data')).toBe(`${String(MiB)} hello`);
    await card.getByRole('button', { name: 'Delete it' }).click();
    await card.getByText('1 snapshots').waitFor({ state: 'detached' });
    expect(await firstBytes(page, 'data')).toBe(`${String(MiB)} hello`);
  });
});
