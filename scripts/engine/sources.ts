import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { StepContext } from '../setup/context';
import type { FetchedPackage } from '../setup/source';

/** The release series that the port's patches are written for. */
export const qemuSeries = '10.0.';

/** The upstream part of a Debian version: `1:10.0.13+ds-0+deb13u1` gives `10.0.13`. */
export function upstreamVersion(debianVersion: string): string {
  return debianVersion.replace(/^\d+:/, '').replace(/[+-].*$/, '');
}

/**
 * @throws Error when Debian's QEMU is of another series than the port.
 */
export function requireSeries(debianVersion: string): void {
  if (upstreamVersion(debianVersion).startsWith(qemuSeries)) return;
  throw new Error(
    `Debian's qemu is ${debianVersion}, but the port in wasm/ is for QEMU ${qemuSeries}x: ` +
      `take a newer Bootlink, or port wasm/patches to that version.`,
  );
}

/** Paths in the checkout of the patches for a package, in order. */
export function patchFiles(repo: string, name: string): string[] {
  const folder = join(repo, 'wasm/patches', name);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.patch'))
    .sort()
    .map((file) => join(folder, file));
}

/**
 * Unpacks a source package into `folder` and applies our patches.
 *
 * @throws Error naming the patch and the version when one does not apply.
 */
export async function patchedSource(
  fetched: FetchedPackage,
  patches: readonly string[],
  folder: string,
  { packages, rootfs, log, signal, repo }: StepContext,
): Promise<void> {
  await packages.unpack(fetched, folder, log, signal);
  for (const patch of patches) {
    const inside = patch.replace(`${repo}/wasm/patches`, '/patches');
    try {
      await rootfs.run(['patch', '-p1', '-N', '-F0', '-V', 'never', '-E', '-s', '-i', inside], {
        cwd: '/source',
        bind: { '/source': folder, '/patches': join(repo, 'wasm/patches') },
        log,
        signal,
      });
    } catch (error) {
      signal.throwIfAborted();
      throw new Error(
        `${inside.slice(1)} does not apply to ${fetched.name} ${fetched.version}: ` +
          `the port needs an update for that version.\n${(error as Error).message}`,
        { cause: error },
      );
    }
  }
}
