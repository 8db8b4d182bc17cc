import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { sampleCapabilities } from '../src/machine/language/capabilities.fixture.js';
import { fixtureCatalogue, fixtureImage } from './fixtures/catalogue.js';
import { buildPage, previewPage } from './preview.js';

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
  writeFileSync(join(engine, 'capabilities.json'), JSON.stringify(sampleCapabilities));
  writeFileSync(join(guests, 'index.json'), JSON.stringify(fixtureCatalogue));
  writeFileSync(join(guests, 'image.bin'), fixtureImage);
}

/** Builds the page and serves it, by vite's preview, for every test. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), 'bootlink-e2e-'));
  const outDir = join(folder, 'page');
  const fixtureFolder = join(folder, 'public');
  writeFixtures(fixtureFolder);
  await buildPage(outDir);
  const realPublic = process.env.BOOTLINK_PUBLIC ?? 'public';
  const page = await previewPage(outDir, realPublic);
  const fixture = await previewPage(outDir, fixtureFolder);
  project.provide('pageUrl', page.url);
  project.provide('fixtureUrl', fixture.url);
  project.provide('pageFolder', outDir);
  project.provide('fixtureFolder', fixtureFolder);
  return async () => {
    await page.server.close();
    await fixture.server.close();
    rmSync(folder, { recursive: true });
  };
}
