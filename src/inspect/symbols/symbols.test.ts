import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { elfSymbols } from './elf';
import { mapSymbols } from './map';
import { readSymbols } from './read';
import { placeText, SymbolTable } from './table';

interface Wanted {
  readonly name: string;
  readonly address: bigint;
  readonly size: bigint;
  readonly info: number;
  readonly section: number;
}

/** A 64-bit little-endian ELF file of nothing but symbols. */
function elf(symbols: readonly Wanted[]): Uint8Array {
  const names = `\0${symbols.map(({ name }) => `${name}\0`).join('')}`;
  const strings = new TextEncoder().encode(names);
  const symbolsAt = 64 + strings.length;
  const headersAt = symbolsAt + 24 * symbols.length;
  const bytes = new Uint8Array(headersAt + 3 * 64);
  const view = new DataView(bytes.buffer);
  bytes.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  view.setBigUint64(40, BigInt(headersAt), true);
  view.setUint16(58, 64, true);
  view.setUint16(60, 3, true);
  bytes.set(strings, 64);
  let nameAt = 1;
  symbols.forEach(({ name, address, size, info, section }, n) => {
    const at = symbolsAt + n * 24;
    view.setUint32(at, nameAt, true);
    view.setUint8(at + 4, info);
    view.setUint16(at + 6, section, true);
    view.setBigUint64(at + 8, address, true);
    view.setBigUint64(at + 16, size, true);
    nameAt += new TextEncoder().encode(name).length + 1;
  });
  const header = (n: number, type: number, offset: number, size: number, link: number) => {
    const at = headersAt + n * 64;
    view.setUint32(at + 4, type, true);
    view.setBigUint64(at + 24, BigInt(offset), true);
    view.setBigUint64(at + 32, BigInt(size), true);
    view.setUint32(at + 40, link, true);
    view.setBigUint64(at + 56, 24n, true);
  };
  header(1, 2, symbolsAt, symbols.length * 24, 2);
  header(2, 3, 64, strings.length, 0);
  return bytes;
}

const sample: readonly Wanted[] = [
  { name: 'main', address: 0x4020_0100n, size: 0x20n, info: 0x12, section: 1 },
  { name: '$x', address: 0x4020_0000n, size: 0n, info: 0, section: 1 },
  { name: '_start', address: 0x4020_0000n, size: 0n, info: 0x10, section: 1 },
  { name: 'elsewhere', address: 0n, size: 0n, info: 0x10, section: 0 },
  { name: 'el-walk.c', address: 0n, size: 0n, info: 4, section: 0xfff1 },
];

describe('symbols of an ELF file', () => {
  it('are those with a name and an address, without mapping symbols', () => {
    const found = elfSymbols(elf(sample));
    expect(found.ok && found.value.map(({ name }) => name)).toEqual(['main', '_start']);
  });

  it('are found again by address and name', () => {
    const read = readSymbols(elf(sample));
    if (!read.ok) throw new Error(read.error.message);
    const at = (address: bigint) => {
      const place = read.value.at(address);
      return place && placeText(place);
    };
    expect(at(0x4020_0000n)).toBe('_start');
    expect(at(0x4020_0104n)).toBe('main+0x4');
    expect(at(0x4020_0120n)).toBeUndefined();
    expect(at(0x4010_0000n)).toBeUndefined();
    expect(read.value.named('main')?.address).toBe(0x4020_0100n);
    expect(read.value.complete('ma', 5)).toEqual(['main']);
  });

  it('never reads past the end, wherever the file is cut', () => {
    const whole = elf(sample);
    for (let length = 0; length < whole.length; length++) {
      const found = elfSymbols(whole.slice(0, length));
      expect(found.ok, `${length} bytes`).toBe(false);
      if (!found.ok) expect(found.error.message).not.toBe('');
    }
  });

  it('are an error or a list for any damage', () => {
    const whole = elf(sample);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 12 }),
        fc.nat(whole.length),
        (changes, length) => {
          const bytes = whole.slice();
          for (const [at, value] of changes) bytes[at] = value;
          const found = readSymbols(bytes.slice(0, length));
          if (!found.ok) expect(found.error.name).toMatch(/^(not-symbols|truncated-file)$/);
        },
      ),
    );
  });
});

describe('symbols of a text', () => {
  it.each([
    ['System.map', 'ffff800080000000 T _text\nffff800080010000 t el1h_64_sync', '_text'],
    ['nm -S', '0000000040200100 0000000000000020 T main', 'main'],
    [
      'GNU ld',
      ' .text          0x0000000040200000       0x1c a.o\n                0x0000000040200004                _start',
      '_start',
    ],
    ['lld', '        40200000         40200000       1c     4                 main', 'main'],
  ])('of %s are read', (_, text, name) => {
    const found = mapSymbols(text);
    expect(found.ok && found.value.map((each) => each.name)).toContain(name);
  });

  it('is refused when there is none', () => {
    const found = readSymbols(new TextEncoder().encode('hello\nworld'));
    expect(found.ok ? '' : found.error.name).toBe('not-symbols');
  });

  it('gives an address to its nearest symbol below', () => {
    const address = fc.bigInt({ min: 0n, max: (1n << 64n) - 1n });
    fc.assert(
      fc.property(fc.array(address, { maxLength: 20 }), address, (addresses, wanted) => {
        const table = new SymbolTable(
          addresses.map((each) => ({ name: `s${each}`, address: each, size: 0n })),
        );
        const below = addresses.filter((each) => each <= wanted && wanted - each < 1n << 20n);
        const nearest = below.reduce<bigint | undefined>(
          (best, each) => (best === undefined || each > best ? each : best),
          undefined,
        );
        expect(table.at(wanted)?.symbol.address).toBe(nearest);
      }),
    );
  });
});
