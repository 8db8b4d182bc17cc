/** What "What happened?" looks at, and what it answers. Times are milliseconds unless named. */
import type { ConsoleEvent } from '../console/event';
import type { TraceEvent } from '../events/event';

/** The part of an EventStore (events/store.ts) that is read: indices never change their event. */
export interface RecordedEvents {
  readonly cpu: number;
  /** Index of the oldest event that is still there, and the one after the newest. */
  readonly first: number;
  readonly end: number;
  kind(index: number): number;
  /** Place bytes, as in a trace record. */
  from(index: number): number;
  to(index: number): number;
  event(index: number): TraceEvent | undefined;
}

/** Registers of a vCPU, by lower-case architectural name: pc, sp, x0, pstate. */
export type SeenRegisters = Readonly<Record<string, bigint>>;

export interface ObservedCpu {
  readonly cpu: number;
  readonly events?: RecordedEvents;
  /** Since the newest event came; undefined before the first. */
  readonly quietFor?: number;
  readonly registers?: SeenRegisters;
  /** Where the PC was each time it was looked at lately, a second apart, the newest last. */
  readonly samples?: readonly bigint[];
  /** Words of code that were read, by virtual address. */
  readonly code?: ReadonlyMap<bigint, number>;
}

export interface ObservedConsole {
  readonly id: string;
  readonly title: string;
  /** Since it printed last; undefined when it never did. */
  readonly quietFor?: number;
  /** What marks a phase, a problem or a crash, in order. */
  readonly events: readonly ConsoleEvent[];
  /** The line that has not ended: a prompt, or nothing. */
  readonly openLine: string;
  /** The last line that is not empty. */
  readonly lastLine: string;
}

/** A reset that QEMU told of (qapi/run-state.json, RESET), and who asked for it. */
export interface ObservedReset {
  readonly byGuest: boolean;
  /** The newest line of any console before it. */
  readonly after: string;
}

export interface Observation {
  readonly title: string;
  readonly state: 'running' | 'paused' | 'ended' | 'failed';
  /** Since QEMU was let go; it does not run on while the machine is paused. */
  readonly ranFor: number;
  readonly exitCode?: number;
  /** What QEMU itself printed, the last lines. */
  readonly output: readonly string[];
  /** Whether events are recorded; 'late' when that began after reset. */
  readonly recording: 'on' | 'late' | 'off' | 'unavailable';
  /** Which events the visitor has left out, in words. */
  readonly leftOut?: string;
  /** Records that full rings lost. */
  readonly lost: number;
  readonly cpus: readonly ObservedCpu[];
  readonly consoles: readonly ObservedConsole[];
  /** The newest ones. */
  readonly resets: readonly ObservedReset[];
  /** How many the guest asked for in all. */
  readonly guestResets: number;
  /** The guest has reached the prompt that its recipe waits for. */
  readonly reachedPrompt: boolean;
  /** Loops found by an earlier look: how they began may be forgotten by now. */
  readonly loops?: readonly ExceptionLoop[];
}

/** Where a finding comes from, so that it can be checked. */
export type Evidence =
  | {
      readonly kind: 'event';
      readonly cpu: number;
      readonly index: number;
      readonly time: bigint;
      readonly text: string;
    }
  | {
      readonly kind: 'console';
      readonly console: string;
      readonly offset: number;
      readonly text: string;
    }
  | { readonly kind: 'register'; readonly cpu: number; readonly text: string }
  | { readonly kind: 'run'; readonly text: string };

/** A likely reason, what speaks for it, and where its rule stands. */
export interface Finding {
  /** Stable, for tests and links. */
  readonly id: string;
  readonly text: string;
  readonly evidence: readonly Evidence[];
  readonly source: string;
}

/** A vCPU that takes exception after exception and never gets out. */
export interface ExceptionLoop {
  readonly cpu: number;
  /** The vCPU's first event after that only the loop follows. */
  readonly start: number;
  /** False when what came before is no longer kept: the loop may have begun earlier. */
  readonly startKnown: boolean;
  /** The exception that led into it, when it is known and not of the loop itself. */
  readonly cause?: { readonly index: number; readonly event: TraceEvent & { kind: 'exception' } };
  /** One of its exceptions, whole. */
  readonly sample: { readonly index: number; readonly event: TraceEvent & { kind: 'exception' } };
  /** Exceptions seen in the part looked at. */
  readonly count: number;
  /** Whether a handler returns to the instruction that faults, or never gets so far. */
  readonly returns: boolean;
}

export type Verdict =
  /** A console printed a crash. */
  | 'crashed'
  /** A vCPU takes the same exception again and again. */
  | 'looping'
  /** The machine resets itself again and again. */
  | 'resetting'
  /** Nothing happens, and no prompt waits. */
  | 'stuck'
  /** QEMU failed or ended with an error. */
  | 'ended badly'
  | 'ended'
  /** A prompt waits for input. */
  | 'at a prompt'
  | 'running'
  | 'paused';

export interface CpuReport {
  readonly cpu: number;
  readonly text: string;
  /** The newest exceptions, the last one first. */
  readonly exceptions: readonly Evidence[];
}

export interface Diagnosis {
  readonly verdict: Verdict;
  /** Whether the visitor should be told. */
  readonly trouble: boolean;
  readonly headline: string;
  readonly paragraph: string;
  readonly cpus: readonly CpuReport[];
  readonly findings: readonly Finding[];
  /** What could not be seen, and how to see it. */
  readonly limits: readonly string[];
  readonly loops: readonly ExceptionLoop[];
}
