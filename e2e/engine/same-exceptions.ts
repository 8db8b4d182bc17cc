import type { TraceEvent } from '../../src/inspect/events/event.js';
import type { LoggedException } from '../../scripts/native/exceptions.js';

/** What must be the same in both QEMUs, as one line of text so that a difference can be read. */
export type Crossing = string;

interface Step {
  readonly kind: 'exception' | 'interrupt' | 'return';
  readonly from: number;
  readonly to: number;
  readonly esr: number | undefined;
  /** Where an interrupt returns to. */
  readonly elr: bigint | undefined;
  readonly pc: bigint;
}

/**
 * Leaves out interrupts and the return from each: when one comes depends on the host's clock, in
 * native QEMU as here. What the guest does of itself is the same each time.
 */
function synchronous(steps: Iterable<Step>): Crossing[] {
  const interrupted: bigint[] = [];
  const kept: Crossing[] = [];
  for (const step of steps) {
    if (step.kind === 'interrupt') {
      if (step.elr !== undefined) interrupted.push(step.elr);
      continue;
    }
    if (step.kind === 'return') {
      const at = interrupted.lastIndexOf(step.pc);
      if (at >= 0) {
        interrupted.splice(at, 1);
        continue;
      }
    }
    const syndrome = step.esr === undefined ? '' : ` ESR 0x${step.esr.toString(16)}`;
    kept.push(
      `${step.kind} EL${step.from} to EL${step.to}${syndrome} PC 0x${step.pc.toString(16)}`,
    );
  }
  return kept;
}

/** The crossings between Exception levels that native QEMU logged. */
export function loggedCrossings(log: readonly LoggedException[]): Crossing[] {
  return synchronous(
    log.map((entry) =>
      entry.kind === 'return' ? { ...entry, esr: undefined, elr: undefined } : entry,
    ),
  );
}

/** The crossings that our events tell of. */
export function recordedCrossings(events: readonly TraceEvent[]): Crossing[] {
  return synchronous(
    events.flatMap((event): Step[] => {
      switch (event.kind) {
        case 'exception':
          return [
            {
              kind: 'exception',
              from: event.from.el,
              to: event.to.el,
              esr: Number(event.esr),
              elr: event.elr,
              pc: event.vector,
            },
          ];
        case 'interrupt':
          return [
            {
              kind: 'interrupt',
              from: event.from.el,
              to: event.to.el,
              esr: undefined,
              elr: event.elr,
              pc: event.vector,
            },
          ];
        case 'return':
          return [
            {
              kind: 'return',
              from: event.from.el,
              to: event.to.el,
              esr: undefined,
              elr: undefined,
              pc: event.elr,
            },
          ];
        default:
          return [];
      }
    }),
  );
}
