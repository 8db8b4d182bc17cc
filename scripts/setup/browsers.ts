import { existsSync, mkdirSync } from 'node:fs';
import { command } from './process';

/** Debian's browsers, which the tests and the bench drive: package and program. */
const programs = {
  chromium: '/usr/bin/chromium',
  'firefox-esr': '/usr/bin/firefox-esr',
};

export type BrowserPackage = keyof typeof programs;

/** Installs the browsers that are missing: packages of the host, by apt. */
export async function ensureBrowsers(
  say: (line: string) => void,
  signal: AbortSignal,
  wanted: readonly BrowserPackage[] = ['chromium', 'firefox-esr'],
): Promise<void> {
  const missing = wanted.filter((name) => !existsSync(programs[name]));
  if (missing.length === 0) return;
  say(`Installing Debian’s browsers (apt-get install ${missing.join(' ')}) …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  mkdirSync('/var/lib/apt/lists/partial', { recursive: true });
  await command(['apt-get', 'update'], { env, signal });
  await command(['apt-get', 'install', '-y', '--no-install-recommends', ...missing], {
    env,
    signal,
  });
}
