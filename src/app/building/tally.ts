import { eventLabel } from '../../inspect/events/describe.js';
import { KIND } from '../../inspect/events/layout.js';
import type { EventStore } from '../../inspect/events/store.js';

/** A way between two rooms, and how often it was taken. */
export interface Way {
  /** 4 × Security state + EL. */
  readonly from: number;
  readonly to: number;
  count: number;
  /** What was last seen on it, and when, by the page's clock. */
  label: string;
  at: number;
}

const CROSSINGS = (1 << KIND.exception) | (1 << KIND.return) | (1 << KIND.interrupt);

export function isCrossing(kind: number): boolean {
  return ((CROSSINGS >> kind) & 1) !== 0;
}

/** Counts who went where, from the first event on; each event is looked at once. */
export class Tally {
  readonly ways = new Map<number, Way>();
  /** How often each room was entered, by 4 × Security state + EL. */
  readonly entered = new Array<number>(16).fill(0);
  private readonly read = new Map<number, number>();

  /** Takes what has come since the last time. @param now by the page's clock */
  update(stores: readonly EventStore[], now: number): void {
    for (const store of stores) {
      const from = Math.max(this.read.get(store.cpu) ?? 0, store.first);
      /** The newest event on each way: only that one is put into words. */
      const newest = new Map<number, number>();
      for (let index = from; index < store.end; index++) {
        const kind = store.kind(index);
        if (!isCrossing(kind) && kind !== KIND.summary) continue;
        const way = (store.from(index) & 15) * 16 + (store.to(index) & 15);
        const times = kind === KIND.summary ? countOf(store, index) : 1;
        if (times === 0) continue;
        this.add(way, times, now);
        if (kind !== KIND.summary) newest.set(way, index);
      }
      this.read.set(store.cpu, store.end);
      for (const [way, index] of newest) {
        const event = store.event(index);
        const its = this.ways.get(way);
        if (event !== undefined && its !== undefined) its.label = eventLabel(event);
      }
    }
  }

  private add(way: number, times: number, now: number): void {
    const from = way >> 4;
    const to = way & 15;
    let its = this.ways.get(way);
    if (its === undefined) this.ways.set(way, (its = { from, to, count: 0, label: '', at: now }));
    its.count += times;
    its.at = now;
    this.entered[to] = (this.entered[to] ?? 0) + times;
  }
}

function countOf(store: EventStore, index: number): number {
  const event = store.event(index);
  return event?.kind === 'summary' && event.of !== 'wait' ? Number(event.count) : 0;
}

/** An event in a store. */
export interface Position {
  readonly cpu: number;
  readonly index: number;
}

/** The next crossing in time order over all vCPUs, or the one before; undefined at an end. */
export function nextCrossing(
  stores: readonly EventStore[],
  from: Position | undefined,
  step: 1 | -1,
): Position | undefined {
  const here = stores.find((each) => each.cpu === from?.cpu);
  const time = here?.time(from?.index ?? 0) ?? (step > 0 ? -1 : Number.POSITIVE_INFINITY);
  let best: Position | undefined;
  let bestTime = step > 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  for (const store of stores) {
    const at = store.atTime(time);
    let index = store === here ? (from?.index ?? 0) + step : step > 0 ? at : at - 1;
    while (index >= store.first && index < store.end && !isCrossing(store.kind(index))) {
      index += step;
    }
    if (index < store.first || index >= store.end) continue;
    const its = store.time(index);
    if (step > 0 ? its < bestTime : its > bestTime) {
      best = { cpu: store.cpu, index };
      bestTime = its;
    }
  }
  return best;
}
