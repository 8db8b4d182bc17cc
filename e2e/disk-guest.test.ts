import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { consoleText, waitForState, waitForText } from './page.js';

/**
 * A real guest on a disk of the library: its tab is closed at a random moment while it writes
 * and syncs. `BOOTLINK_DISK_GUEST_ROUNDS=100` for the full run.
 */
const ROUNDS = Number(process.env.BOOTLINK_DISK_GUEST_ROUNDS ?? 2);
const GUEST = 'virt-linux';
const BLOCKS = 256;

let profile: string;
let context: BrowserContext;

beforeAll(async () => {
  profile = mkdtempSync(join(tmpdir(), 'bootlink-profile-'));
  context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.BOOTLINK_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
});

afterAll(async () => {
  await context.close();
  rmSync(profile, { recursive: true, force: true });
});

async function openPage(): Promise<Page> {
  const page = await context.newPage();
  await page.goto(`${inject('pageUrl')}?guest=${GUEST}&boot=0`);
  await page.waitForFunction(() => globalThis.bootlink !== undefined);
  return page;
}

/** Boots the guest with the image as its first virtio disk. */
async function bootWith(page: Page, id: string, size: number): Promise<void> {
  await page.evaluate(
    async ([name, image, bytes]) => {
      const answer = await fetch('guests/index.json');
      const { guests } = (await answer.json()) as { guests: { guest?: { id: string } }[] };
      const entry = guests.find(({ guest }) => guest?.id === name);
      type BootArguments = Parameters<NonNullable<typeof globalThis.bootlink>['boot']>;
      const guest = entry?.guest as BootArguments[0];
      const disk: BootArguments[0]['images'][number] = {
        name: 'mine',
        use: 'disk',
        url: '',
        sha256: '0'.repeat(64),
        size: bytes,
        wireBytes: 0,
        encoding: 'identity',
        extents: [],
        readOnly: false,
      };
      const args = [
        ...guest.args,
        ...['-blockdev', 'driver=file,node-name=mine,filename=image:mine'],
        ...['-device', 'virtio-blk-pci,drive=mine'],
      ];
      void globalThis.bootlink?.boot(
        { ...guest, args, images: [...guest.images, disk] },
        { stored: { mine: { id: image, title: 'mine', size: bytes, access: 'write' } } },
      );
    },
    [GUEST, id, size] as const,
  );
  await waitForState(page, ['running'], 60_000).catch(async (error: unknown) => {
    const said = await page.evaluate(() => {
      const run = globalThis.bootlink?.run();
      return JSON.stringify([run?.state, run?.output]);
    });
    throw new Error(said, { cause: error });
  });
}

async function type(page: Page, text: string): Promise<void> {
  await page.evaluate((line) => {
    const run = globalThis.bootlink?.run();
    const [first] = run?.guest.consoles ?? [];
    run?.consoles.get(first?.id ?? '')?.type(line);
  }, text);
}

const consoleId = (page: Page): Promise<string> =>
  page.evaluate(() => globalThis.bootlink?.run()?.guest.consoles[0]?.id ?? '');

test(
  `a guest loses nothing that it was told is stable (${ROUNDS} rounds)`,
  async () => {
    const size = 8 << 20;
    const first = await openPage();
    const id = await first.evaluate(async (bytes) => {
      const result = await globalThis.bootlink?.storage().create('mine', bytes);
      return result?.ok === true ? result.value : '';
    }, size);
    expect(id).not.toBe('');
    await first.close();
    for (let round = 1; round <= ROUNDS; round++) {
      const page = await openPage();
      await bootWith(page, id, size);
      const name = await consoleId(page);
      await waitForText(page, name, /~ # |# $/, { timeout: 240_000 });
      const mark = String(round).padStart(4, '0');
      // Each write is synced before its number is said; the number is in the block.
      await type(
        page,
        `n=0; while [ $n -lt 100000 ]; do n=$((n+1)); printf '${mark}-%08d' $n | dd of=/dev/vda bs=4096 seek=$((n%${BLOCKS})) conv=sync,fsync 2>/dev/null && echo "stable:$n"; done\n`,
      );
      const target = 2 + Math.floor(Math.random() * 12);
      await waitForText(page, name, new RegExp(`stable:${target}\\s`), { timeout: 60_000 });
      const text = await consoleText(page, name);
      const stable = Math.max(
        ...Array.from(text.matchAll(/stable:(\d+)\s/g), ([, n]) => Number(n)),
      );
      await page.close();

      const check = await openPage();
      const blocks = await check.evaluate(
        async ([image, count]) => {
          const service = globalThis.bootlink?.storage();
          // The lock of the closed tab is given back by the browser, soon but not at once.
          for (;;) {
            const result = await service
              ?.export('k', image, 'raw', undefined, undefined)
              .catch((error: unknown) => String(error));
            if (typeof result === 'string') return [result];
            if (result?.ok === true && result.value !== undefined) {
              const bytes = await result.value.arrayBuffer();
              return Array.from({ length: count }, (_, i) =>
                new TextDecoder().decode(new Uint8Array(bytes, i * 4096, 13)),
              );
            }
          }
        },
        [id, BLOCKS] as const,
      );
      await check.close();
      for (let n = Math.max(1, stable - BLOCKS + 1); n <= stable; n++) {
        const [seenRound, seen] = (blocks[n % BLOCKS] ?? '').split('-');
        expect(seenRound, `round ${round}, block ${n} of ${stable}`).toBe(mark);
        expect(Number(seen)).toBeGreaterThanOrEqual(n);
      }
    }
  },
  ROUNDS * 300_000,
);
