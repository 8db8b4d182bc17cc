/** Registers as crash dumps print them. Names come out in lower case. */

export type Registers = Record<string, bigint>;
export type Symbols = Record<string, string>;

/** "x0 : 0123 x1 : 4567", "elr: 0123 lr : 4567" (U-Boot, Linux, Xen, TF-RMM). */
const COLON = /(?:^|[\s,])([a-z][a-z0-9_]*?) ?: *\t*(?:0x)?([0-9a-f]{8,16})(?![0-9a-z:])/gi;

/** "x0             = 0x0123" (TF-A). */
const EQUALS = /^([a-z][a-z0-9_]*)\s*= 0x([0-9a-f]{1,16})\s*$/i;

/** "X0 0x0123   X1 0x4567" (EDK2), " esr 0x96000004  ttbr0 0x0e1" (OP-TEE). */
const SPACE = /(?:^|\s)([a-z][a-z0-9_]*) +0x([0-9a-f]{1,16})(?![0-9a-z])/gi;

/** "x0  0123 x1  4567", "x30 0123 elr 4567" (OP-TEE, without 0x). */
const PLAIN = /(?:^|\s)(x\d{1,2}|elr|sp_el0) +([0-9a-f]{16})(?![0-9a-z])/gi;

const KNOWN =
  /^(?:x\d{1,2}|w\d{1,2}|r\d{1,2}|ip|psr|lr|fp|sp|pc|elr|spsr|cpsr|pstate|esr|far|fpsr|mpidr|\w+_el\d+|daif|ttbr[01]|cidr|spsr_\w+)$/;

export type RegisterStyle = 'colon' | 'equals' | 'space' | 'plain';

const STYLES: Readonly<Record<RegisterStyle, RegExp>> = {
  colon: COLON,
  equals: EQUALS,
  space: SPACE,
  plain: PLAIN,
};

/**
 * Adds the registers a line shows in the given styles; true if there was any.
 * Only names that are registers are taken, so that prose is not misread.
 */
export function addRegisters(
  line: string,
  styles: readonly RegisterStyle[],
  into: Registers,
): boolean {
  let any = false;
  for (const style of styles) {
    const pattern = STYLES[style];
    const matches = pattern.global ? line.matchAll(pattern) : one(pattern.exec(line));
    for (const match of matches) {
      const name = (match[1] ?? '').toLowerCase();
      const digits = match[2] ?? '';
      if (!KNOWN.test(name) || digits === '') continue;
      into[name] = BigInt(`0x${digits}`);
      any = true;
    }
  }
  return any;
}

function one(match: RegExpExecArray | null): readonly RegExpExecArray[] {
  return match === null ? [] : [match];
}
