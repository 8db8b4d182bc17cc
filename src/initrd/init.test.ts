import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { busyboxApplets } from './busybox';
import { globMatches } from './glob';
import { initScript, shellQuote } from './init';
import { modeText } from './listing';
import { makeBusybox, makeElf } from './testing/make-elf';

describe('init', () => {
  it('is a script that a POSIX shell can parse, whatever the command', () => {
    const parse = (text: string) => execFileSync('sh', ['-n'], { input: text });
    parse(initScript());
    for (const run of ["echo 'a b'", 'x; y & z', 'cat <<E\nE\n', '$(', "'", '\\']) {
      parse(initScript({ run, modules: [{ path: "/a'b c.ko", parameters: 'p=$x q="1"' }] }));
    }
  });

  it('gives a shell, or runs the command; powers off after either', () => {
    expect(initScript()).toContain('/bin/busybox setsid /bin/busybox cttyhack /bin/busybox sh\n');
    const run = initScript({ run: 'cat /proc/cpuinfo' });
    expect(run).toContain("/bin/busybox sh -c 'cat /proc/cpuinfo'\n");
    for (const text of [initScript(), run]) expect(text).toContain('\n/bin/busybox poweroff -f\n');
  });

  it('leaves out what a small busybox lacks', () => {
    const text = initScript({ applets: new Set(['sh', 'mount', 'poweroff']) });
    expect(text).not.toMatch(/cttyhack|mkdir|sync\n/);
  });

  it('refuses a command with a NUL', () => {
    expect(() => initScript({ run: 'a\0b' })).toThrow(/NUL/);
  });

  it('quotes any text so that a shell gives it back', () => {
    const text = fc.string({ unit: 'grapheme' }).filter((s) => !s.includes('\0'));
    fc.assert(
      fc.property(fc.array(text, { minLength: 20, maxLength: 20 }), (words) => {
        const script = `printf '%s\\0' ${words.map((word) => (word === '' ? "''" : shellQuote(word))).join(' ')}`;
        expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toBe(
          words.map((word) => `${word}\0`).join(''),
        );
      }),
      { numRuns: 20 },
    );
  });
});

describe('busybox', () => {
  const applets = '[ [[ acpid ash busybox cat dd echo ls sh test xz'.split(' ');

  it('tells its applets by its table of names', () => {
    expect(busyboxApplets(makeBusybox(applets))).toEqual(applets);
  });

  it('without a table tells none', () => {
    expect(busyboxApplets(makeElf({ needed: ['ash', 'sh'] }))).toEqual([]);
  });
});

describe('alias patterns', () => {
  it.each([
    ['pci:v*d00001000*', 'pci:v1AF4d00001000sv', true],
    ['a?c', 'abc', true],
    ['a[b-d]e', 'ace', true],
    ['a[!b-d]e', 'ace', false],
    ['a*b*c', 'a--b--', false],
    ['*', '', true],
    ['', 'x', false],
  ])('%s on %s: %s', (pattern, text, matches) => {
    expect(globMatches(pattern, text)).toBe(matches);
  });

  it('cost no more than pattern times text, whatever the pattern', () => {
    expect(globMatches(`${'*a'.repeat(2000)}b`, 'a'.repeat(4000))).toBe(false);
  });
});

describe('permissions', () => {
  it('read as in ls', () => {
    expect(modeText('directory', 0o1777)).toBe('drwxrwxrwt');
    expect(modeText('file', 0o4644)).toBe('-rwSr--r--');
    expect(modeText('character', 0o2750)).toBe('crwxr-s---');
  });
});
