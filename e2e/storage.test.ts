import { gzipSync } from 'node:zlib';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { serveStorage } from './storage/serve.js';
import type { Tested } from './storage/page.js';

/** How often a tab is closed while it writes; `BOOTLINK_DISK_ROUNDS=100` for the full run. */
const ROUNDS = Number(process.env.BOOTLINK_DISK_ROUNDS ?? 8);
const BLOCK = 4096;

declare global {
  var tested: Tested;
}

let served: Awaited<ReturnType<typeof serveStorage>>;
let profile: string;
let context: BrowserContext;

/** A profile on the disk: in a private window nothing would be made stable. */
function launchOn(folder: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(folder, {
    executablePath: process.env.BOOTLINK_CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  });
}

beforeAll(async () => {
  served = await serveStorage();
  profile = mkdtempSync(join(tmpdir(), 'bootlink-profile-'));
  context = await launchOn(profile);
}, 120_000);

afterAll(async () => {
  await context.close();
  await served.close();
  rmSync(profile, { recursive: true, force: true });
});

async function openPage(within = context): Promise<Page> {
  const page = await within.newPage();
  await page.goto(served.url);
  await page.waitForFunction(() => 'tested' in globalThis);
  return page;
}

/** An empty disk; gives its id. */
function create(page: Page, title: string, size: number): Promise<string> {
  return page.evaluate(
    async ([name, bytes]) => {
      const result = await tested.service.create(name, bytes);
      if (!result.ok) throw new Error(result.failure.what);
      return result.value;
    },
    [title, size] as const,
  );
}

test('what is written is read back, over chunks and layers, and after the tab was closed', async () => {
  const page = await openPage();
  const id = await create(page, 'round trip', 1 << 20);
  const before = await page.evaluate(async (image) => {
    const disk = await tested.open(image, 'write');
    if (!disk.ok) throw new Error(disk.failure.what);
    const { driver } = disk;
    const pattern = (seed: number, length: number) =>
      Uint8Array.from({ length }, (_, i) => (i * 31 + seed) & 0xff);
    await driver.write(100, pattern(1, 50_000));
    await driver.flush();
    await disk.end();
    const snapshot = await tested.service.snapshot(image, 'one');
    if (!snapshot.ok) throw new Error(snapshot.failure.what);
    const again = await tested.open(image, 'write');
    if (!again.ok) throw new Error(again.failure.what);
    await again.driver.write(20_000, pattern(7, 3000));
    await again.driver.zero(32_768, 16_384);
    await again.driver.flush();
    const bytes = Array.from(await again.driver.read(0, 60_000));
    await again.end();
    return { bytes, snapshot: snapshot.value };
  }, id);
  const expected = new Uint8Array(60_000);
  for (let i = 0; i < 50_000; i++) expected[100 + i] = (i * 31 + 1) & 0xff;
  for (let i = 0; i < 3000; i++) expected[20_000 + i] = (i * 31 + 7) & 0xff;
  expected.fill(0, 32_768, 49_152);
  expect(Buffer.compare(Buffer.from(before.bytes), expected)).toBe(0);
  await page.close();

  const next = await openPage();
  const after = await next.evaluate(
    async ([image, snapshot]) => {
      const disk = await tested.open(image, 'read');
      if (!disk.ok) throw new Error(disk.failure.what);
      const now = Array.from(await disk.driver.read(0, 60_000));
      await disk.end();
      const result = await tested.service.revert(image, snapshot);
      if (!result.ok) throw new Error(result.failure.what);
      const old = await tested.open(image, 'read');
      if (!old.ok) throw new Error(old.failure.what);
      const then = Array.from(await old.driver.read(0, 60_000));
      await old.end();
      return { now, then };
    },
    [id, before.snapshot] as const,
  );
  expect(after.now).toEqual(before.bytes);
  const first = new Uint8Array(60_000);
  for (let i = 0; i < 50_000; i++) first[100 + i] = (i * 31 + 1) & 0xff;
  expect(Buffer.compare(Buffer.from(after.then), first)).toBe(0);
  await next.close();
});

test(
  `nothing that was flushed is lost when the tab is closed at a random moment (${ROUNDS} rounds)`,
  async () => {
    const first = await openPage();
    const id = await create(first, 'closed tabs', 4 << 20);
    await first.close();
    let counter = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const page = await openPage();
      // Each block says with which number it was written; a flush follows every write.
      let stable = counter;
      await page.exposeFunction('said', (number: number) => {
        stable = number;
      });
      const writing = page
        .evaluate(
          async ([image, from, block]) => {
            const disk = await tested.open(image, 'write');
            if (!disk.ok) throw new Error(disk.failure.what);
            const say = (globalThis as unknown as { said(n: number): void }).said;
            for (let n = from + 1; ; n++) {
              const bytes = new Uint32Array(block / 4).fill(n);
              const at = (n % 1024) * block;
              await disk.driver.write(at, new Uint8Array(bytes.buffer));
              await disk.driver.flush();
              say(n);
            }
          },
          [id, counter, BLOCK] as const,
        )
        .catch(() => undefined);
      const target = stable + 1 + Math.floor(Math.random() * 40);
      await expect
        .poll(() => stable, { timeout: 20_000, interval: 1 })
        .toBeGreaterThanOrEqual(target);
      // Some tabs are killed, some closed: a renderer that dies cannot tidy up.
      await page.close();
      await writing;

      const check = await openPage();
      const image = await check.evaluate(async (name) => {
        const disk = await tested.open(name, 'read');
        if (!disk.ok) throw new Error(disk.failure.what);
        const words: number[] = [];
        for (let at = 0; at < 4 << 20; at += 1 << 20) {
          const bytes = await disk.driver.read(at, 1 << 20);
          const view = new Uint32Array(bytes.buffer);
          for (let i = 0; i < view.length; i += 1024) {
            const number = view[i] ?? 0;
            const whole = view.subarray(i, i + 1024).every((word) => word === number);
            words.push(whole ? number : -1);
          }
        }
        await disk.end();
        return words;
      }, id);
      await check.close();
      expect(image, `round ${round}: a block is torn`).not.toContain(-1);
      for (let n = Math.max(1, stable - 1023); n <= stable; n++) {
        const found = image[n % 1024] ?? 0;
        expect(found, `round ${round}: block ${n}, stable up to ${stable}`).toBeGreaterThanOrEqual(
          n,
        );
      }
      counter = Math.max(...image);
    }
    expect(counter).toBeGreaterThan(ROUNDS);
  },
  ROUNDS * 20_000,
);

test('a second tab is told that the image is in use, and may read what is committed', async () => {
  const [one, two] = [await openPage(), await openPage()];
  const id = await create(one, 'shared', 1 << 20);
  await one.evaluate(async (image) => {
    const disk = await tested.open(image, 'write');
    if (!disk.ok) throw new Error(disk.failure.what);
    await disk.driver.write(0, new Uint8Array(BigUint64Array.of(7n).buffer));
    await disk.driver.flush();
    Object.assign(globalThis, { kept: disk });
  }, id);
  const refused = await two.evaluate(async (image) => {
    const disk = await tested.open(image, 'write');
    return disk.ok ? undefined : disk.failure;
  }, id);
  expect(refused).toMatchObject({
    what: '“shared” is in use by another machine or tab.',
    remedy: expect.stringContaining('read-only') as string,
  });
  const read = (page: Page) =>
    page.evaluate(async () => {
      const { kept } = globalThis as unknown as {
        kept: { driver: { read(at: number, n: number): Promise<Uint8Array> } };
      };
      return Array.from(await kept.driver.read(0, 2));
    });
  await two.evaluate(async (image) => {
    const disk = await tested.open(image, 'read');
    if (!disk.ok) throw new Error(disk.failure.what);
    Object.assign(globalThis, { kept: disk });
  }, id);
  expect(await read(two)).toEqual([7, 0]);
  await one.evaluate(async () => {
    const { kept } = globalThis as unknown as {
      kept: { driver: { write(at: number, b: Uint8Array): Promise<void>; flush(): Promise<void> } };
    };
    await kept.driver.write(0, Uint8Array.of(9, 9));
    await kept.driver.flush();
  });
  expect(await read(two)).toEqual([9, 9]);
  const denied = await two.evaluate(async () => {
    const { kept } = globalThis as unknown as {
      kept: { driver: { write(at: number, b: Uint8Array): Promise<void> } };
    };
    return kept.driver.write(0, Uint8Array.of(1)).then(
      () => 'written',
      (error: unknown) => String(error),
    );
  });
  expect(denied).toBe('Error: errno 29');
  // The lock goes with the tab.
  await one.close();
  // The browser ends a closed tab's workers, and with them their locks, in its own time.
  const canWrite = (): Promise<boolean> =>
    two.evaluate(async (image) => {
      const disk = await tested.open(image, 'write');
      if (disk.ok) await disk.end();
      return disk.ok;
    }, id);
  await expect.poll(canWrite, { timeout: 10_000 }).toBe(true);
  await two.close();
});

test('a chunk that does not have its checksum is reported and not served; others are', async () => {
  const page = await openPage();
  const id = await create(page, 'damaged', 1 << 20);
  const outcome = await page.evaluate(async (image) => {
    const disk = await tested.open(image, 'write');
    if (!disk.ok) throw new Error(disk.failure.what);
    await disk.driver.write(0, new Uint8Array(65_536).fill(5));
    await disk.driver.flush();
    await disk.end();
    // One bit of the second chunk, behind the storage worker's back.
    const db = await tested.openDB(tested.database);
    const record = (await db.get('images', image)) as { top: string };
    const chunk = (await db.get('data', [record.top, 1])) as Uint8Array;
    chunk[77] = (chunk[77] ?? 0) ^ 4;
    await db.put('data', chunk, [record.top, 1]);
    db.close();
    const again = await tested.open(image, 'write');
    if (!again.ok) throw new Error(again.failure.what);
    const bad = await again.driver.read(16_384, 512).then(
      () => 'served',
      (error: unknown) => String(error),
    );
    const good = Array.from(await again.driver.read(0, 4));
    const rest = Array.from(await again.driver.read(32_768, 4));
    await again.end();
    return { bad, good, rest, troubles: tested.troubles };
  }, id);
  expect(outcome.bad).toBe('Error: errno 29');
  expect(outcome.good).toEqual([5, 5, 5, 5]);
  expect(outcome.rest).toEqual([5, 5, 5, 5]);
  expect(outcome.troubles).toHaveLength(1);
  expect(outcome.troubles[0]).toMatchObject({
    image: 'damaged',
    failure: { what: expect.stringContaining('damaged at byte 16384') as string },
  });
  await page.close();
});

test('a full store fails the flush and says so; nothing stable is lost, and a later flush works', async () => {
  // A browser of its own: one that has the database open remembers how much room there was.
  const own = mkdtempSync(join(tmpdir(), 'bootlink-full-'));
  const browser = await launchOn(own);
  const page = await openPage(browser);
  const session = await browser.newCDPSession(page);
  const origin = new URL(served.url).origin;
  const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
  const quotaSize = used + (12 << 20);
  await session.send('Storage.overrideQuotaForOrigin', { origin, quotaSize });
  const id = await create(page, 'full', 64 << 20);
  const full = await page.evaluate(async (image) => {
    const disk = await tested.open(image, 'write');
    if (!disk.ok) throw new Error(disk.failure.what);
    Object.assign(globalThis, { kept: disk });
    const bytes = new Uint8Array(1 << 20);
    for (let n = 0; n < 48; n++) {
      for (let at = 0; at < bytes.length; at += 65_536) {
        crypto.getRandomValues(bytes.subarray(at, at + 65_536));
      }
      bytes[4095] = n;
      try {
        await disk.driver.write(n << 20, bytes);
        await disk.driver.flush();
      } catch (error) {
        // A flush that failed fails again, as long as there is no room.
        const again = await disk.driver.flush().then(
          () => 'stable',
          (second: unknown) => String(second),
        );
        return { n, error: String(error), again, troubles: tested.troubles };
      }
    }
    return undefined;
  }, id);
  expect(full?.error).toBe('Error: errno 29');
  expect(full?.again).toBe('Error: errno 29');
  expect(full?.troubles[0]?.failure.what).toContain('storage is full');
  await session.send('Storage.overrideQuotaForOrigin', { origin });
  const flushed = () =>
    page.evaluate(async () => {
      const { kept } = globalThis as unknown as { kept: { driver: { flush(): Promise<void> } } };
      return kept.driver.flush().then(
        () => true,
        () => false,
      );
    });
  await expect.poll(flushed, { timeout: 60_000, interval: 500 }).toBe(true);
  await page.close();
  const next = await openPage(browser);
  const marks = await next.evaluate(
    async ([image, n]) => {
      const disk = await tested.open(image, 'read');
      if (!disk.ok) throw new Error(disk.failure.what);
      const found: number[] = [];
      for (let i = 0; i <= n; i++) {
        found.push((await disk.driver.read((i << 20) + 4095, 1))[0] ?? -1);
      }
      await disk.end();
      return found;
    },
    [id, full?.n ?? 0] as const,
  );
  expect(marks).toEqual(Array.from({ length: (full?.n ?? 0) + 1 }, (_, i) => i));
  await browser.close();
  rmSync(own, { recursive: true, force: true });
}, 180_000);

test('imports gzip, decompressed and hashed; deletes, and its space comes back', async () => {
  const page = await openPage();
  const raw = Buffer.alloc(3 << 20);
  raw.write('bootlink', 1 << 20);
  const packed = gzipSync(raw);
  const result = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
    const file = new File([bytes], 'disk.img.gz');
    const imported = await tested.service.importFile(
      'k',
      file,
      file.name,
      {},
      tested.proxy(() => undefined),
    );
    if (!imported.ok) throw new Error(imported.failure.what);
    const list = await tested.service.list();
    const disk = await tested.open(imported.value.id, 'read');
    if (!disk.ok) throw new Error(disk.failure.what);
    const text = new TextDecoder().decode(await disk.driver.read(1 << 20, 8));
    await disk.end();
    const found = list.ok ? list.value.find(({ id }) => id === imported.value.id) : undefined;
    const deleted = await tested.service.delete(imported.value.id);
    const db = await tested.openDB(tested.database);
    const layers = (await db.getAllKeys('layers')).length;
    const data = await db.getAllKeys('data');
    db.close();
    return { found, text, deleted: deleted.ok, layers, data: data.length };
  }, packed.toString('base64'));
  expect(result.text).toBe('bootlink');
  expect(result.found).toMatchObject({
    title: 'disk',
    size: 3 << 20,
    origin: { bytes: packed.length },
  });
  expect(result.deleted).toBe(true);
  await page.close();
});
