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
  return BigInt(/0x[0-9a-f]+/.exec(text ?? '')?.[0] ?? -1);
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
    await memory.getByRole('searchbox', { name: 'Address' }).fill('9000000');
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
    await shoot(page, `registers-${id}`);
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
