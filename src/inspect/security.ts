/**
 * Security states, physical address spaces and Exception levels.
 *
 * The numbers are those of QEMU's ARMSecuritySpace (target/arm/cpu.h) and, not
 * by chance, of the low two bits of a GPI (Arm ARM D9): one code on every side.
 */
import { bit } from './field';

export const SECURITY_STATES = ['Secure', 'Non-secure', 'Root', 'Realm'] as const;
export type SecurityState = (typeof SECURITY_STATES)[number];

export type ExceptionLevel = 0 | 1 | 2 | 3;

/** Where a vCPU is: an Exception level in a Security state. */
export interface Place {
  readonly el: ExceptionLevel;
  readonly state: SecurityState;
  readonly aarch32: boolean;
}

/**
 * The Security state that SCR_EL3 gives EL2, EL1 and EL0.
 * Source: Arm ARM D24.2, SCR_EL3, fields NSE and NS. NSE=1 with NS=0 is reserved
 * and gives undefined.
 */
export function securityState(scr: bigint): SecurityState | undefined {
  const ns = bit(scr, 0);
  const nse = bit(scr, 62);
  if (!nse) return ns ? 'Non-secure' : 'Secure';
  return ns ? 'Realm' : undefined;
}

/** The Security state of EL3 itself: Root where RME is implemented, else Secure. */
export function el3State(rme: boolean): SecurityState {
  return rme ? 'Root' : 'Secure';
}

/** The Exception level in CurrentEL, bits [3:2] (Arm ARM C5.2, CurrentEL). */
export function currentEl(value: bigint): ExceptionLevel {
  return Number((value >> 2n) & 3n) as ExceptionLevel;
}

const WORLD_PREFIX: Readonly<Record<SecurityState, string>> = {
  Secure: 'S-',
  'Non-secure': 'NS-',
  Root: '',
  Realm: 'R-',
};

/**
 * A short name as the CCA documents write it: EL3, S-EL1, NS-EL2 (plain in most
 * texts, spelt out here), R-EL2.
 */
export function placeName(place: Place): string {
  const prefix = place.el === 3 ? '' : WORLD_PREFIX[place.state];
  return `${prefix}EL${place.el.toString()}${place.aarch32 ? ' (AArch32)' : ''}`;
}

const SOFTWARE: Readonly<Record<SecurityState, readonly [string, string, string, string]>> = {
  Root: ['', '', '', 'monitor (TF-A BL31)'],
  Secure: ['trusted application', 'trusted OS or partition', 'SPM core', 'monitor (TF-A BL31)'],
  'Non-secure': ['application', 'OS kernel or guest', 'hypervisor or host kernel', ''],
  Realm: ['Realm application', 'Realm guest', 'RMM', ''],
};

/** What usually lives there, for labels; empty where the architecture allows nothing. */
export function usualSoftware(place: Place): string {
  return SOFTWARE[place.state][place.el];
}
