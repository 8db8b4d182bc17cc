import { answer } from './process';

/** Where the suite's packages come from: sites as `deb` lines name them. */
export interface Mirror {
  /** Undefined: debootstrap's own default. */
  main: string | undefined;
  /** Undefined when the host's apt names none. */
  security: string | undefined;
}

/** The format `parseIndexTargets` reads. */
export const indexTargetFormat = '$(ORIGIN)|$(LABEL)|$(SITE)';

/**
 * Finds the host's own mirrors in what `apt-get indextargets --format indexTargetFormat`
 * prints: the host's suite may be another one, its mirror carries ours as well.
 */
export function parseIndexTargets(text: string): Mirror {
  const site = (label: string) =>
    text
      .split('\n')
      .map((line) => line.split('|'))
      .find(([origin, itsLabel]) => origin === 'Debian' && itsLabel === label)?.[2]
      ?.replace(/\/$/, '');
  return { main: site('Debian'), security: site('Debian-Security') };
}

/** The mirrors to use: `BOOTLINK_MIRROR` if set, else those of the host's apt. */
export async function findMirror(env: NodeJS.ProcessEnv = process.env): Promise<Mirror> {
  const targets = await answer(['apt-get', 'indextargets', '--format', indexTargetFormat]);
  const ofHost = parseIndexTargets(targets ?? '');
  if (env.BOOTLINK_MIRROR)
    return { main: env.BOOTLINK_MIRROR.replace(/\/$/, ''), security: undefined };
  return ofHost;
}

/** The chroot's sources.list: the suite, and those of its updates that can be reached. */
export function sourcesList(suite: string, main: string, extra: { site: string; suite: string }[]) {
  return [{ site: main, suite }, ...extra]
    .flatMap((entry) => [
      `deb ${entry.site} ${entry.suite} main`,
      `deb-src ${entry.site} ${entry.suite} main`,
    ])
    .map((line) => `${line}\n`)
    .join('');
}
