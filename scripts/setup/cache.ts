import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** What a result depends on: a text, or a file or folder taken by its content. */
export type CacheInput = string | { path: string };

/** Where set-up keeps what it fetched and built. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  if (env.BOOTLINK_CACHE) return env.BOOTLINK_CACHE;
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'bootlink');
}

/**
 * SHA-256 over the inputs, in their order. A folder counts with its files' names, contents and
 * executable bits, sorted by name; dates, owners and the path itself do not matter.
 */
export function hashInputs(inputs: readonly CacheInput[]): string {
  const hash = createHash('sha256');
  const field = (kind: string, content: string | Buffer) => {
    hash.update(`${kind} ${Buffer.byteLength(content)}\n`).update(content);
  };
  const add = (path: string, name: string) => {
    const stat = lstatSync(path);
    if (stat.isDirectory()) {
      field('folder', name);
      for (const entry of readdirSync(path).sort()) add(join(path, entry), `${name}/${entry}`);
    } else if (stat.isSymbolicLink()) {
      field('link', name);
      field('target', readlinkSync(path));
    } else {
      field(stat.mode & 0o111 ? 'program' : 'file', name);
      field('content', readFileSync(path));
    }
  };
  for (const input of inputs) {
    if (typeof input === 'string') field('text', input);
    else add(input.path, '');
  }
  return hash.digest('hex');
}

export interface CacheRequest {
  /** Folder of the cache: `rootfs`, `packages`, `engine`, `guests`, … */
  kind: string;
  name: string;
  inputs: readonly CacheInput[];
  /** Fills an empty folder. What it leaves there is the result; when it throws, nothing stays. */
  build: (folder: string) => Promise<void>;
}

export interface CacheResult {
  folder: string;
  /** The 16 hex digits that name this result. */
  key: string;
  /** True when it was there already. */
  hit: boolean;
}

export class Cache {
  constructor(readonly folder: string) {}

  /** The result of `request`, built now unless it is there. A half-made one is never seen. */
  async cached(request: CacheRequest): Promise<CacheResult> {
    const key = hashInputs(request.inputs).slice(0, 16);
    const parent = join(this.folder, request.kind);
    const folder = join(parent, `${request.name}-${key}`);
    if (existsSync(folder)) {
      const now = new Date();
      utimesSync(folder, now, now);
      return { folder, key, hit: true };
    }
    mkdirSync(parent, { recursive: true });
    // The folder of one process's attempt. Its prefix says so to `clean`.
    const attempt = mkdtempSync(join(parent, `.making-${request.name}-`));
    try {
      await request.build(attempt);
      renameSync(attempt, folder);
    } catch (error) {
      await rm(attempt, { recursive: true, force: true });
      throw error;
    }
    await this.prune(parent, request.name);
    return { folder, key, hit: false };
  }

  /** Removes what an interrupted set-up left. Only to be called under the lock. */
  async clean(): Promise<void> {
    for (const kind of existsSync(this.folder) ? readdirSync(this.folder) : []) {
      const parent = join(this.folder, kind);
      if (!statSync(parent).isDirectory()) continue;
      for (const entry of readdirSync(parent)) {
        if (entry.startsWith('.making-')) {
          await rm(join(parent, entry), { recursive: true, force: true });
        }
      }
    }
  }

  /** Keeps the two results of a name that were used last. */
  private async prune(parent: string, name: string): Promise<void> {
    const results = readdirSync(parent)
      .filter(
        (entry) =>
          entry.startsWith(`${name}-`) && /^[0-9a-f]{16}$/.test(entry.slice(name.length + 1)),
      )
      .map((entry) => ({ path: join(parent, entry), used: statSync(join(parent, entry)).mtimeMs }))
      .sort((a, b) => b.used - a.used);
    for (const old of results.slice(2)) await rm(old.path, { recursive: true, force: true });
  }

  /**
   * Takes the lock against two set-ups at once; waits while a living process holds it.
   * Gives the function that releases it.
   */
  async lock(say: (line: string) => void, signal: AbortSignal): Promise<() => void> {
    mkdirSync(this.folder, { recursive: true });
    const path = join(this.folder, '.lock');
    for (let told = false; ;) {
      try {
        const file = openSync(path, 'wx');
        writeFileSync(file, String(process.pid));
        closeSync(file);
        return () => rmSync(path, { force: true });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const holder = Number(existsSync(path) ? readFileSync(path, 'utf8') : '');
      if (holder > 0 && !isAlive(holder)) {
        rmSync(path, { force: true });
        continue;
      }
      if (!told)
        say(`Another set-up (process ${holder}) is at work in ${this.folder}; waiting for it.`);
      told = true;
      await delay(500, undefined, { signal });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
