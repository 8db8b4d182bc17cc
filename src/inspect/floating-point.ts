/** FPCR and FPSR: rounding, flushing, and which floating-point exceptions have happened. */
import { decodeFields, flag, number, range, setFlags, type Decoded, type FieldSpec } from './field';
import { register } from './source';

const FPCR_SOURCE = register('FPCR');
const FPSR_SOURCE = register('FPSR');

function traps(position: number, name: string, what: string): FieldSpec {
  return flag(
    position,
    name,
    `${what} is only noted in FPSR`,
    `${what} is trapped, if implemented`,
  );
}

function happened(position: number, name: string, what: string): FieldSpec {
  return flag(position, name, `no ${what}`, `${what} has happened`);
}

const FPCR_FIELDS: readonly FieldSpec[] = [
  flag(26, 'AHP', 'half precision as IEEE 754', 'half precision of Arm’s alternative format'),
  flag(
    25,
    'DN',
    'operands that are no numbers are handed on',
    'results that are no numbers are the default one',
  ),
  flag(24, 'FZ', 'subnormals are kept', 'subnormals become zero'),
  range(23, 22, 'RMode', ['to nearest', 'up', 'down', 'towards zero']),
  number(21, 20, 'Stride', 'AArch32 stride'),
  flag(19, 'FZ16', 'half-precision subnormals are kept', 'half-precision subnormals become zero'),
  number(18, 16, 'Len', 'AArch32 length'),
  traps(15, 'IDE', 'a subnormal input'),
  flag(13, 'EBF', 'standard BFloat16 behaviour', 'extended BFloat16 behaviour'),
  traps(12, 'IXE', 'an inexact result'),
  traps(11, 'UFE', 'underflow'),
  traps(10, 'OFE', 'overflow'),
  traps(9, 'DZE', 'division by zero'),
  traps(8, 'IOE', 'an invalid operation'),
  flag(2, 'NEP', 'scalar results clear the other elements', 'scalar results keep other elements'),
  flag(1, 'AH', 'usual handling', 'alternate handling'),
  flag(0, 'FIZ', 'subnormal inputs are kept', 'subnormal inputs become zero'),
];

const FPSR_FIELDS: readonly FieldSpec[] = [
  flag(31, 'N', 'AArch32 N clear', 'AArch32 N set'),
  flag(30, 'Z', 'AArch32 Z clear', 'AArch32 Z set'),
  flag(29, 'C', 'AArch32 C clear', 'AArch32 C set'),
  flag(28, 'V', 'AArch32 V clear', 'AArch32 V set'),
  flag(27, 'QC', 'nothing has saturated', 'an integer operation has saturated'),
  happened(7, 'IDC', 'subnormal input'),
  happened(4, 'IXC', 'inexact result'),
  happened(3, 'UFC', 'underflow'),
  happened(2, 'OFC', 'overflow'),
  happened(1, 'DZC', 'division by zero'),
  happened(0, 'IOC', 'invalid operation'),
];

export function decodeFpcr(fpcr: bigint): Decoded {
  const fields = decodeFields(fpcr, FPCR_FIELDS, FPCR_SOURCE);
  const mode = fields.find(({ name }) => name === 'RMode')?.meaning ?? '';
  return {
    register: 'FPCR',
    value: fpcr,
    fields,
    summary: [`rounds ${mode}`, ...setFlags(fields)].join(', '),
    source: FPCR_SOURCE,
  };
}

export function decodeFpsr(fpsr: bigint): Decoded {
  const fields = decodeFields(fpsr, FPSR_FIELDS, FPSR_SOURCE);
  return {
    register: 'FPSR',
    value: fpsr,
    fields,
    summary: setFlags(fields).join(', ') || 'nothing noted',
    source: FPSR_SOURCE,
  };
}
