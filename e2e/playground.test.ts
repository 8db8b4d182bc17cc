import { createHash, randomBytes } from 'node:crypto';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { seriousFindings } from './axe.js';
import { useBrowser, waitForState, waitForText } from './browser.js';

/**
 * What else the page promises as a tool that is kept open: on a phone and a large screen, with a
 * full store, with a guest that writes escapes, with exports that are streamed.
 */
const url = inject('fixtureUrl');
const browser = useBrowser();
const shots = process.env.BOOTLINK_SHOTS;

async function shoot(page: Page, name: string): Promise<void> {
  if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png` });
}

const library = (page: Page) => page.getByRole('region', { name: 'Disk images' });

async function openDisks(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'Disks', exact: true }).click();
  await library(page).waitFor();
}

/** Whether anything of the page lies beside the screen, to be scrolled to from left to right. */
const isTooWide = (page: Page) =>
  page.evaluate(() => document.documentElement.scrollWidth > document.documentElement.clientWidth);

/** The bytes that a console has printed, as a text of their code points. */
const printed = (page: Page) =>
  page.evaluate(() => {
    const log = globalThis.bootlink?.run()?.consoles.get('firmware')?.log;
    return String.fromCharCode(...(log?.raw(0, 1 << 16).bytes ?? []));
  });

describe('on a phone', () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

  it('has a bar of the keys that its keyboard has not got, and they reach the guest', async () => {
    const { page } = await browser.open(`${url}?guest=one`, phone);
    await waitForText(page, 'firmware', /=> /);
    const bar = page.getByRole('toolbar', { name: 'Keys for the console' });
    await bar.waitFor();
    expect(await isTooWide(page)).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    await shoot(page, 'phone-console');

    // The stand-in for the engine sends back each byte as it is typed.
    for (const [name, bytes] of [
      ['Esc', '\x1b'],
      ['Tab', '\t'],
      ['Up', '\x1b[A'],
      ['Left', '\x1b[D'],
    ] as const) {
      const before = (await printed(page)).length;
      await bar.getByRole('button', { name }).tap();
      await expect.poll(async () => (await printed(page)).slice(before)).toBe(bytes);
    }
    const control = bar.getByRole('button', { name: 'Ctrl' });
    await control.tap();
    expect(await control.getAttribute('aria-pressed')).toBe('true');
    const before = (await printed(page)).length;
    await page.keyboard.type('c');
    await expect.poll(async () => (await printed(page)).slice(before)).toBe('\x03');
    // It holds for one key.
    expect(await control.getAttribute('aria-pressed')).toBe('false');
    await page.keyboard.type('c');
    await expect.poll(async () => (await printed(page)).slice(before)).toBe('\x03c');
  });

  it('keeps every pane within its width', async () => {
    const { page } = await browser.open(url, phone);
    await page.locator('.card').first().waitFor();
    expect(await isTooWide(page)).toBe(false);
    await shoot(page, 'phone-gallery');
    await page.goto(`${url}?guest=one&boot=0`);
    for (const name of ['Disks', 'Initrd', 'Machine', 'Notes']) {
      await page.getByRole('button', { name: 'Commands' }).tap();
      await page.getByRole('combobox', { name: 'Command' }).fill(`show the pane ${name}`);
      await page.getByRole('option', { name: `Show the pane ${name}` }).tap();
      await page.locator('.dv-tab.dv-active-tab', { hasText: name }).waitFor();
      expect([name, await isTooWide(page)]).toEqual([name, false]);
      const wide = await page
        .locator(':is(.library, .initrd, .machine-form, .sheet):visible')
        .evaluateAll((parts) =>
          parts
            .filter(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)
            .map(({ className }) => className),
        );
      expect([name, wide]).toEqual([name, []]);
      await shoot(page, `phone-${name.toLowerCase()}`);
    }
  });
});

describe('with a mouse', () => {
  it('there is no bar of keys', async () => {
    const { page } = await browser.open(`${url}?guest=one`);
    await waitForText(page, 'firmware', /=> /);
    const bar = page.getByRole('toolbar', { name: 'Keys for the console' });
    expect(await bar.isVisible()).toBe(false);
    await shoot(page, 'medium-console');
  });

  it('a machine with a long name and all controls have one row of 1280 pixels', async () => {
    const { page } = await browser.open(`${inject('pageUrl')}?guest=rme`);
    await waitForState(page, ['running'], 60_000);
    await page.locator('.top-bar .elapsed', { hasText: 'prompt after' }).waitFor();
    const tops = await page
      .locator('.top-bar :is(.brand, .machine-name, button)')
      .evaluateAll((parts) =>
        parts.map((part) => {
          const { top, height } = part.getBoundingClientRect();
          return Math.round(top + height / 2);
        }),
      );
    expect(tops.length).toBeGreaterThan(8);
    expect(Math.max(...tops) - Math.min(...tops)).toBeLessThan(6);
  });

  it('the help fits one screen', async () => {
    const { page } = await browser.open(url);
    await page.getByRole('button', { name: 'Help' }).click();
    const box = await page.getByRole('dialog').evaluate((dialog) => {
      const { top, bottom } = dialog.getBoundingClientRect();
      const inner = [dialog, ...dialog.querySelectorAll('*')];
      const hidden = inner.filter(
        (each) =>
          each.scrollHeight > each.clientHeight + 1 &&
          ['auto', 'scroll'].includes(getComputedStyle(each).overflowY),
      );
      return { top, bottom, scrolls: hidden.length };
    });
    await shoot(page, 'help');
    const keys = await page.getByRole('dialog').locator('.shortcuts').innerText();
    for (const key of ['Ctrl+Shift+P', 'F6', 'Esc']) expect(keys).toContain(key);
    expect(box.scrolls).toBe(0);
    expect(box.top).toBeGreaterThanOrEqual(0);
    expect(box.bottom).toBeLessThanOrEqual(720);
  });
});

describe('on a 4K screen', () => {
  it('puts panes side by side and leaves nothing outside', async () => {
    const { page } = await browser.open(`${url}?guest=three`, {
      viewport: { width: 3840, height: 2160 },
    });
    await waitForState(page, ['running']);
    await page.locator('#pane-host .xterm-rows').waitFor();
    const visible = await page.locator('.xterm-rows:visible').count();
    expect(visible).toBe(3);
    await expect.poll(() => page.locator('.dv-groupview').count()).toBeGreaterThan(1);
    expect(await isTooWide(page)).toBe(false);
    expect(await seriousFindings(page)).toEqual([]);
    await shoot(page, 'large-three');
    await page.goto(url);
    await page.locator('.card').first().waitFor();
    await shoot(page, 'large-gallery');
  });
});

describe('escapes that a guest writes', () => {
  it('neither fill the clipboard nor change the title of the page', async () => {
    const { page } = await browser.open(`${url}?guest=one`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await waitForText(page, 'firmware', /=> /);
    await page.evaluate(() => navigator.clipboard.writeText('what the visitor copied'));
    const title = await page.title();
    // What is typed comes back as the guest's output, escapes and all.
    await page.evaluate(() => {
      const osc = (text: string): string => `\x1b]${text}\x07`;
      const stolen = osc(`52;c;${btoa('what the guest wants there')}`);
      const titles = osc('0;guest') + osc('1;guest') + osc('2;guest');
      globalThis.bootlink?.run()?.consoles.get('firmware')?.type(`${stolen}${titles}after\r`);
    });
    // They were taken for escapes: nothing of them is on the screen, and what follows is.
    const screen = page.locator('#pane-firmware .xterm-rows');
    await expect.poll(() => screen.innerText()).toContain('after');
    expect(await screen.innerText()).not.toMatch(/52;c|;guest/);
    expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(
      'what the visitor copied',
    );
    expect(await page.title()).toBe(title);
  });
});

describe('the library of disks', () => {
  const bytes = randomBytes(3 << 20);
  const image = { name: 'data.img', mimeType: 'application/octet-stream', buffer: bytes };

  it('asks to be kept for good once there is something to miss, and is renamed', async () => {
    const { page } = await browser.open('about:blank');
    await page.addInitScript(() => {
      const state = { asked: 0 };
      Object.assign(globalThis, { persistence: state });
      navigator.storage.persist = () => {
        state.asked++;
        return Promise.resolve(true);
      };
    });
    await page.goto(`${url}?guest=one&boot=0`);
    await openDisks(page);
    const asked = () =>
      page.evaluate(
        () => (globalThis as unknown as { persistence: { asked: number } }).persistence.asked,
      );
    await library(page).getByText('There are no disks yet.').waitFor();
    expect(await asked()).toBe(0);
    await page.getByLabel('Import a file').setInputFiles(image);
    const card = library(page).locator('.image-card');
    await card.waitFor();
    await expect.poll(asked).toBe(1);
    await library(page)
      .getByText(/used of .* that the browser allows/)
      .waitFor();

    await card.getByRole('button', { name: 'Rename' }).click();
    await card.getByLabel('New name').fill('A better name');
    await card.locator('form').getByRole('button', { name: 'Rename' }).click();
    await card.getByRole('heading', { name: 'A better name' }).waitFor();
    await page.reload();
    await openDisks(page);
    await card.getByRole('heading', { name: 'A better name' }).waitFor();
    await shoot(page, 'disks');
  });

  it('streams an export into the file that was chosen', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await openDisks(page);
    await page.getByLabel('Import a file').setInputFiles(image);
    const card = library(page).locator('.image-card');
    await card.waitFor();
    // The dialog of the operating system cannot be answered here: a file of the same kind.
    await page.evaluate(() => {
      const pick = async ({ suggestedName }: { suggestedName: string }) =>
        (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true });
      Object.assign(globalThis, { showSaveFilePicker: pick });
    });
    const downloads: string[] = [];
    page.on('download', (download) => downloads.push(download.suggestedFilename()));
    await card.getByRole('button', { name: 'Export raw' }).click();
    const sha256 = () =>
      page.evaluate(async () => {
        const folder = await navigator.storage.getDirectory();
        const file = await folder.getFileHandle('data.img').then((each) => each.getFile());
        const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
        return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0'));
      });
    const wanted = createHash('sha256').update(bytes).digest('hex');
    await expect.poll(async () => (await sha256().catch(() => [])).join('')).toBe(wanted);
    expect(downloads).toEqual([]);
  });

  it('says so when there is no room, and keeps nothing by half', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await openDisks(page);
    const session = await page.context().newCDPSession(page);
    const { origin } = new URL(url);
    await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1 << 20 });
    await page.getByLabel('Import a file').setInputFiles(image);
    const alert = library(page).getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toMatch(/no room|full|quota/i);
    expect(await library(page).locator('.image-card').count()).toBe(0);
    expect(await seriousFindings(page)).toEqual([]);
    await shoot(page, 'disks-full');
    // With room again the same file goes in.
    await session.send('Storage.overrideQuotaForOrigin', { origin });
    await page.getByLabel('Import a file').setInputFiles(image);
    await library(page).locator('.image-card').waitFor();
  });
});

describe('what the page is made of', () => {
  it('is in About: versions, hashes and licences of engine and guests', async () => {
    const { page } = await browser.open(inject('pageUrl'));
    await page.locator('.card').first().waitFor();
    await page.getByRole('button', { name: 'About', exact: true }).click();
    const dialog = page.getByRole('dialog');
    const manifest = (await (
      await fetch(new URL('engine/manifest.json', inject('pageUrl')))
    ).json()) as {
      qemuVersion: string;
      files: Record<string, { sha256: string }>;
      packages: { package: string; version: string; licence: string }[];
    };
    await dialog.getByText(`QEMU ${manifest.qemuVersion}`).first().waitFor();
    const text = (await dialog.textContent()) ?? '';
    for (const { sha256 } of Object.values(manifest.files)) expect(text).toContain(sha256);
    for (const { package: name, version, licence } of manifest.packages) {
      expect(text).toContain(name);
      expect(text).toContain(version);
      expect(text).toContain(licence);
    }
    await shoot(page, 'about');
  });
});
