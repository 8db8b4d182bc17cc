/** GNU cpio for the tests: this machine's, or the one in set-up's Debian root. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';

function findCpio(): string[] {
  if (spawnSync('cpio', ['--version']).status === 0) return ['cpio'];
  // As cacheFolder() and makeRootfs() of scripts/setup have it.
  const home = env['XDG_CACHE_HOME'] || join(homedir(), '.cache');
  const cache = join(env['BOOTLINK_CACHE'] || join(home, 'bootlink'), 'rootfs');
  for (const name of existsSync(cache) ? readdirSync(cache) : []) {
    const root = join(cache, name);
    if (existsSync(join(root, 'usr/bin/cpio'))) return ['chroot', root, 'cpio'];
  }
  throw new Error(
    `No cpio to check the archives with: neither on this machine nor in a Debian root under ${cache}. ` +
      'Install the cpio package, or run the set-up (npm start).',
  );
}

/** Runs cpio on `archive`; gives its standard output. Throws with its standard error when it fails. */
export function realCpio(archive: Uint8Array, ...args: string[]): string {
  const [command = '', ...before] = findCpio();
  return execFileSync(command, [...before, ...args], { input: archive, encoding: 'utf8' });
}
