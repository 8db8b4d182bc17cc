import type { DiskFigures } from './disk';
import type { EngineFacts } from './engine-size';
import type { MachineFacts } from './machine-facts';

/** A figure of native QEMU beside the tab's, of every round. */
export interface Sides {
  native: number[];
  tab: number[];
}

export interface GuestResults {
  id: string;
  /** Seconds from process start or navigation to the prompt. */
  boot: Sides;
  /** MiB of the tab at the prompt. */
  memoryMiB: number[];
  /** Seconds from navigation to the prompt by snapshot: nothing kept before, and all of it. */
  snapshotOpen: { cold: number[]; warm: number[]; bytes: number } | undefined;
  /** Bytes that the server had sent at the prompt, to a browser that had nothing. */
  firstVisitBytes: number[];
}

export interface LoadResults {
  name: string;
  title: string;
  guest: string;
  /** Seconds. */
  times: Sides;
}

/** Everything measured, as it was measured: medians are taken when it is shown. */
export interface BenchResults {
  set: 'quick' | 'full';
  rounds: number;
  query?: string;
  machine: MachineFacts;
  /** Load averages of 1, 5 and 15 minutes, before the rounds and after them. */
  load: { before: number[]; after: number[] };
  versions: { chromium?: string; nativeQemu: string; engineQemu: string };
  engine: EngineFacts;
  guests: GuestResults[];
  loads: LoadResults[];
  /** Million instructions a second, by class. */
  mips: Record<string, Sides>;
  /** Milliseconds from each key press to its echo. */
  echoMs: number[];
  /** The longest task of the main thread of each boot, ms; 0 when none took 50 ms. */
  longestTaskMs: number[];
  disk?: DiskFigures;
  /** The load that is run once on each vCPU, by their number. */
  smp: LoadResults[];
  fullBuildSeconds?: number;
  /** Of a build after a change to QEMU's sources. */
  incrementalBuildSeconds?: number;
  /** What could not be measured, and why. */
  failures: string[];
}
