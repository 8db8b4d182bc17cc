import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Cache, cacheFolder, hashInputs } from './cache';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlink-cache-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('chooses its folder as the XDG rules say', () => {
  expect(cacheFolder({ BOOTLINK_CACHE: '/a', XDG_CACHE_HOME: '/b' })).toBe('/a');
  expect(cacheFolder({ XDG_CACHE_HOME: '/b' })).toBe('/b/bootlink');
  expect(cacheFolder({})).toMatch(/\/\.cache\/bootlink$/);
});

describe('the hash of inputs', () => {
  const write = (path: string, text: string) => {
    const full = join(folder, path);
    mkdirSync(join(full, '..'), { recursive: true });
    writeFileSync(full, text);
  };

  it('does not depend on where a folder lies', () => {
    for (const place of ['one', 'two']) {
      write(`${place}/b.c`, 'int b;');
      write(`${place}/sub/a.c`, 'int a;');
    }
    const [one, two] = ['one', 'two'].map((place) => hashInputs([{ path: join(folder, place) }]));
    expect(one).toBe(two);
  });

  it('changes with content, name, executable bit and the border between texts', () => {
    const hash = () => hashInputs([{ path: join(folder, 'x') }]);
    write('x/a', '1');
    const seen = [hash()];
    write('x/a', '2');
    seen.push(hash());
    chmodSync(join(folder, 'x/a'), 0o755);
    seen.push(hash());
    write('x/b', '');
    seen.push(hash());
    seen.push(hashInputs(['ab', 'c']), hashInputs(['a', 'bc']), hashInputs(['abc']));
    expect(new Set(seen).size).toBe(seen.length);
  });
});

describe('a cached build', () => {
  const request = (input: string, build: (to: string) => void) => ({
    kind: 'kind',
    name: 'thing',
    inputs: [input],
    build: (to: string) => {
      build(to);
      return Promise.resolve();
    },
  });

  it('runs once', async () => {
    const cache = new Cache(folder);
    let runs = 0;
    const build = () => {
      runs += 1;
    };
    expect((await cache.cached(request('a', build))).hit).toBe(false);
    expect((await cache.cached(request('a', build))).hit).toBe(true);
    expect(runs).toBe(1);
  });

  it('leaves nothing when it fails', async () => {
    const cache = new Cache(folder);
    const failing = request('a', () => {
      throw new Error('no disk');
    });
    await expect(cache.cached(failing)).rejects.toThrow('no disk');
    expect(readdirSync(join(folder, 'kind'))).toEqual([]);
  });

  it('keeps the two newest results of a name, and other names', async () => {
    const cache = new Cache(folder);
    const other = await cache.cached({ ...request('x', () => undefined), name: 'thing-else' });
    for (const input of ['a', 'b', 'c', 'd']) {
      await cache.cached(request(input, () => undefined));
    }
    expect(readdirSync(join(folder, 'kind'))).toHaveLength(3);
    expect(existsSync(other.folder)).toBe(true);
  });

  it('cleans what an interrupted one left', async () => {
    mkdirSync(join(folder, 'kind/.making-thing-123'), { recursive: true });
    mkdirSync(join(folder, 'kind/thing-0123456789abcdef'));
    await new Cache(folder).clean();
    expect(readdirSync(join(folder, 'kind'))).toEqual(['thing-0123456789abcdef']);
  });
});

describe('the lock', () => {
  const silent = () => undefined;

  it('is taken over from a process that has ended', async () => {
    writeFileSync(join(folder, '.lock'), '999999999');
    const release = await new Cache(folder).lock(silent, new AbortController().signal);
    release();
    expect(existsSync(join(folder, '.lock'))).toBe(false);
  });

  it('waits for a living one, says so once, and can be stopped', async () => {
    writeFileSync(join(folder, '.lock'), String(process.pid));
    const stop = new AbortController();
    const said: string[] = [];
    const say = (line: string) => {
      said.push(line);
      stop.abort();
    };
    await expect(new Cache(folder).lock(say, stop.signal)).rejects.toThrow();
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(`process ${process.pid}`);
  });
});
