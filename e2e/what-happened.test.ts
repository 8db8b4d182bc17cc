import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import type { Guest } from '../src/machine/guest.js';
import { seriousFindings } from './axe.js';
import { builtGuests } from './catalogue.js';
import { consoleText, typeOn, useBrowser, waitForText } from './browser.js';

/** Interpreted on two busy cores. */
const BOOT_MS = Number(process.env.BOOTLINK_E2E_BOOT_SECONDS ?? 600) * 1000;
/** A fault shows within seconds of the guest; the page may have to wait for a processor. */
const NOTICE_MS = 90_000;

const browser = useBrowser();
const guests = await builtGuests();
const tab = (page: Page, name: string) => page.locator('.dv-tab', { hasText: name });
const pane = (page: Page) => page.locator('[data-pane="what-happened"]');
const shots = process.env.BOOTLINK_SHOTS;

async function shoot(page: Page, name: string): Promise<void> {
  if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png` });
}

/** The mark on the tab and the button in the top bar, and nothing that takes the focus. */
async function waitForNotice(page: Page): Promise<void> {
  await page.locator('.brand').focus();
  await page.getByRole('button', { name: 'What happened?' }).waitFor({ timeout: NOTICE_MS });
  await page.locator('.dv-tab .dock-tab-mark').waitFor();
  expect(await page.evaluate(() => document.activeElement?.className)).toBe('brand');
}

/** Opens the pane by the button; its text, and the ids of the reasons. */
async function openPane(page: Page): Promise<{ text: string; reasons: string[] }> {
  await page.getByRole('button', { name: 'What happened?' }).click();
  await pane(page).getByRole('region', { name: 'Likely reasons' }).waitFor();
  // What has been seen is not announced any more.
  await page.locator('.dv-tab .dock-tab-mark').waitFor({ state: 'detached' });
  const reasons = await pane(page)
    .locator('[data-finding]')
    .evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset.finding ?? ''));
  return { text: (await pane(page).textContent()) ?? '', reasons };
}

/** Boots a machine of QEMU's arguments in place of el-walk's, with an image of A64 words. */
async function bootWords(
  page: Page,
  { args, words, record }: { args: string[]; words: number[]; record: boolean },
): Promise<void> {
  await page.waitForFunction(() => globalThis.bootlink !== undefined);
  await page.evaluate(
    async ([machine, code, recorded]) => {
      const index = (await (await fetch('guests/index.json')).json()) as {
        guests: { guest?: Guest }[];
      };
      const base = index.guests.find(({ guest }) => guest?.id === 'el-walk')?.guest;
      if (base === undefined) throw new Error('there is no el-walk');
      const bytes = new Uint8Array(code.length * 4);
      code.forEach((word, at) => new DataView(bytes.buffer).setUint32(at * 4, word, true));
      const image = {
        name: 'words.bin',
        use: 'file' as const,
        url: 'words.bin',
        sha256: '0'.repeat(64),
        size: bytes.length,
        wireBytes: bytes.length,
        encoding: 'identity' as const,
        readOnly: false,
      };
      const guest: Guest = {
        ...base,
        title: 'Words',
        args: machine,
        images: code.length === 0 ? [] : [image],
        boot: [],
        check: [],
      };
      const files = code.length === 0 ? {} : { 'words.bin': new File([bytes], 'words.bin') };
      const options = { files, from: 'cold', record: recorded } as const;
      await globalThis.bootlink?.boot(guest, options);
    },
    [args, words, record] as const,
  );
}

const BOARD = ['-M', 'virt,secure=on,virtualization=on', '-cpu', 'max', '-m', '64M'];
const PLAIN = ['-net', 'none', '-vga', 'none', '-serial', 'chardev:uart0'];
const AT_41000000 = [
  '-device',
  'loader,file=image:words.bin,addr=0x41000000,force-raw=on,cpu-num=0',
];

describe('bare metal', () => {
  it('that branches to an unmapped address, and has no vectors', { timeout: BOOT_MS }, async () => {
    const { page, complaints } = await browser.open(`${inject('pageUrl')}?guest=el-walk&boot=0`);
    // movz x0, #0x12, lsl #32; br x0
    const words = [0xd2c00240, 0xd61f0000];
    await bootWords(page, { args: [...BOARD, ...PLAIN, ...AT_41000000], words, record: true });
    await waitForNotice(page);
    const { text, reasons } = await openPane(page);
    expect(reasons).toEqual(['branch-to-nowhere', 'vector-never-set']);
    expect(text).toContain('A branch went to 0x1200000000');
    expect(text).toContain('vCPU 0 is at EL3');
    expect(text).toContain('synchronous external abort');
    expect(text).not.toContain('Not known');
    expect(await seriousFindings(page)).toEqual([]);
    await shoot(page, 'what-happened-loop');

    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await pane(page).getByRole('button', { name: 'Copy as Markdown' }).click();
    await pane(page).getByRole('button', { name: 'Copied' }).waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    expect(copied).toContain('## Words: looping');
    expect(copied).toContain('VBAR_EL3 is 0');
    expect(copied).toContain('-M virt,secure=on,virtualization=on');

    await pane(page)
      .getByRole('button', { name: /^Show event \d+ of vCPU 0/ })
      .first()
      .click();
    const details = page.getByRole('region', { name: 'The selected event' });
    await details.getByRole('heading', { name: 'Instruction Abort from the same EL' }).waitFor();
    expect(complaints).toEqual([]);
  });

  it('that resets the machine again and again', { timeout: BOOT_MS }, async () => {
    const { page } = await browser.open(`${inject('pageUrl')}?guest=el-walk&boot=0`);
    // movz x0, #9; movk x0, #0x8400, lsl #16; hvc #0: PSCI_SYSTEM_RESET, which QEMU answers itself.
    const words = [0xd2800120, 0xf2b08000, 0xd4000002];
    const board = ['-M', 'virt', '-cpu', 'cortex-a57', '-m', '64M'];
    await bootWords(page, { args: [...board, ...PLAIN, ...AT_41000000], words, record: false });
    await waitForNotice(page);
    const { text, reasons } = await openPane(page);
    expect(reasons).toContain('reset-loop');
    expect(text).toContain('The guest has reset the machine');
  });

  it('without firmware', { timeout: BOOT_MS }, async () => {
    const { page } = await browser.open(`${inject('pageUrl')}?guest=el-walk&boot=0`);
    await bootWords(page, { args: [...BOARD, ...PLAIN], words: [], record: true });
    await waitForNotice(page);
    const { text, reasons } = await openPane(page);
    expect(reasons).toEqual(['image-missing', 'vector-never-set']);
    expect(text).toContain('The firmware image is missing');
  });

  it(
    'that hangs is told of without events, which the next boot records',
    { timeout: BOOT_MS },
    async () => {
      const { page } = await browser.open(`${inject('pageUrl')}?guest=el-walk&boot=0`);
      const words = [0x14000000];
      await bootWords(page, { args: [...BOARD, ...PLAIN, ...AT_41000000], words, record: false });
      await waitForNotice(page);
      const { text, reasons } = await openPane(page);
      expect(reasons).toEqual(['branch-to-self']);
      expect(text).toContain('at 0x41000000');
      expect(text).toContain('Events are not recorded');
      await pane(page)
        .getByRole('button', { name: 'End this machine, boot again and record events' })
        .click();
      await page.waitForFunction(
        () => (globalThis.bootlink?.run()?.trace.stores.count ?? 0) > 0,
        undefined,
        { timeout: NOTICE_MS, polling: 100 },
      );
    },
  );
});

describe('every built-in guest with a prompt', () => {
  it.each(guests.filter(({ exits }) => exits === undefined).map(({ id }) => id))(
    '%s is at no fault there',
    { timeout: BOOT_MS },
    async (id) => {
      const { page } = await browser.open(`${inject('pageUrl')}?guest=${id}`);
      await page.waitForFunction(
        () => document.querySelector('.top-bar .elapsed')?.textContent?.startsWith('prompt after'),
        undefined,
        { timeout: BOOT_MS, polling: 200 },
      );
      await tab(page, 'What happened?').click();
      await pane(page).getByRole('heading', { name: 'At a prompt' }).waitFor();
      expect(await page.getByRole('button', { name: 'What happened?' }).count()).toBe(0);
    },
  );
});

describe('Linux', () => {
  it(
    'at its prompt is at no fault, and crashed by SysRq names the fault',
    { timeout: BOOT_MS },
    async () => {
      const { page, complaints } = await browser.open(`${inject('pageUrl')}?guest=virt-linux`);
      await waitForText(page, 'uart0', /guest:\/# $/, { timeout: BOOT_MS });
      await tab(page, 'What happened?').click();
      await pane(page).getByRole('heading', { name: 'At a prompt' }).waitFor();
      await tab(page, 'Console').click();
      await typeOn(page, 'uart0', 'echo c > /proc/sysrq-trigger\n');
      await waitForText(page, 'uart0', /Kernel panic/, { timeout: NOTICE_MS });
      await waitForNotice(page);
      const { text, reasons } = await openPane(page);
      expect(reasons[0]).toBe('sysrq');
      expect(text).toContain('Linux reported on');
      expect(text).toContain('Events are not recorded');
      await shoot(page, 'what-happened-linux');
      expect(complaints).toEqual([]);
    },
  );
});

describe('the granule demonstration', () => {
  it(
    'names the fault, the granule’s new owner, and that U-Boot is back',
    { timeout: BOOT_MS },
    async () => {
      const { page, complaints } = await browser.open(
        `${inject('pageUrl')}?guest=rme&trace=1&translator=regions`,
      );
      await waitForText(page, 'uart0', /=> /, { timeout: BOOT_MS });
      let from = (await consoleText(page, 'uart0')).length;
      await typeOn(page, 'uart0', 'smc c4000151 5f000000\n');
      from = await waitForText(page, 'uart0', /Res: +0x?0\b[^]*=> /, { from, timeout: 60_000 });
      expect(await page.locator('.dv-tab .dock-tab-mark').count()).toBe(0);
      await typeOn(page, 'uart0', 'md 5f000000 1\n');
      await waitForText(page, 'uart0', /Synchronous Abort/, { from, timeout: 60_000 });
      await waitForNotice(page);
      const { text, reasons } = await openPane(page);
      expect(reasons[0]).toBe('granule-protection-fault');
      expect(text).toContain('NS-EL2 read physical address 0x5f000000');
      expect(text).toContain('given to Realm before');
      expect(text).toContain('Synchronous Abort');
      await shoot(page, 'what-happened-granule');
      await page.emulateMedia({ colorScheme: 'dark' });
      await shoot(page, 'what-happened-granule-dark');
      await page.setViewportSize({ width: 390, height: 780 });
      expect(await seriousFindings(page)).toEqual([]);
      await shoot(page, 'what-happened-granule-phone');
      expect(complaints).toEqual([]);
    },
  );
});
