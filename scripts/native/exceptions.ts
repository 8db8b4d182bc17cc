/**
 * QEMU's own account of exceptions, `-d int`, read back: what the engine's events are compared
 * with. The lines come from target/arm (arm_log_exception and arm_cpu_do_interrupt in helper.c,
 * exception_return in tcg/helper-a64.c). They know no Security state.
 */
export interface LoggedExceptionEntry {
  readonly kind: 'exception' | 'interrupt';
  readonly cpu: number;
  readonly from: number;
  readonly to: number;
  /** ESR_ELx; undefined for an interrupt, which sets none. */
  readonly esr: number | undefined;
  readonly elr: bigint;
  /** The vector's address. */
  readonly pc: bigint;
}

export interface LoggedReturn {
  readonly kind: 'return';
  readonly from: number;
  readonly to: number;
  readonly pc: bigint;
}

export type LoggedException = LoggedExceptionEntry | LoggedReturn;

/** Names in arm_log_exception's table of exceptions that are asynchronous. */
const INTERRUPT = /^(?:IRQ|FIQ|Virtual (?:IRQ|FIQ|SERR)|NMI|VINMI|VFNMI)$/;
const TAKING = /^Taking exception \d+ \[(.+)\] on CPU (\d+)$/;
const FROM_TO = /^\.\.\.from EL(\d) to EL(\d)$/;
const ESR = /^\.\.\.with ESR 0x[0-9a-f]+\/0x([0-9a-f]+)$/;
const ELR = /^\.\.\.with ELR 0x([0-9a-f]+)$/;
const VECTOR = /^\.\.\.to EL\d PC 0x([0-9a-f]+) PSTATE 0x[0-9a-f]+$/;
const RETURN = /^Exception return from AArch64 EL(\d) to AArch(?:64|32) EL(\d) PC 0x([0-9a-f]+)$/;

/**
 * The exceptions taken and returns made, in the log's order. An exception that QEMU answered by
 * itself (semihosting, PSCI) was not taken and is left out, as is one the log breaks off in.
 */
export function readExceptionLog(text: string): LoggedException[] {
  const found: LoggedException[] = [];
  let name = '';
  let cpu = 0;
  let from = 0;
  let to = 0;
  let esr = 0;
  let elr = 0n;
  for (const line of text.split('\n')) {
    let m: RegExpExecArray | null;
    if ((m = TAKING.exec(line))) {
      name = m[1] ?? '';
      cpu = Number(m[2]);
    } else if ((m = FROM_TO.exec(line))) {
      from = Number(m[1]);
      to = Number(m[2]);
    } else if ((m = ESR.exec(line))) {
      esr = Number.parseInt(m[1] ?? '', 16);
    } else if ((m = ELR.exec(line))) {
      elr = BigInt(`0x${m[1] ?? '0'}`);
    } else if ((m = VECTOR.exec(line))) {
      const interrupt = INTERRUPT.test(name);
      found.push({
        kind: interrupt ? 'interrupt' : 'exception',
        cpu,
        from,
        to,
        esr: interrupt ? undefined : esr,
        elr,
        pc: BigInt(`0x${m[1] ?? '0'}`),
      });
    } else if ((m = RETURN.exec(line))) {
      found.push({
        kind: 'return',
        from: Number(m[1]),
        to: Number(m[2]),
        pc: BigInt(`0x${m[3] ?? '0'}`),
      });
    }
  }
  return found;
}
