import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cache } from './cache';
import type { LogFile } from './process';
import type { Rootfs } from './rootfs';
import { comparePin, type PackageId, type PackageRecord, type Pins, packageKey } from './versions';

/** A fetched package: its record, and the folder with its files. */
export type FetchedPackage = PackageRecord & {
  folder: string;
};

/** What apt would fetch for a package: file name -> SHA-256, from its signed index. */
interface Offer {
  version: string;
  files: Record<string, string>;
}

/** The versions of a source, as apt names them (with the epoch), the newest first. */
export function parseSourceVersions(showsrc: string): string[] {
  return [
    ...new Set([...showsrc.matchAll(/^Version: (\S+)$/gm)].map(([, version]) => version ?? '')),
  ];
}

/**
 * The lines `'URL' FILE SIZE SHA256:HASH` that `apt-get source --print-uris` prints.
 * The version is the one in the .dsc's name.
 */
export function parseSourceUris(text: string): Offer {
  const files: Record<string, string> = {};
  let version: string | undefined;
  for (const line of text.split('\n')) {
    const match = /^'[^']*' (\S+) \d+ SHA256:([0-9a-f]{64})$/.exec(line.trim());
    if (match?.[1] === undefined || match[2] === undefined) continue;
    files[match[1]] = match[2];
    version ??= /^[^_]+_(.+)\.dsc$/.exec(match[1])?.[1];
  }
  if (version === undefined) throw new Error('apt names no .dsc with a SHA-256 for it.');
  return { version, files };
}

/** The stanza that `apt-cache show --no-all-versions` prints for a binary package. */
export function parseBinaryStanza(text: string): Offer {
  const field = (name: string) => new RegExp(`^${name}: (.+)$`, 'm').exec(text)?.[1];
  const [version, path, sha256] = [field('Version'), field('Filename'), field('SHA256')];
  const file = path?.split('/').pop();
  if (version === undefined || file === undefined || sha256 === undefined) {
    throw new Error('apt knows no version of it that could be downloaded.');
  }
  return { version, files: { [file]: sha256 } };
}

type BinaryId = PackageId & { kind: 'binary' };

/** How apt wants the package named: one for all architectures takes no qualifier. */
function aptName(id: BinaryId): string {
  return id.arch === 'all' ? id.name : `${id.name}:${id.arch}`;
}

/** Files that a source can be unpacked without: they say how, or who signed it. */
function isDispensable(id: PackageId, file: string): boolean {
  if (id.kind === 'binary') return false;
  if (file.endsWith('.dsc') || file.endsWith('.asc')) return true;
  return id.upstreamOnly === true && /\.debian\.tar\.|\.diff\.gz$/.test(file);
}

/** Fetches Debian packages through the chroot's apt, checks and keeps them. */
export class PackageStore {
  private readonly fetched = new Map<string, Promise<FetchedPackage>>();

  constructor(
    private readonly cache: Cache,
    private readonly rootfs: Rootfs,
    private readonly pins: Pins,
    private readonly warn: (line: string) => void,
  ) {}

  sourcePackage(
    name: string,
    log: LogFile,
    signal: AbortSignal,
    upstreamOnly = false,
  ): Promise<FetchedPackage> {
    return this.get({ kind: 'source', name, ...(upstreamOnly && { upstreamOnly }) }, log, signal);
  }

  /** `arch`: Debian's name of it, or `all`. */
  binaryPackage(name: string, arch: string, log: LogFile, signal: AbortSignal) {
    return this.get({ kind: 'binary', name, arch }, log, signal);
  }

  /** The package as apt has it today, fetched once a process and kept across runs. */
  get(id: PackageId, log: LogFile, signal: AbortSignal): Promise<FetchedPackage> {
    const key = packageKey(id);
    let promise = this.fetched.get(key);
    if (promise === undefined) {
      promise = this.fetch(id, log, signal).catch((error: unknown) => {
        this.fetched.delete(key);
        throw new Error(`Debian ${id.kind} package ${key}: ${(error as Error).message}`, {
          cause: error,
        });
      });
      this.fetched.set(key, promise);
    }
    return promise;
  }

  private async fetch(id: PackageId, log: LogFile, signal: AbortSignal): Promise<FetchedPackage> {
    let folder: string;
    try {
      folder = await this.fetchOffered(id, log, signal);
    } catch {
      // The index may be older than the mirror's content: a new one, and once more.
      signal.throwIfAborted();
      await this.rootfs.run(['apt-get', 'update'], { log, signal });
      folder = await this.fetchOffered(id, log, signal);
    }
    const record = JSON.parse(readFileSync(join(folder, 'record.json'), 'utf8')) as PackageRecord;
    const verdict = comparePin(this.pins, record);
    if (verdict.state === 'refused') throw new Error(verdict.reason);
    if (verdict.state === 'other') {
      log.line(verdict.reason);
      this.warn(verdict.reason);
    }
    return { ...record, folder };
  }

  /**
   * The folder with the files of the newest version that can be had. A mirror may have lost some
   * files of a source that a suite still lists; the version before it is then taken, and said so.
   */
  private async fetchOffered(id: PackageId, log: LogFile, signal: AbortSignal): Promise<string> {
    const actual = await this.actual(id, log, signal);
    const versions = await this.versions(actual, log, signal);
    for (const [index, version] of versions.entries()) {
      const name = version === undefined ? undefined : `${actual.name}=${version}`;
      try {
        const offer = await this.offer(actual, name, log, signal);
        const { folder } = await this.cache.cached({
          kind: 'packages',
          name: `${id.name}-${id.kind === 'source' ? 'source' : id.arch}`,
          inputs: [packageKey(id), offer.version, JSON.stringify(offer.files)],
          build: (into) => this.download(id, actual, offer, name, into, log, signal),
        });
        return folder;
      } catch (error) {
        signal.throwIfAborted();
        const next = versions[index + 1];
        if (next === undefined) throw error;
        this.warn(`${packageKey(id)} ${version} cannot be had; trying ${next}.`);
      }
    }
    throw new Error('apt knows no version of it.');
  }

  /** What to try, best first; `undefined` for apt's own choice. */
  private async versions(
    actual: PackageId,
    log: LogFile,
    signal: AbortSignal,
  ): Promise<(string | undefined)[]> {
    if (actual.kind === 'binary') return [undefined];
    const shown = await this.rootfs.run(['apt-cache', 'showsrc', '--only-source', actual.name], {
      log,
      signal,
    });
    return parseSourceVersions(shown);
  }

  private async offer(
    id: PackageId,
    name: string | undefined,
    log: LogFile,
    signal: AbortSignal,
  ): Promise<Offer> {
    if (id.kind === 'binary') return parseBinaryStanza(await this.stanza(id, log, signal));
    const argv = ['apt-get', 'source', '--only-source', '--print-uris', '--download-only'];
    return parseSourceUris(await this.rootfs.run([...argv, name ?? id.name], { log, signal }));
  }

  private stanza(id: BinaryId, log: LogFile, signal: AbortSignal): Promise<string> {
    return this.rootfs.run(['apt-cache', 'show', '--no-all-versions', aptName(id)], {
      log,
      signal,
    });
  }

  /** The package that is meant: for a metapackage, the first that it depends on. */
  private async actual(id: PackageId, log: LogFile, signal: AbortSignal): Promise<PackageId> {
    if (id.kind === 'source' || id.follow !== true) return id;
    const name = /^Depends: ([^ ,]+)/m.exec(await this.stanza(id, log, signal))?.[1];
    if (name === undefined)
      throw new Error('it depends on nothing, so there is none to follow to.');
    return { kind: 'binary', name, arch: id.arch };
  }

  private async download(
    id: PackageId,
    actual: PackageId,
    offer: Offer,
    name: string | undefined,
    folder: string,
    log: LogFile,
    signal: AbortSignal,
  ): Promise<void> {
    const argv =
      actual.kind === 'source'
        ? ['apt-get', 'source', '--only-source', '--download-only', name ?? actual.name]
        : ['apt-get', 'download', `${aptName(actual)}=${offer.version}`];
    const options = { cwd: '/fetch', bind: { '/fetch': folder }, log, signal };
    let failure: unknown;
    try {
      await this.rootfs.run(argv, options);
    } catch (error) {
      // A mirror may lack a .dsc while everything that is unpacked arrives: judged below.
      signal.throwIfAborted();
      failure = error;
    }
    const files: Record<string, string> = {};
    for (const [file, wanted] of Object.entries(offer.files)) {
      const path = [file, encodeURIComponent(file)]
        .map((n) => join(folder, n))
        .find((p) => existsSync(p));
      if (path === undefined) {
        if (isDispensable(id, file)) continue;
        // apt writes the version's colon as %3a into a binary's file name.
        const found =
          id.kind === 'binary' ? readdirSync(folder).find((n) => n.endsWith('.deb')) : undefined;
        if (found === undefined) {
          throw failure ?? new Error(`${file} did not arrive.`);
        }
        files[found] = check(join(folder, found), wanted);
      } else {
        files[file] = check(path, wanted);
      }
    }
    const record: PackageRecord = { ...id, version: offer.version, files };
    writeFileSync(join(folder, 'record.json'), `${JSON.stringify(record, null, 2)}\n`);
  }

  /**
   * Unpacks into `folder`, an empty one: a binary package's files, or a source with Debian's
   * patches applied, as `dpkg-source -x` would (formats 3.0 (quilt) and 3.0 (native)).
   */
  async unpack(fetched: FetchedPackage, folder: string, log: LogFile, signal: AbortSignal) {
    mkdirSync(folder, { recursive: true });
    const bind = { '/fetched': fetched.folder, '/unpacked': folder };
    const script = fetched.kind === 'binary' ? unpackBinary : unpackSource;
    await this.rootfs.script(script, { cwd: '/unpacked', bind, log, signal });
  }
}

const unpackBinary = 'dpkg-deb -x /fetched/*.deb .';

const unpackSource = `
shopt -s nullglob
for archive in /fetched/*.tar.*; do
  case $archive in
    *.asc) ;;
    *.debian.tar.*) ;;
    *.orig.tar.*) tar -xf "$archive" --strip-components=1 ;;
    *.orig-*.tar.*)
      part=\${archive##*.orig-}; part=\${part%%.tar.*}
      mkdir -p "$part"; tar -xf "$archive" -C "$part" --strip-components=1 ;;
    *) tar -xf "$archive" --strip-components=1 ;;
  esac
done
for archive in /fetched/*.debian.tar.*; do tar -xf "$archive"; done
if [ -f debian/patches/series ]; then
  sed 's/#.*//' debian/patches/series | while read -r patch _; do
    [ -z "$patch" ] || patch -t -F 0 -N -p1 -u -V never -E -s -i "debian/patches/$patch"
  done
fi`;

function check(path: string, wanted: string): string {
  const got = createHash('sha256').update(readFileSync(path)).digest('hex');
  if (got !== wanted) {
    throw new Error(`${path} has SHA-256 ${got}, but apt's index says ${wanted}.`);
  }
  return got;
}
