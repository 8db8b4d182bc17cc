import type { Cache } from './cache';
import type { LogFile } from './process';
import type { Rootfs } from './rootfs';
import type { PackageStore } from './source';

/** What a build step works with. */
export interface SetupContext {
  /** The checkout, an absolute path. */
  repo: string;
  cache: Cache;
  rootfs: Rootfs;
  packages: PackageStore;
  /** How many compilers a build may run at once. */
  jobs: number;
}

/** What a build step is given besides: its own log, and how to say that nothing was built. */
export interface StepContext extends SetupContext {
  log: LogFile;
  signal: AbortSignal;
  wasCached: () => void;
}
