import * as v from 'valibot';
import { PackageOrigin } from '../../machine/guest.js';

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));

/** `public/engine/manifest.json`: what the engine is made of, written by the engine's build. */
export const EngineManifest = v.object({
  qemuVersion: v.string(),
  files: v.record(
    v.string(),
    v.object({ bytes: positive, sha256: v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/)) }),
  ),
  packages: v.array(PackageOrigin),
  /** Bounds of the memory that the module accepts, MiB. */
  minimumMemoryMiB: positive,
  maximumMemoryMiB: positive,
});

export type EngineManifest = v.InferOutput<typeof EngineManifest>;

/** Names of the two files that the page loads. */
export const ENGINE_MODULE = 'qemu.mjs';
export const ENGINE_WASM = 'qemu.wasm';
/** BusyBox for AArch64, which tiny initrds are made of. */
export const BUSYBOX_FILE = 'busybox-aarch64';

/** URL of an engine file that changes with its content, so that a new engine is never mixed with an old one. */
export function engineFileUrl(manifest: EngineManifest, engineUrl: string, name: string): string {
  const hash = manifest.files[name]?.sha256.slice(0, 16);
  return new URL(hash === undefined ? name : `${name}?v=${hash}`, engineUrl).href;
}
