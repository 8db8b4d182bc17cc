/** SPSR_ELx and PSTATE as it is saved there, AArch64 and AArch32 forms. */
import { AARCH32_MODES } from './aarch32-modes';
import {
  bit,
  bits,
  decodeFields,
  flag,
  number,
  range,
  type Decoded,
  type FieldSpec,
} from './field';
import { specialRegister } from './source';

const MODES64: Readonly<Record<number, string>> = {
  0b0000: 'EL0, SP_EL0',
  0b0100: 'EL1, SP_EL0 (EL1t)',
  0b0101: 'EL1, SP_EL1 (EL1h)',
  0b1000: 'EL2, SP_EL0 (EL2t)',
  0b1001: 'EL2, SP_EL2 (EL2h)',
  0b1100: 'EL3, SP_EL0 (EL3t)',
  0b1101: 'EL3, SP_EL3 (EL3h)',
};

const COMMON: readonly FieldSpec[] = [
  flag(31, 'N', 'not negative', 'negative'),
  flag(30, 'Z', 'not zero', 'zero'),
  flag(29, 'C', 'no carry', 'carry'),
  flag(28, 'V', 'no overflow', 'overflow'),
  flag(22, 'PAN', 'privileged access to EL0 memory allowed', 'PAN: such access faults'),
  flag(21, 'SS', 'no software step', 'software step'),
  flag(20, 'IL', 'legal execution state', 'illegal execution state'),
];

const AARCH64: readonly FieldSpec[] = [
  ...COMMON,
  flag(36, 'UINJ', 'no injected exception', 'inject an Undefined exception'),
  flag(35, 'PACM', 'PACM off', 'PACM on'),
  flag(34, 'EXLOCK', 'ELR and SPSR not locked', 'ELR and SPSR locked (GCS)'),
  flag(33, 'PPEND', 'no profiling exception pending', 'profiling exception pending'),
  flag(32, 'PM', 'profiling exception unmasked', 'profiling exception masked'),
  flag(25, 'TCO', 'tag checks done', 'tag checks overridden'),
  flag(24, 'DIT', 'timing may depend on data', 'data-independent timing'),
  flag(23, 'UAO', 'unprivileged loads act as such', 'unprivileged loads act privileged'),
  flag(13, 'ALLINT', 'not masking all interrupts', 'all interrupts masked'),
  flag(12, 'SSBS', 'speculative store bypass not allowed', 'speculative store bypass allowed'),
  range(11, 10, 'BTYPE', ['no branch target check', 'BTYPE 1', 'BTYPE 2', 'BTYPE 3']),
  flag(9, 'D', 'debug exceptions unmasked', 'debug exceptions masked'),
  flag(8, 'A', 'SError unmasked', 'SError masked'),
  flag(7, 'I', 'IRQ unmasked', 'IRQ masked'),
  flag(6, 'F', 'FIQ unmasked', 'FIQ masked'),
  flag(4, 'M[4]', 'AArch64', 'AArch32'),
  range(3, 0, 'M[3:0]', MODES64),
];

const AARCH32: readonly FieldSpec[] = [
  ...COMMON,
  flag(27, 'Q', 'no saturation', 'saturation'),
  number(26, 25, 'IT[1:0]', 'IT'),
  flag(24, 'DIT', 'timing may depend on data', 'data-independent timing'),
  flag(23, 'SSBS', 'speculative store bypass not allowed', 'speculative store bypass allowed'),
  number(19, 16, 'GE', 'GE'),
  number(15, 10, 'IT[7:2]', 'IT'),
  flag(9, 'E', 'little-endian data', 'big-endian data'),
  flag(8, 'A', 'SError unmasked', 'SError masked'),
  flag(7, 'I', 'IRQ unmasked', 'IRQ masked'),
  flag(6, 'F', 'FIQ unmasked', 'FIQ masked'),
  flag(5, 'T', 'A32', 'T32'),
  flag(4, 'M[4]', 'AArch64', 'AArch32'),
  range(3, 0, 'M[3:0]', AARCH32_MODES),
];

/** The Exception level an SPSR returns to; undefined for a reserved mode. */
export function spsrEl(spsr: bigint): 0 | 1 | 2 | 3 | undefined {
  const mode = Number(bits(spsr, 3, 0));
  if (bit(spsr, 4)) {
    if (!(mode in AARCH32_MODES)) return undefined;
    return mode === 0 ? 0 : mode === 0b1010 ? 2 : mode === 0b0110 ? 3 : 1;
  }
  return mode in MODES64 ? ((mode >> 2) as 0 | 1 | 2 | 3) : undefined;
}

/** SPSR_ELx in words; bit 4 chooses between the AArch64 and AArch32 forms. */
export function decodeSpsr(spsr: bigint, name = 'SPSR_ELx'): Decoded {
  const source = specialRegister(name);
  const aarch32 = bit(spsr, 4);
  const fields = decodeFields(spsr, aarch32 ? AARCH32 : AARCH64, source);
  const mode = Number(bits(spsr, 3, 0));
  const where = aarch32
    ? `AArch32 ${AARCH32_MODES[mode] ?? 'reserved'} mode`
    : (MODES64[mode] ?? `reserved mode ${mode.toString()}`);
  const masks = [...(aarch32 ? 'AIF' : 'DAIF')]
    .filter((letter) => fields.some((f) => f.name === letter && f.value === 1n))
    .join('');
  const nzcv = [...'NZCV']
    .map((l) => (fields.some((f) => f.name === l && f.value === 1n) ? l : l.toLowerCase()))
    .join('');
  const il = bit(spsr, 20) ? ', illegal execution state' : '';
  return {
    register: name,
    value: spsr,
    fields,
    summary: `${where}, ${nzcv}, ${masks === '' ? 'nothing masked' : `${masks} masked`}${il}`,
    source,
  };
}
