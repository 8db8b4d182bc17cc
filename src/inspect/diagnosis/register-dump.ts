/** What QEMU's monitor prints for `info registers -a` (target/arm/cpu.c, aarch64_cpu_dump_state). */
import type { SeenRegisters } from './observation';

/**
 * The registers of each vCPU by index: pc, sp, pstate, x0 to x30. What is no such dump gives
 * nothing; a vCPU in AArch32 has no entry, since its registers have other names.
 */
export function parseRegisterDump(text: string): Map<number, SeenRegisters> {
  const found = new Map<number, SeenRegisters>();
  for (const part of text.split(/^CPU#/m).slice(1)) {
    const cpu = Number.parseInt(part, 10);
    const registers: Record<string, bigint> = {};
    for (const [, name, digits] of part.matchAll(
      /\b(PC|SP|X\d\d|PSTATE)=([0-9a-f]{8,16})(?![0-9a-f])/g,
    )) {
      const key = (name ?? '').toLowerCase().replace(/^x0(?=\d)/, 'x');
      registers[key] = BigInt(`0x${digits ?? '0'}`);
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
