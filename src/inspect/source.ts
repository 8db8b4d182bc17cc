/**
 * How an answer names where its rule stands. Section numbers follow DDI 0487
 * issue K.a; the name after them is what stays the same between issues.
 */

/** A register's own page. General system control registers are in D24.2. */
export function register(name: string, part?: string): string {
  return `Arm ARM (DDI 0487) D24.2, ${name}${part === undefined ? '' : `, ${part}`}`;
}

/** SPSR_ELx and the PSTATE fields, which are special-purpose registers (C5.2). */
export function specialRegister(name: string): string {
  return `Arm ARM (DDI 0487) C5.2, ${name}`;
}

/** A part of ESR_ELx; the ISS encodings are the same at every Exception level. */
export function iss(cause: string): string {
  return register('ESR_ELx', `ISS encoding for ${cause}`);
}

export const GPC_CHAPTER = 'Arm ARM (DDI 0487) D9, The Granule Protection Check mechanism';
export const SMCCC = 'SMC Calling Convention (DEN0028)';
export const TRANSLATION_CHAPTER =
  'Arm ARM (DDI 0487) D8, The AArch64 Virtual Memory System Architecture';
