import type { Guest } from '../../machine/guest.js';
import type { TranslatorSettings } from './translator.js';
import type { ChannelMap } from './console.js';
import type { Failure, Result } from './failure.js';
import type { MemoryPlan } from './memory.js';
import type { OwnFiles } from './own-files.js';
import type { StoredDisks } from './stored-disks.js';
import type { TraceFilter } from './trace.js';
import type { KeptSnapshot } from '../../snapshots/store.js';

/**
 * What the page and the engine worker say to each other over Comlink: control only. Bytes of
 * the consoles go through the rings of `console.ts`.
 */
export interface BootRequest {
  guest: Guest;
  /** Absolute URL of the folder that holds the engine, with a slash at its end. */
  engineUrl: string;
  /** Absolute URL that the images' URLs are relative to. */
  imageBase: string;
  ownFiles: OwnFiles;
  /** Images of the visitor's library, in place of those of the machine. */
  disks: StoredDisks;
  /** The storage worker's end for this machine (`EngineStorage`); with disks only. */
  storage: MessagePort | undefined;
  /** Undefined for the engine's default. */
  translator: TranslatorSettings | undefined;
  /** Whether events are recorded from reset on. */
  record: boolean;
  /** Which of them. */
  traceFilter: TraceFilter;
  /** Undefined for a cold boot. */
  snapshot: SnapshotSource | undefined;
  /** Whether a machine that boots cold stands at its reset until QMP lets it go. */
  halted: boolean;
}

/** What a machine is to go on from. */
export type SnapshotSource =
  /** The snapshot of the catalogue. */
  | { kind: 'guest' }
  /** One that a visitor made: compressed, as it is kept and exported. */
  | { kind: 'kept'; name: string; file: Blob };

/** A machine that is to be captured. */
export interface CaptureRequest {
  /** The visitor's name for it. */
  name: string;
  /** True for one that the next of the same machine replaces. */
  automatic: boolean;
  /** The monitor's answer to `info ramblock`. */
  ramBlocks: string;
  /** QOM type of the board. */
  machineType: string;
  /** File of the engine that QEMU has written its device state to. */
  stateFile: string;
  consoles: { id: string; output: Uint8Array }[];
}

/** What QEMU was started with. */
export interface Booted {
  channels: ChannelMap;
  /** Whether it was started halted, to be restored. */
  fromSnapshot: boolean;
}

/** A snapshot whose memory is in the machine. */
export interface Restored {
  /** The engine's file with the device state, for QEMU to read. */
  stateFile: string;
  snapshot: OpenedSnapshot;
}

export interface OpenedSnapshot {
  name: string;
  created: string | undefined;
  /** What each console had printed. */
  consoles: { id: string; output: Uint8Array }[];
  /** What to type when it goes on: see `src/snapshots/resume.ts`. */
  resume: { console: string; send: string }[];
}

/** How far one file of a boot has come. Bytes as they travel. */
export interface FileProgress {
  name: string;
  loaded: number;
  total: number;
  /** True when the browser had it already. */
  cached: boolean;
}

/** A line that QEMU itself printed. */
export interface OutputLine {
  stream: 'stdout' | 'stderr';
  text: string;
}

/** What the worker tells the page while it works. */
export interface EngineEvents {
  planned(plan: MemoryPlan): void;
  progress(files: FileProgress[]): void;
  /** All has arrived. QEMU may have been started before the snapshot was there. */
  fetched(): void;
  output(lines: OutputLine[]): void;
  exited(code: number): void;
  failed(failure: Failure): void;
  /** The snapshot cannot be opened; the boot then fails with the same. */
  snapshotRefused(failure: Failure): void;
}

/** What the worker does for the page. A worker boots one guest once. */
export interface EngineService {
  /** Fetches what any boot needs, ahead of its request. @param engineUrl as in the request */
  prepare(engineUrl: string): void;
  /**
   * Lets the engine be compiled, which a boot waits for. It takes every core there is, so the page
   * first makes what it shows of the boot.
   */
  compile(): void;
  boot(request: BootRequest, events: EngineEvents): Promise<Result<Booted>>;
  /**
   * Puts the snapshot's memory into the machine, which has not run, and its device state into a
   * file of the engine; waits for the snapshot's bytes.
   *
   * @param ramBlocks the monitor's answer to `info ramblock`
   */
  restore(ramBlocks: string): Promise<Result<Restored>>;
  /**
   * Copies the machine, which is stopped, out of QEMU's memory.
   *
   * @returns bytes before compression
   */
  capture(request: CaptureRequest): Result<number>;
  /** Compresses what was captured and keeps it in this browser. */
  keep(): Promise<Result<KeptSnapshot>>;
  /** The machine runs: what was kept to restore it is given back. */
  restored(): void;
}
