/**
 * What QEMU's monitor prints for `info registers -a` (target/arm/cpu.c, aarch64_cpu_dump_state and
 * arm_cpu_dump_state).
 */
import type { SeenRegisters } from './observation';

/** r13 to r15 have names too. The banked ones are those of the mode that the vCPU is in. */
const AARCH32_NAMES: Readonly<Record<string, string>> = { r13: 'sp', r14: 'lr', r15: 'pc' };

/**
 * The registers of each vCPU by index: pc, sp, pstate, x0 to x30; in AArch32 r0 to r15, of which
 * the last three are sp, lr and pc too, and the CPSR as pstate. What is no such dump gives nothing.
 */
export function parseRegisterDump(text: string): Map<number, SeenRegisters> {
  const found = new Map<number, SeenRegisters>();
  for (const part of text.split(/^CPU#/m).slice(1)) {
    const cpu = Number.parseInt(part, 10);
    const registers: Record<string, bigint> = {};
    for (const [, name, digits] of part.matchAll(
      /\b(PC|SP|[XR]\d\d|PSTATE|PSR)=([0-9a-f]{8,16})(?![0-9a-f])/g,
    )) {
      const key = (name ?? '').toLowerCase().replace(/^([xr])0(?=\d)/, '$1');
      const value = BigInt(`0x${digits ?? '0'}`);
      registers[key === 'psr' ? 'pstate' : key] = value;
      const other = AARCH32_NAMES[key];
      if (other !== undefined) registers[other] = value;
    }
    if (Number.isInteger(cpu) && registers.pc !== undefined) found.set(cpu, registers);
  }
  return found;
}

/** The word that `x/1wx ADDRESS` printed; undefined where nothing could be read. */
export function parseWord(text: string): number | undefined {
  const word = /^[0-9a-f]+: 0x([0-9a-f]{8})\s*$/m.exec(text)?.[1];
  return word === undefined ? undefined : Number.parseInt(word, 16);
}
