/**
 * How each program prints a crash: what starts a dump, how its registers look,
 * what ends it, and which syndrome belongs to it.
 */
import type { CrashFamily } from './event';
import type { RegisterStyle } from './dump-registers';

/** What the first line, or a later one, says. */
export interface CrashLine {
  readonly title?: string;
  /** Registers the line names in prose, such as esr, far or elr. */
  readonly registers?: Readonly<Record<string, bigint>>;
  readonly symbols?: Readonly<Record<string, string>>;
}

export interface CrashFormat {
  readonly family: CrashFamily;
  /** A dump of this family starts here. Sees the line without its prefix. */
  readonly start: (line: string) => CrashLine | undefined;
  /** A line inside the dump that says more than its registers. */
  readonly more?: (line: string) => CrashLine | undefined;
  /** The line after one that this matches is the reason of a panic. */
  readonly reasonAfter?: RegExp;
  readonly styles: readonly RegisterStyle[];
  /** The last line of a dump. */
  readonly end?: RegExp;
  /** Where ESR is in the dump's registers; the first that is there counts. */
  readonly esr: readonly string[];
  readonly far: readonly string[];
  readonly pc: readonly string[];
  /** Titles whose ESR is left over from something else: a panic is not an exception. */
  readonly staleEsr?: RegExp;
  readonly source: string;
}

const h = (digits: string | undefined): bigint => BigInt(`0x${digits ?? '0'}`);

/** A start or detail by pattern; `read` gets the match. */
function by(
  ...rows: readonly (readonly [RegExp, (m: RegExpExecArray) => CrashLine])[]
): (line: string) => CrashLine | undefined {
  return (line) => {
    for (const [pattern, read] of rows) {
      const match = pattern.exec(line);
      if (match !== null) return read(match);
    }
    return undefined;
  };
}

const titled = (title: string) => () => ({ title });

const TF_A: CrashFormat = {
  family: 'TF-A',
  start: by(
    [/^PANIC in EL3\./, titled('panic in EL3')],
    [/^Unhandled Exception in EL3\./, titled('unhandled exception in EL3')],
    [/^Unhandled Interrupt Exception in EL3\./, titled('unhandled interrupt in EL3')],
    [/^Unhandled Exception from lower EL\./, titled('unhandled exception from a lower EL')],
    [/^PANIC at PC : 0x([0-9a-f]+)/, (m) => ({ title: 'panic', registers: { pc: h(m[1]) } })],
    [
      /^Unhandled External Abort received on 0x([0-9a-f]+) from (.+)/,
      (m) => ({ title: `external abort from ${m[2] ?? ''}`, registers: { mpidr: h(m[1]) } }),
    ],
    [
      /^ASSERT: File (\S+) Line (\d+)/,
      (m) => ({ title: `assertion at ${m[1] ?? ''}:${m[2] ?? ''}` }),
    ],
    [/^ASSERT: ([^\s:]+):(\d+)/, (m) => ({ title: `assertion at ${m[1] ?? ''}:${m[2] ?? ''}` })],
  ),
  more: by([
    /^exception reason=\d+ syndrome=0x([0-9a-f]+)/,
    (m) => ({ registers: { esr_el3: h(m[1]) } }),
  ]),
  styles: ['equals'],
  esr: ['esr_el3'],
  far: ['far_el3'],
  pc: ['elr_el3', 'pc', 'x30'],
  staleEsr: /^(?:panic|assertion|unhandled interrupt)/,
  source: 'TF-A bl31/aarch64/crash_reporting.S, common/aarch64/debug.S',
};

const RMM: CrashFormat = {
  family: 'RMM',
  start: by([
    /Unexpected exception on CPU #(\d+)/,
    (m) => ({ title: `unexpected exception on CPU ${m[1] ?? ''}` }),
  ]),
  styles: ['colon'],
  esr: ['esr_el2'],
  far: ['far_el2'],
  pc: ['elr_el2'],
  source: 'TF-RMM runtime/core/handler.c',
};

const OPTEE: CrashFormat = {
  family: 'OP-TEE',
  start: by(
    [
      /^(Core|User mode|core|user TA) (data|prefetch|undef)-abort at address 0x([0-9a-f]+)(?: \((.*)\))?/,
      (m) => ({
        title: `${m[1] ?? ''} ${m[2] ?? ''} abort${m[4] === undefined ? '' : `, ${m[4]}`}`,
        registers: { far: h(m[3]) },
      }),
    ],
    [
      /^Panic (?:'(.*)' )?at (\S+)/,
      (m) => ({ title: `panic at ${m[2] ?? ''}${m[1] === undefined ? '' : `: ${m[1]}`}` }),
    ],
  ),
  styles: ['space', 'plain'],
  end: /^(?:TEE load address|Status of TA)/,
  esr: ['esr'],
  far: ['far'],
  pc: ['elr'],
  source: 'OP-TEE core/arch/arm/kernel/abort.c, core/kernel/panic.c',
};

const EDK2: CrashFormat = {
  family: 'EDK2',
  start: by(
    [
      /^(Synchronous|IRQ|FIQ|SError(?:\/Abort)?|Unknown) Exception at 0x([0-9a-f]+)/i,
      (m) => ({ title: `${m[1] ?? ''} exception`, registers: { elr: h(m[2]) } }),
    ],
    [
      /^ASSERT \[(.+?)\] (\S+)\((\d+)\)(?:: (.*))?/,
      (m) => ({
        title: `assertion in ${m[1] ?? ''} at ${m[2] ?? ''}:${m[3] ?? ''}${m[4] === undefined ? '' : `: ${m[4]}`}`,
      }),
    ],
    [/^ASSERT_EFI_ERROR \(Status = (.+)\)/, (m) => ({ title: `assertion: status ${m[1] ?? ''}` })],
  ),
  more: by([
    /^PC 0x([0-9a-f]+) \(0x([0-9a-f]+)\+0x([0-9a-f]+)\) \[ 0\] (\S+)/i,
    (m) => ({ symbols: { pc: `${m[4] ?? ''}+0x${(m[3] ?? '').replace(/^0+(?=.)/, '')}` } }),
  ]),
  styles: ['space'],
  end: /^ASSERT /,
  esr: ['esr'],
  far: ['far'],
  pc: ['elr'],
  staleEsr: /^assertion/,
  source: 'EDK2 ArmPkg/Library/DefaultExceptionHandlerLib',
};

/** "pc : [<c0101234>]    lr : [<c0105678>]    psr: 60000013" (32-bit Linux and U-Boot). */
const BRACKETED = /^pc : \[<([0-9a-f]{8})>\]\s+lr : \[<([0-9a-f]{8})>\](?:\s+psr: ?([0-9a-f]{8}))?/;

function bracketed(m: RegExpExecArray): CrashLine {
  const psr = m[3] === undefined ? {} : { psr: h(m[3]) };
  return { registers: { pc: h(m[1]), lr: h(m[2]), ...psr } };
}

const UBOOT: CrashFormat = {
  family: 'U-Boot',
  start: by(
    [
      /^(Bad mode in )?"(.+?)" handler, esr 0x([0-9a-f]+)(?:, far 0x([0-9a-f]+))?/,
      (m) => ({
        title: `${m[1] === undefined ? '' : 'bad mode, '}${m[2] ?? ''}`,
        registers: { esr: h(m[3]), ...(m[4] === undefined ? {} : { far: h(m[4]) }) },
      }),
    ],
    // 32-bit: the exception's name alone on a line.
    [
      /^(undefined instruction|software interrupt|prefetch abort|data abort)$/,
      (m) => ({ title: m[1] ?? '' }),
    ],
  ),
  // Addresses as linked, which is what u-boot.map has.
  more: by(
    [
      /^elr: ([0-9a-f]{16}) lr : ([0-9a-f]{16}) \(reloc\)/,
      (m) => ({ registers: { elr_link: h(m[1]), lr_link: h(m[2]) } }),
    ],
    [
      /^reloc pc : \[<([0-9a-f]{8})>\]\s+lr : \[<([0-9a-f]{8})>\]/,
      (m) => ({ registers: { elr_link: h(m[1]), lr_link: h(m[2]) } }),
    ],
    [BRACKETED, bracketed],
  ),
  styles: ['colon'],
  end: /^Resetting CPU \.\.\./,
  esr: ['esr'],
  far: ['far'],
  pc: ['elr', 'pc'],
  source: 'U-Boot arch/arm/lib/interrupts_64.c, interrupts.c',
};

const LINUX: CrashFormat = {
  family: 'Linux',
  start: by(
    [
      /^Unable to handle kernel (.+?) at virtual address ([0-9a-f]+)/,
      (m) => ({ title: `kernel ${m[1] ?? ''}`, registers: { far: h(m[2]) } }),
    ],
    [
      /^Unhandled fault at 0x([0-9a-f]+)/,
      (m) => ({ title: 'unhandled fault', registers: { far: h(m[1]) } }),
    ],
    [/^kernel BUG at (.+)!/, (m) => ({ title: `BUG at ${m[1] ?? ''}` })],
    [
      /^Internal error: (.+?): ([0-9a-f]{8,16}) \[#\d+\]/,
      (m) => ({ title: m[1] ?? '', registers: { esr: h(m[2]) } }),
    ],
    // 32-bit: a fault status (DFSR, IFSR) or nothing in place of the syndrome.
    [
      /^Internal error: (.+?): ([0-9a-f]{1,7}) \[#\d+\]/,
      (m) => ({ title: m[1] ?? '', registers: { fsr: h(m[2]) } }),
    ],
    [
      /^SError Interrupt on CPU(\d+), code 0x([0-9a-f]+)/,
      (m) => ({ title: `SError on CPU ${m[1] ?? ''}`, registers: { esr: h(m[2]) } }),
    ],
    [
      /^Bad mode in (.+?) handler detected on CPU(\d+), code 0x([0-9a-f]+)/,
      (m) => ({
        title: `bad mode in ${m[1] ?? ''} on CPU ${m[2] ?? ''}`,
        registers: { esr: h(m[3]) },
      }),
    ],
    [
      /^(\S+)\[(\d+)\]: unhandled exception: (.*?), ESR 0x([0-9a-f]+)/,
      (m) => ({
        title: `${m[1] ?? ''} (process ${m[2] ?? ''}) killed: ${m[3] ?? ''}`,
        registers: { esr: h(m[4]) },
      }),
    ],
    [/^Kernel panic - not syncing: (.*)/, (m) => ({ title: `panic: ${m[1] ?? ''}` })],
  ),
  more: by(
    [/^ {0,2}ESR = 0x([0-9a-f]+)/, (m) => ({ registers: { esr: h(m[1]) } })],
    [/^Internal error: (.+?): ([0-9a-f]{8,16}) \[#\d+\]/, (m) => ({ registers: { esr: h(m[2]) } })],
    [/^Internal error: (.+?): ([0-9a-f]{1,7}) \[#\d+\]/, (m) => ({ registers: { fsr: h(m[2]) } })],
    [BRACKETED, bracketed],
    [/^PC is at (\S+)/, (m) => ({ symbols: { pc: m[1] ?? '' } })],
    [/^LR is at (\S+)/, (m) => ({ symbols: { lr: m[1] ?? '' } })],
    [/^pstate: ([0-9a-f]{8,16})/, (m) => ({ registers: { pstate: h(m[1]) } })],
    [/^pc : (\S+\+0x\S+)/, (m) => ({ symbols: { pc: m[1] ?? '' } })],
    [/^lr : (\S+\+0x\S+)/, (m) => ({ symbols: { lr: m[1] ?? '' } })],
    [/^Kernel panic - not syncing: (.*)/, (m) => ({ symbols: { panic: m[1] ?? '' } })],
  ),
  styles: ['colon'],
  end: /^---\[ end /,
  esr: ['esr'],
  far: ['far'],
  pc: ['pc'],
  source: 'Linux arch/arm64/mm/fault.c, arch/arm64/kernel/traps.c, process.c; arch/arm likewise',
};

const XEN: CrashFormat = {
  family: 'Xen',
  start: by(
    [
      /^Hypervisor Trap\. HSR=(?:0x)?([0-9a-f]+)/,
      (m) => ({ title: 'hypervisor trap', registers: { esr_el2: h(m[1]) } }),
    ],
    [
      /^(CPU\d+): Unexpected Trap: (.*)/,
      (m) => ({ title: `unexpected trap on ${m[1] ?? ''}: ${m[2] ?? ''}` }),
    ],
    [/^Bad mode in (.+) handler detected/, (m) => ({ title: `bad mode in ${m[1] ?? ''}` })],
    [/^Panic on CPU (\d+):/, (m) => ({ title: `panic on CPU ${m[1] ?? ''}` })],
  ),
  more: by([/^PC: {4,6}[0-9a-f]{16} (\S+)/, (m) => ({ symbols: { pc: m[1] ?? '' } })]),
  reasonAfter: /^Panic on CPU \d+:$/,
  styles: ['colon'],
  end: /^(?:Reboot in|Manual reset required)/,
  esr: ['esr_el2'],
  far: ['far_el2'],
  pc: ['pc'],
  source: 'Xen xen/arch/arm/traps.c',
};

/**
 * In order. EDK2's "Synchronous Exception" and others are distinct; Xen's lines
 * are told from Linux's by their "(XEN)" prefix, in recogniser.ts.
 */
export const CRASH_FORMATS: readonly CrashFormat[] = [TF_A, RMM, OPTEE, EDK2, UBOOT, XEN, LINUX];
