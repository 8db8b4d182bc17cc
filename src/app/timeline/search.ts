import { eventLabel, eventSentence } from '../../inspect/events/describe.js';
import { KIND } from '../../inspect/events/layout.js';
import type { EventStore } from '../../inspect/events/store.js';
import type { Selection } from './draw.js';

/** Kinds by the names that the filter has for them: bit n for kind n. */
export const KIND_GROUPS: readonly { name: string; kinds: number }[] = [
  { name: 'All events', kinds: 0xffff },
  {
    name: 'Exceptions and returns',
    kinds: (1 << KIND.exception) | (1 << KIND.return) | (1 << KIND.psci) | (1 << KIND.summary),
  },
  { name: 'Interrupts', kinds: (1 << KIND.interrupt) | (1 << KIND.summary) },
  {
    name: 'Worlds and granules',
    kinds: (1 << KIND.worldSwitch) | (1 << KIND.granule) | (1 << KIND.gpf),
  },
  {
    name: 'MMU, images, resets',
    kinds: (1 << KIND.mmu) | (1 << KIND.image) | (1 << KIND.reset),
  },
];

/** How long a part of a search may hold the page, ms. */
const PART_MS = 8;

/**
 * Looks for the next event whose label or sentence holds `text`, any case, in time order over
 * all vCPUs. Gives way to the page between parts.
 *
 * @param after where to start; undefined for the beginning
 * @returns what was found, or undefined at the end of the recording
 */
export async function findEvent(
  stores: readonly EventStore[],
  text: string,
  after: Selection | undefined,
  backwards: boolean,
  kinds: number,
  signal: AbortSignal,
): Promise<Selection | undefined> {
  const wanted = text.toLowerCase();
  const start = stores.find((each) => each.cpu === after?.cpu)?.time(after?.index ?? 0);
  const step = backwards ? -1 : 1;
  const cursors = stores.map((store) => {
    const origin = start ?? (backwards ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY);
    const at = store.atTime(origin);
    if (store.cpu === after?.cpu) return { store, index: after.index + step };
    return { store, index: backwards ? at - 1 : at };
  });
  let partEnd = performance.now() + PART_MS;
  for (;;) {
    const live = cursors.filter(({ store, index }) => index >= store.first && index < store.end);
    const next = live.reduce<(typeof cursors)[number] | undefined>((best, each) => {
      if (best === undefined) return each;
      const sooner = each.store.time(each.index) < best.store.time(best.index);
      return sooner !== backwards ? each : best;
    }, undefined);
    if (next === undefined) return undefined;
    const { store, index } = next;
    next.index += step;
    if (((kinds >> store.kind(index)) & 1) !== 0) {
      const event = store.event(index);
      if (
        event !== undefined &&
        (eventLabel(event).toLowerCase().includes(wanted) ||
          eventSentence(event).toLowerCase().includes(wanted))
      ) {
        return { cpu: store.cpu, index };
      }
    }
    if (performance.now() > partEnd) {
      await new Promise((again) => setTimeout(again));
      if (signal.aborted) return undefined;
      partEnd = performance.now() + PART_MS;
    }
  }
}
