import { gunzipSync, gzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { FileTree, fileOf } from './archive/tree';
import { type InitrdOptions, type InitrdResult, buildInitrd } from './build';
import { type Bytes, decodeText, encodeText } from './bytes';
import { readCpio } from './cpio';
import { InitrdError } from './errors';
import { makeBusybox, makeElf, makeModule } from './testing/make-elf';
import { realCpio } from './testing/real-cpio';

const APPLETS =
  '[ [[ ash busybox cat cttyhack env insmod ls mkdir mount poweroff setsid sh sync test'.split(' ');
const LIB = '/usr/lib/aarch64-linux-gnu';
const RELEASE = '6.12.1-test';
const KERNEL = `/usr/lib/modules/${RELEASE}/kernel`;

function treeOf(files: Record<string, Bytes | string>): FileTree {
  const tree = new FileTree();
  for (const [path, content] of Object.entries(files)) {
    if (typeof content === 'string' && content.startsWith('-> ')) {
      tree.add(path, { kind: 'symlink', mode: 0o777, origin: 'test', target: content.slice(3) });
    } else {
      const bytes = typeof content === 'string' ? encodeText(content) : content;
      tree.add(path, fileOf(bytes, 0o755, 'test'));
    }
  }
  return tree;
}

const BASE = { '/usr/bin/busybox': makeBusybox(APPLETS) };

function build(
  files: Record<string, Bytes | string>,
  options: InitrdOptions = {},
): Promise<InitrdResult> {
  return buildInitrd(treeOf({ ...BASE, ...files }), { compression: 'none', ...options });
}

function paths(result: InitrdResult): string[] {
  return result.listing.map((file) => file.path);
}

function reasons(result: InitrdResult, path: string): string[] | undefined {
  return result.listing.find((file) => file.path === path)?.reasons;
}

describe('the default image', () => {
  it('has busybox, a link for each applet, device nodes and an init', async () => {
    const result = await build({});
    expect(result.missing).toEqual([]);
    expect(result.notes).toEqual([]);
    for (const path of ['/init', '/dev/console', '/bin', '/usr/bin/busybox', '/proc']) {
      expect(paths(result)).toContain(path);
    }
    const links = result.listing.filter((file) => file.target === 'busybox');
    expect(links.map((file) => file.path.slice('/usr/bin/'.length))).toEqual(
      APPLETS.filter((applet) => applet !== 'busybox'),
    );
    expect(result.listing.every((file) => file.reasons.length > 0)).toBe(true);
  });

  it('is listed by cpio as it is by us', async () => {
    const result = await build({});
    const names = realCpio(result.image, '-t', '--quiet').trim().split('\n');
    expect(names.map((name) => `/${name}`)).toEqual(paths(result));
  });

  it('is the same bit for bit whatever order the sources came in, compressed or not', async () => {
    const files: [string, Bytes][] = [
      ['/usr/bin/busybox', BASE['/usr/bin/busybox']],
      ['/etc/a', encodeText('a')],
      ['/etc/b', encodeText('b')],
    ];
    for (const compression of ['none', 'gzip'] as const) {
      const options = { copy: ['/etc'], compression };
      const one = await buildInitrd(treeOf(Object.fromEntries(files)), options);
      const two = await buildInitrd(treeOf(Object.fromEntries([...files].reverse())), options);
      expect(two.image).toEqual(one.image);
    }
  });

  it('as gzip unpacks to the archive that “none” gives', async () => {
    const plain = await build({});
    const packed = await build({}, { compression: 'gzip' });
    expect(gunzipSync(packed.image)).toEqual(plain.image);
    expect(packed.unpackedSize).toBe(plain.image.length);
  });

  it('without a busybox says what to add', async () => {
    const { missing } = await buildInitrd(new FileTree(), {});
    expect(missing).toMatchObject([
      { kind: 'busybox', advice: expect.stringContaining('busybox-static') },
    ]);
  });

  it('names the applets that a small busybox lacks and what they are for', async () => {
    const few = 'ash cat echo false head ls sh sleep tail true'.split(' ');
    const { missing } = await build({ '/usr/bin/busybox': makeBusybox(few) });
    expect(missing.map(({ kind, what }) => [kind, what])).toEqual([
      ['applet', 'mount'],
      ['applet', 'poweroff'],
    ]);
  });

  it('stops when told to', async () => {
    const signal = AbortSignal.abort(new Error('cancelled by the reader'));
    await expect(buildInitrd(treeOf(BASE), {}, { signal })).rejects.toThrow(
      'cancelled by the reader',
    );
  });

  it('takes an init of the reader’s', async () => {
    const result = await build({}, { init: '#!/bin/sh\necho mine\n' });
    const entry = readCpio(result.image).entries.find(({ path }) => path === 'init');
    expect(decodeText(entry?.data ?? new Uint8Array())).toBe('#!/bin/sh\necho mine\n');
    expect(entry?.mode).toBe(0o755);
  });
});

describe('a program', () => {
  const files = {
    '/usr/bin/tool': makeElf({ interpreter: '/lib/ld-linux-aarch64.so.1', needed: ['liba.so.1'] }),
    '/usr/lib/ld-linux-aarch64.so.1': '-> aarch64-linux-gnu/ld-linux-aarch64.so.1',
    [`${LIB}/ld-linux-aarch64.so.1`]: makeElf({ soname: 'ld-linux-aarch64.so.1' }),
    [`${LIB}/liba.so.1`]: '-> liba.so.1.2',
    [`${LIB}/liba.so.1.2`]: makeElf({ needed: ['libb.so.2'] }),
    [`${LIB}/libb.so.2`]: makeElf({}),
  };

  it('comes with its loader and libraries, links included, and each says why', async () => {
    const result = await build(files, { programs: ['tool'] });
    expect(result.missing).toEqual([]);
    expect(reasons(result, '/usr/bin/tool')).toEqual(['the list of programs']);
    expect(reasons(result, '/usr/lib/ld-linux-aarch64.so.1')).toEqual([
      'the loader of /usr/bin/tool',
    ]);
    expect(reasons(result, `${LIB}/liba.so.1`)).toEqual(['a library of /usr/bin/tool']);
    expect(reasons(result, `${LIB}/libb.so.2`)).toEqual([`a library of ${LIB}/liba.so.1.2`]);
    expect(paths(result)).toContain('/lib');
  });

  it('names each missing piece with who needs it', async () => {
    const result = await build(
      { '/usr/bin/tool': files['/usr/bin/tool'], '/usr/bin/two': files['/usr/bin/tool'] },
      { programs: ['tool', 'two', 'none'] },
    );
    expect(result.missing.map(({ kind, what, neededBy }) => ({ kind, what, neededBy }))).toEqual([
      {
        kind: 'loader',
        what: '/lib/ld-linux-aarch64.so.1',
        neededBy: ['/usr/bin/tool', '/usr/bin/two'],
      },
      { kind: 'library', what: 'liba.so.1', neededBy: ['/usr/bin/tool', '/usr/bin/two'] },
      { kind: 'program', what: 'none', neededBy: ['the list of programs'] },
    ]);
  });

  it.each([
    ['RUNPATH with $ORIGIN', { runpath: '$ORIGIN/../own' }, '/usr/own/libx.so'],
    ['RPATH with ${ORIGIN}', { rpath: '/none:${ORIGIN}/lib' }, '/usr/bin/lib/libx.so'],
    ['a place with $LIB', { runpath: '/opt/$LIB' }, '/opt/lib/aarch64-linux-gnu/libx.so'],
    ['/lib64 before /lib', {}, '/usr/lib64/libx.so'],
  ])('finds its library by %s', async (_, plan, place) => {
    const result = await build(
      {
        '/usr/bin/p': makeElf({ needed: ['libx.so'], ...plan }),
        [place]: makeElf({}),
        '/usr/lib/libx.so': makeElf({}),
      },
      { programs: ['p'] },
    );
    expect(result.missing).toEqual([]);
    expect(paths(result)).toContain(place);
    expect(paths(result)).not.toContain('/usr/lib/libx.so');
  });

  it('passes its RPATH, but not its RUNPATH, on to what its libraries need', async () => {
    const library = { '/opt/a.so': makeElf({ needed: ['b.so'] }), '/opt/b.so': makeElf({}) };
    const by = (plan: object) =>
      build(
        { ...library, '/usr/bin/p': makeElf({ needed: ['a.so'], ...plan }) },
        { programs: ['p'] },
      );
    expect((await by({ rpath: '/opt' })).missing).toEqual([]);
    expect((await by({ runpath: '/opt' })).missing).toMatchObject([
      {
        what: 'b.so',
        neededBy: ['/opt/a.so'],
        advice: expect.stringContaining('/opt/b.so is there'),
      },
    ]);
  });

  it('for another architecture is reported, and a library of one is passed over', async () => {
    const result = await build(
      {
        '/usr/bin/foreign': makeElf({ machine: 62 }),
        '/usr/bin/p': makeElf({ needed: ['libx.so'] }),
        [`${LIB}/libx.so`]: makeElf({ machine: 62 }),
      },
      { programs: ['foreign', 'p'] },
    );
    expect(result.missing).toMatchObject([
      { what: '/usr/bin/foreign', neededBy: ['it is for amd64, the image for arm64'] },
      { what: 'libx.so', advice: expect.stringContaining('libx.so is for amd64') },
    ]);
  });

  it('that is a script brings its interpreter; busybox’s shell counts', async () => {
    const result = await build(
      { '/usr/bin/s': '#!/bin/sh\n', '/usr/bin/e': '#!/usr/bin/env -S python3 -u\n' },
      { programs: ['s', 'e'] },
    );
    expect(result.missing).toMatchObject([
      { what: 'python3', neededBy: ['the interpreter of /usr/bin/e'] },
    ]);
  });

  it('that only busybox has is no second copy', async () => {
    const result = await build({}, { programs: ['ls'] });
    expect(result.missing).toEqual([]);
    expect(result.notes).toEqual(['ls is busybox’s: no source has another.']);
  });
});

describe('--copy', () => {
  it('takes files, links with what they point to, and whole folders', async () => {
    const result = await build(
      {
        '/etc/os-release': '-> ../usr/lib/os-release',
        '/usr/lib/os-release': 'NAME=x',
        '/d/e/f': 'f',
        '/d/g': '-> e',
      },
      { copy: ['/etc/os-release', '/d'] },
    );
    expect(result.missing).toEqual([]);
    for (const path of ['/etc/os-release', '/usr/lib/os-release', '/d/e/f', '/d/g']) {
      expect(paths(result)).toContain(path);
    }
  });

  it('names what is not there', async () => {
    const { missing } = await build({}, { copy: ['/etc/redhat-release'] });
    expect(missing).toMatchObject([
      { kind: 'file', what: '/etc/redhat-release', neededBy: ['--copy /etc/redhat-release'] },
    ]);
  });
});

describe('kernel modules', () => {
  const module = (depends: string, more: Record<string, string> = {}) =>
    makeModule({ depends, vermagic: `${RELEASE} SMP`, ...more });
  const files = {
    [`${KERNEL}/a.ko`]: gzipSync(module('b-c,d')) as Bytes,
    [`${KERNEL}/b_c.ko`]: module('d'),
    [`${KERNEL}/x/d.ko`]: module(''),
    [`/usr/lib/modules/${RELEASE}/modules.builtin`]: 'kernel/drivers/built-in-one.ko\n',
  };
  const order = (result: InitrdResult) => result.modules.map(({ name }) => name);

  it('come with what they depend on, in load order, from a package without modules.dep', async () => {
    const result = await build(files, { modules: ['a'] });
    expect(result.missing).toEqual([]);
    expect(order(result)).toEqual(['d', 'b_c', 'a']);
    const loads = result.init.split('\n').filter((line) => line.includes('insmod'));
    expect(loads).toEqual(
      ['x/d', 'b_c', 'a'].map((name) => `try /bin/busybox insmod ${KERNEL}/${name}.ko`),
    );
    expect(reasons(result, `${KERNEL}/x/d.ko`)).toContain('a dependency of b_c');
  });

  it('are decompressed, unless the kernel does that', async () => {
    const plain = await build(files, { modules: ['a'] });
    const entry = readCpio(plain.image).entries.find(({ path }) => path.endsWith('/a.ko'));
    expect(entry?.data).toEqual(module('b-c,d'));
    const packed = { ...files, [`${KERNEL}/e.ko.gz`]: gzipSync(module('')) as Bytes };
    expect(paths(await build(packed, { modules: ['e'] }))).toContain(`${KERNEL}/e.ko`);
    const kept = await build(packed, { modules: ['e'], keepModulesCompressed: true });
    expect(paths(kept)).toContain(`${KERNEL}/e.ko.gz`);
  });

  it('take their order from modules.dep where there is one', async () => {
    const result = await build(
      {
        ...files,
        [`/usr/lib/modules/${RELEASE}/modules.dep`]:
          'kernel/a.ko: kernel/b_c.ko kernel/x/d.ko\nkernel/b_c.ko: kernel/x/d.ko\nkernel/x/d.ko:\n',
      },
      { modules: ['a'] },
    );
    expect(order(result)).toEqual(['d', 'b_c', 'a']);
  });

  it('are found by - or _, by alias, and with parameters', async () => {
    const result = await build(
      { ...files, [`/usr/lib/modules/${RELEASE}/modules.alias`]: 'alias pci:v00001AF4d*sv* d\n' },
      { modules: ['b-c quiet=1 name=a,b', 'pci:v00001AF4d00001000sv0'] },
    );
    expect(order(result)).toEqual(['d', 'b_c']);
    expect(result.init).toContain(`insmod ${KERNEL}/b_c.ko quiet=1 name=a,b\n`);
  });

  it('follow soft dependencies that are there, before and after, aliases too', async () => {
    const soft = {
      ...files,
      [`${KERNEL}/s.ko`]: module('', { softdep: 'pre: al-ias none post: b_c' }),
    };
    const aliases = { [`/usr/lib/modules/${RELEASE}/modules.alias`]: 'alias al_ias d\n' };
    const result = await build({ ...soft, ...aliases }, { modules: ['s'] });
    expect(result.missing).toEqual([]);
    expect(result.notes).toEqual([]);
    expect(order(result)).toEqual(['d', 's', 'b_c']);
    // As depmod writes them: a line for each softdep of a module.
    const lines = {
      [`/usr/lib/modules/${RELEASE}/modules.softdep`]: 'softdep s pre: d\nsoftdep s post: b-c\n',
    };
    expect(order(await build({ ...soft, ...lines }, { modules: ['s'] }))).toEqual([
      'd',
      's',
      'b_c',
    ]);
    // Without modules.alias, the modules' own aliases count.
    const own = { ...soft, [`${KERNEL}/y.ko`]: module('', { alias: 'al-i*' }) };
    expect(order(await build(own, { modules: ['s'] }))).toEqual(['y', 's', 'd', 'b_c']);
    expect(order(await build(own, { modules: ['al_is'] }))).toEqual(['y']);
  });

  it('built into the kernel are noted; absent ones are named with who needs them', async () => {
    const result = await build(
      { ...files, [`${KERNEL}/n.ko`]: module('gone') },
      { modules: ['built_in_one', 'n', 'typo'] },
    );
    expect(result.notes).toEqual(['built_in_one is built into the kernel: nothing to load.']);
    expect(result.missing).toMatchObject([
      { kind: 'module', what: 'gone', neededBy: ['a dependency of n'] },
      { kind: 'module', what: 'typo', neededBy: ['--kmod typo'] },
    ]);
  });

  it('of several kernels need a release; of none, a kernel package', async () => {
    const two = { ...files, '/lib/modules/6.1/kernel/a.ko': module('') };
    await expect(build(two, { modules: ['a'] })).rejects.toThrow(
      /several kernels: 6.1, 6.12.1-test/,
    );
    expect(order(await build(two, { modules: ['d'], kernelRelease: RELEASE }))).toEqual(['d']);
    await expect(build({}, { modules: ['a'] })).rejects.toThrow(InitrdError);
    await expect(build(files, { modules: ['a'], kernelRelease: '5' })).rejects.toThrow(
      /6.12.1-test/,
    );
  });

  it('use kmod’s insmod when busybox has none', async () => {
    const small = makeBusybox(APPLETS.filter((applet) => applet !== 'insmod'));
    const withKmod = {
      ...{ ...files, '/usr/bin/busybox': small, '/usr/bin/kmod': makeElf({}) },
      '/usr/sbin/insmod': '-> ../bin/kmod',
    };
    const result = await build(withKmod, { modules: ['d'] });
    expect(result.missing).toEqual([]);
    expect(result.init).toContain(`try /usr/sbin/insmod ${KERNEL}/x/d.ko`);
    expect(paths(result)).toContain('/usr/bin/kmod');
    const without = await build({ ...files, '/usr/bin/busybox': small }, { modules: ['d'] });
    expect(without.missing.map(({ what }) => what)).toContain('insmod');
  });
});
