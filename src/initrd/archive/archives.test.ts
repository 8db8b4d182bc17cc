import fc from 'fast-check';
import { gzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { type Bytes, concatBytes, decodeText, encodeText } from '../bytes';
import { decompressAll, decompressMember, gzip } from '../compression';
import { type CpioEntry, writeCpio } from '../cpio';
import { ParseError } from '../errors';
import { makeAr, makeDeb, makeTar } from '../testing/make-archives';
import { parsesEveryTruncation } from '../testing/truncate';
import { readAr } from './ar';
import { openArchive } from './open';
import { readTar } from './tar';
import type { FileTree } from './tree';

function bytesOf(base64: string): Bytes {
  return new Uint8Array(Buffer.from(base64, 'base64'));
}

// printf 'hello from xz\n' | xz --check=CHECK | base64 -w0
const XZ = {
  crc64:
    '/Td6WFoAAATm1rRGAgAhARYAAAB0L+WjAQANaGVsbG8gZnJvbSB4egoAAABb+Ybd5id65gABJg4IG+AEH7bzfQEAAAAABFla',
  crc32:
    '/Td6WFoAAAFpIt42AgAhARYAAAB0L+WjAQANaGVsbG8gZnJvbSB4egoAAABE8c6SAAEiDgzejGCQQpkNAQAAAAABWVo=',
};
// seq 1 400 | xz --block-size=512 | base64 -w0
const XZ_BLOCKS =
  '/Td6WFoAAATm1rRGAgAhARYAAAB0L+Wj4AH/ALxdABiCgo8iTvimVffwmaUlDZBFkVpRtJvKrNwFMuyFUp+xSG3v3OhLuWG64JxTf5jIqVQO/D0q0wbXZkQ9VmSmzT3Xxx9E9BjfAgs/4sbGe+Hnf3lEHHm3Qq5luBu1DoThmoIGIzlaf3KqQ/qlmh+SwL5FcXlK1ZPGkAo5rZxlhyq2GjjH4ZMXytA+CeqwUvAQYCbAXl8QkQ25eXh9l0Jg0KY4d+Ej6LsoT4hSLXVYJj9m/eKc69OvYddZWM4AAFjzYqTqAOyuAgAhARYAAAB0L+Wj4AH/AIFdABiNQx/ADhH/xT4mSTGivqr5Ti96T+tOkLjtRZ0t3tNNA8eW/49TAhjw3hj8bCj4bMHlJduTI3AsGHxJ/7Ggy62I1XBTW0awOwvbUCczOHXViWL6om2+G0Om5WTdiEA/Z4gh+GIQNqW2b15JvaWMEPe32Mph/1T7dLUXUVSNpg8vAAAAAABPTt5Nso/jbgIAIQEWAAAAdC/lo+AB0wB8XQAZDgLL7tKkO/esp9cRSIwCPZGi4DbDtn06y5nil7cPYvKYupZpySINTl+7yFxsdpV2cmx3cs4GAFOCYzhlJkjYPudiVwyZxx9H3I6CrsjbE5NcjrdakJU5lvXHN3dHbTBjtWO5y4V872CAmTFHwPM0j1YO7cbX4A5Y6GgAABfBl2pU56uRAAPYAYAEnQGABJgB1AMAAFhFEISsJz4tBAAAAAAEWVo=';
const SEQ = Array.from({ length: 400 }, (_, i) => `${String(i + 1)}\n`).join('');
// printf 'hello from zstd\n' | zstd | base64 -w0
const ZSTD = 'KLUv/QRYgQAAaGVsbG8gZnJvbSB6c3RkCmJbaVo=';

function file(path: string, text: string): CpioEntry {
  return {
    path,
    kind: 'file',
    mode: 0o644,
    data: encodeText(text),
    target: '',
    major: 0,
    minor: 0,
  };
}

async function textAt(tree: FileTree, path: string): Promise<string | undefined> {
  const { node } = tree.lookup(path);
  return node?.kind === 'file' ? decodeText(await node.read()) : undefined;
}

describe('compressed members', () => {
  it.each([
    ['xz with CRC64', bytesOf(XZ.crc64), 'xz', 'hello from xz\n'],
    ['xz with CRC32', bytesOf(XZ.crc32), 'xz', 'hello from xz\n'],
    ['xz of several blocks', bytesOf(XZ_BLOCKS), 'xz', SEQ],
    ['zstd', bytesOf(ZSTD), 'zstd', 'hello from zstd\n'],
    ['gzip', gzipSync(encodeText(SEQ)) as Bytes, 'gzip', SEQ],
    ['gzip with a name', gzipSync(encodeText(SEQ), { filename: 'seq' }) as Bytes, 'gzip', SEQ],
  ] as const)(
    'of %s: content and end are found, with other bytes before and after',
    async (_, packed, kind, text) => {
      const around = concatBytes([encodeText('ab'), packed, encodeText('trailing YZ bytes')]);
      const { data, end } = await decompressMember(around, kind, 2);
      expect(decodeText(data)).toBe(text);
      expect(end).toBe(2 + packed.length);
      expect(decodeText(await decompressAll(concatBytes([packed, packed]), kind))).toBe(
        text + text,
      );
    },
  );

  it.each([
    ['xz', bytesOf(XZ_BLOCKS)],
    ['zstd', bytesOf(ZSTD)],
    ['gzip', gzipSync(encodeText(SEQ)) as Bytes],
  ] as const)('of %s are refused when cut anywhere', async (kind, packed) => {
    for (let length = 0; length < packed.length; length++) {
      await expect(decompressMember(packed.slice(0, length), kind)).rejects.toBeInstanceOf(
        ParseError,
      );
    }
  });

  it.each([
    ['xz', bytesOf(XZ_BLOCKS)],
    ['gzip', gzipSync(encodeText(SEQ)) as Bytes],
  ] as const)(
    'of %s give the right content or are refused, whatever byte is changed',
    async (kind, packed) => {
      await fc.assert(
        fc.asyncProperty(fc.nat(packed.length - 1), fc.nat(255), async (at, value) => {
          const changed = packed.slice();
          changed[at] = value;
          try {
            expect(decodeText((await decompressMember(changed, kind)).data)).toBe(SEQ);
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError);
          }
        }),
        { numRuns: 300 },
      );
    },
  );

  it.each([
    ['xz', bytesOf(XZ_BLOCKS)],
    ['zstd', bytesOf(ZSTD)],
    ['gzip', gzipSync(new Uint8Array(1 << 20)) as Bytes],
  ] as const)('of %s that would grow past the limit are refused', async (kind, packed) => {
    await expect(decompressMember(packed, kind, 0, 10)).rejects.toThrow(/more than the 10 bytes/);
  });

  it('written as gzip are the same bytes every time and read back', async () => {
    const packed = await gzip(encodeText(SEQ));
    expect(await gzip(encodeText(SEQ))).toEqual(packed);
    expect(packed.subarray(4, 8)).toEqual(new Uint8Array(4));
    expect(decodeText(await decompressAll(packed, 'gzip'))).toBe(SEQ);
  });
});

describe('tar', () => {
  const long = `${'d'.repeat(60)}/${'f'.repeat(60)}`;
  const sample = makeTar([
    { path: './usr/', type: '5' },
    { path: './usr/a', data: encodeText('one'), mode: 0o4755 },
    { path: './usr/b', type: '2', target: 'a' },
    { path: long, data: encodeText('long'), target: '' },
    { path: './usr/c', type: '1', target: './usr/a' },
  ]);

  it('gives files, links and long names', () => {
    const entries = readTar(sample).map(({ path, kind, mode, target, data }) => [
      ...[path, kind, mode, target],
      decodeText(data),
    ]);
    expect(entries).toEqual([
      ['./usr/', 'directory', 0o755, '', ''],
      ['./usr/a', 'file', 0o4755, '', 'one'],
      ['./usr/b', 'symlink', 0o755, 'a', ''],
      [long, 'file', 0o755, '', 'long'],
      ['./usr/c', 'hardlink', 0o755, './usr/a', ''],
    ]);
  });

  it('takes path, linkpath and size from a pax header', () => {
    const record = '22 path=a/very/pax/p\n';
    const pax = encodeText(`${String(record.length)}${record.slice(2)}`);
    const bytes = makeTar([
      { path: 'x', type: 'x', data: pax },
      { path: 'short', data: encodeText('!') },
      { path: 'next' },
    ]);
    expect(readTar(bytes).map((entry) => entry.path)).toEqual(['a/very/pax/p', 'next']);
  });

  it('is refused, with an offset, when cut anywhere before its end mark', () => {
    const bytes = sample.slice(0, sample.length - 512);
    expect(parsesEveryTruncation(bytes, readTar)).toBe(bytes.length);
  });

  it('never fails but by a ParseError, whatever byte is changed', () => {
    fc.assert(
      fc.property(fc.nat(sample.length - 1), fc.nat(255), (at, value) => {
        const changed = sample.slice();
        changed[at] = value;
        try {
          readTar(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(ParseError);
        }
      }),
      { numRuns: 1000 },
    );
  });
});

describe('ar', () => {
  const sample = makeAr([
    ['debian-binary', encodeText('2.0\n')],
    ['odd/', encodeText('123')],
  ]);

  it('gives its members', () => {
    expect(readAr(sample).map(({ name, data }) => [name, decodeText(data)])).toEqual([
      ['debian-binary', '2.0\n'],
      ['odd', '123'],
    ]);
  });

  it('is refused, with an offset, when cut anywhere but between members', () => {
    // Cut just after the magic, after the first member and before the final padding, it is whole.
    const members = (bytes: Bytes) => readAr(bytes).length;
    const whole = [8, 8 + 60 + 4, sample.length - 1];
    for (let length = 0; length < sample.length; length++) {
      const cut = sample.slice(0, length);
      if (whole.includes(length)) expect(members(cut)).toBe(whole.indexOf(length));
      else expect(() => members(cut)).toThrow(ParseError);
    }
  });
});

describe('what was dropped in', () => {
  it.each([
    ['plain', (tar: Bytes) => tar],
    ['gzip', (tar: Bytes) => gzipSync(tar) as Bytes],
  ] as const)('as a package (%s) is a tree with its control fields', async (_, pack) => {
    const deb = makeDeb([{ path: './usr/bin/tool', data: encodeText('tool') }], pack);
    const opened = await openArchive('tool.deb', deb);
    expect(opened.kind).toBe('deb');
    expect(opened.control.get('Architecture')).toBe('arm64');
    expect(await textAt(opened.tree, '/bin/tool')).toBe('tool');
  });

  it('as a tar is a tree, hard links included', async () => {
    const tar = makeTar([
      { path: 'bin/a', data: encodeText('A') },
      { path: 'bin/b', type: '1', target: 'bin/a' },
    ]);
    for (const bytes of [tar, gzipSync(tar) as Bytes]) {
      const { kind, tree } = await openArchive('files.tar', bytes);
      expect(kind).toBe('tar');
      expect(await textAt(tree, '/usr/bin/b')).toBe('A');
    }
  });

  it('as an initrd of several archives, plain and compressed, is one tree, the last winning', async () => {
    const early = writeCpio([file('one', '1'), file('both', 'early')]);
    const late = gzipSync(writeCpio([file('two', '2'), file('both', 'late')])) as Bytes;
    const last = writeCpio([file('three', '3')]);
    const bytes = concatBytes([early, new Uint8Array(512), late, new Uint8Array(4), last]);
    const { kind, tree } = await openArchive('initrd.img', bytes);
    expect(kind).toBe('initrd');
    expect(
      await Promise.all(['/one', '/two', '/three', '/both'].map((p) => textAt(tree, p))),
    ).toEqual(['1', '2', '3', 'late']);
  });

  it.each([
    [
      'nothing known',
      encodeText('plain text'),
      /notes.txt: neither a .deb, nor a tar, nor an initrd/,
    ],
    ['lz4', Uint8Array.of(0x02, 0x21, 0x4c, 0x18, 0), /lz4, which is not read here/],
    ['an ar that is no package', makeAr([['x.o', encodeText('1')]]), /not debian-binary/],
    ['a tar that climbs out', makeTar([{ path: '../etc/passwd' }]), /leaves the archive/],
    ['a broken gzip', Uint8Array.of(0x1f, 0x8b, 8, 0), /gzip/],
    ['nothing at all', new Uint8Array(0), /neither a .deb/],
  ])('is refused by name: %s', async (_, bytes, message) => {
    await expect(openArchive('notes.txt', bytes)).rejects.toThrow(message);
    await expect(openArchive('notes.txt', bytes)).rejects.toMatchObject({ input: 'notes.txt' });
  });

  it('never fails but by a ParseError when cut or changed', async () => {
    const deb = makeDeb(
      [{ path: './usr/bin/tool', data: encodeText('tool') }],
      (t) => gzipSync(t) as Bytes,
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(deb.length),
        fc.nat(deb.length - 1),
        fc.nat(255),
        async (end, at, value) => {
          const changed = deb.slice(0, end);
          if (at < end) changed[at] = value;
          try {
            await openArchive('x.deb', changed);
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
