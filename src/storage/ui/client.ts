import * as Comlink from 'comlink';
import type { StorageService, Trouble } from '../common/service.js';

/** The storage worker's side of one machine: what the engine worker is given, and its end. */
export interface StorageSession {
  /** To be transferred to the engine worker. */
  port: MessagePort;
  /** Flushes and closes what the machine had open. */
  end(): Promise<void>;
}

/**
 * The page's end of the storage worker. The worker is started with the first use and lives as
 * long as the page: it holds the locks of the images that machines have open.
 */
export class StorageClient {
  private worker: Worker | undefined;
  private remote: Comlink.Remote<StorageService> | undefined;
  /** Kept while their sessions live: comlink issue 692. */
  private readonly kept = new Set<unknown>();

  constructor(private readonly createWorker: () => Worker) {}

  get service(): Comlink.Remote<StorageService> {
    if (this.remote === undefined) {
      this.worker = this.createWorker();
      this.remote = Comlink.wrap<StorageService>(this.worker);
    }
    return this.remote;
  }

  startSession(onTrouble: (trouble: Trouble) => void): StorageSession {
    const { port1, port2 } = new MessageChannel();
    const session = crypto.randomUUID();
    const listener = Comlink.proxy(onTrouble);
    this.kept.add(listener);
    const started = this.service.startSession(session, Comlink.transfer(port1, [port1]), listener);
    let ending: Promise<void> | undefined;
    const end = async (): Promise<void> => {
      await started;
      await this.service.endSession(session);
      this.kept.delete(listener);
    };
    return { port: port2, end: () => (ending ??= end()) };
  }

  /** Ends the worker, and with it everything that is not flushed. */
  terminate(): void {
    this.remote?.[Comlink.releaseProxy]();
    this.worker?.terminate();
    this.worker = undefined;
    this.remote = undefined;
  }
}

/**
 * Asks the browser not to drop the disks when its own disk gets full. Asked when the visitor has
 * just put something there that is worth keeping; a browser may ask the visitor in turn.
 */
export async function askToPersist(): Promise<boolean> {
  try {
    return (await navigator.storage.persisted()) || (await navigator.storage.persist());
  } catch {
    return false;
  }
}
