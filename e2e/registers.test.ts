import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { seriousFindings } from './axe.js';
import { useBrowser, waitForState, waitForText } from './browser.js';

/** Interpreted on two busy cores. */
const BOOT_MS = Number(process.env.BOOTLINK_E2E_BOOT_SECONDS ?? 600) * 1000;

const browser = useBrowser();
const shots = process.env.BOOTLINK_SHOTS;

async function shoot(page: Page, name: string): Promise<void> {
  if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png` });
}

const pane = (page: Page) => page.locator('.registers');
const button = (page: Page, name: string) => pane(page).getByRole('button', { name, exact: true });
const register = (page: Page, name: string) => pane(page).locator(`[data-register="${name}"]`);

async function openPane(page: Page): Promise<void> {
  await page.locator('.dv-tab', { hasText: 'Registers' }).click();
}

/** Waits until nothing is being done and the machine stands; the place that the pane names. */
async function settled(page: Page): Promise<string> {
  await page.locator('.registers[aria-busy="false"]').waitFor({ timeout: BOOT_MS });
  await button(page, 'Resume').waitFor();
  return (await pane(page).getByRole('region', { name: 'Where the vCPU is' }).textContent()) ?? '';
}

async function valueOf(page: Page, name: string): Promise<bigint> {
  const text = await register(page, name).locator('.value').textContent();
  return BigInt(/0x[0-9a-f]{1,16}/.exec(text ?? '')?.[0] ?? -1);
}

describe('registers of el-walk, from its reset', () => {
  it('are shown, decoded, stepped through and marked', { timeout: BOOT_MS }, async () => {
    const { page, complaints } = await browser.open(`${inject('pageUrl')}?guest=el-walk&boot=0`);
    await openPane(page);
    await page.getByRole('button', { name: 'Boot halted' }).click();
    await waitForState(page, ['paused'], BOOT_MS);
    await openPane(page);
    await register(page, 'pc').waitFor({ timeout: 30_000 });
    expect(await settled(page)).toContain('EL3, Secure at');
    expect(await register(page, 'PSTATE').textContent()).toContain('EL3');
    const pc = await valueOf(page, 'pc');
    await pane(page).press('s');
    await expect.poll(() => valueOf(page, 'pc')).not.toBe(pc);
    await settled(page);
    expect(await register(page, 'pc').getAttribute('class')).toBe('changed');
    expect(await register(page, 'pc').textContent()).toContain(`was 0x${pc.toString(16)}`);
    expect(await register(page, 'x30').getAttribute('class')).toBeNull();

    await pane(page).getByRole('searchbox', { name: 'Find registers' }).fill('sctlr_el3');
    const sctlr = register(page, 'SCTLR_EL3');
    await sctlr.locator('summary').click();
    await sctlr.getByText('MMU off').first().waitFor();
    await pane(page).getByRole('searchbox', { name: 'Find registers' }).fill('');

    const memory = pane(page).getByRole('region', { name: 'Memory', exact: true });
    await memory.getByRole('button', { name: 'At pc' }).click();
    const dump = memory.locator('.memory-dump');
    await dump.waitFor();
    const virtual = await dump.textContent();
    await memory.getByRole('combobox', { name: 'Space' }).selectOption('Non-secure');
    await memory.getByRole('button', { name: 'Show' }).click();
    expect(await dump.textContent()).toBe(virtual);
    await memory.getByRole('combobox', { name: 'Address' }).fill('9000000');
    await memory.getByRole('button', { name: 'Show' }).click();
    await memory.getByText('There is no RAM or ROM at').waitFor();
    await shoot(page, 'registers');
    expect(await seriousFindings(page)).toEqual([]);

    await button(page, 'Resume').click();
    await waitForState(page, ['exited']);
    await pane(page).getByText('No machine runs; below is what they were').waitFor();
    expect(complaints).toEqual([]);
  });
});

/** Boots el-walk to stand before its first instruction, with the pane open. */
async function haltedWalk(page: Page): Promise<void> {
  await openPane(page);
  await page.getByRole('button', { name: 'Boot halted' }).click();
  await waitForState(page, ['paused'], BOOT_MS);
  await openPane(page);
  await register(page, 'pc').waitFor({ timeout: 30_000 });
  await settled(page);
}

describe('going on by a little in el-walk', () => {
  it('breaks at symbols, runs to levels and exceptions', { timeout: BOOT_MS }, async () => {
    const { page, complaints } = await browser.open(`${inject('pageUrl')}?guest=el-walk&boot=0`);
    await haltedWalk(page);
    const code = pane(page).getByRole('region', { name: 'Code' });
    await code.getByText('_start').first().waitFor();
    expect(await code.locator('.at-pc').textContent()).toContain('▶');

    // Its own program brings symbols.
    await pane(page).getByRole('combobox', { name: 'Break at' }).fill('main_el3');
    await pane(page).getByRole('combobox', { name: 'Break at' }).press('Enter');
    await pane(page)
      .getByRole('button', { name: /Remove the breakpoint/ })
      .waitFor();
    await settled(page);
    await button(page, 'Resume').click();
    await expect.poll(() => code.locator('h3').textContent()).toBe('Code in main_el3');
    expect(await settled(page)).toContain('EL3, Secure');
    await shoot(page, 'registers-code');
    await page.emulateMedia({ colorScheme: 'dark' });
    await page.setViewportSize({ width: 390, height: 844 });
    await code.locator('.at-pc').scrollIntoViewIfNeeded();
    await shoot(page, 'registers-phone-dark');
    // On a phone nothing of the pane is wider than the screen.
    const width = await pane(page).evaluate((node) => node.scrollWidth - node.clientWidth);
    expect(width).toBeLessThanOrEqual(0);
    expect(await seriousFindings(page)).toEqual([]);
    await page.setViewportSize({ width: 1280, height: 720 });
    await shoot(page, 'registers-dark');
    await pane(page)
      .getByRole('button', { name: /Remove the breakpoint/ })
      .click();

    await settled(page);
    await pane(page).getByRole('combobox', { name: 'Exception level to run to' }).selectOption('1');
    await button(page, 'Run to').click();
    await expect.poll(() => settled(page), { timeout: 60_000 }).toContain('NS-EL1, Non-secure');
    await expect.poll(() => code.locator('h3').textContent()).toContain('main_el1');
    // What it printed on the way shows that it came by EL2.
    const printed = await page.evaluate(
      () => globalThis.bootlink?.run()?.consoles.get('uart0')?.log.text() ?? '',
    );
    expect(printed).toContain('EL2: ERET to EL1');
    expect(printed).not.toContain('EL1: CurrentEL');
    // All but the breakpoints on the way are gone, and one on an address is set by a click.
    expect(
      await pane(page)
        .getByRole('button', { name: /Remove the breakpoint/ })
        .count(),
    ).toBe(0);

    const next = code.locator('.at-pc + tr .code-address');
    await next.click();
    await expect.poll(() => next.getAttribute('aria-pressed')).toBe('true');
    await settled(page);
    await button(page, 'Resume').click();
    await expect
      .poll(() => code.locator('.at-pc .code-address').getAttribute('aria-pressed'))
      .toBe('true');
    await settled(page);
    await code.locator('.at-pc .code-address').click();
    await settled(page);

    await pane(page).press('e');
    await expect.poll(() => settled(page), { timeout: 60_000 }).toContain('NS-EL2, Non-secure');
    expect(await register(page, 'ESR_EL2').textContent()).toContain('HVC');

    await pane(page).getByRole('combobox', { name: 'Exception level to run to' }).selectOption('3');
    await button(page, 'Run to').click();
    await expect.poll(() => settled(page), { timeout: 60_000 }).toContain('EL3, Secure');
    expect(await register(page, 'ESR_EL3').textContent()).toContain('SMC');
    expect(complaints).toEqual([]);
  });

  it('takes symbols of a file, and says what is wrong with one', { timeout: BOOT_MS }, async () => {
    const { page } = await browser.open(`${inject('pageUrl')}?guest=el-walk&boot=0`);
    await haltedWalk(page);
    const symbols = pane(page).getByRole('region', { name: 'Symbols' });
    const file = (name: string, text: string) =>
      symbols.locator('input[type=file]').setInputFiles({
        name,
        mimeType: 'text/plain',
        buffer: Buffer.from(text),
      });
    await symbols.getByText('el-walk.elf').waitFor();
    await file('notes.txt', 'nothing');
    await symbols.getByText('No symbol was found').waitFor();
    const pc = (await valueOf(page, 'pc')).toString(16).padStart(16, '0');
    await file('System.map', `${pc} T the_very_start\n`);
    await symbols.getByText('1 of System.map').waitFor();
    await pane(page).getByText('Code in the_very_start').waitFor();
  });
});

/**
 * A program for EL3 of a vCPU with SVE, as words (Arm ARM C6.2, C8.2): lets SVE through, sets vectors
 * of 256 bits, makes all words of P0 active, puts 1 into each word of Z0 and then 1.0 into D1.
 */
const SVE_PROGRAM = [
  0xd2802000, // mov x0, #0x100: EZ
  0xd51e1140, // msr cptr_el3, x0
  0xd5033fdf, // isb
  0xd2800020, // mov x0, #1: LEN, 2 × 128 bits
  0xd51e1200, // msr zcr_el3, x0
  0xd5033fdf, // isb
  0x2598e3e0, // ptrue p0.s
  0x25b8c020, // mov z0.s, #1
  0x1e6e1001, // fmov d1, #1.0
  0x14000000, // b .
];

/** The least ELF file that QEMU's generic loader takes: one segment in RAM, begun at its start. */
function elfOf(words: readonly number[], address: bigint): Buffer {
  const [header, segment] = [64, 56];
  const code = Buffer.from(new Uint8Array(Uint32Array.from(words).buffer));
  const elf = Buffer.alloc(header + segment);
  elf.write('\x7fELF\x02\x01\x01', 'latin1');
  elf.writeUInt16LE(2, 16); // e_type: an executable
  elf.writeUInt16LE(183, 18); // e_machine: AArch64
  elf.writeUInt32LE(1, 20);
  elf.writeBigUInt64LE(address, 24); // e_entry
  elf.writeBigUInt64LE(BigInt(header), 32); // e_phoff
  elf.writeUInt16LE(header, 52);
  elf.writeUInt16LE(segment, 54);
  elf.writeUInt16LE(1, 56);
  elf.writeUInt32LE(1, header); // PT_LOAD
  elf.writeUInt32LE(5, header + 4); // readable and executable
  elf.writeBigUInt64LE(BigInt(header + segment), header + 8);
  elf.writeBigUInt64LE(address, header + 16);
  elf.writeBigUInt64LE(address, header + 24);
  elf.writeBigUInt64LE(BigInt(code.length), header + 32);
  elf.writeBigUInt64LE(BigInt(code.length), header + 40);
  elf.writeBigUInt64LE(8n, header + 48);
  return Buffer.concat([elf, code]);
}

describe('vectors', () => {
  it('are V or Z registers as SVE is on, by element, marked', { timeout: BOOT_MS }, async () => {
    const { page, complaints } = await browser.open(`${inject('pageUrl')}?guest=el-walk&boot=0`);
    await page.getByText('Use your own files').click();
    await page.getByLabel('Your own file for el-walk.elf').setInputFiles({
      name: 'sve.elf',
      mimeType: 'application/octet-stream',
      buffer: elfOf(SVE_PROGRAM, 0x4100_0000n),
    });
    await page.getByText('takes the place of el-walk.elf').waitFor();
    await page.getByRole('button', { name: 'Boot', exact: true }).click();
    await waitForState(page, ['running']);
    await haltedWalk(page);

    // At reset CPTR_EL3.EZ is 0 (Arm ARM D19.2): only the low halves are there.
    await pane(page)
      .locator('summary', { hasText: /^Vectors/ })
      .click();
    await pane(page).getByText('SVE is trapped here by CPTR_EL3.EZ').waitFor();
    expect(await register(page, 'V0').locator('.elements').innerText()).toMatch(/^0x0{32}$/);
    expect(await register(page, 'P0').count()).toBe(0);

    for (let step = 1; step < SVE_PROGRAM.length; step++) {
      const pc = await valueOf(page, 'pc');
      // A pane that reads by itself just then takes no key: seen once in 60 runs.
      for (let tries = 3; tries > 0 && (await valueOf(page, 'pc')) === pc; tries--) {
        const version = await pane(page).getAttribute('data-version');
        await pane(page).press('s');
        await expect.poll(() => pane(page).getAttribute('data-version')).not.toBe(version);
        await settled(page);
      }
      expect((await valueOf(page, 'pc')) - pc).toBe(4n);
    }
    await pane(page).getByText('SVE, 256 bits').waitFor();
    const view = pane(page).getByRole('combobox', { name: 'Vectors as' });
    await view.selectOption('words');
    const elements = (name: string) => register(page, name).locator('.elements').textContent();
    expect((await elements('Z0'))?.trim().split(/\s+/)).toEqual(Array(8).fill('0x00000001'));
    await pane(page)
      .locator('summary', { hasText: /^Predicates/ })
      .click();
    expect(await elements('P0')).toContain('all 8');
    // What the last step changed is marked, down to the element.
    await view.selectOption('double-precision');
    const marked = register(page, 'Z1').locator('mark');
    expect(await marked.count()).toBe(1);
    expect(await marked.textContent()).toBe('1 changed, was 0');
    expect(await register(page, 'Z1').getAttribute('class')).toBe('changed');
    expect(await register(page, 'Z0').getAttribute('class')).toBeNull();
    expect(await register(page, 'FPCR').textContent()).toContain('rounds to nearest');
    await shoot(page, 'registers-vectors');
    expect(await seriousFindings(page)).toEqual([]);
    expect(complaints).toEqual([]);
  });
});

describe('a check of a lesson on registers', () => {
  it('is met by what the paused machine holds', { timeout: BOOT_MS }, async () => {
    const { page } = await browser.open('about:blank');
    const checks = (lines: string): string => `\`\`\`check\n${lines}\n\`\`\`\n`;
    const lesson = `# Registers\n\n\`\`\`lesson\nminutes: 1\nsummary: One.\n\`\`\`\n\n## Only step\nStand at EL3.\n${checks('register CPACR_EL1 0x123\nregister SCTLR_EL3.M 0')}`;
    await page.route('https://lessons.test/**', (route) =>
      route.fulfill({ body: lesson, headers: { 'Access-Control-Allow-Origin': '*' } }),
    );
    await page.goto(`${inject('pageUrl')}?guest=el-walk&boot=0&lesson=https://lessons.test/a.md`);
    const lessons = page.locator('section.lessons');
    await lessons.getByRole('button', { name: 'Fetch it from lessons.test' }).click();
    await lessons.getByRole('button', { name: 'Open this lesson' }).click();
    const shown = lessons.locator('.checks li');
    expect(await shown.count()).toBe(2);
    await haltedWalk(page);
    await page.locator('.dv-tab', { hasText: 'Lessons' }).click();
    // The MMU of EL3 is off at reset; CPACR_EL1 holds something else.
    await expect.poll(() => shown.nth(1).getAttribute('class')).toContain('met');
    expect((await shown.nth(0).getAttribute('class')) ?? '').not.toContain('met');
  });
});

describe('going from world to world in four-worlds', () => {
  it('tells Realm, Secure and Non-secure EL2 apart', { timeout: BOOT_MS }, async () => {
    const { page } = await browser.open(`${inject('pageUrl')}?guest=four-worlds&boot=0`);
    await haltedWalk(page);
    await pane(page).getByRole('combobox', { name: 'Exception level to run to' }).selectOption('2');
    const places = new Set<string>();
    const wanted = ['NS-EL2, Non-secure', 'S-EL2, Secure', 'R-EL2, Realm'];
    for (let visit = 0; visit < 12 && !wanted.every((each) => places.has(each)); visit++) {
      const before = await pane(page).getAttribute('data-version');
      await button(page, 'Run to').click();
      await expect
        .poll(() => pane(page).getAttribute('data-version'), { timeout: 60_000 })
        .not.toBe(before);
      places.add(/^.*(?= at 0x)/.exec(await settled(page))?.[0] ?? '');
    }
    for (const each of wanted) expect(places).toContain(each);
  });
});

describe('memory of a virtual machine', () => {
  it('is translated in both stages, VA to IPA to PA', { timeout: BOOT_MS }, async () => {
    const { page, complaints } = await browser.open(`${inject('pageUrl')}?guest=xen`);
    await waitForText(page, 'uart0', /[#$] $/, { timeout: BOOT_MS });
    await openPane(page);
    await button(page, 'Pause').click();
    await register(page, 'pc').waitFor({ timeout: 60_000 });
    // Xen idles at EL2; its domain 0 has something to do when somebody types.
    if (!(await settled(page)).includes('NS-EL1')) {
      await page.evaluate(() => globalThis.bootlink?.run()?.consoles.get('uart0')?.type(' '));
      await pane(page)
        .getByRole('combobox', { name: 'Exception level to run to' })
        .selectOption('1');
      const before = await pane(page).getAttribute('data-version');
      await button(page, 'Run to').click();
      await expect
        .poll(() => pane(page).getAttribute('data-version'), { timeout: 60_000 })
        .not.toBe(before);
    }
    expect(await settled(page)).toContain('NS-EL1, Non-secure');
    const memory = pane(page).getByRole('region', { name: 'Memory', exact: true });
    await memory.getByRole('button', { name: 'At pc' }).click();
    const dump = memory.locator('.memory-dump');
    await dump.waitFor();
    const translation = memory.getByRole('group', { name: 'Translation' });
    await translation.locator('summary').click();
    const text = (await translation.textContent()) ?? '';
    const found = /IPA (0x[0-9a-f]+) .* PA (0x[0-9a-f]+) /.exec(text);
    expect(found, text).not.toBeNull();
    // Xen has put domain 0 somewhere else than domain 0 believes, or has mapped it one to one:
    // either way the second stage was walked, and leads to the bytes that QEMU's own walk finds.
    expect(text).toMatch(/stage 2/i);
    await shoot(page, 'registers-xen');
    const bytes = (all: string | null) => all?.replaceAll(/^[0-9a-fx]+/gm, '');
    const virtual = bytes(await dump.textContent());
    await memory.getByRole('combobox', { name: 'Space' }).selectOption('Non-secure');
    await memory.getByRole('combobox', { name: 'Address' }).fill(found?.[2] ?? '');
    await memory.getByRole('button', { name: 'Show' }).click();
    await expect.poll(async () => bytes(await dump.textContent())).toBe(virtual);
    expect(complaints).toEqual([]);
  });
});

describe('registers of a guest at its prompt', () => {
  it.each([
    ['rme', 'uart0', /=> /, /NS-EL2, Non-secure at/],
    ['sbsa-ref', 'uart0', /=> /, /NS-EL2, Non-secure at/],
    ['virt-linux', 'uart0', /[#$] $/, /NS-EL1, Non-secure at/],
  ] as const)('%s, from its snapshot', { timeout: BOOT_MS }, async (id, console, prompt, place) => {
    const { page, complaints } = await browser.open(`${inject('pageUrl')}?guest=${id}`);
    await waitForText(page, console, prompt, { timeout: BOOT_MS });
    await openPane(page);
    await button(page, 'Pause').click();
    await register(page, 'pc').waitFor({ timeout: 60_000 });
    expect(await settled(page)).toMatch(place);
    expect(await valueOf(page, 'pc')).toBeGreaterThan(0n);
    // The walk of the page comes to the bytes that QEMU's own walk finds.
    const memory = pane(page).getByRole('region', { name: 'Memory', exact: true });
    await memory.getByRole('button', { name: 'At pc' }).click();
    const dump = memory.locator('.memory-dump');
    await dump.waitFor();
    const bytes = (text: string | null) => text?.replaceAll(/^[0-9a-fx]+/gm, '');
    const virtual = bytes(await dump.textContent());
    const translation = memory.getByRole('group', { name: 'Translation' });
    const pa = /PA (0x[0-9a-f]+) \(Non-secure\)/.exec((await translation.textContent()) ?? '');
    expect(pa).not.toBeNull();
    if (id === 'rme') {
      expect(await translation.textContent()).toContain('owned by Non-secure');
    }
    await translation.locator('summary').click();
    await shoot(page, `registers-${id}`);
    await memory.getByRole('combobox', { name: 'Space' }).selectOption('Non-secure');
    await memory.getByRole('combobox', { name: 'Address' }).fill(pa?.[1] ?? '');
    await memory.getByRole('button', { name: 'Show' }).click();
    await expect.poll(async () => bytes(await dump.textContent())).toBe(virtual);
    await button(page, 'Resume').click();
    // It goes on as if nobody had looked.
    const before = await page.evaluate(
      (name) => globalThis.bootlink?.run()?.consoles.get(name)?.log.text().length ?? 0,
      console,
    );
    await page.evaluate((name) => {
      globalThis.bootlink?.run()?.consoles.get(name)?.type('echo bootlink$((6*7))\n');
    }, console);
    await waitForText(page, console, /bootlink/, { from: before, timeout: 60_000 });
    expect(complaints).toEqual([]);
  });
});
