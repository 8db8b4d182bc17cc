import type { Guest } from '../../machine/guest.js';
import type { Translator } from './command-line.js';
import type { ChannelMap } from './console.js';
import type { Failure, Result } from './failure.js';
import type { MemoryPlan } from './memory.js';
import type { OwnFiles } from './own-files.js';
import type { StoredDisks } from './stored-disks.js';

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
  translator: Translator | undefined;
  /** Whether events are recorded from reset on. */
  record: boolean;
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
  /** All has arrived; QEMU is being started. */
  fetched(): void;
  output(lines: OutputLine[]): void;
  exited(code: number): void;
  failed(failure: Failure): void;
}

/** What the worker does for the page. A worker boots one guest once. */
export interface EngineService {
  boot(request: BootRequest, events: EngineEvents): Promise<Result<ChannelMap>>;
}
