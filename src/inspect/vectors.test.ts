import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activeElements,
  VECTOR_VIEWS,
  vectorElements,
  vectorUse,
  type VectorView,
} from './vectors';

/** A vector of these elements, element 0 first. */
function vectorOf(elements: readonly bigint[], size: number): bigint {
  return elements.reduce((all, element, n) => all | (element << BigInt(n * size)), 0n);
}

describe('elements of a vector', () => {
  const value = 0x3ff0_0000_0000_0000_c000_0000_3f80_3c00n;

  it('are shown as what they are taken for, element 0 first', () => {
    const shown = (view: VectorView) => vectorElements(value, 128, view);
    expect(shown('hex')).toEqual(['0x3ff0000000000000c00000003f803c00']);
    expect(shown('doublewords')).toEqual(['0xc00000003f803c00', '0x3ff0000000000000']);
    expect(shown('words').slice(0, 2)).toEqual(['0x3f803c00', '0xc0000000']);
    expect(shown('bytes').slice(0, 4)).toEqual(['0x00', '0x3c', '0x80', '0x3f']);
    expect(shown('double-precision')[1]).toBe('1');
    expect(shown('single-precision')[1]).toBe('-2');
    expect(shown('half-precision')[0]).toBe('1');
  });

  it('name what is no usual number', () => {
    const halves = vectorOf([0x7c00n, 0xfc00n, 0x7e00n, 0x8000n, 0x0001n, 0x7bffn], 16);
    const shown = vectorElements(halves, 128, 'half-precision');
    expect(shown.slice(0, 4)).toEqual(['∞', '−∞', 'NaN', '-0']);
    // The smallest subnormal and the largest number: 2^-24 and 65504 (IEEE 754, binary16).
    expect(Number(shown[4])).toBeCloseTo(2 ** -24, 10);
    expect(shown[5]).toBe('65504');
  });

  it('are floats in the fewest digits that come back to the same bits', () => {
    const view = new DataView(new ArrayBuffer(8));
    fc.assert(
      fc.property(fc.float({ noNaN: true }), (single) => {
        view.setFloat32(0, single);
        const [text] = vectorElements(BigInt(view.getUint32(0)), 32, 'single-precision');
        if (Number.isFinite(single)) expect(Math.fround(Number(text))).toBe(single);
      }),
    );
    expect(vectorElements(0x3dcccccdn, 32, 'single-precision')).toEqual(['0.1']);
  });

  it('together are the register, whatever its length', () => {
    const integers = VECTOR_VIEWS.filter((view) => !view.endsWith('precision'));
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: (1n << 2048n) - 1n }),
        fc.constantFrom(128, 256, 2048),
        fc.constantFrom(...integers),
        (all, whole, view) => {
          const kept = all & ((1n << BigInt(whole)) - 1n);
          const elements = vectorElements(kept, whole, view);
          expect(vectorOf(elements.map(BigInt), whole / elements.length)).toBe(kept);
        },
      ),
    );
  });
});

describe('active elements of a predicate', () => {
  it('are told by the lowest of each element’s bits', () => {
    // 256 bits: 32 bytes, 8 words. A bit that is no word's lowest does not count.
    expect(activeElements(0n, 256, 'words')).toBe('none');
    expect(activeElements(0x1111_1111n, 256, 'words')).toBe('all 8');
    expect(activeElements(0x0001_0111n, 256, 'words')).toBe('0 to 2, 4 of 8');
    expect(activeElements(0xen, 256, 'words')).toBe('none');
    expect(activeElements(0xffn, 256, 'bytes')).toBe('0 to 7 of 32');
    expect(activeElements(0x1111n, 256, 'hex')).toBe('0x00001111');
  });
});

describe('what of the vectors may be used', () => {
  const use = (values: Record<string, bigint>, el: 0 | 1 | 2 | 3) =>
    vectorUse((name) => values[name], el);
  const VG = 4n;
  const all = { VG, CPACR_EL1: 3n << 16n, CPTR_EL2: 0n, CPTR_EL3: 1n << 8n };

  it('is the V registers without SVE', () => {
    expect(use({}, 1)).toEqual({ bits: 128, sve: false, trappedBy: undefined });
  });

  it('is a vector of VG granules where nothing traps', () => {
    for (const el of [0, 1, 2, 3] as const) {
      expect(use(all, el)).toEqual({ bits: 256, sve: true, trappedBy: undefined });
    }
  });

  it('is the V registers where a trap is set, by name', () => {
    expect(use({ ...all, CPACR_EL1: 0n }, 1).trappedBy).toBe('CPACR_EL1.ZEN');
    // 0b01 traps EL0 alone.
    expect(use({ ...all, CPACR_EL1: 1n << 16n }, 1).trappedBy).toBeUndefined();
    expect(use({ ...all, CPACR_EL1: 1n << 16n }, 0).trappedBy).toBe('CPACR_EL1.ZEN');
    expect(use({ ...all, CPTR_EL2: 1n << 8n }, 1).trappedBy).toBe('CPTR_EL2.TZ');
    expect(use({ ...all, CPTR_EL2: 1n << 8n }, 3).trappedBy).toBeUndefined();
    expect(use({ ...all, HCR_EL2: 1n << 34n }, 2).trappedBy).toBe('CPTR_EL2.ZEN');
    expect(use({ ...all, CPTR_EL3: 0n }, 3)).toEqual({
      bits: 128,
      sve: false,
      trappedBy: 'CPTR_EL3.EZ',
    });
  });
});
