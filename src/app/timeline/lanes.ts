import { decodePlace } from '../../inspect/events/decode.js';
import type { EventStore } from '../../inspect/events/store.js';
import {
  placeName,
  SECURITY_STATES,
  type Place,
  type SecurityState,
} from '../../inspect/security.js';

/** A row of the timeline: an Exception level in a Security state, on one vCPU. */
export interface Lane {
  readonly cpu: number;
  /** 4 × state + EL. */
  readonly place: number;
  readonly label: string;
  readonly state: SecurityState;
}

const COLUMN_ORDER: readonly SecurityState[] = ['Root', 'Secure', 'Non-secure', 'Realm'];

/** The place of an index 4 × state + EL. */
export function placeOfIndex(index: number): Place {
  return (
    decodePlace(0x80 | index) ?? {
      el: 0,
      state: SECURITY_STATES[0],
      aarch32: false,
    }
  );
}

/**
 * The lanes in use: EL3 at the top, then each world from EL2 down, the worlds in the order of
 * the CCA diagrams.
 */
export function lanesOf(stores: readonly EventStore[]): Lane[] {
  return stores.flatMap((store) =>
    Array.from({ length: 16 }, (_, place) => place)
      .filter((place) => ((store.placesSeen >> place) & 1) !== 0)
      .map((index) => ({ index, place: placeOfIndex(index) }))
      .sort((a, b) => order(a.place) - order(b.place))
      .map(({ index, place }) => ({
        cpu: store.cpu,
        place: index,
        label: placeName(place),
        state: place.state,
      })),
  );
}

function order(place: Place): number {
  if (place.el === 3) return -1;
  return COLUMN_ORDER.indexOf(place.state) * 4 + (3 - place.el);
}
