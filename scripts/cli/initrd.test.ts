import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDeb } from '../../src/initrd/testing/make-archives';
import { makeBusybox, makeElf, makeModule } from '../../src/initrd/testing/make-elf';
import { realCpio } from '../../src/initrd/testing/real-cpio';
import { run } from './initrd';

const APPLETS = 'ash busybox cat echo insmod ls mount poweroff sh sync'.split(' ');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bootlink-initrd-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function put(path: string, content: Uint8Array | string): string {
  const whole = join(folder, path);
  mkdirSync(dirname(whole), { recursive: true });
  writeFileSync(whole, content);
  return whole;
}

async function bootlink(...argv: string[]): Promise<{ status: number; out: string; err: string }> {
  const written: Uint8Array[] = [];
  let err = '';
  const status = await run(argv, {
    stdout: {
      write: (chunk) => written.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk),
    },
    stderr: { write: (chunk) => (err += chunk) },
  });
  return { status, out: Buffer.concat(written).toString('latin1'), err };
}

function busyboxDeb(): string {
  return put('busybox.deb', makeDeb([{ path: './usr/bin/busybox', data: makeBusybox(APPLETS) }]));
}

describe('bootlink initrd', () => {
  it('makes an image of a package, a root tree and a kernel package that cpio lists', async () => {
    put('root/etc/motd', 'hello');
    put('root/usr/bin/tool', makeElf({}));
    symlinkSync('motd', join(folder, 'root/etc/issue'));
    const kernel = put(
      'kernel.deb',
      makeDeb([{ path: './lib/modules/6.12/kernel/m.ko', data: makeModule({ depends: '' }) }]),
    );
    const image = join(folder, 'out.img');
    const result = await bootlink(
      ...[busyboxDeb(), '--root', join(folder, 'root'), '--kernel-deb', kernel],
      ...[
        '--copy',
        '/etc',
        '--kmod',
        'm',
        '--run',
        'ls',
        '--compress',
        'none',
        '-o',
        image,
        'tool',
      ],
    );
    expect(result).toMatchObject({ status: 0, out: '' });
    const names = realCpio(readFileSync(image), '-t', '--quiet').split('\n');
    for (const name of ['init', 'etc/motd', 'etc/issue', 'usr/bin/tool', 'usr/bin/busybox']) {
      expect(names).toContain(name);
    }
    expect(names).toContain('usr/lib/modules/6.12/kernel/m.ko');
    expect(readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([]);
  });

  it('lists contents with sizes and who asked', async () => {
    const { status, out } = await bootlink(busyboxDeb(), '--list');
    expect(status).toBe(0);
    expect(out).toMatch(/^-rwxr-xr-x +\d+ \/usr\/bin\/busybox {2}\(the base of every image\)$/m);
    expect(out).toMatch(/and \d+ links to busybox/);
  });

  it('reads its own image as a source', async () => {
    const image = join(folder, 'first.img');
    await bootlink(busyboxDeb(), '-o', image);
    const again = join(folder, 'second.img');
    expect((await bootlink('--from', image, '-o', again)).status).toBe(0);
    expect(readFileSync(again)).toEqual(readFileSync(image));
  });

  it('writes nothing when a piece is missing, unless told to keep going', async () => {
    const image = join(folder, 'out.img');
    const argv = [busyboxDeb(), 'nonesuch', '-o', image];
    const refused = await bootlink(...argv);
    expect(refused.status).toBe(1);
    expect(refused.err).toContain('missing program nonesuch, needed by the list of programs');
    expect(readdirSync(folder)).not.toContain('out.img');
    expect((await bootlink(...argv, '--keep-going')).status).toBe(0);
    expect(readdirSync(folder)).toContain('out.img');
  });

  it('puts the image on standard output for -o -', async () => {
    const { status, out } = await bootlink(busyboxDeb(), '--compress', 'none', '-o', '-');
    expect(status).toBe(0);
    expect(out.startsWith('070701')).toBe(true);
  });

  it('prints the init it would write', async () => {
    const { status, out } = await bootlink('--print-init', '--run', 'echo hi');
    expect(status).toBe(0);
    expect(out).toContain("sh -c 'echo hi'");
  });

  it.each([
    [['--compress', 'lz4', '--list'], 2, /gzip or none, not “lz4”/],
    [['--copy', 'etc', '--list'], 2, /absolute path/],
    [['--nonsense'], 2, /--nonsense/],
    [[], 2, /where the image goes/],
    [['--from', '/nonexistent/x.deb', '--list'], 1, /ENOENT.*x\.deb/],
    [['--root', '/dev/null', '--list'], 2, /no folder/],
    [['--list'], 1, /missing busybox/],
    [['--kmod', 'm', '--list'], 1, /kernel package/],
  ])('%j: status %i', async (argv, status, message) => {
    const result = await bootlink(...argv);
    expect(result.err).toMatch(message);
    expect(result.status).toBe(status);
  });

  it('explains itself', async () => {
    const { status, out } = await bootlink('--help');
    expect(status).toBe(0);
    expect(out).toContain('--kmod');
  });
});
