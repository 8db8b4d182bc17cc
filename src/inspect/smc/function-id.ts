/** A function id by the SMC Calling Convention, DEN0028, section on function identifiers. */
import { bit, bits, decodeFields, flag, hex, range, type Field } from '../field';
import { SMCCC } from '../source';

const OWNERS: readonly (readonly [first: number, last: number, name: string])[] = [
  [0, 0, 'Arm Architecture calls'],
  [1, 1, 'CPU service calls'],
  [2, 2, 'Silicon Provider service calls'],
  [3, 3, 'OEM service calls'],
  [4, 4, 'Standard Secure service calls'],
  [5, 5, 'Standard Hypervisor service calls'],
  [6, 6, 'Vendor-specific Hypervisor service calls'],
  [7, 7, 'Vendor-specific EL3 monitor calls'],
  [48, 49, 'Trusted Application calls'],
  [50, 63, 'Trusted OS calls'],
];

/** The owning entity of bits [29:24]. */
export function owningEntity(number: number): string {
  return OWNERS.find(([first, last]) => number >= first && number <= last)?.[2] ?? 'reserved';
}

export interface FunctionId {
  /** The low 32 bits, which are what the convention uses. */
  readonly id: number;
  readonly fast: boolean;
  readonly convention: 'SMC32' | 'SMC64';
  readonly owner: string;
  readonly ownerNumber: number;
  readonly functionNumber: number;
  /** The caller says it has no live SVE state (bit 16 of fast calls). */
  readonly sveHint: boolean;
  readonly fields: readonly Field[];
  readonly source: string;
}

const CONVENTION = flag(30, 'Convention', 'SMC32/HVC32', 'SMC64/HVC64');
const OWNER = range(29, 24, 'Owner', (v) => owningEntity(Number(v)));
const FUNCTION = range(15, 0, 'Function', (v) => `function ${hex(v)}`);

/** Reads x0 as a function id; bits above 31 are not part of it. */
export function decodeFunctionId(x0: bigint): FunctionId {
  const id = x0 & 0xffffffffn;
  const fast = bit(id, 31);
  const specs = [
    flag(31, 'Type', 'yielding call', 'fast call'),
    CONVENTION,
    OWNER,
    ...(fast ? [flag(16, 'SVE hint', 'no hint', 'caller has no live SVE state')] : []),
    FUNCTION,
  ];
  const ownerNumber = Number(bits(id, 29, 24));
  return {
    id: Number(id),
    fast,
    convention: bit(id, 30) ? 'SMC64' : 'SMC32',
    owner: owningEntity(ownerNumber),
    ownerNumber,
    functionNumber: Number(bits(id, 15, 0)),
    sveHint: fast && bit(id, 16),
    fields: decodeFields(id, specs, `${SMCCC}, Function Identifiers`),
    source: `${SMCCC}, Function Identifiers`,
  };
}
