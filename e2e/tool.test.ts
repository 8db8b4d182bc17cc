import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import { describe, expect, inject, it } from 'vitest';
import { seriousFindings } from './axe.js';
import { useBrowser, waitForState } from './browser.js';

const url = inject('fixtureUrl');
const browser = useBrowser();

/** What the page may weigh before an editor is opened, without engine and guests. */
const PAGE_LIMIT = 400 * 1024;

describe('the command palette', () => {
  it('finds a command by words and runs it, by keyboard alone, from within a console', async () => {
    const { page } = await browser.open(`${url}?guest=one`);
    await waitForState(page, ['running']);
    await page.locator('#pane-firmware textarea.xterm-helper-textarea').focus();
    await page.keyboard.press('Control+Shift+P');
    const input = page.getByRole('combobox', { name: 'Command' });
    await input.waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.keyboard.type('log show');
    await page.getByRole('option', { name: 'Show the pane Log' }).waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('log', { name: 'What QEMU printed' }).waitFor();
    await page.keyboard.press('Control+Shift+P');
    await input.waitFor();
    await page.keyboard.type('pause');
    await page.getByRole('option', { name: /^Pause/, selected: true }).waitFor();
    await page.keyboard.press('Enter');
    await waitForState(page, ['paused']);
  });

  it('moves by arrows and closes by Escape without doing anything', async () => {
    const { page } = await browser.open(url);
    await page.getByRole('button', { name: 'Commands' }).click();
    // Keys go to the palette once it has the focus.
    await page.locator('input[role="combobox"]:focus').waitFor();
    await page.keyboard.press('ArrowDown');
    const second = page.getByRole('option').nth(1);
    await expect.poll(() => second.getAttribute('aria-selected')).toBe('true');
    await page.keyboard.press('Escape');
    await page.getByRole('combobox', { name: 'Command' }).waitFor({ state: 'detached' });
    expect(page.url()).toBe(url);
  });
});

describe('settings', () => {
  it('survive a reload, until everything is erased', async () => {
    const { page } = await browser.open(url);
    await page.getByRole('button', { name: 'Settings' }).click();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByLabel('Theme').selectOption('dark');
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark');
    const isKept = () =>
      page.evaluate(
        () =>
          new Promise<boolean>((resolve) => {
            const open = indexedDB.open('keyval-store');
            open.onsuccess = () => {
              const got = open.result.transaction('keyval').objectStore('keyval').get('settings');
              got.onsuccess = () => {
                open.result.close();
                resolve((got.result as { theme?: string } | undefined)?.theme === 'dark');
              };
            };
          }),
      );
    await expect.poll(isKept).toBe(true);
    await page.reload();
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('dark');
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByRole('button', { name: 'Erase everything…' }).click();
    expect(await page.getByRole('alert').innerText()).toContain('cannot be brought back');
    await page.getByRole('button', { name: 'Erase everything', exact: true }).click();
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('light');
  });
});

describe('what the build gives a static host', () => {
  it('has the headers of cross-origin isolation in a file', () => {
    const text = readFileSync(join(inject('pageFolder'), '_headers'), 'utf8');
    expect(text).toMatch(/^\/\*\n {2}Cross-Origin-Opener-Policy: same-origin\n/);
    expect(text).toContain('  Cross-Origin-Embedder-Policy: require-corp');
  });

  it('has a content security policy without eval', async () => {
    const { page } = await browser.open(url);
    // In a task of the page's own: what the debugger calls is past the policy.
    const refused = await page.evaluate(
      () =>
        new Promise<string>((resolve) => {
          setTimeout(() => {
            try {
              resolve((0, eval)('1 + 1') === 2 ? 'allowed' : 'odd');
            } catch (error) {
              resolve(error instanceof EvalError ? 'refused' : String(error));
            }
          });
        }),
    );
    expect(refused).toBe('refused');
  });
});

describe('the page’s weight', () => {
  it('stays within 400 KB of brotli before an editor is opened', async () => {
    const { page } = await browser.open('about:blank');
    const names = new Set<string>();
    page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (!/^\/(?:engine|guests)\//.test(pathname))
        names.add(pathname === '/' ? 'index.html' : pathname);
    });
    await page.goto(`${url}?guest=one`);
    await waitForState(page, ['running']);
    await page.locator('.dv-tab', { hasText: 'Machine' }).click();
    await page.locator('.machine-form').waitFor();
    const folder = inject('pageFolder');
    expect(readdirSync(join(folder, 'assets')).length).toBeGreaterThan(3);
    let bytes = 0;
    for (const name of names) bytes += brotliCompressSync(readFileSync(join(folder, name))).length;
    console.log(`page before Monaco: ${String(names.size)} files, ${String(bytes)} bytes brotli`);
    expect(bytes).toBeGreaterThan(50_000);
    expect(bytes).toBeLessThanOrEqual(PAGE_LIMIT);
  });
});
