import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePhysicalMap, readPhysical } from './flat-view.js';

/** In the shape of QEMU 10.0's answers, for `-M virt,secure=on -m 64M`. */
const MTREE = `FlatView #0
 AS "gpex-root", root: bus master container
 Root memory region: (none)
  No rendered FlatView

FlatView #1
 AS "memory", root: system
 AS "cpu-memory-0", root: system
 Root memory region: system
  0000000000001000-0000000000001fff (prio 0, romd): virt.flash1 @0000000000000800
  0000000009000000-0000000009000fff (prio 0, i/o): pl011
  0000000040000000-0000000040000fff (prio 0, ram): mach-virt.ram

FlatView #2
 AS "cpu-secure-memory-0", root: secure-memory
 Root memory region: secure-memory
  000000000e000000-000000000e000fff (prio 0, ram): virt.secure-ram
  0000000040000000-0000000040000fff (prio 0, ram): mach-virt.ram
`.replaceAll('\n', '\r\n');
const BLOCKS = `              Block Name    PSize              Offset               Used              Total                HVA  RO
           mach-virt.ram   64 KiB  0x0000000000000000 0x0000000000001000 0x0000000000001000 0x0000000000004000  rw
             virt.flash1   64 KiB  0x0000000008000000 0x0000000000002000 0x0000000000002000 0x0000000000001000  rw
         virt.secure-ram   64 KiB  0x000000000c000000 0x0000000000001000 0x0000000000001000 0x0000000000003000  rw
`;

describe('the physical map', () => {
  const map = parsePhysicalMap(MTREE, BLOCKS);

  it('has RAM and ROM of both spaces at their place in the engine, and no devices', () => {
    expect(map?.nonSecure).toEqual([
      { base: 0x1000n, size: 0x1000n, name: 'virt.flash1', address: 0x1800 },
      { base: 0x4000_0000n, size: 0x1000n, name: 'mach-virt.ram', address: 0x4000 },
    ]);
    expect(map?.secure.map(({ name }) => name)).toEqual(['virt.secure-ram', 'mach-virt.ram']);
  });

  it('is the same for both worlds of a machine that has one', () => {
    const one = parsePhysicalMap(MTREE.split('FlatView #2')[0] ?? '', BLOCKS);
    expect(one?.secure).toBe(one?.nonSecure);
  });

  it('is undefined for anything else, whatever was cut off', () => {
    expect(parsePhysicalMap('', '')).toBeUndefined();
    for (let end = 0; end < MTREE.length; end++) {
      expect(() => parsePhysicalMap(MTREE.slice(0, end), BLOCKS.slice(0, end))).not.toThrow();
    }
  });
});

describe('reading physical memory', () => {
  const memory = Uint8Array.from({ length: 64 }, (_, at) => at).buffer;
  const ranges = [
    { base: 0x100n, size: 16n, name: 'a', address: 8 },
    { base: 0x110n, size: 16n, name: 'b', address: 40 },
  ];

  it('goes over from one range into the next', () => {
    expect([...(readPhysical(ranges, memory, 0x10en, 4) ?? [])]).toEqual([22, 23, 40, 41]);
  });

  it('gives all bytes or none, and stays inside', () => {
    fc.assert(
      fc.property(fc.bigInt(0xf0n, 0x130n), fc.integer({ min: 0, max: 40 }), (pa, length) => {
        const bytes = readPhysical(ranges, memory, pa, length);
        const inside = length === 0 || (pa >= 0x100n && pa + BigInt(length) <= 0x120n);
        expect(bytes?.length).toBe(inside ? length : undefined);
      }),
    );
  });
});
