import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bytes, concatBytes, encodeText } from './bytes';
import { type CpioEntry, readCpio, writeCpio } from './cpio';
import { InitrdError, ParseError } from './errors';
import { realCpio } from './testing/real-cpio';
import { parsesEveryTruncation } from './testing/truncate';

const BLANK = { mode: 0o644, data: new Uint8Array(0), target: '', major: 0, minor: 0 };

function file(path: string, text: string, mode = 0o644): CpioEntry {
  return { ...BLANK, path, kind: 'file', mode, data: encodeText(text) };
}
function directory(path: string, mode = 0o755): CpioEntry {
  return { ...BLANK, path, kind: 'directory', mode };
}

const SAMPLE: CpioEntry[] = [
  directory('usr'),
  directory('usr/bin'),
  file('usr/bin/a', 'one', 0o4755),
  file('empty', ''),
  { ...BLANK, path: 'bin', kind: 'symlink', mode: 0o777, target: 'usr/bin' },
  { ...BLANK, path: 'console', kind: 'character', mode: 0o600, major: 5, minor: 1 },
  { ...BLANK, path: 'vda', kind: 'block', mode: 0o660, major: 254, minor: 300 },
  { ...BLANK, path: 'pipe', kind: 'fifo', mode: 0o644 },
  { ...BLANK, path: 'socket', kind: 'socket', mode: 0o755 },
];

const name = fc.stringMatching(/^[a-zA-Z0-9+é_-][a-zA-Z0-9+é_. -]{0,20}$/);
const leaf = fc.oneof(
  fc.record({ kind: fc.constant('file' as const), data: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({ kind: fc.constant('symlink' as const), target: name }),
  fc.record({
    kind: fc.constantFrom('character' as const, 'block' as const),
    major: fc.nat(4095),
    minor: fc.nat(0xfffff),
  }),
);

/** Archives with directories three deep, every parent present. */
const archive = fc
  .array(
    fc.record({ path: fc.array(name, { minLength: 1, maxLength: 3 }), mode: fc.nat(0o7777), leaf }),
    {
      maxLength: 12,
    },
  )
  .map((plans) => {
    const entries = new Map<string, CpioEntry>();
    for (const { path, mode, leaf: plan } of plans) {
      const parents = path.slice(0, -1).map((_, i) => path.slice(0, i + 1).join('/'));
      if (parents.some((parent) => (entries.get(parent)?.kind ?? 'directory') !== 'directory'))
        continue;
      const whole = path.join('/');
      if (entries.has(whole)) continue;
      for (const parent of parents)
        if (!entries.has(parent)) entries.set(parent, directory(parent));
      const { data, ...rest } = { data: BLANK.data, ...plan };
      entries.set(whole, { ...BLANK, ...rest, data: new Uint8Array(data), path: whole, mode });
    }
    return [...entries.values()];
  });

function plain(entries: readonly CpioEntry[]): CpioEntry[] {
  return entries
    .map(({ path, kind, mode, data, target, major, minor }) => ({
      ...{ path, kind, mode, target, major, minor },
      data: new Uint8Array(data),
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

describe('newc archives', () => {
  it('read back as they were written, in any order of the entries', () => {
    fc.assert(
      fc.property(archive, fc.integer(), (entries, seed) => {
        const bytes = writeCpio(entries);
        const shuffled = [...entries].sort(
          (a, b) => ((a.path.length * 7 + seed) % 5) - (b.path.length % 5),
        );
        expect(writeCpio(shuffled)).toEqual(bytes);
        expect(plain(readCpio(bytes).entries)).toEqual(plain(entries));
      }),
    );
  });

  it('number their inodes in order, give one time, and count the links of directories', () => {
    const { entries } = readCpio(writeCpio(SAMPLE, { mtime: 77 }));
    expect(entries.map((entry) => entry.inode)).toEqual(entries.map((_, i) => i + 1));
    expect(new Set(entries.map((entry) => entry.mtime))).toEqual(new Set([77]));
    expect(entries.find((entry) => entry.path === 'usr')?.links).toBe(3);
    expect(entries.map((entry) => entry.path)).toEqual([...entries.map((e) => e.path)].sort());
  });

  it('are listed by cpio with the same names, types, modes and devices', () => {
    const listed = realCpio(writeCpio(SAMPLE), '-tv', '--quiet', '--numeric-uid-gid');
    const lines = listed
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+/g, ' '));
    expect(lines).toEqual([
      'lrwxrwxrwx 1 0 0 7 Jan 1 1970 bin -> usr/bin',
      'crw------- 1 0 0 5, 1 Jan 1 1970 console',
      '-rw-r--r-- 1 0 0 0 Jan 1 1970 empty',
      'prw-r--r-- 1 0 0 0 Jan 1 1970 pipe',
      'srwxr-xr-x 1 0 0 0 Jan 1 1970 socket',
      'drwxr-xr-x 3 0 0 0 Jan 1 1970 usr',
      'drwxr-xr-x 2 0 0 0 Jan 1 1970 usr/bin',
      '-rwsr-xr-x 1 0 0 3 Jan 1 1970 usr/bin/a',
      'brw-rw---- 1 0 0 254, 300 Jan 1 1970 vda',
    ]);
    expect(realCpio(writeCpio(SAMPLE), '-i', '--to-stdout', '--quiet', 'usr/bin/a')).toBe('one');
  });

  it('are refused, with an offset, when cut anywhere', () => {
    const bytes = writeCpio(SAMPLE);
    const { end } = readCpio(bytes);
    const read = (cut: Bytes) => readCpio(cut).entries;
    // Only the padding after the trailer’s name may be missing.
    expect(parsesEveryTruncation(bytes.slice(0, end), read)).toBeGreaterThanOrEqual(end - 3);
  });

  it('never fail but by a ParseError, whatever byte is changed', () => {
    const bytes = writeCpio(SAMPLE);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, value) => {
        const changed = bytes.slice();
        changed[at] = value;
        try {
          readCpio(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('share the content of hard links, whichever name carries it', () => {
    const bytes = writeCpio([file('a', ''), file('b', 'shared')]);
    // Make both entries one inode with two links: fields 0 (inode) and 4 (links) of the header.
    const second = readCpio(bytes).entries[1]?.offset ?? 0;
    for (const at of [0, second]) bytes.set(encodeText('0000000900'), at + 6);
    for (const at of [0, second]) bytes.set(encodeText('00000002'), at + 6 + 4 * 8);
    for (const at of [0, second]) bytes.set(encodeText('00000009'), at + 6);
    for (const at of [0, second]) bytes.set(encodeText('000081a4'), at + 14);
    const { entries } = readCpio(bytes);
    expect(entries.map((entry) => new TextDecoder().decode(entry.data))).toEqual([
      'shared',
      'shared',
    ]);
    expect(entries.map((entry) => entry.hardLinkTo)).toEqual([undefined, 'a']);
  });

  it('with checksums (070702) are read, and refused when one does not fit', () => {
    const bytes = writeCpio([file('a', 'AB')]);
    bytes.set(encodeText('070702'), 0);
    bytes.set(encodeText((65 + 66).toString(16).padStart(8, '0')), 6 + 12 * 8);
    expect(readCpio(bytes).entries[0]?.path).toBe('a');
    bytes.set(encodeText('00000001'), 6 + 12 * 8);
    expect(() => readCpio(bytes)).toThrow(/checksum/);
  });

  it('may begin anywhere, so that several in a row can be read', () => {
    const one = writeCpio([file('a', '1')]);
    const both = concatBytes([one, writeCpio([file('b', '2')])]);
    expect(readCpio(both, one.length).entries.map((entry) => entry.path)).toEqual(['b']);
  });

  it('that climb out of the root are refused', () => {
    const bytes = writeCpio([file('aa/../b'.replaceAll('/', '-'), '')]);
    bytes.set(encodeText('aa/../b'), 110);
    expect(() => readCpio(bytes)).toThrow(/\.\./);
  });
});

describe('the newc writer refuses', () => {
  it.each([
    ['a path twice', [file('a', ''), file('a', '')], /twice/],
    ['a missing parent', [file('a/b', '')], /directory a is not in the archive/],
    ['an absolute path', [file('/a', '')], /not a path inside/],
    ['the trailer’s name', [file('TRAILER!!!', '')], /ends an archive/],
    ['an empty link', [{ ...BLANK, path: 'l', kind: 'symlink' as const }], /link target/],
    ['too long a name', [file('a'.repeat(4096), '')], /too long/],
  ])('%s', (_, entries, message) => {
    expect(() => writeCpio(entries)).toThrow(InitrdError);
    expect(() => writeCpio(entries)).toThrow(message);
  });
});
