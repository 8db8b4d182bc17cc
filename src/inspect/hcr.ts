/** HCR_EL2: stage 2, routing to EL2, traps of EL1 and EL0. */
import { bit, decodeFields, flag, number, range, type Decoded, type FieldSpec } from './field';
import { register } from './source';

const SOURCE = register('HCR_EL2');

function trap(position: number, name: string, what: string): FieldSpec {
  return flag(position, name, `${what} not trapped`, `${what} trapped to EL2`);
}

function allow(position: number, name: string, what: string): FieldSpec {
  return flag(position, name, `${what} trapped to EL2`, `${what} not trapped`);
}

const FIELDS: readonly FieldSpec[] = [
  number(63, 60, 'TWEDEL', 'WFE trap delay exponent'),
  flag(59, 'TWEDEn', 'WFE trap delay implementation defined', 'WFE trap delay by TWEDEL'),
  trap(58, 'TID5', 'tag identification registers'),
  flag(57, 'DCT', 'default memory is Untagged', 'default memory is Tagged'),
  allow(56, 'ATA', 'allocation tag accesses'),
  trap(55, 'TTLBOS', 'outer shareable TLB maintenance'),
  trap(54, 'TTLBIS', 'inner shareable TLB maintenance'),
  allow(53, 'EnSCXT', 'SCXTNUM registers'),
  trap(52, 'TOCU', 'cache maintenance to unification'),
  flag(51, 'AMVOFFEN', 'activity monitor offsets off', 'activity monitor offsets on'),
  trap(50, 'TICAB', 'IC IALLUIS'),
  trap(49, 'TID4', 'cache identification registers'),
  flag(48, 'GPF', 'granule protection faults not routed here', 'EL1 and EL0 GPFs to EL2'),
  allow(47, 'FIEN', 'fault injection registers'),
  flag(46, 'FWB', 'stage 2 combines with stage 1 attributes', 'stage 2 forces attributes'),
  flag(45, 'NV2', 'NV traps', 'NV turns register accesses into memory accesses'),
  trap(44, 'AT', 'address translation instructions'),
  flag(43, 'NV1', 'NV1 behaviour off', 'NV1 behaviour on'),
  flag(42, 'NV', 'nested virtualization off', 'nested virtualization on'),
  allow(41, 'API', 'pointer authentication instructions'),
  allow(40, 'APK', 'pointer authentication key registers'),
  allow(39, 'TME', 'transactions'),
  flag(38, 'MIOCNCE', 'mismatched attributes stay coherent', 'coherency may be lost'),
  trap(37, 'TEA', 'synchronous external aborts'),
  trap(36, 'TERR', 'error record registers'),
  trap(35, 'TLOR', 'LORegion registers'),
  flag(34, 'E2H', 'EL2 is a hypervisor only', 'EL2 hosts an OS (VHE)'),
  flag(33, 'ID', 'stage 2 does not force instruction caching off', 'instruction caching off'),
  flag(32, 'CD', 'stage 2 does not force data caching off', 'data caching off'),
  flag(31, 'RW', 'EL1 is AArch32', 'EL1 is AArch64'),
  trap(30, 'TRVM', 'reads of memory control registers'),
  flag(29, 'HCD', 'HVC enabled', 'HVC UNDEFINED'),
  trap(28, 'TDZ', 'DC ZVA'),
  flag(27, 'TGE', 'EL1 is used', 'exceptions of EL0 go to EL2; EL1 not used'),
  trap(26, 'TVM', 'writes of memory control registers'),
  trap(25, 'TTLB', 'TLB maintenance'),
  trap(24, 'TPU', 'cache maintenance to unification'),
  trap(23, 'TPCP', 'cache maintenance to coherency or persistence'),
  trap(22, 'TSW', 'cache maintenance by set and way'),
  trap(21, 'TACR', 'auxiliary control registers'),
  trap(20, 'TIDCP', 'implementation defined registers'),
  trap(19, 'TSC', 'SMC from EL1'),
  trap(18, 'TID3', 'identification group 3'),
  trap(17, 'TID2', 'identification group 2'),
  trap(16, 'TID1', 'identification group 1'),
  trap(15, 'TID0', 'identification group 0'),
  trap(14, 'TWE', 'WFE'),
  trap(13, 'TWI', 'WFI'),
  flag(12, 'DC', 'no default cacheability', 'with stage 1 off, memory is Normal cacheable'),
  range(11, 10, 'BSU', ['no barrier upgrade', 'inner shareable', 'outer shareable', 'full system']),
  flag(9, 'FB', 'maintenance not broadcast', 'local maintenance broadcast'),
  flag(8, 'VSE', 'no virtual SError pending', 'virtual SError pending'),
  flag(7, 'VI', 'no virtual IRQ pending', 'virtual IRQ pending'),
  flag(6, 'VF', 'no virtual FIQ pending', 'virtual FIQ pending'),
  flag(5, 'AMO', 'SError not routed to EL2', 'SError to EL2'),
  flag(4, 'IMO', 'IRQ not routed to EL2', 'IRQ to EL2'),
  flag(3, 'FMO', 'FIQ not routed to EL2', 'FIQ to EL2'),
  flag(2, 'PTW', 'table walks may touch Device memory', 'such walks fault'),
  flag(1, 'SWIO', 'invalidate by set and way does that', 'it cleans too'),
  flag(0, 'VM', 'stage 2 off', 'stage 2 on'),
];

export function decodeHcr(hcr: bigint): Decoded {
  const fields = decodeFields(hcr, FIELDS, SOURCE);
  const routed = (
    [
      [5, 'SError'],
      [4, 'IRQ'],
      [3, 'FIQ'],
    ] as const
  )
    .filter(([n]) => bit(hcr, n))
    .map(([, name]) => name);
  const e2h = bit(hcr, 34);
  const tge = bit(hcr, 27);
  const parts = [
    e2h && tge
      ? 'EL2 hosts an OS (VHE), EL0 exceptions go to EL2'
      : e2h
        ? 'EL2 with VHE, a guest is loaded'
        : 'EL2 without VHE',
    bit(hcr, 0) ? 'stage 2 on' : 'stage 2 off',
    ...(routed.length === 0 ? [] : [`to EL2: ${routed.join(', ')}`]),
    ...(bit(hcr, 19) ? ['SMC trapped'] : []),
  ];
  return { register: 'HCR_EL2', value: hcr, fields, summary: parts.join(', '), source: SOURCE };
}
