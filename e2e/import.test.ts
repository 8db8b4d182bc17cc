import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { nativeChroot } from '../scripts/native/chroot.js';
import { useBrowser } from './browser.js';

const browser = useBrowser();
/** Three pieces of 8 MiB, the last one short; with a hole in it. */
const disk = Buffer.from(
  new Uint8Array((17 << 20) + 512).map((_, at) =>
    at >> 20 === 5 ? 0 : (at * 31 + (at >> 11)) & 0xff,
  ),
);
const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** What the chroot's qemu-img says of an image; it fails when it finds errors in it. */
async function qemuImg(bytes: Uint8Array, ...command: string[]): Promise<string> {
  const signal = new AbortController().signal;
  const rootfs = await nativeChroot(resolve('.'), signal);
  const folder = mkdtempSync(join(tmpdir(), 'bootlink-qcow2-'));
  try {
    writeFileSync(join(folder, 'disk.qcow2'), bytes);
    return await rootfs.run(['qemu-img', ...command], {
      bind: { '/mnt': folder },
      cwd: '/mnt',
      signal,
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

let server: Server | undefined;
let address = '';
const ranges: string[] = [];
const files: Record<string, Buffer> = { '/disk.img': disk, '/disk.img.gz': gzipSync(disk) };
/** The disk packed by the chroot's xz and zstd: this machine need not have them. */
async function pack(): Promise<void> {
  const signal = new AbortController().signal;
  const rootfs = await nativeChroot(resolve('.'), signal);
  const folder = mkdtempSync(join(tmpdir(), 'bootlink-import-'));
  try {
    writeFileSync(join(folder, 'disk.img'), disk);
    await rootfs.script('xz -1 -k disk.img; zstd -1 -q disk.img', {
      bind: { '/mnt': folder },
      cwd: '/mnt',
      signal,
    });
    for (const name of ['disk.img.xz', 'disk.img.zst']) {
      files[`/${name}`] = readFileSync(join(folder, name));
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
}

beforeAll(async () => {
  await pack();
  server = createServer((request, response) => {
    const body = files[request.url ?? ''];
    const cors = {
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Headers': 'range',
      'Access-Control-Expose-Headers': 'content-range',
    };
    if (request.method === 'OPTIONS' || body === undefined) {
      response.writeHead(body === undefined ? 404 : 204, cors).end();
      return;
    }
    const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    if (range === null) {
      response.writeHead(200, cors).end(body);
      return;
    }
    ranges.push(request.headers.range ?? '');
    const from = Number(range[1]);
    const end = Math.min(Number(range[2]) + 1, body.length);
    const length = {
      'Content-Range': `bytes ${String(from)}-${String(end - 1)}/${String(body.length)}`,
    };
    response.writeHead(206, { ...cors, ...length }).end(body.subarray(from, end));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('The host has no port.');
  address = `http://127.0.0.1:${String(bound.port)}`;
});
afterAll(() => {
  server?.closeAllConnections();
  server?.close();
});

/** Imports from an address of the tests' host; SHA-256 of what the library then exports as raw. */
function imported(page: Page, url: string, sha256?: string) {
  return page.evaluate(
    async ([from, wanted]) => {
      const storage = globalThis.bootlink?.storage();
      if (storage === undefined) throw new Error('The page has no storage.');
      const made = await storage.importUrl(
        'test',
        from,
        wanted === undefined ? {} : { sha256: wanted },
        undefined as never,
      );
      if (!made.ok) return { failure: made.failure.what };
      const blob = await storage.export('test', made.value.id, 'raw', undefined, undefined);
      if (!blob.ok || blob.value === undefined) throw new Error(JSON.stringify(blob));
      const digest = await crypto.subtle.digest('SHA-256', await blob.value.arrayBuffer());
      const hex = Array.from(new Uint8Array(digest), (b) => b.toString(16).padStart(2, '0'));
      return { sha256: hex.join(''), id: made.value.id };
    },
    [url, sha256] as const,
  );
}

it('imports from an address in ranges, checked by SHA-256, and packed by gzip, xz or zstd', async () => {
  const { page } = await browser.open(inject('fixtureUrl'));
  await page.waitForFunction(() => globalThis.bootlink !== undefined);
  ranges.length = 0;
  expect((await imported(page, `${address}/disk.img`, hashOf(disk))).sha256).toBe(hashOf(disk));
  expect(ranges.length).toBe(3);
  expect(await imported(page, `${address}/disk.img`, '0'.repeat(64))).toHaveProperty('failure');
  for (const name of ['disk.img.gz', 'disk.img.xz', 'disk.img.zst']) {
    expect((await imported(page, `${address}/${name}`)).sha256).toBe(hashOf(disk));
  }
  expect(await imported(page, `${address}/nothing.img`)).toHaveProperty('failure');
});

it('exports qcow2 that comes back as the same disk; clone, resize and reset keep to it', async () => {
  const { page } = await browser.open(inject('fixtureUrl'));
  await page.waitForFunction(() => globalThis.bootlink !== undefined);
  const { id } = await imported(page, `${address}/disk.img`);
  if (id === undefined) throw new Error('Nothing was imported.');
  const made = await page.evaluate(async (image) => {
    const storage = globalThis.bootlink?.storage();
    if (storage === undefined) throw new Error('The page has no storage.');
    const qcow2 = await storage.export('test', image, 'qcow2', undefined, undefined);
    if (!qcow2.ok || qcow2.value === undefined) throw new Error(JSON.stringify(qcow2));
    const bytes = new Uint8Array(await qcow2.value.arrayBuffer());
    let text = '';
    for (let at = 0; at < bytes.length; at += 32768)
      text += String.fromCharCode(...bytes.subarray(at, at + 32768));
    const clone = await storage.clone(image, 'twin');
    if (!clone.ok) throw new Error(JSON.stringify(clone));
    await storage.rename(clone.value, 'renamed');
    await storage.resize(clone.value, 32 << 20);
    await storage.reset(image);
    const list = await storage.list();
    return {
      qcow2: btoa(text),
      images: list.ok ? list.value.map(({ title, size }) => ({ title, size })) : [],
    };
  }, id);
  const qcow2 = Buffer.from(made.qcow2, 'base64');
  if (process.env.BOOTLINK_E2E_KEEP !== undefined) {
    writeFileSync(process.env.BOOTLINK_E2E_KEEP, qcow2);
  }
  expect(qcow2.subarray(0, 4).toString('latin1')).toBe('QFI\xfb');
  const check = JSON.parse(await qemuImg(qcow2, 'check', '--output=json', 'disk.qcow2')) as object;
  expect(check).toMatchObject({ 'check-errors': 0, format: 'qcow2' });
  expect(check).not.toHaveProperty('corruptions');
  expect(check).not.toHaveProperty('leaks');
  const info = await qemuImg(qcow2, 'info', '--output=json', 'disk.qcow2');
  expect(JSON.parse(info)).toMatchObject({ format: 'qcow2', 'virtual-size': disk.length });
  expect(made.images).toContainEqual({ title: 'renamed', size: 32 << 20 });
  files['/disk.qcow2'] = qcow2;
  expect((await imported(page, `${address}/disk.qcow2`)).sha256).toBe(hashOf(disk));
});
