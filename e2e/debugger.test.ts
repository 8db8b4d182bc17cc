import { afterEach, describe, expect, it } from 'vitest';
import { debugGuest, valueOf, type DebuggedGuest } from './engine/debugged-guest.js';
import { placeOfRegisters } from '../src/inspect/register-groups.js';
import { placeName } from '../src/inspect/security.js';

/** The debugger on the engine in Node, against what QEMU's own monitor says. */
let guest: DebuggedGuest | undefined;

afterEach(async () => {
  await guest?.stop();
  guest = undefined;
});

/** MSR VBAR_EL3, X0; the register is the low five bits (Arm ARM C6.2, MSR (register)). */
const MSR_VBAR_EL3 = 0xd51ec000;
/** Arm ARM C6.2, WFI. */
const WFI = 0xd503207f;
const VECTOR_OF_EL3_FROM_BELOW = 0x400n;

async function monitorRegisters(of: DebuggedGuest): Promise<Map<string, bigint>> {
  const answer = await of.engine.monitor('info registers');
  const found = [...answer.matchAll(/\b(PC|X\d\d|SP|PSTATE)\s*=\s*([0-9a-f]+)/g)];
  return new Map(found.map(([, name = '', value = '']) => [name, BigInt(`0x${value}`)]));
}

describe('the debugger of el-walk', () => {
  it(
    'reads what the monitor reads, steps, stops and tells the level',
    { timeout: 120_000 },
    async () => {
      const debugged = await debugGuest('el-walk');
      guest = debugged;
      const { gdb } = debugged;
      const first = valueOf(await gdb.readVcpu(0));
      const shown = await monitorRegisters(debugged);
      expect(first.read('pc')).toBe(shown.get('PC'));
      expect(first.read('PSTATE')).toBe(shown.get('PSTATE'));
      expect(first.read('SCR_EL3')).toBeDefined();
      const place = placeOfRegisters(first.read);
      expect(place && placeName(place)).toBe('EL3');

      const pc = first.read('pc') ?? 0n;
      expect(valueOf(await gdb.step())).toBe('stepped');
      const second = valueOf(await gdb.readVcpu(0));
      expect(second.read('pc')).not.toBe(pc);
      expect(second.read('pc')).toBe((await monitorRegisters(debugged)).get('PC'));

      // Memory by virtual address (the MMU is off) and by physical address is the same code.
      const code = valueOf(await gdb.readMemory(pc, 64));
      const physical = await debugged.physical();
      expect(physical.read(pc, 64, 'Secure')).toEqual(code);
      expect(physical.read(pc, 64, 'Non-secure')).toEqual(code);
      expect(physical.read(0x0900_0000n, 4, 'Secure')).toBeUndefined();
      const nowhere = await gdb.readMemory(0xffff_0000_0000_0000n, 4);
      expect(nowhere.ok ? '' : nowhere.failure.what).toContain('no memory at virtual address');

      // Where the code sets VBAR_EL3: the first SMC is taken to that table.
      const start = new DataView(valueOf(await gdb.readMemory(pc, 512)).buffer);
      let at = 0;
      while ((start.getUint32(at, true) & ~0x1f) >>> 0 !== MSR_VBAR_EL3) at += 4;
      const behind = pc + BigInt(at + 4);
      valueOf(await gdb.setStop(behind, true));
      await debugged.run();
      const set = valueOf(await gdb.readVcpu(0));
      expect(set.read('pc')).toBe(behind);
      const vbar = set.read('VBAR_EL3') ?? 0n;
      valueOf(await gdb.setStop(vbar + VECTOR_OF_EL3_FROM_BELOW, true));
      await debugged.run();
      const taken = valueOf(await gdb.readVcpu(0));
      expect(taken.read('pc')).toBe(vbar + VECTOR_OF_EL3_FROM_BELOW);
      // An SMC from EL2 in AArch64: class 0x17, immediate 1 (Arm ARM D24.2.40).
      expect(taken.read('ESR_EL3')).toBe((0x17n << 26n) | (1n << 25n) | 1n);
      expect((taken.read('SPSR_EL3') ?? 0n) & 0xfn).toBe(9n);
      // Leaves the breakpoint it stands at, and meets the next SMC, #2, there again.
      await debugged.run();
      const again = valueOf(await gdb.readVcpu(0));
      expect(again.read('ESR_EL3')).toBe((0x17n << 26n) | (1n << 25n) | 2n);
    },
  );

  it('steps one vCPU of two, and gives up on one that waits', { timeout: 120_000 }, async () => {
    const debugged = await debugGuest('el-walk', ['-smp', '2'], { stepMs: 300 });
    guest = debugged;
    const { gdb } = debugged;
    expect(gdb.cpus).toEqual([]);
    expect((await gdb.readVcpu(2)).ok).toBe(false);
    const [first, second] = gdb.cpus;
    const other = valueOf(await gdb.readVcpu(1)).read('pc');
    const pc = valueOf(await gdb.readVcpu(0)).read('pc') ?? 0n;
    expect(valueOf(await gdb.step(first))).toBe('stepped');
    expect(valueOf(await gdb.readVcpu(0)).read('pc')).toBe(pc + 4n);
    expect(valueOf(await gdb.readVcpu(1)).read('pc')).toBe(other);
    expect(valueOf(await gdb.step(second))).toBe('stepped');
    expect(valueOf(await gdb.readVcpu(0)).read('pc')).toBe(pc + 4n);
    expect(valueOf(await gdb.readVcpu(1)).read('pc')).not.toBe(other);

    const range = (await debugged.physical())
      .ranges('Secure')
      .find(({ base, size }) => pc >= base && pc < base + size);
    if (range === undefined) throw new Error('The code lies in no RAM.');
    const at = range.address + Number(pc + 4n - range.base);
    new DataView(debugged.engine.memory.buffer).setUint32(at, WFI, true);
    // To the WFI itself, and then at it, asleep: no interrupt comes.
    const ends = [valueOf(await gdb.step(first)), valueOf(await gdb.step(first))];
    expect(ends).toContain('waiting');
    expect(valueOf(await gdb.readVcpu(0)).read('pc')).toBe(pc + 8n);
  });
});
