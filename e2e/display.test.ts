import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { fromGuest } from '../src/machine/from-guest.js';
import { toLink } from '../src/machine/link/encode.js';
import type { Device } from '../src/machine/schema.js';
import { seriousFindings } from './axe.js';
import { typeOn, useBrowser, waitForState, waitForText } from './browser.js';
import { builtGuests } from './catalogue.js';

const url = inject('pageUrl');
const fixtureUrl = inject('fixtureUrl');
const browser = useBrowser();
const guests = await builtGuests();
const uefi = guests.find(({ id }) => id === 'uefi');
const shots = process.env.BOOTLINK_SHOTS;

const BOOT_MS = 240_000;
const DISPLAY = '.display-pane canvas';

const tab = (page: Page) => page.locator('.dv-tab', { hasText: 'Display' });

/** How many colours the display shows; 0 while it shows nothing. */
function colours(page: Page): Promise<number> {
  return page.evaluate((selector) => {
    const canvas = document.querySelector<HTMLCanvasElement>(selector);
    if (canvas === null || canvas.hidden) return 0;
    const { data } = canvas
      .getContext('2d', { alpha: false })
      ?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: new Uint8ClampedArray(0) };
    return new Set(new Uint32Array(data.buffer)).size;
  }, DISPLAY);
}

const grey = (level: number): string => `#${level.toString(16).padStart(2, '0').repeat(3)}`;

/** Colour of a pixel of the display as #rrggbb, at a place in cells of the test card's grid. */
function colourAt(page: Page, column: number, row: number): Promise<string> {
  return page.evaluate(
    ([selector, x, y]) => {
      const canvas = document.querySelector<HTMLCanvasElement>(selector);
      const context = canvas?.getContext('2d', { alpha: false });
      if (canvas === null || canvas.hidden || !context) return 'nothing';
      const cell = canvas.width / 16;
      const [red = 0, green = 0, blue = 0] = context.getImageData(x * cell, y * cell, 1, 1).data;
      return `#${((red << 16) | (green << 8) | blue).toString(16).padStart(6, '0')}`;
    },
    [DISPLAY, column, row] as const,
  );
}

/** The console of EDK2's shell is the display's as well: what is typed there is seen on both. */
async function bootShell(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Boot this machine' }).click();
  const console = uefi?.consoles[0]?.id ?? '';
  await waitForText(page, console, /Shell> /, { timeout: BOOT_MS });
  await tab(page).click();
  await page.locator(DISPLAY).waitFor();
  return console;
}

const link = (devices: Device[]): string => {
  if (uefi === undefined) throw new Error('Set-up has not built the guest uefi.');
  const machine = fromGuest(uefi);
  return toLink({ ...machine, devices: [...(machine.devices ?? []), ...devices] });
};

const input: Device[] = [{ driver: 'qemu-xhci' }, { driver: 'usb-kbd' }, { driver: 'usb-tablet' }];

describe.skipIf(uefi === undefined)('the display of EDK2 with ramfb', () => {
  it(
    'shows what the firmware draws, takes keys and is saved as PNG',
    { timeout: 2 * BOOT_MS },
    async () => {
      const { page, complaints } = await browser.open(
        `${url}${link([{ driver: 'ramfb' }, ...input])}`,
      );
      const console = await bootShell(page);
      await page.waitForFunction(
        (selector) => (document.querySelector<HTMLCanvasElement>(selector)?.width ?? 0) >= 800,
        DISPLAY,
      );
      expect(await colours(page)).toBeGreaterThan(1);

      // By keys of their place, shifted ones too; '?' is the guest's and not the page's help.
      const before = await page.evaluate(
        (id) => globalThis.bootlink?.run()?.consoles.get(id)?.log.text().length ?? 0,
        console,
      );
      await page.locator(DISPLAY).click();
      await page.keyboard.type('echo ', { delay: 60 });
      for (const key of ['Shift+KeyT', 'KeyA', 'KeyB', 'Shift+Slash', 'Minus', 'Shift+Digit9']) {
        await page.keyboard.press(key, { delay: 60 });
      }
      await page.keyboard.press('Enter');
      await waitForText(page, console, /Tab\?-\(/, { from: before });
      expect(await page.locator('dialog[open]').count()).toBe(0);

      await page.getByRole('button', { name: 'Type text' }).click();
      await page.getByLabel('Text to type into the display').fill('echo Typed_By-Bar');
      await page.keyboard.press('Enter');
      await waitForText(page, console, /Typed_By-Bar/, { from: before });
      await page.getByRole('button', { name: 'Close' }).click();

      const download = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Screenshot' }).click();
      const file = await download;
      expect(file.suggestedFilename()).toMatch(/\.png$/);
      const png = readFileSync(await file.path());
      expect([...png.subarray(0, 8)]).toEqual([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
      const size = await page.locator(DISPLAY).evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        return { width, height };
      });
      expect({ width: png.readUInt32BE(16), height: png.readUInt32BE(20) }).toEqual(size);

      await page.getByRole('button', { name: 'Full screen' }).click();
      await page.waitForFunction(() => document.fullscreenElement?.className === 'display-frame');
      expect(await page.evaluate(() => document.activeElement?.tagName)).toBe('CANVAS');
      await page.evaluate(() => document.exitFullscreen());

      expect(await seriousFindings(page)).toEqual([]);
      await page.locator(DISPLAY).focus();
      await page.keyboard.press('F6');
      expect(await page.evaluate(() => document.activeElement?.tagName)).not.toBe('CANVAS');
      expect(complaints).toEqual([]);
    },
  );

  it('gives the pointer’s place and buttons to the tablet', { timeout: 2 * BOOT_MS }, async () => {
    if (uefi === undefined) throw new Error('Set-up has not built the guest uefi.');
    const machine = fromGuest(uefi);
    const devices = [...(machine.devices ?? []), { driver: 'ramfb' }, ...input];
    const trace = [{ enable: 'input_event_abs' }, { enable: 'input_event_btn' }];
    const { page } = await browser.open(`${url}${toLink({ ...machine, devices, trace })}`);
    await bootShell(page);
    const box = await page.locator(DISPLAY).boundingBox();
    if (box === null) throw new Error('The display is not to be seen.');
    // A quarter from the left and from the top, of the 32768 steps that QEMU's tablets have.
    await page.mouse.move(box.x + box.width / 4, box.y + box.height / 4);
    await page.mouse.down();
    await page.mouse.up();
    const said = () =>
      page.evaluate(() =>
        (globalThis.bootlink?.run()?.output ?? []).map(({ text }) => text).join('\n'),
      );
    await expect.poll(said).toMatch(/input_event_btn con \S+, button left, down 0/);
    expect(await said()).toMatch(/input_event_btn con \S+, button left, down 1/);
    for (const axis of ['x', 'y']) {
      const values = (await said()).matchAll(
        new RegExp(`input_event_abs con \\S+, axis ${axis}, value 0x([0-9a-f]+)`, 'g'),
      );
      const last = parseInt([...values].at(-1)?.[1] ?? '', 16);
      expect(Math.abs(last - 0x2000)).toBeLessThan(0x100);
    }
  });

  it('offers the keyboard that a machine lacks', { timeout: 2 * BOOT_MS }, async () => {
    const { page } = await browser.open(`${url}${link([{ driver: 'ramfb' }])}`);
    await bootShell(page);
    expect(await page.getByRole('button', { name: 'Type text' }).isDisabled()).toBe(true);
    await page.getByRole('button', { name: 'Add USB keyboard and tablet' }).click();
    await page.getByRole('button', { name: 'Boot again' }).click();
    await waitForState(page, ['running'], BOOT_MS);
    const args = await page.evaluate(() => globalThis.bootlink?.run()?.guest.args.join(' '));
    expect(args).toContain('-device qemu-xhci -device usb-kbd -device usb-tablet');
  });

  it('is not looked at while its pane is behind another', { timeout: 2 * BOOT_MS }, async () => {
    const { page } = await browser.open(`${url}${link([{ driver: 'ramfb' }])}`);
    await bootShell(page);
    const interval = () => page.evaluate(() => globalThis.bootlink?.run()?.display.interval);
    expect(await interval()).toBeGreaterThan(0);
    await page.locator('.dv-tab', { hasText: 'Console' }).click();
    await expect.poll(interval).toBe(0);
  });
});

describe.skipIf(!guests.some(({ id }) => id === 'test-card'))('the test card', () => {
  it(
    'is a picture of the guest’s own, and follows its keys and modes',
    { timeout: 2 * BOOT_MS },
    async () => {
      const { page, complaints } = await browser.open(`${url}?guest=test-card`);
      await waitForText(page, 'uart0', /BAR0: 16384 KiB of video memory at 0x10000000/, {
        timeout: BOOT_MS,
      });
      await waitForText(page, 'uart0', /Card 1 of 4: COLOUR BARS/);
      await tab(page).click();
      await page.locator(DISPLAY).waitFor();

      // The bars begin in the fifth column of cells, three cells from the top.
      await expect.poll(() => colourAt(page, 4.5, 4)).toBe('#ffffff');
      const bars = await Promise.all(
        [5, 6, 7, 8, 9, 10, 11].map((at) => colourAt(page, at + 0.5, 4)),
      );
      expect(bars).toEqual([
        ...['#ffff00', '#00ffff', '#00ff00', '#ff00ff', '#ff0000', '#0000ff', '#000000'],
      ]);
      // Eight steps of grey, each as far from the next, and a ramp that only rises above them.
      const steps = await Promise.all(
        [...Array(8).keys()].map((at) => colourAt(page, at + 4.5, 7.5)),
      );
      expect(steps).toEqual([0, 36, 72, 109, 145, 182, 218, 255].map(grey));
      const ramp = await Promise.all(
        [...Array(17).keys()].map((at) => colourAt(page, at / 2 + 4 - (at === 16 ? 0.02 : 0), 6.5)),
      );
      expect(ramp).toEqual([...ramp].sort());
      expect([ramp[0], ramp[16]]).toEqual(['#000000', '#ffffff']);
      // The frame reaches the last pixel on every side.
      const corners = [
        colourAt(page, 0, 6),
        colourAt(page, 15.99, 6),
        colourAt(page, 8, 0),
        colourAt(page, 8, 11.99),
      ];
      expect(await Promise.all(corners)).toEqual(Array(4).fill('#ffffff'));
      if (shots !== undefined) await page.screenshot({ path: `${shots}/test-card.png` });

      // The console is in another pane of the same group: its keyboard shows the next card.
      await page.locator('.dv-tab', { hasText: 'Console' }).click();
      await typeOn(page, 'uart0', ' ');
      await waitForText(page, 'uart0', /Card 2 of 4: RAMPS/);
      await tab(page).click();
      await expect.poll(() => colourAt(page, 11.99, 3.5)).toBe('#ff0000');

      await page.locator('.dv-tab', { hasText: 'Console' }).click();
      await typeOn(page, 'uart0', 'r');
      await waitForText(page, 'uart0', /1024 x 768 pixels of 32 bits/);
      await tab(page).click();
      await page.waitForFunction(
        (selector) => document.querySelector<HTMLCanvasElement>(selector)?.width === 1024,
        DISPLAY,
      );
      await expect.poll(() => colourAt(page, 11.99, 4.5)).toBe('#00ff00');
      // The test itself reads the canvas often.
      expect(complaints.filter((each) => !/WebGL|GPU|getImageData/i.test(each))).toEqual([]);
    },
  );

  it('says what is missing on a machine without a display', { timeout: BOOT_MS }, async () => {
    const guest = guests.find(({ id }) => id === 'test-card');
    if (guest === undefined) throw new Error('Set-up has not built the guest test-card.');
    const { devices = [], ...rest } = fromGuest(guest);
    const without = devices.filter(({ driver }) => driver !== 'bochs-display');
    const { page } = await browser.open(`${url}${toLink({ ...rest, devices: without })}`);
    await page.getByRole('button', { name: 'Boot this machine' }).click();
    await waitForText(page, 'uart0', /No display \(1234:1111\) on PCI bus 0/, { timeout: BOOT_MS });
    expect(await tab(page).count()).toBe(0);
  });
});

describe('the pane of the display', () => {
  it('is there only for machines that have one', async () => {
    const { page } = await browser.open(`${fixtureUrl}?guest=one&boot=0`);
    await page.locator('.dv-tab', { hasText: 'Machine' }).waitFor();
    expect(await tab(page).count()).toBe(0);
    const machine = { format: 1 as const, board: { type: 'virt' }, devices: [{ driver: 'ramfb' }] };
    await page.goto(`${fixtureUrl}${toLink(machine)}`);
    await tab(page).waitFor();
  });
});
