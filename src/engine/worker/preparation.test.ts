import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Preparation } from './preparation.js';

/** The smallest WebAssembly module: magic and version (WebAssembly core specification, 5.5.16). */
const EMPTY_WASM = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
const file = (bytes: number): object => ({ bytes, sha256: '0'.repeat(64) });
const manifest = {
  qemuVersion: 'none',
  files: { 'qemu.mjs': file(20), 'qemu.wasm': file(EMPTY_WASM.length) },
  packages: [],
  minimumMemoryMiB: 128,
  maximumMemoryMiB: 3584,
};

let folder: string;
let engineUrl: string;
let asked: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlink-engine-'));
  engineUrl = `${pathToFileURL(folder).href}/`;
  asked = [];
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(folder, 'qemu.mjs'), 'export default () => 1;');
  writeFileSync(join(folder, 'qemu.wasm'), EMPTY_WASM);
  vi.stubGlobal('fetch', (url: string) => {
    const { pathname } = new URL(url);
    asked.push(pathname.slice(pathname.lastIndexOf('/') + 1));
    try {
      const bytes = readFileSync(fileURLToPath(`file://${pathname}`));
      return Promise.resolve(
        new Response(bytes, { headers: { 'Content-Type': 'application/octet-stream' } }),
      );
    } catch {
      return Promise.resolve(new Response(null, { status: 404 }));
    }
  });
});

afterEach(() => {
  vi.unstubAllGlobals();
  rmSync(folder, { recursive: true });
});

describe('what is prepared for a boot', () => {
  it('is fetched at once, and compiled when that is allowed', async () => {
    performance.clearMarks();
    const begun = () => performance.getEntriesByName('bootlink:compile-begun').length;
    const preparation = new Preparation(engineUrl);
    await vi.waitFor(() => expect(asked).toContain('qemu.wasm'));
    // The manifest is there, and so is the response: nothing but the permission is missing.
    await preparation.manifest;
    expect(begun()).toBe(0);
    preparation.compile();
    const { wasm } = await preparation.engine;
    expect(await wasm).toBeInstanceOf(WebAssembly.Module);
    expect(begun()).toBe(1);
  });

  it('tells whoever comes later how many bytes there were', async () => {
    const preparation = new Preparation(engineUrl);
    preparation.compile();
    await (
      await preparation.engine
    ).wasm;
    const told: number[] = [];
    preparation.onBytes((loaded) => told.push(loaded));
    expect(told).toEqual([EMPTY_WASM.length]);
  });

  it('says what is missing to whoever waits for it', async () => {
    rmSync(join(folder, 'qemu.wasm'));
    const preparation = new Preparation(engineUrl);
    preparation.compile();
    const { wasm } = await preparation.engine;
    await expect(wasm).rejects.toMatchObject({
      failure: { what: expect.stringContaining('could not be loaded') as string },
    });
  });
});
