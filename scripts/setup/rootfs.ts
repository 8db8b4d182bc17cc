import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Cache } from './cache';
import { findMirror, sourcesList } from './mirror';
import { rootfsPackages, suite } from './packages';
import { answer, command, type CommandOptions, type LogFile } from './process';

/** Change it when the way the chroot is made changes. */
const recipeVersion = '1';

export interface RunOptions extends Pick<CommandOptions, 'log' | 'signal' | 'input'> {
  /** Folder inside the chroot; `/` by default. */
  cwd?: string;
  env?: Record<string, string>;
  /** Folders of the host to be seen inside: path in the chroot -> path on the host. */
  bind?: Record<string, string>;
  /** Lower priority, 0 to 19. */
  nice?: number;
}

/**
 * Mounts what a command needs in a mount and process namespace of its own, then enters the
 * chroot. Nothing stays mounted on the host and nothing stays running, however it ends.
 * Arguments: root, number of binds, then `host inside` pairs, then cwd and the command.
 */
const enter = `set -e
root=$1 binds=$2; shift 2
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
while [ "$binds" -gt 0 ]; do
  mkdir -p "$root$2"; mount --bind "$1" "$root$2"; shift 2; binds=$((binds - 1))
done
exec chroot "$root" /bin/sh -c 'cd "$1" && shift && exec "$@"' sh "$@"`;

/** A Debian chroot with the compilers and tools in it. */
export class Rootfs {
  constructor(
    readonly folder: string,
    /** The host's Debian architecture: `amd64` or `arm64`. */
    readonly arch: string,
  ) {}

  /**
   * Runs a command inside, as root, with an environment of its own; gives its standard output.
   *
   * @throws CommandError naming the command, the log and its last 20 lines.
   */
  run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
    const { cwd = '/', env = {}, bind = {}, nice = 0, ...rest } = options;
    if (existsSync('/etc/resolv.conf')) {
      copyFileSync('/etc/resolv.conf', join(this.folder, 'etc/resolv.conf'));
    }
    const binds = Object.entries(bind);
    const proxies = Object.entries(process.env).filter(([name]) =>
      /^(https?|ftp|no)_proxy$/i.test(name),
    );
    return command(
      [
        ...['nice', '-n', String(nice)],
        ...['unshare', '--mount', '--pid', '--fork', '--kill-child'],
        ...['/bin/sh', '-c', enter, 'sh', this.folder, String(binds.length)],
        ...binds.flatMap(([inside, host]) => [host, inside]),
        ...[cwd, ...argv],
      ],
      {
        ...rest,
        shownAs: argv,
        env: {
          PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
          HOME: '/root',
          LC_ALL: 'C.UTF-8',
          TZ: 'UTC',
          DEBIAN_FRONTEND: 'noninteractive',
          ...Object.fromEntries(proxies),
          ...env,
        },
      },
    );
  }

  /** Runs a shell script inside; it stops at the first command that fails. */
  script(text: string, options: RunOptions = {}): Promise<string> {
    return this.run(['bash', '-euo', 'pipefail', '-c', text], options);
  }
}

/** The chroot, made now unless it is in the cache. */
export async function makeRootfs(
  cache: Cache,
  arch: string,
  log: LogFile,
  signal: AbortSignal,
): Promise<{ rootfs: Rootfs; hit: boolean }> {
  const result = await cache.cached({
    kind: 'rootfs',
    name: suite,
    inputs: [recipeVersion, suite, arch, rootfsPackages.join(' ')],
    build: (folder) => build(folder, arch, log, signal),
  });
  return { rootfs: new Rootfs(result.folder, arch), hit: result.hit };
}

async function build(folder: string, arch: string, log: LogFile, signal: AbortSignal) {
  const tools = mkdtempSync(`${folder}-tools-`);
  try {
    await debootstrap(folder, arch, tools, log, signal);
  } finally {
    rmSync(tools, { recursive: true, force: true });
  }
  const rootfs = new Rootfs(folder, arch);
  const options = { log, signal };
  writeFileSync(
    join(folder, 'etc/apt/apt.conf.d/90bootlink'),
    // The sandbox user cannot write into the folders that are bound into the chroot.
    'APT::Install-Recommends "false";\nAcquire::Languages "none";\nAcquire::Retries "3";\n' +
      'APT::Sandbox::User "root";\n',
  );
  await rootfs.run(['dpkg', '--add-architecture', 'arm64'], options);
  await rootfs.run(['apt-get', 'update'], options);
  await rootfs.run(['apt-get', 'install', '-y', '-q', ...rootfsPackages], options);
  await rootfs.run(['apt-get', 'clean'], options);
}

async function debootstrap(
  folder: string,
  arch: string,
  tools: string,
  log: LogFile,
  signal: AbortSignal,
) {
  const mirror = await findMirror();
  await unpackHostPackage('debootstrap', tools, log, signal);
  // debootstrap fetches with wget, which not every machine has; apt's own fetcher does the same.
  const wget = join(tools, 'bin/wget');
  mkdirSync(join(tools, 'bin'));
  writeFileSync(
    wget,
    `#!/bin/sh
while [ $# -gt 1 ]; do
  if [ "$1" = -O ]; then to=$2; shift; fi
  shift
done
rm -f "$to"
exec /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file "$1" "$to"
`,
  );
  chmodSync(wget, 0o755);
  const keyring = await findKeyring(tools, log, signal);
  const argv = [
    '--variant=minbase',
    '--include=ca-certificates',
    `--arch=${arch}`,
    `--keyring=${keyring}`,
  ];
  await command(
    [
      ...['unshare', '--mount', '--pid', '--fork', '--kill-child'],
      join(tools, 'usr/sbin/debootstrap'),
      ...argv,
      ...[suite, folder],
      ...(mirror.main === undefined ? [] : [mirror.main]),
    ],
    {
      log,
      signal,
      env: {
        ...process.env,
        DEBOOTSTRAP_DIR: join(tools, 'usr/share/debootstrap'),
        PATH: `${join(tools, 'bin')}:${process.env.PATH}:/usr/sbin:/sbin`,
      },
    },
  );
  const list = join(folder, 'etc/apt/sources.list');
  const main = mirror.main ?? readFileSync(list, 'utf8').split(/\s+/)[1] ?? '';
  const reachable: { site: string; suite: string }[] = [];
  const wanted = [
    { site: main, suite: `${suite}-updates` },
    ...(mirror.security === undefined
      ? []
      : [{ site: mirror.security, suite: `${suite}-security` }]),
  ];
  for (const entry of wanted) {
    const url = `${entry.site}/dists/${entry.suite}/InRelease`;
    const helper = ['/usr/lib/apt/apt-helper', '-o', 'APT::Sandbox::User=root', 'download-file'];
    if ((await answer([...helper, url, join(tools, 'InRelease')])) !== undefined)
      reachable.push(entry);
  }
  writeFileSync(list, sourcesList(suite, main, reachable));
}

/** Takes a package of the host's own suite and unpacks it, without installing it. */
async function unpackHostPackage(name: string, to: string, log: LogFile, signal: AbortSignal) {
  const download = () =>
    command(['apt-get', '-o', 'APT::Sandbox::User=root', 'download', name], {
      cwd: to,
      log,
      signal,
    });
  try {
    await download();
  } catch {
    signal.throwIfAborted();
    // A fresh container image comes without package lists.
    await command(['apt-get', 'update'], { log, signal });
    await download();
  }
  const file = readdirSync(to).find((entry) => entry.startsWith(`${name}_`));
  if (file === undefined) throw new Error(`apt-get download ${name} left no package in ${to}.`);
  await command(['dpkg-deb', '-x', join(to, file), to], { log, signal });
}

async function findKeyring(tools: string, log: LogFile, signal: AbortSignal): Promise<string> {
  const find = (base: string) =>
    ['gpg', 'pgp']
      .map((extension) => join(base, `usr/share/keyrings/debian-archive-keyring.${extension}`))
      .find((path) => existsSync(path));
  const installed = find('/');
  if (installed !== undefined) return installed;
  await unpackHostPackage('debian-archive-keyring', tools, log, signal);
  const unpacked = find(tools);
  if (unpacked === undefined) {
    throw new Error(
      'The package debian-archive-keyring holds no debian-archive-keyring.gpg or .pgp.',
    );
  }
  return unpacked;
}
