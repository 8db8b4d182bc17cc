import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { seriousFindings } from './axe.js';
import { useBrowser, waitForState } from './browser.js';

const url = inject('fixtureUrl');
const browser = useBrowser();

/** Shows the machine pane in one of its views. */
async function showMachine(page: Page, view: string): Promise<void> {
  await page.locator('.dv-tab', { hasText: 'Machine' }).click();
  await page.getByRole('tab', { name: view }).click();
}

async function showEditor(page: Page, view: string): Promise<void> {
  await showMachine(page, view);
  await page.locator('.monaco-editor .view-line').first().waitFor();
}

/** An editor's text as it is drawn; Monaco draws blanks as no-break spaces. */
async function textOf(page: Page, editor: 'args' | 'json'): Promise<string> {
  const lines = page.locator(`[data-editor=${editor}] .view-line`);
  const drawn = await lines.evaluateAll((elements) =>
    elements
      .map((each) => ({ top: each.getBoundingClientRect().top, text: each.textContent }))
      .sort((a, b) => a.top - b.top)
      .map(({ text }) => text),
  );
  return drawn.join('\n').replaceAll('\u00a0', ' ');
}

/** Puts the cursor at the end of the command line. */
async function goToEnd(page: Page): Promise<void> {
  await page.locator('[data-editor=args] .view-lines').click();
  await page.keyboard.press('Control+End');
}

/** Writes a whole command line, as pasting does. */
async function paste(page: Page, text: string): Promise<void> {
  await page.locator('[data-editor=args] .view-lines').click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
}

const runArguments = (page: Page) =>
  page.evaluate(() => globalThis.bootlink?.run()?.guest.args.join(' '));

describe('the machine’s editors', () => {
  it('write one machine: what one says, the others follow, and undo goes back', async () => {
    const { page, complaints } = await browser.open(`${url}?guest=one&boot=0`);
    await showEditor(page, 'Both');
    await goToEnd(page);
    await page.keyboard.type(' -m 96M');
    await expect.poll(() => textOf(page, 'json')).toMatch(/"memory": \{\s+"size": "96M"/);
    await page.getByRole('tab', { name: 'Form' }).click();
    expect(await page.getByRole('combobox', { name: 'Memory', exact: true }).inputValue()).toBe(
      '96M',
    );
    await page.getByRole('combobox', { name: 'Memory', exact: true }).fill('128M');
    await page.getByRole('tab', { name: 'Command line' }).click();
    await expect.poll(() => textOf(page, 'args')).toContain('-m 128M');
    await page.getByRole('tab', { name: 'Changes (1)' }).click();
    await page.locator('.monaco-diff-editor').getByText('128M').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByRole('button', { name: 'Undo' }).click();
    await page.getByText('Nothing has been changed').waitFor();
    await page.getByRole('button', { name: 'Redo' }).click();
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.getByText('Nothing has been changed').waitFor();
    expect(complaints).toEqual([]);
  });

  it('take JSON too, and show where it is wrong', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await showEditor(page, 'Both');
    await page.locator('[data-editor=json] .view-lines').click();
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText('{"format":1,"board":{"type":"virt"},"smp":{"cpus":2}}');
    await expect.poll(() => textOf(page, 'args')).toMatch(/-machine virt[^]*-smp 2/);
    await page.keyboard.press('Control+A');
    await page.keyboard.press('Delete');
    await page.keyboard.insertText('{"format":1,"board":{"type":"virt"},"smp":{"cpus":0}}');
    await page.locator('[data-editor=json] .squiggly-error').first().waitFor();
    expect(await textOf(page, 'args')).toContain('-smp 2');
  });

  it('complete devices and their properties from what the engine knows', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await showEditor(page, 'Command line');
    await goToEnd(page);
    await page.keyboard.type(' -device nv');
    const list = page.locator('.suggest-widget .monaco-list-row');
    await list.filter({ hasText: 'nvme' }).first().waitFor();
    await page.keyboard.press('Enter');
    await page.keyboard.type(',md');
    await list.filter({ hasText: 'mdts' }).first().waitFor();
    expect(await page.locator('.parameter-hints-widget').innerText()).toContain('-device DRIVER');
    await page.keyboard.press('Enter');
    await page.keyboard.type('3');
    await expect.poll(() => textOf(page, 'args')).toContain('-device nvme,mdts=3');
  });

  it('mark a name that the engine has not, say why on hover, and offer the right one', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await showEditor(page, 'Command line');
    await goToEnd(page);
    await page.keyboard.insertText(' -device nvmee');
    await page.locator('[data-editor=args] .squiggly-error').first().waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Control+.');
    await page.getByText('Change to nvme').waitFor();
    await page.keyboard.press('Enter');
    await expect.poll(() => textOf(page, 'args')).toMatch(/-device nvme$/);
    await page.getByText('nvme', { exact: true }).first().hover();
    await page.locator('.monaco-hover', { hasText: 'Non-Volatile Memory Express' }).waitFor();
  });

  it('fold continued lines and comment lines out', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await showEditor(page, 'Command line');
    const before = (await textOf(page, 'args')).split('\n').length;
    expect(before).toBeGreaterThan(1);
    await page.locator('[data-editor=args] .view-lines').click();
    await page.keyboard.press('Control+Home');
    await page.keyboard.press('Control+Shift+BracketLeft');
    await expect.poll(async () => (await textOf(page, 'args')).split('\n').length).toBe(1);
    await page.keyboard.press('Control+Shift+BracketRight');
    await page.keyboard.press('Control+End');
    await page.keyboard.press('Control+Slash');
    await expect.poll(() => textOf(page, 'args')).toMatch(/\n\s*# -bios/);
  });
});

describe('a pasted command line', () => {
  const line = `qemu-system-aarch64 -machine virt,gic-version=3 -m 64M -smp 1 \\
  -bios $CODE/fw.bin \\
  -drive file=disks/data.img,if=none,id=d0,format=raw -device virtio-blk-pci,drive=d0 \\
  -serial stdio`;

  it('reports variables, asks for its files, and boots with them', async () => {
    const { page, complaints } = await browser.open(url);
    await page.getByRole('button', { name: 'Paste a command line' }).click();
    await page.locator('.dv-tab', { hasText: 'Machine' }).click();
    await page.locator('.monaco-editor .view-line').first().waitFor();
    await paste(page, line);
    await page.locator('[data-editor=args] .squiggly-warning').first().waitFor();
    await page.getByRole('tab', { name: 'Form' }).click();
    await page.getByText('“data.img” needs a file (disks/data.img).').waitFor();
    const boot = page.locator('.machine-pane').getByRole('button', { name: 'Boot' });
    expect(await boot.isDisabled()).toBe(true);
    for (const name of ['fw.bin', 'data.img']) {
      await page.getByLabel(`File for ${name}`).setInputFiles({
        name,
        mimeType: 'application/octet-stream',
        buffer: Buffer.alloc(1000, name),
      });
      await page.getByText(`Your file ${name}`).waitFor();
    }
    await boot.click();
    await waitForState(page, ['running']);
    expect(await runArguments(page)).toBe(
      '-machine virt,gic-version=3 -smp 1 -m 64M -bios image:fw.bin -drive file=image:data.img,if=none,id=d0,format=raw -serial chardev:serial0 -device virtio-blk-pci,drive=d0',
    );
    await page.locator('#pane-serial0 .xterm-rows', { hasText: 'fake firmware' }).waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('an edited machine', () => {
  it('boots with its changes; the built-in one boots without after a reset', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await showMachine(page, 'Form');
    await page.getByRole('combobox', { name: 'Memory', exact: true }).fill('96M');
    const boot = page.locator('.machine-pane').getByRole('button', { name: /^Boot/ });
    await boot.click();
    await waitForState(page, ['running']);
    expect(await runArguments(page)).toContain('-m 96M');
    // Boot brought the console to the front.
    await page.locator('#pane-firmware .xterm-rows').waitFor();
    await showMachine(page, 'Form');
    await page.locator('.machine-pane').getByRole('button', { name: 'Reset', exact: true }).click();
    await boot.click();
    await page.waitForFunction(
      () => globalThis.bootlink?.run()?.guest.args.includes('-m') === false,
    );
    await waitForState(page, ['running']);
  });
});

describe('the machine pane', () => {
  it('gives axe nothing serious: form, command line, JSON, changes, share', async () => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await browser.open(`${url}?guest=one&boot=0`, { colorScheme });
      await showMachine(page, 'Form');
      await page.getByRole('combobox', { name: 'Memory', exact: true }).fill('96M');
      expect(await seriousFindings(page)).toEqual([]);
      for (const view of ['Both', 'Changes (1)']) {
        await page.getByRole('tab', { name: view }).click();
        await page.locator('.monaco-editor .view-line').first().waitFor();
        expect(await seriousFindings(page)).toEqual([]);
      }
      await page.locator('.machine-pane').getByRole('button', { name: 'Share' }).click();
      expect(await seriousFindings(page)).toEqual([]);
    }
  });

  it('fetches Monaco only when a text editor is opened', async () => {
    const { page } = await browser.open('about:blank');
    const scripts: string[] = [];
    page.on('request', (request) => {
      if (request.url().endsWith('.js')) scripts.push(new URL(request.url()).pathname);
    });
    await page.goto(`${url}?guest=one`);
    await waitForState(page, ['running']);
    await showMachine(page, 'Form');
    expect(scripts.filter((path) => /text-editor|json|editor\.worker/i.test(path))).toEqual([]);
    await showEditor(page, 'JSON');
    expect(scripts.some((path) => path.includes('text-editor'))).toBe(true);
  });
});
