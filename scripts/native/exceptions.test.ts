import { expect, it } from 'vitest';
import { readExceptionLog } from './exceptions';

/** Written by native QEMU 10.0 with `-d int`. */
const LOG = `Exception return from AArch64 EL3 to AArch64 EL2 PC 0x402031a0
Taking exception 13 [Secure Monitor Call] on CPU 0
...from EL2 to EL3
...with ESR 0x17/0x5e000001
...with SPSR 0x3c9
...with ELR 0x402031f4
...to EL3 PC 0x40200c00 PSTATE 0x3cd
Taking exception 16 [Semihosting call] on CPU 0
...from EL3 to EL1
...handling as semihosting call 0x18
Taking exception 5 [IRQ] on CPU 1
...from EL0 to EL1
...with ESR 0x15/0x56000000
...with SPSR 0x0
...with ELR 0x4021
...to EL1 PC 0x40201480 PSTATE 0x3c5
`;

it('gives the exceptions that were taken and the returns, in order', () => {
  expect(readExceptionLog(LOG)).toEqual([
    { kind: 'return', from: 3, to: 2, pc: 0x402031a0n },
    {
      kind: 'exception',
      cpu: 0,
      from: 2,
      to: 3,
      esr: 0x5e000001,
      elr: 0x402031f4n,
      pc: 0x40200c00n,
    },
    {
      kind: 'interrupt',
      cpu: 1,
      from: 0,
      to: 1,
      esr: undefined,
      elr: 0x4021n,
      pc: 0x40201480n,
    },
  ]);
});

it('leaves out an exception in which the log breaks off', () => {
  for (let length = 0; length < LOG.length; length++) {
    expect(readExceptionLog(LOG.slice(0, length)).length).toBeLessThanOrEqual(3);
  }
});
