import { spawnSync } from 'node:child_process';
import { closeSync, ftruncateSync, mkdirSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fromShell } from '../src/machine/from-shell.js';
import { openLink } from '../src/machine/link/decode.js';
import { toLink } from '../src/machine/link/encode.js';
import { canonical } from '../src/machine/machine-json.js';
import type { Machine } from '../src/machine/schema.js';
import { seeds } from '../src/machine/seeds.fixture.js';
import { toArgs } from '../src/machine/to-args.js';
import { useBrowser, waitForState } from './browser.js';
import { refusedSeeds, seedLine, seedNames, ZONED_BYTES, ZONED_IMAGE } from './seed-lines.js';

/** Every part of a machine in the page's editors, what they offer, and the lines of the seeds. */
const url = inject('fixtureUrl');
const browser = useBrowser();

/** A machine with every part that the schema has; a firmware pair is in another. */
const whole: Machine = {
  format: 1,
  title: 'Every part',
  notes: 'With *notes*.',
  board: { type: 'virt', secure: 'on', 'gic-version': '3' },
  accelerators: [{ accel: 'tcg', thread: 'multi' }],
  cpu: { model: 'max', sve: 'off', 'x-rme': 'on' },
  smp: { cpus: 4, sockets: 1, clusters: 2, cores: 2, threads: 1, maxcpus: 4 },
  memory: { size: '256M', slots: 2, maxmem: '512M' },
  objects: [{ 'qom-type': 'memory-backend-ram', id: 'm0', size: '256M' }],
  numa: [{ type: 'node', nodeid: '0', cpus: '0-3', memdev: 'm0' }],
  firmware: { bios: 'image:fw.bin' },
  kernel: 'image:Image',
  initrd: 'image:initrd',
  append: 'console=ttyAMA0 quiet',
  dtb: 'image:board.dtb',
  blockdevs: [
    { driver: 'file', 'node-name': 'f0', filename: 'image:one.img' },
    { driver: 'raw', 'node-name': 'r0', file: 'f0' },
  ],
  drives: [{ file: 'image:two.img', if: 'none', id: 'd0', format: 'raw' }],
  chardevs: [{ backend: 'null', id: 'nowhere' }],
  serial: ['stdio', 'chardev:nowhere'],
  monitor: ['none'],
  netdevs: [{ type: 'user', id: 'n0' }],
  display: { vga: 'none' },
  devices: [
    { driver: 'pcie-root-port', id: 'rp', chassis: '1' },
    { driver: 'nvme', serial: '1', drive: 'r0', bus: 'rp' },
    { driver: 'virtio-blk-pci', drive: 'd0' },
    { driver: 'virtio-net-pci', netdev: 'n0' },
    { driver: 'qemu-xhci', id: 'usb' },
    { driver: 'usb-kbd', bus: 'usb.0' },
    { driver: 'ramfb' },
    { driver: 'loader', file: 'image:blob', addr: '0x48000000' },
    { driver: 'guest-loader', kernel: 'image:guest', addr: '0x49000000' },
  ],
  globals: [{ driver: 'nvme', property: 'mdts', value: '5' }],
  fwCfg: [{ name: 'opt/org.example/x', string: 'y' }],
  semihosting: { enable: 'on', target: 'native' },
  icount: { shift: '3' },
  log: { items: ['int', 'guest_errors'], filter: '0x40000000+0x1000' },
  trace: [{ enable: 'pl011_*' }],
  switches: ['nodefaults', 'no-reboot'],
  extra: ['-rtc', 'base=utc'],
  images: ['fw.bin', 'Image', 'initrd', 'board.dtb', 'one.img', 'two.img', 'blob', 'guest'].map(
    (name) => ({ name, path: name }),
  ),
  consoles: [{ id: 'serial0', role: 'firmware', title: 'First' }],
  script: [{ console: 'serial0', expect: '=> ', send: 'boot\n', seconds: 20 }],
};
const withFlash: Machine = {
  format: 1,
  board: { type: 'sbsa-ref' },
  firmware: {
    flash: [
      { file: 'image:code.fd', if: 'pflash', format: 'raw' },
      { file: 'image:vars.fd', if: 'pflash', format: 'raw' },
    ],
  },
  nics: [{ type: 'none' }],
  images: ['code.fd', 'vars.fd'].map((name) => ({ name, path: name })),
};

async function showMachine(page: Page, view: string): Promise<void> {
  await page.locator('.dv-tab', { hasText: 'Machine' }).click();
  await page.getByRole('tab', { name: view }).click();
  await page.locator('.monaco-editor .view-line').first().waitFor();
}

/** Puts a text in an editor, in place of what is there. */
async function write(page: Page, editor: 'args' | 'json', text: string): Promise<void> {
  await page.locator(`[data-editor=${editor}] .view-lines`).click();
  await page.keyboard.press('Control+A');
  await page.keyboard.press('Delete');
  if (text !== '') await page.keyboard.insertText(text);
}

/**
 * Points at a word until what there is to say about it is shown: the editor's own services may not
 * have read the text when the pointer first comes, and it asks them once a coming.
 */
async function seeHover(
  page: Page,
  editor: 'args' | 'json',
  word: string,
  text: string | RegExp,
): Promise<void> {
  const said = page.locator('.monaco-hover', { hasText: text });
  await expect
    .poll(
      async () => {
        await page.mouse.move(0, 0);
        await page.locator(`[data-editor=${editor}] .view-line`).getByText(word).first().hover();
        return said.waitFor({ timeout: 3000 }).then(
          () => true,
          () => false,
        );
      },
      { timeout: 30_000 },
    )
    .toBe(true);
}

/** The machine that the address holds; undefined where it is that of a guest or cannot be read. */
function addressed(page: Page): Machine | undefined {
  const opened = openLink(new URL(page.url()).hash, { own: true, findGuest: () => undefined });
  return opened.ok ? canonical(opened.machine) : undefined;
}

/** What of a machine a command line says: titles are the page's. */
function onTheLine(machine: Machine): Machine {
  const said = { ...machine };
  delete said.title;
  delete said.consoles;
  return said;
}

async function openOwn(page: Page, view: string): Promise<void> {
  await page.getByRole('button', { name: 'Paste a command line' }).click();
  await showMachine(page, view);
}

describe('every part of a machine', () => {
  it('is taken as JSON and stands in the address and on the command line', async () => {
    const { page, complaints } = await browser.open(url);
    await openOwn(page, 'JSON');
    for (const machine of [whole, withFlash]) {
      await write(page, 'json', JSON.stringify(machine));
      await expect.poll(() => addressed(page), { timeout: 10_000 }).toEqual(canonical(machine));
    }
    await write(page, 'json', JSON.stringify(whole));
    await expect.poll(() => addressed(page), { timeout: 10_000 }).toEqual(canonical(whole));
    // The editor of the command line writes the same arguments, all of them.
    await page.getByRole('tab', { name: 'Command line' }).click();
    await page.locator('[data-editor=args] .view-line').first().waitFor();
    await page.locator('[data-editor=args] .view-lines').click();
    await page.keyboard.press('Control+Home');
    const seen = new Set<string>();
    const wanted = toArgs(whole).filter((argument) => /^-[a-z]/.test(argument));
    for (let line = 0; line < 60 && wanted.some((each) => !seen.has(each)); line++) {
      const lines = await page.locator('[data-editor=args] .view-line').allInnerTexts();
      for (const word of lines.join(' ').split(/\s+/)) seen.add(word);
      await page.keyboard.press('PageDown');
    }
    expect(wanted.filter((each) => !seen.has(each))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it('is offered and explained in JSON by the schema', async () => {
    const { page } = await browser.open(url);
    await openOwn(page, 'JSON');
    await write(page, 'json', '');
    await page.keyboard.type('{"format": 1, "sm');
    const list = page.locator('.suggest-widget .monaco-list-row');
    await list.filter({ hasText: 'smp' }).first().waitFor();
    await page.keyboard.press('Escape');
    await write(page, 'json', '{"format":1,"board":{"type":"virt"},"smp":{"cpus":2}}');
    await seeHover(page, 'json', '"smp"', 'vCPUs and their topology');
  });
});

describe('what the built engine knows', () => {
  it('is offered on the command line: boards, CPUs, devices, objects and trace events', async () => {
    const { page } = await browser.open(inject('pageUrl'));
    await openOwn(page, 'Command line');
    const list = page.locator('.suggest-widget .monaco-list-row');
    for (const [typed, wanted] of [
      ['-machine sbsa', 'sbsa-ref'],
      ['-machine virt,gic', 'gic-version'],
      ['-cpu neoverse-n', 'neoverse-n2'],
      ['-cpu max,x-r', 'x-rme'],
      ['-device nvme,md', 'mdts'],
      ['-object memory-backend-r', 'memory-backend-ram'],
      ['-trace pl011_w', 'pl011_write'],
    ] as const) {
      await write(page, 'args', '');
      await page.keyboard.type(typed);
      await list.filter({ hasText: wanted }).first().waitFor();
      await page.keyboard.press('Escape');
    }
    // Types and defaults of a property, on hover.
    await write(page, 'args', '-machine virt -device nvme,mdts=3,serial=1');
    await seeHover(page, 'args', 'mdts', /uint8|number|integer/i);
    // Options, names and values are told apart by their colours.
    const classes = await page
      .locator('[data-editor=args] .view-line span[class^=mtk]')
      .evaluateAll((spans) => spans.map((span) => span.className));
    expect(new Set(classes).size).toBeGreaterThan(2);
  });
});

describe('what is wrong with a command line', () => {
  it('is said in the same words by the page and by npx bootlink', async () => {
    const line = '-machine virt -device nvmee';
    const { status, stderr } = spawnSync('npx', ['bootlink', 'machine', '--from-args', '-'], {
      input: line,
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    const sentence = /^1:23: error: (.+)$/m.exec(stderr)?.[1] ?? stderr;
    const { page } = await browser.open(inject('pageUrl'));
    await openOwn(page, 'Command line');
    await write(page, 'args', line);
    await page.locator('[data-editor=args] .squiggly-error').first().waitFor();
    await seeHover(page, 'args', 'nvmee', sentence);
  });
});

describe('the lines of the seeds, pasted', () => {
  it('each gives its machine, and what the engine has not is reported by name', async () => {
    const { page, complaints } = await browser.open(inject('pageUrl'));
    await openOwn(page, 'Command line');
    for (const name of seedNames) {
      const line = seeds[name] ?? '';
      await write(page, 'args', line);
      const { machine } = fromShell(line);
      await expect
        .poll(
          () => {
            const now = addressed(page);
            return now && onTheLine(now);
          },
          { timeout: 10_000, message: name },
        )
        .toEqual(onTheLine(canonical(machine)));
      for (const missing of refusedSeeds[name] ?? []) {
        await page.getByText(missing).first().waitFor();
        await page.locator('[data-editor=args] .squiggly-error').first().waitFor();
      }
    }
    expect(complaints).toEqual([]);
  });
});

describe('the lines of the seeds, opened as links', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'bootlink-seeds-'));
    mkdirSync(join(folder, 'share'));
    writeFileSync(join(folder, 'share', 'file.txt'), 'hello\n');
    for (const [name, bytes] of [
      ['any', 2 ** 20],
      [ZONED_IMAGE, ZONED_BYTES],
    ] as const) {
      const file = openSync(join(folder, name), 'w');
      ftruncateSync(file, bytes);
      closeSync(file);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each(seedNames)('%s: runs in the tab, or says why not', { timeout: 90_000 }, async (name) => {
    const { machine } = fromShell(seedLine(name));
    const { page } = await browser.open(`${inject('pageUrl')}${toLink(machine)}`);
    const boot = page.getByRole('button', { name: 'Boot this machine' });
    await boot.waitFor();
    const names = refusedSeeds[name];
    if (names !== undefined) {
      const said = await page.locator('.review .failure').innerText();
      for (const each of names) expect(said).toContain(each);
      expect(await boot.isDisabled()).toBe(true);
      return;
    }
    for (const label of ['File', 'Folder']) {
      const inputs = page.locator(`.review input[aria-label^="${label} for "]`);
      for (let i = 0; i < (await inputs.count()); i++) {
        const input = inputs.nth(i);
        const image = (await input.getAttribute('aria-label'))?.slice(`${label} for `.length);
        const file = image === ZONED_IMAGE ? ZONED_IMAGE : 'any';
        await input.setInputFiles(join(folder, label === 'Folder' ? 'share' : file));
        await page
          .locator('.review .missing')
          .filter({ has: page.locator('code').getByText(image ?? '', { exact: true }) })
          .waitFor({ state: 'detached' });
      }
    }
    await expect.poll(() => boot.isEnabled()).toBe(true);
    await boot.click();
    const state = await waitForState(page, ['running', 'exited', 'failed'], 60_000);
    const said = await page.evaluate(() => {
      const run = globalThis.bootlink?.run();
      return JSON.stringify([run?.state, run?.output]);
    });
    expect(state, said).toBe('running');
  });
});
