import type { GpfEvent, GranuleEvent } from '../../inspect/events/event.js';
import { KIND } from '../../inspect/events/layout.js';
import type { EventStore } from '../../inspect/events/store.js';

/** Changes and faults that are remembered: a firmware that sets up its tables makes many. */
const LIMIT = 50_000;

/** An event, and where it is recorded. */
export interface Seen<E> {
  readonly index: number;
  readonly event: E;
}

/** Changes of granules and granule protection faults of a run, as they come. */
export class GranuleHistory {
  private changes: Seen<GranuleEvent>[] = [];
  private faults: Seen<GpfEvent>[] = [];
  private readonly read = new Map<number, number>();

  /** Takes what has come since the last time; gives the new changes. */
  update(stores: readonly EventStore[]): readonly Seen<GranuleEvent>[] {
    const fresh: Seen<GranuleEvent>[] = [];
    for (const store of stores) {
      const from = Math.max(this.read.get(store.cpu) ?? 0, store.first);
      for (let index = from; index < store.end; index++) {
        const kind = store.kind(index);
        if (kind !== KIND.granule && kind !== KIND.gpf) continue;
        const event = store.event(index);
        if (event?.kind === 'granule') fresh.push({ index, event });
        else if (event?.kind === 'gpf') this.faults.push({ index, event });
      }
      this.read.set(store.cpu, store.end);
    }
    // A firmware's set-up is more than an argument list takes: no spread.
    this.changes = this.changes.concat(fresh).slice(-LIMIT);
    this.faults = this.faults.slice(-LIMIT);
    return fresh;
  }

  get changeCount(): number {
    return this.changes.length;
  }

  /** Changes of the granules in a range, the newest first. */
  changesOf(base: bigint, size: bigint): readonly Seen<GranuleEvent>[] {
    return this.changes
      .filter(({ event }) => event.base < base + size && event.base + event.size > base)
      .reverse();
  }

  /** The newest granule protection fault in a range. */
  lastFault(base: bigint, size: bigint): Seen<GpfEvent> | undefined {
    return this.faults.findLast(({ event }) => event.pa >= base && event.pa < base + size);
  }
}
