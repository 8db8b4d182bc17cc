import { seriousFindings } from './axe.js';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { fixtureCatalogue } from './fixtures/catalogue.js';
import { consoleText, typeOn, useBrowser, waitForState, waitForText } from './browser.js';

const url = inject('fixtureUrl');
const browser = useBrowser();

/** Boots a guest of the fixtures with other arguments, on its own page; does not wait. */
async function bootFake(page: Page, args: string[]): Promise<void> {
  const entry = fixtureCatalogue.guests.find(
    (each) => each.state === 'ready' && each.guest.id === 'one',
  );
  if (entry?.state !== 'ready') throw new Error('The fixtures have no guest “one”.');
  await page.waitForFunction(() => globalThis.bootlink !== undefined);
  await page.evaluate((guest) => void globalThis.bootlink?.boot(guest, { from: 'cold' }), {
    ...entry.guest,
    args,
  });
}

describe('the gallery', () => {
  it('lists guests with what they cost, and those that are not ready as such', async () => {
    const { page, complaints } = await browser.open(url);
    const card = page.locator('.card', { hasText: 'Three consoles' });
    await card.waitFor();
    expect(await card.innerText()).toMatch(/293 KiB to fetch/);
    expect(await card.innerText()).toMatch(/64 MiB of guest memory/);
    expect(await page.locator('.card', { hasText: 'Later' }).innerText()).toContain('Being built');
    expect(await page.locator('.card', { hasText: 'Broken' }).innerText()).toContain('Error 2');
    expect(complaints).toEqual([]);
  });

  it('boots by one click, types, and leads back to the running machine', async () => {
    const { page, complaints } = await browser.open(url);
    await page.getByRole('button', { name: 'Boot One console' }).click();
    await waitForState(page, ['running']);
    expect(page.url()).toContain('?guest=one');
    await waitForText(page, 'firmware', /=> $/);
    await typeOn(page, 'firmware', 'hello\n');
    await waitForText(page, 'firmware', /you typed: hello/);
    await page.goBack();
    await page.getByRole('button', { name: 'Return to it' }).click();
    await page.locator('.xterm-rows', { hasText: 'you typed: hello' }).first().waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('the address', () => {
  it('?guest= boots at once', async () => {
    const { page } = await browser.open(`${url}?guest=one`);
    expect(await waitForState(page, ['running'])).toBe('running');
  });

  it('?boot=0 waits for the click', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    const boot = page.getByRole('button', { name: 'Boot', exact: true });
    await boot.waitFor();
    expect(await page.evaluate(() => globalThis.bootlink?.run())).toBeUndefined();
    await boot.click();
    await waitForState(page, ['running']);
  });

  it('says so when it names a guest that there is not', async () => {
    const { page } = await browser.open(`${url}?guest=nobody`);
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').innerText()).toContain('There is no guest “nobody”');
  });
});

describe('a machine', () => {
  it('pauses and resumes, resets, and powers off through QMP', async () => {
    const { page } = await browser.open(`${url}?guest=one`);
    await waitForState(page, ['running']);
    await page.getByRole('button', { name: 'Pause' }).click();
    await waitForState(page, ['paused']);
    await page.getByRole('button', { name: 'Resume' }).click();
    await waitForState(page, ['running']);
    await page.getByRole('button', { name: 'Reset' }).click();
    await waitForText(page, 'firmware', /=> [^]*fake firmware[^]*=> /);
    await page.getByRole('button', { name: 'Power off' }).click();
    await page.getByRole('button', { name: 'Stop' }).click();
    await waitForState(page, ['exited']);
    expect(await page.locator('.ended').innerText()).toContain('exit code 0');
  });

  it('follows the monitor: stop, cont, quit', async () => {
    const { page } = await browser.open(`${url}?guest=one`);
    await waitForState(page, ['running']);
    await typeOn(page, 'monitor', 'stop\n');
    await waitForState(page, ['paused']);
    await typeOn(page, 'monitor', 'cont\n');
    await waitForState(page, ['running']);
    await typeOn(page, 'monitor', 'quit\n');
    await waitForState(page, ['exited']);
    await page.getByRole('button', { name: 'Boot again' }).click();
    await waitForState(page, ['running']);
  });

  it('can be cancelled while it is fetched, and booted after that', async () => {
    const { page } = await browser.open(`${url}?boot=0`);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await page.context().route('**/image.bin', async (request) => {
      await held;
      await request.continue().catch(() => undefined);
    });
    await page.getByRole('button', { name: 'Boot One console' }).click();
    await waitForState(page, ['fetching']);
    await page.getByRole('button', { name: 'Cancel' }).click();
    await waitForState(page, ['exited']);
    expect(await page.locator('.ended').innerText()).toContain('The boot was cancelled');
    release();
    await page.getByRole('button', { name: 'Boot again' }).click();
    await waitForState(page, ['running']);
  });

  it('that hangs is said to be late, and the next one works', async () => {
    const { page } = await browser.open('about:blank');
    await page.clock.install();
    await page.goto(`${url}?guest=one&boot=0`);
    await bootFake(page, ['-fake-hang']);
    await waitForState(page, ['starting']);
    const card = page.getByRole('region', { name: 'Boot progress' });
    await card.getByText('Starting QEMU').waitFor();
    expect(await card.innerText()).not.toContain('not answered');
    await page.clock.runFor(40_000);
    await card.getByText('QEMU was started and has not answered yet').waitFor();
    await card.getByRole('button', { name: 'Cancel' }).click();
    await waitForState(page, ['exited']);
    await bootFake(page, []);
    await waitForState(page, ['running']);
  });

  it('whose QEMU refuses to be spoken to fails, in its words', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await bootFake(page, ['-fake-refusal']);
    await waitForState(page, ['failed']);
    const text = await page.getByRole('alert').innerText();
    expect(text).toContain('QEMU refused “qmp_capabilities”');
    expect(text).toContain('the fake engine has no qmp_capabilities');
  });

  it('shows what QEMU printed and its exit code when it refuses its arguments', async () => {
    const { page } = await browser.open(`${url}?guest=refuses`);
    await waitForState(page, ['exited']);
    const text = await page.locator('.ended').innerText();
    expect(text).toContain('exit code 1');
    expect(text).toContain('-fake-exit: as asked');
  });

  it('shows a trap, and boots again', async () => {
    const { page } = await browser.open(`${url}?guest=traps`);
    await waitForState(page, ['failed']);
    expect(await page.getByRole('alert').innerText()).toContain('unreachable');
    expect(await page.getByRole('button', { name: 'Copy all' }).isVisible()).toBe(true);
  });
});

describe('consoles', () => {
  it('stand side by side where there is room, and as tabs on request', async () => {
    const { page } = await browser.open(`${url}?guest=three`);
    await waitForState(page, ['running']);
    await page.locator('#pane-host .xterm-rows', { hasText: 'on host' }).waitFor();
    expect(await page.locator('.pane:visible').count()).toBe(3);
    await page.getByRole('button', { name: 'Side by side' }).click();
    expect(await page.locator('.pane:visible').count()).toBe(1);
    for (const id of ['firmware', 'secure', 'host']) {
      await typeOn(page, id, `to ${id}\n`);
      await waitForText(page, id, new RegExp(`you typed: to ${id}`));
    }
  });

  it('find, clear, save and show as text', async () => {
    const { page } = await browser.open(`${url}?guest=one`);
    await waitForState(page, ['running']);
    const pane = page.locator('#pane-firmware');
    await pane.getByRole('button', { name: 'Find' }).click();
    await page.waitForFunction(() => document.activeElement?.matches('#pane-firmware input'));
    await page.keyboard.type('nowhere');
    await pane.getByText('Not found').waitFor();
    await page.keyboard.press('Escape');
    const download = page.waitForEvent('download');
    await pane.getByRole('button', { name: 'Save', exact: true }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('one-firmware.log');
    await typeOn(page, 'firmware', 'one\n\ntwo');
    await waitForText(page, 'firmware', /two/);
    await pane.getByRole('button', { name: 'Text' }).click();
    const log = pane.getByRole('log');
    // The mirror follows the console at its own, slower pace.
    await expect.poll(() => log.innerText()).toContain('fake firmware on firmware');
    expect(await log.innerText()).not.toContain('\x1b');
    // Line by line what was printed, the line that has not ended and empty ones included.
    const printed = (await consoleText(page, 'firmware')).split('\n');
    await expect
      .poll(() => log.evaluate((pre) => [...pre.children].map((line) => line.textContent)))
      .toEqual(printed.at(-1) === '' ? printed.slice(0, -1) : printed);
  });

  it('are worked by the keyboard alone, and F6 leads out of them', async () => {
    const { page } = await browser.open(`${url}?guest=three`);
    await waitForState(page, ['running']);
    await page.locator('#pane-firmware .xterm-rows').waitFor();
    await page.keyboard.press('Alt+2');
    await page.waitForFunction(() => document.activeElement?.closest('#pane-secure'));
    await page.keyboard.type('keys');
    await page.keyboard.press('Enter');
    await waitForText(page, 'secure', /you typed: keys/);
    await page.keyboard.press('F6');
    expect(await page.evaluate(() => document.activeElement?.closest('#pane-secure'))).toBeNull();
    expect(await consoleText(page, 'firmware')).not.toContain('keys');
  });
});

describe('About', () => {
  it('lists the npm packages of the page and its workers, each with a licence', async () => {
    const { page } = await browser.open(url);
    await page.getByRole('button', { name: 'About', exact: true }).click();
    const list = page.getByRole('table').filter({ hasText: 'npm package' });
    await page.getByText(/npm packages are in the page/).click();
    const rows = await list.locator('tbody tr').allInnerTexts();
    const cells = new Map(rows.map((row) => [row.split('\t')[0], row.split('\t')]));
    // The page itself, the engine's worker, what is fetched late, and what Monaco carries.
    const expected = ['preact', 'comlink', '@alexaltea/keystone-js', 'monaco-editor', 'dompurify'];
    for (const name of expected) {
      expect(cells.get(name)?.[1]).toMatch(/^\d+\.\d+\.\d+/);
      expect(cells.get(name)?.[2]).not.toBe('');
    }
    // Tools of the build are not in it.
    for (const name of ['typescript', 'vitest', 'eslint']) expect(cells.has(name)).toBe(false);
  });
});

describe('accessibility', () => {
  it.each([
    ['the gallery', '', '.card'],
    ['a guest', '?guest=three&boot=0', '.sheet'],
    ['a running machine', '?guest=three', '#pane-host .xterm-rows'],
    ['the end of a machine', '?guest=refuses', '.ended'],
  ])('axe finds nothing serious in %s, light and dark', async (_, address, ready) => {
    for (const colorScheme of ['light', 'dark'] as const) {
      const { page } = await browser.open(`${url}${address}`, { colorScheme });
      await page.locator(ready).first().waitFor();
      expect(await seriousFindings(page)).toEqual([]);
    }
  });

  it.each(['Help', 'About'])('axe finds nothing serious in %s', async (name) => {
    const { page } = await browser.open(url);
    await page.getByRole('button', { name, exact: true }).click();
    await page.locator('dialog[open]').waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  });
});
