import { KIND } from '../../inspect/events/layout.js';
import { SPAN_RECORDS, type EventStore } from '../../inspect/events/store.js';
import type { View } from './view.js';

/**
 * What one vCPU did, for each pixel of a row: in which places it was and which kinds of event
 * there were. Spans of records that lie within a pixel are taken whole, so the work grows with
 * the pixels and not with the events.
 */
export interface Columns {
  /** Bit 4 × state + EL: the vCPU was there during this pixel. */
  readonly places: Uint16Array;
  /** Bit n: an event of kind n. */
  readonly kinds: Uint16Array;
  /** Index of the first record in view, and of the first after it. */
  readonly first: number;
  readonly end: number;
}

function bitOf(place: number): number {
  return (place & 0x80) === 0 ? 0 : 1 << (place & 15);
}

const MOVES =
  (1 << KIND.exception) |
  (1 << KIND.return) |
  (1 << KIND.interrupt) |
  (1 << KIND.reset) |
  (1 << KIND.image);

export function columns(store: EventStore, view: View, width: number, now: number): Columns {
  const places = new Uint16Array(width);
  const kinds = new Uint16Array(width);
  const first = store.atTime(view.start);
  const perPixel = (view.end - view.start) / width;
  let at = bitOf(first > store.first ? store.placeBefore(first) : 0);
  let index = first;
  for (let x = 0; x < width; x++) {
    const until = view.start + perPixel * (x + 1);
    // The vCPU is where it is until something happens, but not in a future that has not been.
    let mask = view.start + perPixel * x <= now ? at : 0;
    let kind = 0;
    while (index < store.end && store.time(index) < until) {
      const spanEnd = index + SPAN_RECORDS;
      const whole =
        index % SPAN_RECORDS === 0 && spanEnd <= store.end && store.time(spanEnd - 1) < until;
      if (whole) {
        mask |= store.spanPlaces(index);
        kind |= store.spanKinds(index);
        index = spanEnd;
        at = bitOf(store.placeBefore(index));
        continue;
      }
      const its = store.kind(index);
      kind |= 1 << its;
      if (its !== KIND.worldSwitch && its !== KIND.arguments) {
        mask |= bitOf(store.from(index)) | bitOf(store.to(index));
      }
      if (((MOVES >> its) & 1) !== 0) at = bitOf(store.to(index));
      else if (at === 0) at = bitOf(store.from(index));
      index++;
    }
    places[x] = mask;
    kinds[x] = kind;
  }
  return { places, kinds, first, end: index };
}

/** Runs of neighbouring pixels in which a bit is set: [from, to). */
export function* runsOf(masks: Uint16Array, bit: number): Generator<[number, number]> {
  let from = -1;
  for (let x = 0; x <= masks.length; x++) {
    const set = x < masks.length && (((masks[x] ?? 0) >> bit) & 1) !== 0;
    if (set && from < 0) from = x;
    if (!set && from >= 0) {
      yield [from, x];
      from = -1;
    }
  }
}
