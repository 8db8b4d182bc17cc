/** A trace record as the page uses it. The binary form is in layout.ts. */
import type { Place, SecurityState } from '../security';
import type { GranuleCause, InterruptKind, ResetKind, WaitKind } from './layout';

/** What every event has. */
export interface EventBase {
  readonly cpu: number;
  /** Guest time, nanoseconds. */
  readonly time: bigint;
  /** Instructions executed, where `-icount` gives them. */
  readonly icount?: bigint;
}

/** A synchronous exception. */
export interface ExceptionEvent extends EventBase {
  readonly kind: 'exception';
  readonly from: Place;
  readonly to: Place;
  readonly esr: bigint;
  /** FAR_ELx; absent for calls, which do not set it. */
  readonly far?: bigint;
  /** The preferred return address, ELR_ELx. */
  readonly elr: bigint;
  readonly spsr: bigint;
  /** Address of the vector, and its offset from VBAR_ELx (see vbar.ts). */
  readonly vector: bigint;
  readonly vectorOffset: number;
  /**
   * x0 to x7 of an SVC, HVC or SMC; only x0 if the record with the rest was
   * lost. Absent for other exceptions.
   */
  readonly args?: readonly bigint[];
}

export interface ReturnEvent extends EventBase {
  readonly kind: 'return';
  readonly from: Place;
  readonly to: Place;
  readonly elr: bigint;
  readonly spsr: bigint;
  readonly x0: bigint;
  readonly x1: bigint;
  readonly pc: bigint;
}

/** SCR_EL3 changed NS or NSE: the levels below EL3 are another world's now. */
export interface WorldSwitchEvent extends EventBase {
  readonly kind: 'world-switch';
  readonly from: Place;
  readonly to: Place;
  readonly scr: bigint;
  readonly oldScr: bigint;
  readonly pc: bigint;
}

/** A granule protection fault, whichever way it was reported. */
export interface GpfEvent extends EventBase {
  readonly kind: 'gpf';
  readonly from: Place;
  readonly pa: bigint;
  /** The physical address space that the access was made in. */
  readonly space: SecurityState;
  readonly va?: bigint;
  readonly pc: bigint;
  readonly esr: bigint;
  readonly entry?: bigint;
  /** GPCSC: see gpcStatus in esr/aborts.ts. */
  readonly gpcsc: number;
  readonly write: boolean;
  readonly fetch: boolean;
  readonly onWalk: boolean;
}

export interface GranuleEvent extends EventBase {
  readonly kind: 'granule';
  readonly from: Place;
  readonly base: bigint;
  readonly size: bigint;
  readonly entry: bigint;
  readonly oldEntry?: bigint;
  /** GPI codes; ownerOfGpi in gpt/entry.ts names them. */
  readonly gpi: number;
  readonly oldGpi?: number;
  readonly cause: GranuleCause;
  readonly pc: bigint;
}

/** SCTLR_ELx.M changed; `from` is the regime (its EL and state). */
export interface MmuEvent extends EventBase {
  readonly kind: 'mmu';
  readonly from: Place;
  readonly enabled: boolean;
  readonly sctlr: bigint;
  readonly oldSctlr: bigint;
  readonly ttbr0: bigint;
  readonly tcr: bigint;
  readonly pc: bigint;
}

/** The first instruction of an image. */
export interface ImageEvent extends EventBase {
  readonly kind: 'image';
  readonly from: Place;
  readonly to: Place;
  /** Index among the images the page named. */
  readonly image: number;
  /** Its name, where the page has given one. */
  readonly name?: string;
  readonly pc: bigint;
  readonly base: bigint;
  readonly size: bigint;
  readonly x0: bigint;
  readonly x1: bigint;
}

export interface InterruptEvent extends EventBase {
  readonly kind: 'interrupt';
  readonly from: Place;
  readonly to: Place;
  readonly interrupt: InterruptKind;
  readonly intid?: bigint;
  readonly elr: bigint;
  readonly spsr: bigint;
  readonly vector: bigint;
}

export interface WaitEvent extends EventBase {
  readonly kind: 'wait';
  readonly from: Place;
  readonly wait: WaitKind;
  readonly pc: bigint;
}

/** A PSCI call that QEMU itself answered. */
export interface PsciEvent extends EventBase {
  readonly kind: 'psci';
  readonly from: Place;
  /** x0 to x3. */
  readonly args: readonly bigint[];
  readonly result?: bigint;
}

export interface ResetEvent extends EventBase {
  readonly kind: 'reset';
  readonly to: Place;
  readonly reset: ResetKind;
  readonly pc: bigint;
}

/** Events that were counted instead of written. */
export interface SummaryEvent extends EventBase {
  readonly kind: 'summary';
  readonly from: Place;
  readonly to: Place;
  readonly of: 'exception' | 'return' | 'interrupt' | 'wait';
  readonly count: bigint;
  /** Start of the period that ends at `time`. */
  readonly since: bigint;
  /** ESR.EC, INTID or the index of the wait. */
  readonly key: bigint;
  readonly pc: bigint;
}

/** Records that a full ring lost. */
export interface DroppedEvent extends EventBase {
  readonly kind: 'dropped';
  readonly lost: bigint;
  readonly total: bigint;
}

export type TraceEvent =
  | ExceptionEvent
  | ReturnEvent
  | WorldSwitchEvent
  | GpfEvent
  | GranuleEvent
  | MmuEvent
  | ImageEvent
  | InterruptEvent
  | WaitEvent
  | PsciEvent
  | ResetEvent
  | SummaryEvent
  | DroppedEvent;

export type TraceKind = TraceEvent['kind'];
