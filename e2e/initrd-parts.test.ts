import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { cacheFolder } from '../scripts/setup/cache.js';
import { encodeText } from '../src/initrd/bytes.js';
import { makeTar } from '../src/initrd/testing/make-archives.js';
import { seriousFindings } from './axe.js';
import { useBrowser, waitForText } from './browser.js';
import { builtGuests } from './catalogue.js';

const url = inject('pageUrl');
const browser = useBrowser();
const BOOT_MS = 300_000;
const debian = (await builtGuests()).find(({ id }) => id === 'virt-debian');

/** A package file that set-up has fetched for the guests. */
function fetched(name: string): string {
  const packages = join(cacheFolder(), 'packages');
  const folder = readdirSync(packages).find(
    (each) => each.startsWith(`${name}-arm64-`) && !each.startsWith('.'),
  );
  const file =
    folder === undefined
      ? undefined
      : readdirSync(join(packages, folder)).find((each) => each.endsWith('.deb'));
  if (folder === undefined || file === undefined)
    throw new Error(`Set-up has not fetched ${name}: run npm start.`);
  return join(packages, folder, file);
}

async function fill(page: Page, label: string, text: string): Promise<void> {
  const field = page.getByRole('region', { name: 'Tiny initrd' }).getByLabel(label);
  await field.fill(text);
  await field.blur();
}

describe.skipIf(debian === undefined)(
  'an initrd of packages, an archive and kernel modules',
  () => {
    it(
      'names what is missing, takes it from what is added, and boots',
      { timeout: 2 * BOOT_MS },
      async () => {
        const { page } = await browser.open(`${url}?guest=virt-debian&boot=0`);
        await page.getByRole('tab', { name: 'Initrd', exact: true }).click();
        const pane = page.getByRole('region', { name: 'Tiny initrd' });
        const add = (files: Parameters<ReturnType<typeof pane.getByLabel>['setInputFiles']>[0]) =>
          pane.getByLabel('Add packages, archives or files').setInputFiles(files);

        // A program of a package: its libraries are in other packages.
        await add(fetched('tee-supplicant'));
        await pane.getByRole('button', { name: /^Take away tee-supplicant/ }).waitFor();
        await fill(page, 'Programs', 'tee-supplicant');
        await pane.getByText('libteec.so').first().waitFor();
        expect(await pane.innerText()).toMatch(
          /Missing[^]*libteec\.so[^]*needed by[^]*tee-supplicant/,
        );
        expect(await seriousFindings(page)).toEqual([]);
        await add([fetched('libteec2'), fetched('libc6')]);
        await expect.poll(() => pane.innerText(), { timeout: 60_000 }).not.toContain('Missing');

        await add({
          name: 'mine.tar.gz',
          mimeType: 'application/gzip',
          buffer: gzipSync(
            makeTar([
              { path: 'etc/greeting', data: encodeText('from the archive\n'), mode: 0o644 },
            ]),
          ),
        });
        await fill(page, 'Copy these files', '/etc/greeting');

        // Modules of the kernel's package, with what they need, before them.
        await add(fetched('linux-image-cloud-arm64'));
        await pane
          .getByRole('button', { name: /^Take away linux-image/ })
          .waitFor({ timeout: 120_000 });
        await fill(page, 'Kernel modules, in order', 'virtio_balloon\nvfat');
        await fill(
          page,
          'Run instead of a shell',
          'cat /etc/greeting; lsmod; /lib/ld-linux-aarch64.so.1 --list $(which tee-supplicant); echo all do""ne',
        );
        await expect
          .poll(() => pane.locator('.initrd-size').innerText(), { timeout: 60_000 })
          .toContain('built in');
        expect(await pane.innerText()).not.toContain('Missing');
        await pane.locator('summary', { hasText: 'entries' }).click();
        const listing = await pane.locator('.listing').innerText();
        expect(listing).toMatch(/vfat\.ko/);
        expect(listing).toMatch(/\/fat\.ko|fat\/fat\.ko/);
        await pane.getByRole('button', { name: /^Attach to/ }).click();

        await page.getByRole('tab', { name: 'Console', exact: true }).click();
        await page.getByRole('button', { name: 'Boot', exact: true }).first().click();
        const end = await waitForText(page, 'uart0', /all done/, { timeout: BOOT_MS });
        expect(end).toBeGreaterThan(0);
        const text = await page.evaluate(
          () => globalThis.bootlink?.run()?.consoles.get('uart0')?.log.text() ?? '',
        );
        expect(text).toContain('from the archive');
        expect(text).toMatch(/^vfat\s+\d+/m);
        expect(text).toMatch(/^fat\s+\d+\s+\d+ vfat/m);
        expect(text).toMatch(/libteec\.so\.\S* => \S+/);
        expect(text).not.toMatch(/=> not found/);
      },
    );
  },
);
