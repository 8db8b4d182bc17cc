import { describe, expect, it } from 'vitest';
import { readLinkStep } from './ninja';

const ninja = `
build other.js: c_LINKER_RSP x.o
 LINK_ARGS = -lx
build qemu.js: c_LINKER_RSP a.p/b$ c.o lib.a | lib.a /usr/lib/libm.a || order.h
 COMMENT = x
 LINK_ARGS = -pthread @block.syms -L/sysroot$:x -lz
build after: phony
`;

describe('reading a link step out of build.ninja', () => {
  it('gives inputs, implicit inputs and arguments, unescaped', () => {
    expect(readLinkStep(ninja, 'qemu.js')).toEqual({
      inputs: ['a.p/b c.o', 'lib.a'],
      implicit: ['lib.a', '/usr/lib/libm.a'],
      args: ['-pthread', '@block.syms', '-L/sysroot:x', '-lz'],
    });
  });

  it('takes a step without implicit inputs', () => {
    expect(readLinkStep(ninja, 'other.js')).toEqual({
      inputs: ['x.o'],
      implicit: [],
      args: ['-lx'],
    });
  });

  it('names the program that has no step', () => {
    expect(() => readLinkStep(ninja, 'none.js')).toThrow('links none.js');
  });
});
