import { readFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { recipes } from '../scripts/guests/index.js';
import type { Guest } from '../src/machine/guest.js';
import { expectation } from '../src/machine/steps.js';
import { typeOn, useBrowser, waitForState, waitForText } from './browser.js';
import { builtGuests } from './catalogue.js';

/** Two busy cores. */
const PATIENCE_MS = Number(process.env.BOOTLINK_E2E_BOOT_SECONDS ?? 600) * 1000;

const all = await builtGuests();
const guests = all.filter((guest) => guest.snapshot !== undefined);
const browser = useBrowser();

/** Waits for a guest's prompt, where it was opened; gives where each console was read to. */
async function atPrompt(page: Page, guest: Guest): Promise<Map<string, number>> {
  const read = new Map<string, number>();
  for (const { console, expect: text } of guest.boot) {
    if (text === undefined) continue;
    const from = read.get(console) ?? 0;
    const options = { from, timeout: PATIENCE_MS };
    read.set(console, await waitForText(page, console, expectation(text), options));
  }
  return read;
}

async function follow(page: Page, steps: Guest['check'], read: Map<string, number>): Promise<void> {
  for (const { console, expect: text, send } of steps) {
    if (text !== undefined) {
      const options = { from: read.get(console) ?? 0, timeout: PATIENCE_MS };
      read.set(console, await waitForText(page, console, expectation(text), options));
    }
    if (send !== undefined) await typeOn(page, console, send);
  }
}

const openedFrom = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => globalThis.bootlink?.run()?.snapshot?.kind);

it('has a snapshot of every guest whose recipe has one', () => {
  const wanted = recipes.filter(({ snapshot }) => snapshot !== undefined).map(({ id }) => id);
  expect(guests.map(({ id }) => id)).toEqual(
    all.map(({ id }) => id).filter((id) => wanted.includes(id)),
  );
});

describe.each(guests)('$id', (guest) => {
  it(
    'opens at its prompt and does what its recipe says',
    { timeout: PATIENCE_MS * 2 },
    async () => {
      const { page, complaints } = await browser.open(
        `${inject('pageUrl')}?guest=${guest.id}&boot=0`,
      );
      const start = performance.now();
      await page.getByRole('button', { name: 'Boot', exact: true }).click();
      const read = await atPrompt(page, guest);
      console.log(`${guest.id}: at its prompt ${Math.round(performance.now() - start)} ms after`);
      await waitForState(page, ['running']);
      expect(await openedFrom(page)).toBe('guest');
      await follow(page, guest.check, read);
      expect(complaints.filter((each) => !/WebGL|GPU/i.test(each))).toEqual([]);
    },
  );
});

const linux = guests.find(({ id }) => id === 'virt-linux');

describe.runIf(linux !== undefined)('a guest’s snapshot', () => {
  const guest = linux as Guest;
  const url = (): string => `${inject('pageUrl')}?guest=${guest.id}`;

  it('takes the time and random numbers anew', { timeout: PATIENCE_MS }, async () => {
    const seen: string[] = [];
    for (let round = 0; round < 2; round++) {
      const { page } = await browser.open(url());
      const read = await atPrompt(page, guest);
      // The generator is seeded again at the first use after its interval, a second at most.
      await typeOn(
        page,
        'uart0',
        'sleep 3; echo T $(date +%s) R $(head -c 16 /dev/urandom | md5sum)\r',
      );
      const from = read.get('uart0') ?? 0;
      await waitForText(page, 'uart0', /T \d+ R [0-9a-f]{32}/, { from });
      const text = await page.evaluate(
        (at) => globalThis.bootlink?.run()?.consoles.get('uart0')?.log.text(at) ?? '',
        from,
      );
      const [, time, random] = /T (\d+) R ([0-9a-f]{32})/.exec(text) ?? [];
      expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(120);
      seen.push(random ?? '');
      await page.context().close();
    }
    expect(seen[0]).not.toBe(seen[1]);
  });

  it('gives way to a cold boot from the address', { timeout: PATIENCE_MS }, async () => {
    const { page } = await browser.open(`${url()}&boot=cold`);
    await waitForState(page, ['running'], PATIENCE_MS);
    expect(await openedFrom(page)).toBeUndefined();
    await atPrompt(page, guest);
  });

  it(
    'of another engine is refused, and the guest boots cold',
    { timeout: PATIENCE_MS },
    async () => {
      const { page } = await browser.open('about:blank');
      await page.route('**/guests/index.json', async (route) => {
        const response = await route.fetch();
        const text = await response.text();
        const engine = guest.snapshot?.engine ?? '';
        await route.fulfill({ response, body: text.replaceAll(engine, 'e'.repeat(64)) });
      });
      await page.goto(url());
      await page.getByText('made with another build of the engine').waitFor();
      await page.getByText('The machine boots cold instead').waitFor();
      await atPrompt(page, guest);
      expect(await openedFrom(page)).toBeUndefined();
    },
  );
});

describe.runIf(linux !== undefined)('a visitor’s snapshot', () => {
  const guest = linux as Guest;

  it(
    'goes on after the page was closed, is exported, deleted, imported, refused',
    { timeout: PATIENCE_MS },
    async () => {
      const { page } = await browser.open(`${inject('pageUrl')}?guest=${guest.id}`);
      const read = await atPrompt(page, guest);
      await typeOn(page, 'uart0', 'cd /tmp; echo kept-$((40 + 2)) > mark; echo do""ne\r');
      await waitForText(page, 'uart0', /done/, { from: read.get('uart0') ?? 0 });
      await page.getByRole('button', { name: 'Snapshots' }).click();
      await page.getByLabel('Name', { exact: true }).fill('My machine');
      await page.getByRole('button', { name: 'Take a snapshot' }).click();
      await page.getByRole('button', { name: 'Open My machine' }).waitFor();

      const exported = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export My machine' }).click();
      const path = await (await exported).path();

      await page.goto(inject('pageUrl'));
      await page.getByRole('button', { name: 'Go on' }).click();
      await goesOn(page);

      // Gone, and back from the file.
      await page.goto(inject('pageUrl'));
      await page.getByRole('button', { name: 'Snapshots' }).click();
      await page.getByRole('button', { name: 'Delete My machine' }).click();
      await page.getByRole('button', { name: 'Really delete My machine' }).click();
      await page.getByText('There is none yet.').waitFor();
      await page.getByLabel('Import a snapshot').setInputFiles(path);
      await page.getByRole('button', { name: 'Open My machine' }).click();
      await goesOn(page);

      // One of another engine, by its own file.
      await page.goto(inject('pageUrl'));
      await page.getByRole('button', { name: 'Snapshots' }).click();
      const bytes = gunzipSync(readFileSync(path));
      const engine = Buffer.from(guest.snapshot?.engine ?? '');
      bytes.fill('e', bytes.indexOf(engine), bytes.indexOf(engine) + engine.length);
      const name = Buffer.from('My machine');
      bytes.write('Elsewhere.', bytes.indexOf(name));
      await page.getByLabel('Import a snapshot').setInputFiles({
        name: 'other.bootlink-snapshot',
        mimeType: 'application/gzip',
        buffer: gzipSync(bytes),
      });
      await page.getByRole('button', { name: 'Open Elsewhere.' }).click();
      await page.getByText('“Elsewhere.” was made with another build of the engine').waitFor();
      await atPrompt(page, guest);
      expect(await openedFrom(page)).toBeUndefined();
    },
  );

  async function goesOn(page: Page): Promise<void> {
    await waitForState(page, ['running'], PATIENCE_MS);
    expect(await openedFrom(page)).toBe('kept');
    await typeOn(page, 'uart0', 'cat mark\r');
    await waitForText(page, 'uart0', /kept-42/, { timeout: PATIENCE_MS });
  }
});
