import { randomBytes } from 'node:crypto';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { serveStorage } from '../../e2e/storage/serve';
import type { Tested } from '../../e2e/storage/page';

declare global {
  var tested: Tested;
}

/** What the store of disk images does, asked as the engine's block driver asks it. */
export interface DiskFigures {
  /** MB (10^6 bytes) a second of an imported image, first to last byte, nothing cached. */
  sequentialReadMBs: number;
  /**
   * Writes of 4 KiB at random places of a new disk of 64 MiB a second, each with a flush that
   * waits for the disk.
   */
  syncedWritesPerSecond: number;
  /** The same on the imported image, where the chunk around each has to be read first. */
  syncedWritesOverImportPerSecond: number;
  /** Seconds from asking for a 1 GiB image of data to its first sector, in a new browser. */
  coldOpenSeconds: number;
}

const IMAGE_BYTES = 1 << 30;
const READ_BYTES = 512 << 20;
const REQUEST_BYTES = 1 << 20;
/** Requests under way at once: a guest's driver keeps as many. */
const DEPTH = 4;
const WRITE_MS = 5000;

/** A file of an image in which no two chunks of the store are alike. */
function writeImage(folder: string): string {
  const path = join(folder, 'bench.img');
  const part = randomBytes(1 << 24);
  const file = openSync(path, 'w');
  for (let at = 0; at < IMAGE_BYTES; at += part.length) writeSync(file, part);
  closeSync(file);
  return path;
}

/**
 * Measures in a browser with a profile of its own on the disk: an image of a gigabyte is imported,
 * the browser is started anew, then the image is opened, read and written.
 */
export async function measureDisk(): Promise<DiskFigures> {
  const served = await serveStorage();
  const profile = mkdtempSync(join(tmpdir(), 'bootlink-bench-disk-'));
  const launch = () =>
    chromium.launchPersistentContext(profile, {
      executablePath: process.env.BOOTLINK_CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
    });
  try {
    const first = await launch();
    const importing = await first.newPage();
    await importing.goto(served.url);
    await importing.waitForFunction(() => 'tested' in globalThis);
    await importing.setInputFiles('#file', writeImage(profile));
    const id = await importing.evaluate(async () => {
      const file = document.querySelector<HTMLInputElement>('#file')?.files?.[0];
      if (file === undefined) throw new Error('no file');
      const result = await tested.service.importFile(
        'bench',
        file,
        file.name,
        {},
        tested.proxy(() => undefined),
      );
      if (!result.ok) {
        throw new Error(`${result.failure.what} ${result.failure.detail ?? ''}`);
      }
      return result.value.id;
    });
    await first.close();

    const second = await launch();
    try {
      const page = await second.newPage();
      await page.goto(served.url);
      await page.waitForFunction(() => 'tested' in globalThis);
      return await page.evaluate(
        async ([image, total, request, depth, writeMs]) => {
          const begin = performance.now();
          const disk = await tested.open(image, 'write');
          if (!disk.ok) throw new Error(disk.failure.what);
          const { driver } = disk;
          await driver.read(0, 512);
          const coldOpenSeconds = (performance.now() - begin) / 1000;

          const readBegin = performance.now();
          let next = 0;
          // Without a name of its own: tsx would wrap it in a function the page has not got.
          await Promise.all(
            Array.from({ length: depth }, async () => {
              while (next < total) {
                const at = next;
                next += request;
                await driver.read(at, request);
              }
            }),
          );
          const readSeconds = (performance.now() - readBegin) / 1000;

          await disk.end();

          const empty = await tested.service.create('bench', 64 << 20);
          if (!empty.ok) throw new Error(empty.failure.what);
          const block = new Uint8Array(4096);
          const rates: number[] = [];
          for (const [target, range] of [
            [empty.value, 64 << 20],
            [image, total],
          ] as const) {
            const written = await tested.open(target, 'write');
            if (!written.ok) throw new Error(written.failure.what);
            let writes = 0;
            const writeBegin = performance.now();
            while (performance.now() - writeBegin < writeMs) {
              crypto.getRandomValues(block);
              const at = Math.floor(Math.random() * (range / 4096)) * 4096;
              await written.driver.write(at, block);
              await written.driver.flush();
              writes++;
            }
            rates.push(writes / ((performance.now() - writeBegin) / 1000));
            await written.end();
          }
          return {
            sequentialReadMBs: total / 1e6 / readSeconds,
            syncedWritesPerSecond: rates[0] ?? 0,
            syncedWritesOverImportPerSecond: rates[1] ?? 0,
            coldOpenSeconds,
          };
        },
        [id, READ_BYTES, REQUEST_BYTES, DEPTH, WRITE_MS] as const,
      );
    } finally {
      await second.close();
    }
  } finally {
    await served.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
