import { deferred } from '../common/deferred.js';
import type { EngineManifest } from '../common/manifest.js';
import { openImageCache, type ImageCache } from '../common/image-cache.js';
import { fetchManifest, loadEngine, type LoadedEngine } from './module.js';

/**
 * What every boot needs, whichever the machine: it may be fetched before the request has come.
 * What cannot be had is reported to whoever waits for it.
 */
export class Preparation {
  readonly manifest: Promise<EngineManifest>;
  readonly cache: Promise<ImageCache>;
  /** Fetched at once, compiled when `compile` was called, which this waits for. */
  readonly engine: Promise<LoadedEngine>;
  private readonly mayCompile = deferred<undefined>();
  private loaded = 0;
  private listener: ((loaded: number) => void) | undefined;

  /** @param engineUrl absolute URL of the engine's folder, with a slash at its end */
  constructor(readonly engineUrl: string) {
    this.cache = openImageCache();
    this.manifest = fetchManifest(engineUrl);
    const onBytes = (loaded: number): void => {
      this.loaded = loaded;
      this.listener?.(loaded);
    };
    this.engine = this.manifest.then((manifest) =>
      loadEngine(manifest, engineUrl, this.mayCompile.promise, onBytes),
    );
    // Of the boot that waits for it the failure is one; without a boot it is nobody's.
    this.engine.catch(() => undefined);
  }

  /** Lets the engine be compiled. */
  compile(): void {
    this.mayCompile.resolve(undefined);
  }

  /** Reports the bytes of wasm that have come, and each time there are more. */
  onBytes(listener: (loaded: number) => void): void {
    this.listener = listener;
    listener(this.loaded);
  }
}
