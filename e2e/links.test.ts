import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { deflateSync } from 'fflate';
import { toBase64url } from '../src/machine/link/base64url.js';
import { toLink } from '../src/machine/link/encode.js';
import type { Machine } from '../src/machine/schema.js';
import { seriousFindings } from './axe.js';
import { useBrowser, waitForState, waitForText } from './browser.js';
import { builtGuests } from './catalogue.js';
import { fixtureImage } from './fixtures/catalogue.js';

const url = inject('fixtureUrl');
const browser = useBrowser();

const machine: Machine = {
  format: 1,
  title: 'From elsewhere',
  board: { type: 'virt' },
  memory: { size: '64M' },
  consoles: [
    { id: 'serial0', role: 'firmware', title: 'First' },
    { id: 'serial1', role: 'guest', title: 'Second' },
  ],
  serial: ['stdio', 'stdio'],
};

function runExists(page: Page): Promise<boolean> {
  return page.evaluate(() => globalThis.bootlink?.run() !== undefined);
}

const linked = (changes: Partial<Machine>, query = '') =>
  `${url}${query}${toLink({ ...machine, ...changes })}`;

/** A link that holds any text, as no page would write it. */
const raw = (text: string): string =>
  `#m1.${toBase64url(deflateSync(new TextEncoder().encode(text)))}`;

const bytes = Buffer.from('the very bytes of a kernel');
const sha256 = createHash('sha256').update(bytes).digest('hex');

describe('the address', () => {
  it('holds the machine as it is edited; a reload keeps it and starts nothing', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await page.locator('.dv-tab', { hasText: 'Machine' }).click();
    await page.getByRole('combobox', { name: 'Memory', exact: true }).fill('96M');
    await page.waitForURL(/#m1\./);
    await page.reload();
    await page.getByRole('button', { name: 'Boot', exact: true }).waitFor();
    await page.locator('.dv-tab', { hasText: 'Machine' }).click();
    expect(await page.getByRole('combobox', { name: 'Memory', exact: true }).inputValue()).toBe(
      '96M',
    );
    expect(await runExists(page)).toBe(false);
    await page.getByRole('button', { name: 'Reset', exact: true }).click();
    await page.waitForURL(/\?guest=one|^[^#]*$/);
  });

  it('stays short for a built-in guest with one change', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await page.locator('.dv-tab', { hasText: 'Machine' }).click();
    await page.getByRole('combobox', { name: 'Memory', exact: true }).fill('96M');
    await page.waitForURL(/#m1\./);
    expect(new URL(page.url()).hash.length).toBeLessThanOrEqual(300);
  });
});

describe('the link of each built-in guest', async () => {
  const guests = await builtGuests();
  it.each(guests.map(({ id }) => id))(
    '%s, with one change, has at most 300 characters',
    async (id) => {
      const { page } = await browser.open(`${inject('pageUrl')}?guest=${id}&boot=0`);
      await page.locator('.dv-tab', { hasText: 'Machine' }).click();
      await page.getByRole('combobox', { name: 'Memory', exact: true }).fill('1000M');
      await page.waitForURL(/#m1\./);
      const { length } = new URL(page.url()).hash;
      console.log(`link of ${id} with other memory: ${String(length)} characters`);
      expect(length).toBeLessThanOrEqual(300);
    },
  );
});

describe('a link from elsewhere', () => {
  it('shows what it holds; nothing boots, is fetched or typed before the click', async () => {
    const { page } = await browser.open('about:blank');
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(linked({ script: [{ console: 'serial0', expect: '=> ', send: 'help\n' }] }));
    const card = page.locator('.review');
    await card.waitFor();
    expect(await card.innerText()).toMatch(/comes from elsewhere[^]*virt[^]*64 MiB[^]*help/);
    expect(await runExists(page)).toBe(false);
    expect(asked.filter((path) => /qemu|guests\/(?!index)/.test(path))).toEqual([]);
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: 'Boot this machine' }).click();
    await waitForState(page, ['running']);
    await waitForText(page, 'serial0', /you typed: help/);
  });

  it('is reviewed again after a reload, until it was booted once', async () => {
    const { page } = await browser.open(linked({}));
    await page.locator('.review').waitFor();
    await page.waitForURL(/#m1\./);
    await page.reload();
    await page.locator('.review').waitFor();
    await page.getByRole('button', { name: 'Boot this machine' }).click();
    await waitForState(page, ['running']);
    await page.waitForFunction(() => history.state !== null);
    await page.reload();
    await page.getByRole('button', { name: 'Boot', exact: true }).waitFor();
    expect(await page.locator('.review').count()).toBe(0);
    expect(await runExists(page)).toBe(false);
  });

  it('asks for exactly the file that it means', async () => {
    const kernel = { name: 'k', sha256, size: bytes.length };
    const { page } = await browser.open(linked({ kernel: 'image:k', images: [kernel] }));
    const boot = page.getByRole('button', { name: 'Boot this machine' });
    await boot.waitFor();
    expect(await boot.isDisabled()).toBe(true);
    const choose = (content: string) =>
      page.getByLabel('File for k').setInputFiles({
        name: 'kernel',
        mimeType: 'application/octet-stream',
        buffer: Buffer.from(content),
      });
    await choose('other bytes');
    await page.getByRole('alert').filter({ hasText: 'another file' }).waitFor();
    expect(await boot.isDisabled()).toBe(true);
    await choose(bytes.toString());
    await page.getByText('Your file kernel').waitFor();
    await boot.click();
    await waitForState(page, ['running']);
  });

  it('fetches from another host only after consent, and uses nothing of a wrong hash', async () => {
    for (const [body, ends] of [
      [bytes, 'running'],
      [Buffer.from('some other bytes of a file'), 'failed'],
    ] as const) {
      const image = { name: 'k', url: 'https://files.example/k', sha256, size: bytes.length };
      const { page } = await browser.open('about:blank');
      let fetched = 0;
      await page.context().route('https://files.example/**', (route) => {
        fetched++;
        return route.fulfill({ body, headers: { 'Access-Control-Allow-Origin': '*' } });
      });
      await page.goto(linked({ kernel: 'image:k', images: [image] }));
      const boot = page.getByRole('button', { name: 'Boot this machine' });
      await boot.waitFor();
      expect(await boot.isDisabled()).toBe(true);
      expect(fetched).toBe(0);
      await page.getByLabel(/Fetch from files\.example/).check();
      await boot.click();
      await waitForState(page, [ends]);
      expect(fetched).toBe(1);
    }
  });

  it('is refused with a sentence when it is broken, too new, or names what is not there', async () => {
    for (const [fragment, sentence] of [
      ['#m1.AAAA', 'cannot be opened'],
      ['#m9.AAAA', 'newer Bootlink'],
      [toLink({ ...machine, extra: ['-incoming', 'file:/etc/passwd'] }), 'cannot be opened'],
      [raw(`{"format":1,"notes":"${'a'.repeat(4_000_000)}"}`), 'unpacks to more than'],
      [raw('['.repeat(5000)), 'nested deeper'],
      [`#m1.${'A'.repeat(70_000)}`, 'characters'],
      [toLink({ ...machine, kernel: '/etc/passwd' }), 'names a file'],
      [toLink({ ...machine, script: Array(201).fill({ console: 'a', send: 'x' }) }), '200 steps'],
      [
        raw('{"format":1,"images":[{"name":"a","url":"https://x.example/a"}]}'),
        'needs its SHA-256',
      ],
    ] as const) {
      const { page } = await browser.open(`${url}${fragment}`);
      await page.getByRole('alert').filter({ hasText: sentence }).waitFor();
      expect(await runExists(page)).toBe(false);
    }
  });

  it('is refused in the words of the command line, which ends with 1', async () => {
    for (const fragment of ['#m1.AAAA', toLink({ ...machine, extra: ['-qmp', 'unix:/x'] })]) {
      const { status, stderr } = spawnSync('npx', ['bootlink', 'link', fragment], {
        encoding: 'utf8',
      });
      expect(status).toBe(1);
      const sentence = stderr.replace(/^error: /, '').trim();
      const { page } = await browser.open(`${url}${fragment}`);
      await page.getByRole('alert').filter({ hasText: sentence }).waitFor();
    }
  });

  it('with more memory or vCPUs than a tab has is shown, and does not boot', async () => {
    for (const [changes, reason] of [
      [{ memory: { size: '8G' } }, /room for \d+ MiB/],
      [{ smp: { cpus: 17 } }, /17 vCPUs/],
    ] as const) {
      const { page } = await browser.open(linked(changes));
      await page.locator('.review .failure', { hasText: reason }).waitFor();
      const boot = page.getByRole('button', { name: 'Boot this machine' });
      expect(await boot.isDisabled()).toBe(true);
    }
  });

  it('that somebody has garbled opens or is refused, and never starts anything', async () => {
    const { page } = await browser.open('about:blank');
    const base = toLink({ ...machine, script: [{ console: 'serial0', send: 'help\n' }] });
    // The same ones in every run: a step through the link, and through the characters.
    const characters = 'ABab09-_.#=%';
    let shown = 0;
    for (let round = 0; round < 60; round++) {
      const at = 4 + ((round * 37) % (base.length - 4));
      const put = characters[round % characters.length] ?? '';
      const link = base.slice(0, at) + put + base.slice(at + (round % 3));
      await page.goto(`${url}?round=${String(round)}${link}`);
      const card = page.locator('.review');
      const alert = page.getByRole('alert').filter({ hasText: 'cannot be opened' });
      await card.or(alert).first().waitFor();
      if ((await alert.count()) > 0) expect(await alert.innerText()).toMatch(/\.\s*$|\.\n/);
      else shown++;
      expect(await runExists(page)).toBe(false);
    }
    console.log(`60 garbled links: ${String(shown)} shown for review, the others refused`);
  }, 120_000);

  it('opens the console that ?console= names, and ?embed=1 shows the machine alone', async () => {
    const { page } = await browser.open(linked({}, '?console=serial1&embed=1'));
    await page.getByRole('button', { name: 'Boot this machine' }).click();
    await waitForState(page, ['running']);
    await page.locator('#tab-serial1[aria-selected="true"]').waitFor();
    expect(await page.locator('.brand').count()).toBe(0);
  });
});

describe('a machine handed on', () => {
  it('as a link, a badge and a frame that open the same machine', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await page.locator('.dv-tab', { hasText: 'Machine' }).click();
    await page.getByRole('combobox', { name: 'Memory', exact: true }).fill('96M');
    await page.locator('.machine-pane').getByRole('button', { name: 'Share' }).click();
    const [link = '', badge = '', frame = ''] = await page
      .locator('.share-text')
      .evaluateAll((elements) => elements.map((each) => (each as HTMLTextAreaElement).value));
    expect(badge).toContain(`](${link})`);
    expect(frame).toContain('embed=1');
    const image = /!\[[^\]]*\]\(([^)]+)\)/.exec(badge)?.[1] ?? '';
    const answer = await page.request.get(image);
    expect(answer.headers()['content-type']).toContain('svg');
    const other = await browser.open(link);
    await other.page.locator('.review').waitFor();
    expect(await other.page.locator('.review').innerText()).toContain('96 MiB');
  });

  it('with files of one’s own: they are named with their hashes, and asked for', async () => {
    const own = Buffer.from('my own firmware');
    const hash = createHash('sha256').update(own).digest('hex');
    const { page } = await browser.open(`${url}?guest=one&boot=0`, {
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    await page.locator('.dv-tab', { hasText: 'Machine' }).click();
    // The console pane, which may be about to give way, asks for files too.
    const choose = (where: Locator, buffer: Buffer) =>
      where
        .getByLabel('File for firmware.bin')
        .setInputFiles({ name: 'mine.fd', mimeType: 'application/octet-stream', buffer });
    await choose(page.locator('.machine-pane'), own);
    await page.getByText('Your file mine.fd').waitFor();
    await page.locator('.machine-pane').getByRole('button', { name: 'Share' }).click();
    const said = page.getByRole('dialog').locator('.hashes');
    expect(await said.innerText()).toMatch(new RegExp(`firmware\\.bin[^]*${hash}`));
    await page.getByRole('button', { name: 'Copy link' }).click();
    const link = await page.evaluate(() => navigator.clipboard.readText());

    const { page: other } = await browser.open(link);
    const boot = other.getByRole('button', { name: 'Boot this machine' });
    await boot.waitFor();
    expect(await boot.isDisabled()).toBe(true);
    expect(await other.locator('.review').innerText()).toContain(hash);
    await choose(other.locator('.review'), Buffer.from(fixtureImage));
    await other.getByRole('alert').filter({ hasText: 'another file' }).waitFor();
    await choose(other.locator('.review'), own);
    await other.getByText('Your file mine.fd').waitFor();
    await boot.click();
    await waitForState(other, ['running']);
  });

  it('as a file, and back', async () => {
    const { page } = await browser.open(`${url}?guest=one&boot=0`);
    await page.locator('.dv-tab', { hasText: 'Machine' }).click();
    await page.getByRole('combobox', { name: 'Memory', exact: true }).fill('96M');
    await page.locator('.machine-pane').getByRole('button', { name: 'Share' }).click();
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: /Save as/ }).click();
    const saved = await download;
    expect(saved.suggestedFilename()).toBe('one-console.bootlink.json');
    const text = readFileSync(await saved.path(), 'utf8');
    const other = await browser.open(url);
    const input = other.page.locator('.own-machine input[type=file]');
    await input.setInputFiles({
      name: 'broken.json',
      mimeType: 'application/json',
      buffer: Buffer.from('{'),
    });
    await other.page
      .getByRole('alert')
      .filter({ hasText: 'broken.json cannot be opened' })
      .waitFor();
    await input.setInputFiles({
      name: 'x.json',
      mimeType: 'application/json',
      buffer: Buffer.from(text),
    });
    await other.page.locator('.review').waitFor();
    expect(await other.page.locator('.review').innerText()).toContain('96 MiB');
  });
});
