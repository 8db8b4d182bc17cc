import { createHash } from 'node:crypto';
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { PackageOrigin } from '../../src/machine/guest';
import { maximumMemoryMiB, minimumMemoryMiB } from './qemu';

/** Size and SHA-256 of one file of the engine. */
export interface EngineFile {
  bytes: number;
  sha256: string;
}

/** What `public/engine/manifest.json` says: the page checks and shows it. */
export interface EngineManifest {
  /** QEMU's own version, such as 10.0.13. */
  qemuVersion: string;
  files: Record<string, EngineFile>;
  packages: PackageOrigin[];
  minimumMemoryMiB: number;
  maximumMemoryMiB: number;
}

/** Puts the engine's files into `public/engine`, the manifest last. */
export function publishEngine(
  built: readonly { folder: string; names: readonly string[] }[],
  folder: string,
  qemuVersion: string,
  packages: PackageOrigin[],
): EngineManifest {
  mkdirSync(folder, { recursive: true });
  const files: Record<string, EngineFile> = {};
  const sources = built.flatMap((from) => from.names.map((name) => join(from.folder, name)));
  for (const source of sources) {
    const name = basename(source);
    const bytes = readFileSync(source);
    files[name] = {
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    };
    copyFileSync(source, join(folder, `${name}.new`));
    rmSync(join(folder, name), { force: true });
    renameSync(join(folder, `${name}.new`), join(folder, name));
  }
  const manifest = { qemuVersion, files, packages, minimumMemoryMiB, maximumMemoryMiB };
  writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  return manifest;
}
