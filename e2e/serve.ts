import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, preview, type PreviewServer } from 'vite';
import type { TestProject } from 'vitest/node';
import { fixtureCatalogue, fixtureImage } from './fixtures/catalogue.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The page with the engine and guests that set-up has built. */
    pageUrl: string;
    /** The page with the stand-in for the engine and the catalogue of the tests. */
    fixtureUrl: string;
    /** Folder of the built page, and of the stand-in's files. */
    pageFolder: string;
    fixtureFolder: string;
  }
}

/** The smallest WebAssembly module: magic and version (WebAssembly core specification, 5.5.16). */
const EMPTY_WASM = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);

function writeFixtures(folder: string): void {
  const engine = join(folder, 'engine');
  const guests = join(folder, 'guests');
  mkdirSync(engine, { recursive: true });
  mkdirSync(guests, { recursive: true });
  cpSync('e2e/fixtures/fake-qemu.mjs', join(engine, 'qemu.mjs'));
  writeFileSync(join(engine, 'qemu.wasm'), EMPTY_WASM);
  const file = (name: string): object => {
    const bytes = readFileSync(join(engine, name));
    return { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  };
  const manifest = {
    qemuVersion: 'stand-in of the tests',
    files: { 'qemu.mjs': file('qemu.mjs'), 'qemu.wasm': file('qemu.wasm') },
    packages: [],
    minimumMemoryMiB: 128,
    maximumMemoryMiB: 3584,
  };
  writeFileSync(join(engine, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(guests, 'index.json'), JSON.stringify(fixtureCatalogue));
  writeFileSync(join(guests, 'image.bin'), fixtureImage);
}

async function servePage(outDir: string, publicDir: string): Promise<[string, PreviewServer]> {
  // vite.config.ts reads it; the tests themselves look at what was set before.
  const before = process.env.BOOTLINK_PUBLIC;
  process.env.BOOTLINK_PUBLIC = publicDir;
  const server = await preview({
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  });
  if (before === undefined) delete process.env.BOOTLINK_PUBLIC;
  else process.env.BOOTLINK_PUBLIC = before;
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The preview has no port.');
  return [`http://127.0.0.1:${address.port}/`, server];
}

/** Builds the page and serves it, by vite's preview, for every test. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'bootlink-e2e-'));
  const outDir = join(folder, 'page');
  const fixtureFolder = join(folder, 'public');
  writeFixtures(fixtureFolder);
  await build({ logLevel: 'error', build: { outDir, copyPublicDir: false, emptyOutDir: true } });
  const realPublic = process.env.BOOTLINK_PUBLIC ?? 'public';
  const [pageUrl, page] = await servePage(outDir, realPublic);
  const [fixtureUrl, fixture] = await servePage(outDir, fixtureFolder);
  project.provide('pageUrl', pageUrl);
  project.provide('fixtureUrl', fixtureUrl);
  project.provide('pageFolder', outDir);
  project.provide('fixtureFolder', fixtureFolder);
  return async () => {
    await page.close();
    await fixture.close();
    rmSync(folder, { recursive: true });
  };
}
