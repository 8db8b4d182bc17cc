import {
  closeSync,
  ftruncateSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { GuestImage } from '../src/machine/guest.js';
import { typeOn, useBrowser, waitForText } from './browser.js';
import { builtGuests } from './catalogue.js';

const BOOT_MS = 300_000;
const browser = useBrowser();
const guests = await builtGuests();
const guest = guests.find(({ id }) => id === 'sbsa-ref-flash');

/**
 * The file that an image of the catalogue stands for, as a visitor would have it on disk; without
 * the zeroes at its end, as builds leave it.
 */
function restoreShort(image: GuestImage, path: string): number {
  const wire = readFileSync(resolve(process.env.BOOTLINK_PUBLIC ?? 'public', 'guests', image.url));
  const bytes = image.encoding === 'gzip' ? gunzipSync(wire) : wire;
  const file = openSync(path, 'w');
  let from = 0;
  for (const [offset, length] of image.extents ?? [[0, bytes.length]]) {
    writeSync(file, bytes, from, length, offset);
    from += length;
  }
  closeSync(file);
  const [offset, length] = image.extents?.at(-1) ?? [0, bytes.length];
  return offset + length;
}

function restore(image: GuestImage, path: string): void {
  restoreShort(image, path);
  truncateSync(path, image.size);
}

describe.skipIf(guest === undefined)("a visitor's own pair of 256 MiB flash images", () => {
  let folder = '';
  const flashes = (guest?.images ?? []).filter(({ name }) => name.endsWith('.fd'));
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bootlink-own-'));
    for (const image of flashes) restore(image, join(folder, image.name));
    const long = openSync(join(folder, 'too-long'), 'w');
    ftruncateSync(long, (256 << 20) + 1);
    closeSync(long);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('boots sbsa-ref', { timeout: BOOT_MS }, async () => {
    expect(flashes.map(({ size }) => size)).toEqual([256 << 20, 256 << 20]);
    const { page } = await browser.open(`${inject('pageUrl')}?guest=sbsa-ref-flash&boot=0`);
    await page.getByText('Use your own files').click();
    for (const { name } of flashes) {
      await page.getByLabel(`Your own file for ${name}`).setInputFiles(join(folder, name));
    }
    await page.getByText(`takes the place of ${flashes[1]?.name}`).waitFor();
    await page.getByRole('button', { name: 'Boot', exact: true }).click();
    const id = guest?.consoles[0]?.id ?? '';
    const end = await waitForText(page, id, /=> /, { timeout: BOOT_MS });
    await typeOn(page, id, 'echo own flash\r');
    await waitForText(page, id, /own flash\s+=> /, { from: end, timeout: BOOT_MS });
  });

  it(
    'boots from the library, shorter than the board wants them',
    { timeout: BOOT_MS },
    async () => {
      const { page } = await browser.open(`${inject('pageUrl')}?guest=sbsa-ref-flash&boot=0`);
      await page.getByRole('tab', { name: 'Disks', exact: true }).click();
      for (const image of flashes) {
        const title = `short-${image.name.replace(/\..*$/, '')}`;
        const path = join(folder, `${title}.fd`);
        expect(restoreShort(image, path)).toBeLessThan(image.size);
        await page.getByLabel('Import a file').setInputFiles(path);
        const card = page
          .locator('.image-card')
          .filter({ has: page.getByRole('heading', { name: title, exact: true }) });
        await card.getByRole('combobox').selectOption(image.name);
        await card.getByRole('button', { name: 'Attach', exact: true }).click();
        await card.getByText(`in place of ${image.name}`).waitFor();
        await expect.poll(() => card.innerText()).toContain('256 MiB');
      }
      await page.getByRole('tab', { name: 'Console', exact: true }).click();
      await page.getByRole('button', { name: 'Boot', exact: true }).click();
      await waitForText(page, guest?.consoles[0]?.id ?? '', /=> /, { timeout: BOOT_MS });
    },
  );

  it('is refused, with both sizes, when an image is too long for the board', async () => {
    const { page } = await browser.open(`${inject('pageUrl')}?guest=sbsa-ref-flash&boot=0`);
    await page.getByText('Use your own files').click();
    const name = flashes[0]?.name ?? '';
    await page.getByLabel(`Your own file for ${name}`).setInputFiles(join(folder, 'too-long'));
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toContain('268435457');
    expect(await alert.innerText()).toContain('256 MiB');
  });
});
