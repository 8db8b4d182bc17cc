import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeText } from './bytes';
import { readElf, readElfSections } from './elf';
import { ParseError } from './errors';
import { makeElf, makeModule } from './testing/make-elf';
import { parsesEveryTruncation } from './testing/truncate';
import { readModuleInfo } from './modinfo';

const PLAN = {
  interpreter: '/lib/ld-linux-aarch64.so.1',
  needed: ['libc.so.6', 'libm.so.6'],
  soname: 'libown.so.1',
  rpath: '$ORIGIN/../lib:/opt/lib',
  runpath: '/run/lib',
};

describe('ELF files', () => {
  it.each([32, 64] as const)('of %i bits give loader, needs and search paths', (bits) => {
    expect(readElf(makeElf({ ...PLAN, bits, machine: bits === 64 ? 183 : 40 }))).toEqual({
      bits,
      machine: bits === 64 ? 'arm64' : 'arm',
      kind: 'shared',
      interpreter: PLAN.interpreter,
      needed: PLAN.needed,
      soname: PLAN.soname,
      rpath: ['$ORIGIN/../lib', '/opt/lib'],
      runpath: ['/run/lib'],
    });
  });

  it('without a dynamic section need nothing', () => {
    expect(readElf(makeElf({}))).toMatchObject({ interpreter: undefined, needed: [] });
  });

  it.each([32, 64] as const)(
    'of %i bits are refused, with an offset, when cut anywhere',
    (bits) => {
      const bytes = makeElf({ ...PLAN, bits });
      expect(parsesEveryTruncation(bytes, readElf)).toBeGreaterThan(bytes.length - 16);
      const module = makeElf({ bits, sections: { '.modinfo': encodeText('name=x\0') } });
      expect(parsesEveryTruncation(module, readElfSections)).toBe(module.length);
    },
  );

  it('never fail but by a ParseError, whatever bytes are changed', () => {
    const bytes = makeElf({ ...PLAN, sections: { '.modinfo': encodeText('name=x\0') } });
    const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = bytes.slice();
        for (const [at, value] of changes) changed[at] = value;
        for (const read of [readElf, readElfSections]) {
          try {
            read(changed);
          } catch (error) {
            expect(error).toBeInstanceOf(ParseError);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('in big-endian order are refused by name', () => {
    const bytes = makeElf({});
    bytes[5] = 2;
    expect(() => readElf(bytes)).toThrow(/little-endian/);
  });
});

describe('a kernel module', () => {
  it('says what it depends on, with underscores, and for which kernel it is', () => {
    const info = readModuleInfo(
      makeModule({
        name: 'i2c_i801',
        alias: 'pci:v1*',
        depends: 'i2c-smbus,i2c_core',
        softdep: 'pre: a-b c post: d',
        vermagic: '6.12.1 SMP mod_unload aarch64',
      }),
    );
    expect(info).toEqual({
      name: 'i2c_i801',
      depends: ['i2c_smbus', 'i2c_core'],
      softBefore: ['a_b', 'c'],
      softAfter: ['d'],
      aliases: ['pci:v1*'],
      release: '6.12.1',
      machine: 'arm64',
    });
  });

  it('without .modinfo is refused', () => {
    expect(() => readModuleInfo(makeElf({}))).toThrow(/no kernel module/);
  });
});
