/** SCR_EL3: which Security state the levels below EL3 are in, and what EL3 takes. */
import { decodeFields, flag, number, type Decoded, type FieldSpec } from './field';
import { securityState } from './security';
import { register } from './source';

const SOURCE = register('SCR_EL3');

const TRAP = 'not trapped to EL3';

/** A bit that, when 0, sends accesses to EL3. */
function enables(position: number, name: string, what: string): FieldSpec {
  return flag(position, name, `${what} trapped or disabled below EL3`, `${what} enabled below EL3`);
}

const FIELDS: readonly FieldSpec[] = [
  {
    name: 'NSE',
    hi: 62,
    lo: 62,
    meaning: (_, scr) => `with NS: ${securityState(scr) ?? 'reserved combination'}`,
  },
  enables(61, 'HACDBSEn', 'hardware cleaner for dirty state'),
  enables(60, 'HDBSSEn', 'dirty state tracking structure'),
  enables(59, 'FGTEn2', 'second set of fine-grained trap registers'),
  enables(58, 'EnDSE', 'delegated SError exceptions'),
  flag(57, 'DSE', 'no delegated SError pending', 'delegated SError pending'),
  enables(55, 'EnIDCP128', 'implementation-defined 128-bit registers'),
  enables(54, 'SRMASKEn', 'register mask registers'),
  enables(53, 'PFAREn', 'PFAR registers'),
  flag(52, 'TWERR', `error record writes ${TRAP}`, 'error record writes trapped to EL3'),
  flag(51, 'TMEA', 'masked external aborts not taken to EL3', 'masked external aborts to EL3'),
  enables(50, 'EnFPM', 'FPMR'),
  enables(49, 'MECEn', 'memory encryption context registers'),
  flag(
    48,
    'GPF',
    'granule protection faults reported as aborts',
    'granule protection faults to EL3',
  ),
  enables(47, 'D128En', '128-bit system registers'),
  enables(46, 'AIEn', 'memory attribute index enhancement'),
  enables(45, 'PIEn', 'permission indirection and overlay'),
  enables(44, 'SCTLR2En', 'SCTLR2 registers'),
  enables(43, 'TCR2En', 'TCR2 registers'),
  enables(42, 'RCWMASKEn', 'RCW mask registers'),
  enables(41, 'EnTP2', 'TPIDR2_EL0'),
  flag(40, 'TRNDR', `RNDR ${TRAP}`, 'RNDR trapped to EL3'),
  enables(39, 'GCSEn', 'guarded control stacks'),
  enables(38, 'HXEn', 'HCRX_EL2'),
  enables(37, 'ADEn', 'ACCDATA_EL1'),
  enables(36, 'EnAS0', 'ST64BV0'),
  enables(35, 'AMVOFFEN', 'activity monitor virtual offsets'),
  enables(34, 'TME', 'transactional memory'),
  number(33, 30, 'TWEDEL', 'WFE trap delay exponent'),
  flag(29, 'TWEDEn', 'WFE trap delay implementation defined', 'WFE trap delay by TWEDEL'),
  enables(28, 'ECVEn', 'CNTPOFF_EL2'),
  enables(27, 'FGTEn', 'fine-grained trap registers'),
  enables(26, 'ATA', 'allocation tags'),
  enables(25, 'EnSCXT', 'SCXTNUM registers'),
  enables(21, 'FIEN', 'fault injection registers'),
  flag(20, 'NMEA', 'masked external aborts stay masked', 'external aborts to EL3 cannot be masked'),
  flag(19, 'EASE', 'external abort uses the synchronous vector', 'it uses the SError vector'),
  flag(18, 'EEL2', 'Secure EL2 disabled', 'Secure EL2 enabled'),
  enables(17, 'API', 'pointer authentication instructions'),
  enables(16, 'APK', 'pointer authentication keys'),
  flag(15, 'TERR', `error record accesses ${TRAP}`, 'error record accesses trapped to EL3'),
  flag(14, 'TLOR', `LORegion accesses ${TRAP}`, 'LORegion accesses trapped to EL3'),
  flag(13, 'TWE', `WFE ${TRAP}`, 'WFE trapped to EL3'),
  flag(12, 'TWI', `WFI ${TRAP}`, 'WFI trapped to EL3'),
  flag(11, 'ST', 'Secure EL1 timer registers trapped', 'Secure EL1 timer usable at Secure EL1'),
  flag(10, 'RW', 'next lower level is AArch32', 'next lower level is AArch64'),
  flag(9, 'SIF', 'Secure fetch from Non-secure memory allowed', 'such fetches fault'),
  flag(8, 'HCE', 'HVC UNDEFINED', 'HVC enabled'),
  flag(7, 'SMD', 'SMC enabled', 'SMC UNDEFINED'),
  flag(5, 'RES1[5]', 'should be 1', 'reserved, reads 1'),
  flag(4, 'RES1[4]', 'should be 1', 'reserved, reads 1'),
  flag(3, 'EA', 'external aborts not routed to EL3', 'external aborts and SError to EL3'),
  flag(2, 'FIQ', 'FIQ not routed to EL3', 'FIQ to EL3'),
  flag(1, 'IRQ', 'IRQ not routed to EL3', 'IRQ to EL3'),
  {
    name: 'NS',
    hi: 0,
    lo: 0,
    meaning: (_, scr) => `with NSE: ${securityState(scr) ?? 'reserved combination'}`,
  },
];

export function decodeScr(scr: bigint): Decoded {
  const fields = decodeFields(scr, FIELDS, SOURCE);
  const routed = ['EA', 'FIQ', 'IRQ', 'GPF'].filter((n) =>
    fields.some((f) => f.name === n && f.value === 1n),
  );
  const state = securityState(scr);
  return {
    register: 'SCR_EL3',
    value: scr,
    fields,
    summary:
      (state === undefined ? 'NSE=1 with NS=0 is reserved' : `levels below EL3 are ${state}`) +
      (routed.length === 0 ? ', nothing routed to EL3' : `, to EL3: ${routed.join(', ')}`),
    source: SOURCE,
  };
}
