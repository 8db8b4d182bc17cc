/**
 * The program around an exercise: it starts at EL3 on QEMU's virt (secure=on, virtualization=on),
 * goes to the level asked for, runs the learner's text there, and prints what every level takes.
 * All of it is A64 assembly in GNU syntax; names of ours begin with bl_.
 */
import type { ExceptionLevel } from './lesson';

/** Where the program is loaded: RAM, behind what QEMU puts at its beginning (hw/arm/virt.c). */
export const LOAD_ADDRESS = 0x4010_0000;

/** SPSR_EL3 for an ERET to ELn with its own stack pointer, DAIF set (Arm ARM C5.2, SPSR_EL3). */
const SPSR = ['0x3c0', '0x3c5', '0x3c9'] as const;

/** Vectors of a level: SVC, HVC, SMC and interrupts are told and return, others end the program. */
const vectorTable = (el: 1 | 2 | 3): string => `
.balign 2048
bl_vectors${el}:
.rept 16
  stp x29, x30, [sp, #-16]!
  bl bl_took${el}
.balign 128
.endr
bl_took${el}:
  stp x0, x1, [sp, #-128]!
  stp x2, x3, [sp, #16]
  stp x4, x5, [sp, #32]
  stp x19, x20, [sp, #48]
  stp x21, x22, [sp, #64]
  stp x23, x24, [sp, #80]
  and x19, x30, #0x780
  mrs x20, esr_el${el}
  mrs x21, elr_el${el}
  mrs x22, spsr_el${el}
  mrs x23, far_el${el}
  mov x24, #${el}
  bl bl_report
  cbz x0, bl_park
  // An interrupt stays pending: it is masked where it came from, to be told once.
  orr x22, x22, x1
  msr spsr_el${el}, x22
  msr elr_el${el}, x21
  ldp x2, x3, [sp, #16]
  ldp x4, x5, [sp, #32]
  ldp x19, x20, [sp, #48]
  ldp x21, x22, [sp, #64]
  ldp x23, x24, [sp, #80]
  ldp x0, x1, [sp], #128
  ldp x29, x30, [sp], #16
  eret
`;

const runtime = `
// Prints the string at x0. Changes x0 to x2.
bl_text:
  mov x2, #0x09000000
bl_text_next:
  ldrb w1, [x0], #1
  cbz w1, bl_text_end
  str w1, [x2]
  b bl_text_next
bl_text_end:
  ret
// Prints x0 in hex. Changes x0 to x4.
bl_hex:
  mov x2, #0x09000000
  mov w1, #48
  str w1, [x2]
  mov w1, #120
  str w1, [x2]
  mov x3, #60
bl_hex_skip:
  cbz x3, bl_hex_digit
  lsr x4, x0, x3
  cbnz x4, bl_hex_digit
  sub x3, x3, #4
  b bl_hex_skip
bl_hex_digit:
  lsr x4, x0, x3
  and x4, x4, #15
  add w1, w4, #48
  cmp x4, #10
  b.lo bl_hex_put
  add w1, w1, #39
bl_hex_put:
  str w1, [x2]
  cbz x3, bl_hex_end
  sub x3, x3, #4
  b bl_hex_digit
bl_hex_end:
  ret
// x0 as a line; every register stays as it was.
show:
  stp x0, x1, [sp, #-64]!
  stp x2, x3, [sp, #16]
  stp x4, x30, [sp, #32]
  adr x0, bl_says_show
  bl bl_text
  ldr x0, [sp]
  bl bl_hex
  adr x0, bl_says_line
  bl bl_text
  ldp x2, x3, [sp, #16]
  ldp x4, x30, [sp, #32]
  ldp x0, x1, [sp], #64
  ret
// x19 vector offset, x20 ESR, x21 ELR, x22 SPSR, x23 FAR, x24 level. Gives in x0 whether to
// return, in x1 what to set in SPSR.
bl_report:
  stp x29, x30, [sp, #-16]!
  adr x0, bl_says_el
  bl bl_text
  mov x2, #0x09000000
  add w1, w24, #48
  str w1, [x2]
  and x3, x19, #0x180
  cbz x3, bl_report_exception
  adr x0, bl_says_irq
  bl bl_text
  mov x0, x19
  bl bl_hex
  adr x0, bl_says_elr
  bl bl_text
  mov x0, x21
  bl bl_hex
  adr x0, bl_says_line
  bl bl_text
  mov x0, #1
  mov x1, #0x1c0
  b bl_report_end
bl_report_exception:
  adr x0, bl_says_took
  bl bl_text
  mov x0, x19
  bl bl_hex
  adr x0, bl_says_esr
  bl bl_text
  mov x0, x20
  bl bl_hex
  adr x0, bl_says_elr
  bl bl_text
  mov x0, x21
  bl bl_hex
  adr x0, bl_says_spsr
  bl bl_text
  mov x0, x22
  bl bl_hex
  adr x0, bl_says_far
  bl bl_text
  mov x0, x23
  bl bl_hex
  adr x0, bl_says_line
  bl bl_text
  lsr x0, x20, #26
  and x0, x0, #63
  sub x0, x0, #0x15
  cmp x0, #2
  b.ls bl_report_call
  adr x0, bl_says_stop
  bl bl_text
  mov x0, #0
  b bl_report_end
bl_report_call:
  // An SMC that was trapped returns to itself (Arm ARM D1.3.4): go on behind it.
  cmp x0, #2
  b.ne bl_report_calls
  cmp x24, #3
  b.eq bl_report_calls
  add x21, x21, #4
bl_report_calls:
  mov x0, #1
  mov x1, #0
bl_report_end:
  ldp x29, x30, [sp], #16
  ret
bl_finish:
  mov x19, x0
  mov x20, x1
  adr x0, bl_says_end
  bl bl_text
  mov x0, x19
  bl bl_hex
  adr x0, bl_says_x1
  bl bl_text
  mov x0, x20
  bl bl_hex
  adr x0, bl_says_line
  bl bl_text
bl_park:
  wfi
  b bl_park
bl_says_line: .asciz "\\r\\n"
bl_says_start: .asciz "Your program starts.\\r\\n"
bl_says_show: .asciz "show: x0="
bl_says_el: .asciz "EL"
bl_says_took: .asciz " took a synchronous exception, vector "
bl_says_irq: .asciz " took an interrupt, vector "
bl_says_esr: .asciz " ESR="
bl_says_elr: .asciz " ELR="
bl_says_spsr: .asciz " SPSR="
bl_says_far: .asciz " FAR="
bl_says_x1: .asciz " x1="
bl_says_stop: .asciz "Nobody handles that: stopped.\\r\\n"
bl_says_end: .asciz "Your program ended: x0="
`;

const start = (el: ExceptionLevel): string => `
bl_start:
  msr daifset, #15
  adr x0, bl_vectors3
  msr vbar_el3, x0
  adr x0, bl_vectors2
  msr vbar_el2, x0
  adr x0, bl_vectors1
  msr vbar_el1, x0
  // SCR_EL3: below is Non-secure (NS) and AArch64 (RW), HVC is allowed (HCE).
  mov x0, #0x531
  msr scr_el3, x0
  // HCR_EL2.RW: EL1 is AArch64.
  mov x0, #0x80000000
  msr hcr_el2, x0
  // The RES1 bits of SCTLR: MMU off. nTWI and nTWE let EL0 wait.
  ldr x0, =0x30c50830
  msr sctlr_el2, x0
  ldr x0, =0x30d50800
  msr sctlr_el1, x0
  ldr x0, =${hex(LOAD_ADDRESS + 0x80000)}
  mov sp, x0
  add x0, x0, #0x10000
  msr sp_el2, x0
  add x0, x0, #0x10000
  msr sp_el1, x0
  add x0, x0, #0x10000
  msr sp_el0, x0
  adr x0, bl_says_start
  bl bl_text
  mov x1, #0
  adr x30, bl_finish
${
  el === 3
    ? '  mov x0, #0\n  b bl_yours'
    : `  adr x0, bl_yours
  msr elr_el3, x0
  mov x0, #${SPSR[el]}
  msr spsr_el3, x0
  mov x0, #0
  eret`
}
`;

function hex(value: number): string {
  return `0x${value.toString(16)}`;
}

/** The whole program, to be assembled for LOAD_ADDRESS. */
export function exerciseProgram(text: string, el: ExceptionLevel): string {
  return [
    start(el),
    'bl_yours:',
    text,
    // A comment that is not closed ends with the learner's text's own error, not here.
    '\n  b bl_finish\n',
    runtime,
    vectorTable(1),
    vectorTable(2),
    vectorTable(3),
  ].join('\n');
}

/** Assembles text for an address; what is wrong is a sentence. */
export type Assemble = (
  text: string,
  address: number,
) => { readonly bytes: Uint8Array } | { readonly error: string };

export interface AssemblyProblem {
  /** From 1, in the learner's text. */
  readonly line: number;
  readonly message: string;
}

export type Assembled =
  | { readonly ok: true; readonly bytes: Uint8Array }
  | { readonly ok: false; readonly problems: readonly AssemblyProblem[] };

const LABEL = /^\s*([A-Za-z_.$][\w.$]*)\s*:/;

/** Lines with an error. The assembler gives no line, so each is assembled by itself, among labels. */
function findProblems(text: string, assemble: Assemble): AssemblyProblem[] {
  const lines = text.split('\n');
  const labels = lines.map((line) => LABEL.exec(line)?.[1]);
  const problems: AssemblyProblem[] = [];
  const seen = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const own = labels[index];
    if (own !== undefined) {
      const before = seen.get(own);
      if (before !== undefined) {
        const message = `The label “${own}” stands on line ${before.toString()} already.`;
        problems.push({ line: index + 1, message });
        continue;
      }
      seen.set(own, index + 1);
    }
    const others = new Set(
      [...labels, 'show'].filter((each) => each !== undefined && each !== own),
    );
    const around = [...others].map((each) => `${each ?? ''}:`).join('\n');
    const result = assemble(`${line}\n${around}\n`, LOAD_ADDRESS);
    if ('error' in result) problems.push({ line: index + 1, message: result.error });
  }
  return problems;
}

/** Assembles an exercise for its level. */
export function assembleExercise(text: string, el: ExceptionLevel, assemble: Assemble): Assembled {
  const whole = assemble(exerciseProgram(text, el), LOAD_ADDRESS);
  if (!('error' in whole)) return { ok: true, bytes: whole.bytes };
  const problems = findProblems(text, assemble);
  if (problems.length > 0) return { ok: false, problems };
  return {
    ok: false,
    problems: [{ line: text.split('\n').length, message: `${whole.error} (in no single line)` }],
  };
}
