/** Processor modes by PSTATE.M[3:0] (Arm ARM G1.9.1). */
export const AARCH32_MODES: Readonly<Record<number, string>> = {
  0b0000: 'User',
  0b0001: 'FIQ',
  0b0010: 'IRQ',
  0b0011: 'Supervisor',
  0b0110: 'Monitor',
  0b0111: 'Abort',
  0b1010: 'Hyp',
  0b1011: 'Undefined',
  0b1111: 'System',
};
