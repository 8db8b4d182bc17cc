/** SCTLR_EL1, SCTLR_EL2 and SCTLR_EL3: MMU, caches, alignment, traps of EL0. */
import { decodeFields, flag, number, range, type Decoded, type FieldSpec } from './field';
import { register } from './source';

const TCF = ['tag check faults ignored', 'synchronous', 'asynchronous', 'asymmetric'] as const;

/** Fields that every SCTLR_ELx has. */
const COMMON: readonly FieldSpec[] = [
  flag(61, 'NMI', 'no non-maskable interrupts', 'non-maskable interrupts enabled'),
  flag(62, 'SPINTMASK', 'SP selection does not mask', 'SP selection masks interrupts'),
  flag(53, 'TME', 'transactions trapped', 'transactions enabled'),
  flag(51, 'TMT', 'transactions may succeed', 'transactions always fail'),
  flag(44, 'DSSBS', 'SSBS cleared on exception entry', 'SSBS set on exception entry'),
  flag(43, 'ATA', 'allocation tags off', 'allocation tags on'),
  range(41, 40, 'TCF', TCF),
  flag(37, 'ITFSB', 'tag faults not synchronized on entry', 'tag faults synchronized on entry'),
  flag(36, 'BT', 'PACIxSP allowed at any branch target', 'PACIxSP not a target for BTYPE 3'),
  flag(31, 'EnIA', 'instruction key A off', 'instruction key A on'),
  flag(30, 'EnIB', 'instruction key B off', 'instruction key B on'),
  flag(27, 'EnDA', 'data key A off', 'data key A on'),
  flag(25, 'EE', 'little-endian data and tables', 'big-endian data and tables'),
  flag(22, 'EIS', 'exception entry need not synchronize', 'exception entry synchronizes context'),
  flag(21, 'IESB', 'no implicit error barrier', 'implicit error barrier on exceptions'),
  flag(19, 'WXN', 'writable memory may be executed', 'writable memory is execute-never'),
  flag(13, 'EnDB', 'data key B off', 'data key B on'),
  flag(12, 'I', 'instruction fetches not cached', 'instruction cache on'),
  flag(11, 'EOS', 'exception return need not synchronize', 'exception return synchronizes'),
  flag(6, 'nAA', 'unaligned LDAPR and the like fault', 'unaligned within 16 bytes allowed'),
  flag(3, 'SA', 'SP alignment not checked', 'SP alignment checked'),
  flag(2, 'C', 'data accesses not cached', 'data cache on'),
  flag(1, 'A', 'unaligned accesses allowed', 'unaligned accesses fault'),
  flag(0, 'M', 'MMU off', 'MMU on'),
];

/** Fields about EL0: of SCTLR_EL1, and of SCTLR_EL2 when HCR_EL2.E2H is 1. */
const FOR_EL0: readonly FieldSpec[] = [
  flag(63, 'TIDCP', 'implementation defined at EL0 not trapped', 'trapped'),
  flag(60, 'EnTP2', 'TPIDR2_EL0 trapped at EL0', 'TPIDR2_EL0 usable at EL0'),
  flag(57, 'EPAN', 'PAN covers data accessible at EL0', 'PAN covers EL0 execute-only too'),
  flag(56, 'EnALS', 'LD64B and ST64B trapped at EL0', 'LD64B and ST64B allowed'),
  flag(55, 'EnAS0', 'ST64BV0 trapped at EL0', 'ST64BV0 allowed'),
  flag(54, 'EnASR', 'ST64BV trapped at EL0', 'ST64BV allowed'),
  flag(52, 'TME0', 'transactions trapped at EL0', 'transactions at EL0'),
  flag(50, 'TMT0', 'EL0 transactions may succeed', 'EL0 transactions always fail'),
  number(49, 46, 'TWEDEL', 'WFE trap delay exponent'),
  flag(45, 'TWEDEn', 'WFE trap delay implementation defined', 'WFE trap delay by TWEDEL'),
  flag(42, 'ATA0', 'allocation tags off at EL0', 'allocation tags on at EL0'),
  range(39, 38, 'TCF0', TCF),
  flag(35, 'BT0', 'EL0: PACIxSP allowed at any target', 'EL0: not a target for BTYPE 3'),
  flag(33, 'MSCEn', 'memory copy and set UNDEFINED at EL0', 'memory copy and set at EL0'),
  flag(32, 'CMOW', 'EL0 cache clean without write permission', 'needs write permission'),
  flag(29, 'LSMAOE', 'A32 multiple accesses may be reordered', 'order kept'),
  flag(28, 'nTLSMD', 'A32 multiples to Device memory trapped', 'not trapped'),
  flag(26, 'UCI', 'cache maintenance trapped at EL0', 'cache maintenance at EL0 allowed'),
  flag(24, 'E0E', 'EL0 data little-endian', 'EL0 data big-endian'),
  flag(23, 'SPAN', 'exception entry sets PAN', 'exception entry leaves PAN'),
  flag(20, 'TSCXT', 'SCXTNUM_EL0 usable at EL0', 'SCXTNUM_EL0 trapped at EL0'),
  flag(18, 'nTWE', 'WFE trapped at EL0', 'WFE not trapped'),
  flag(16, 'nTWI', 'WFI trapped at EL0', 'WFI not trapped'),
  flag(15, 'UCT', 'CTR_EL0 trapped at EL0', 'CTR_EL0 readable at EL0'),
  flag(14, 'DZE', 'DC ZVA trapped at EL0', 'DC ZVA at EL0 allowed'),
  flag(10, 'EnRCTX', 'prediction restriction trapped at EL0', 'allowed at EL0'),
  flag(9, 'UMA', 'DAIF trapped at EL0', 'DAIF usable at EL0'),
  flag(8, 'SED', 'SETEND allowed', 'SETEND UNDEFINED'),
  flag(7, 'ITD', 'all IT forms allowed', 'some IT forms UNDEFINED'),
  flag(5, 'CP15BEN', 'CP15 barriers UNDEFINED', 'CP15 barriers allowed'),
  flag(4, 'SA0', 'SP alignment not checked at EL0', 'SP alignment checked at EL0'),
];

/** Bits that are RES1 where FOR_EL0 does not apply (SCTLR_EL2 with E2H=0, SCTLR_EL3). */
const RES1: readonly FieldSpec[] = [29, 28, 23, 18, 16, 5, 4].map((n) => ({
  name: `RES1[${n.toString()}]`,
  hi: n,
  lo: n,
  meaning: ['should be 1', 'reserved, reads 1'],
}));

/**
 * SCTLR_ELx in words. `e2h` says whether HCR_EL2.E2H is 1, which gives
 * SCTLR_EL2 the fields about EL0.
 */
export function decodeSctlr(value: bigint, el: 1 | 2 | 3, e2h = false): Decoded {
  const name = `SCTLR_EL${el.toString()}`;
  const source = register(name);
  const forEl0 = el === 1 || (el === 2 && e2h);
  const fields = decodeFields(value, [...COMMON, ...(forEl0 ? FOR_EL0 : RES1)], source);
  const on = (n: string) => fields.some((f) => f.name === n && f.value === 1n);
  const parts = [
    on('M') ? 'MMU on' : 'MMU off',
    on('C') ? 'data cache on' : 'data cache off',
    on('I') ? 'instruction cache on' : 'instruction cache off',
    ...(on('A') ? ['alignment checked'] : []),
    ...(on('WXN') ? ['writable is execute-never'] : []),
    ...(on('EE') ? ['big-endian'] : []),
  ];
  return { register: name, value, fields, summary: parts.join(', '), source };
}
