import type { TimedPhase } from '../../engine/ui/trace.js';
import type { Component } from '../../inspect/console/event.js';
import type { EventStore } from '../../inspect/events/store.js';
import { placeName, usualSoftware, type SecurityState } from '../../inspect/security.js';
import { placeOfIndex } from '../timeline/lanes.js';

/** A room of the building: an Exception level in a world. Units of the drawing. */
export interface Room {
  /** 4 × Security state + EL; EL3 has two, of which a machine uses one. */
  readonly places: readonly number[];
  readonly name: string;
  readonly state: SecurityState;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const WIDTH = 1200;
export const HEIGHT = 760;
const LEFT = 70;
const TOP = 56;
const FLOOR = 165;
const COLUMN = 360;
const GAP = 18;

/** Worlds from left to right, as the CCA documents draw them; Root lies under all of them. */
export const COLUMNS: readonly { state: SecurityState; title: string; code: number }[] = [
  { state: 'Secure', title: 'Secure', code: 0 },
  { state: 'Non-secure', title: 'Non-secure', code: 1 },
  { state: 'Realm', title: 'Realm', code: 3 },
];

export const ROOMS: readonly Room[] = [
  ...COLUMNS.flatMap(({ state, code }, column) =>
    [0, 1, 2].map((el): Room => {
      const place = 4 * code + el;
      return {
        places: [place],
        name: placeName(placeOfIndex(place)),
        state,
        x: LEFT + column * (COLUMN + GAP),
        y: TOP + el * (FLOOR + GAP),
        width: COLUMN,
        height: FLOOR,
      };
    }),
  ),
  {
    places: [4 * 2 + 3, 3],
    name: 'EL3',
    state: 'Root',
    x: LEFT,
    y: TOP + 3 * (FLOOR + GAP),
    width: 3 * COLUMN + 2 * GAP,
    height: 120,
  },
];

export function roomOf(place: number): Room | undefined {
  return ROOMS.find((room) => room.places.includes(place));
}

/** The first instruction of a program. */
export interface ProgramStart {
  /** Place byte of a record. */
  readonly place: number;
  readonly name: string;
}

/** The programs that have started, in the order of the recording. */
export function programStarts(stores: readonly EventStore[]): ProgramStart[] {
  return stores.flatMap((store) =>
    store.imageStarts.flatMap((index) => {
      const event = store.event(index);
      if (event?.kind !== 'image') return [];
      return [{ place: store.to(index), name: event.name ?? `image ${event.image.toString()}` }];
    }),
  );
}

/** Where each program of a console lives; undefined where the machine decides. */
const HOME: Partial<Record<Component, number>> = {
  BL1: 11,
  BL31: 11,
  RMM: 14,
  'OP-TEE': 1,
  BL32: 1,
  'user space': 4,
};

/**
 * The software of each room: what has started there, by its first instruction or by what it said
 * on a console, else nothing. BL2 runs at EL3 with
 * RME and at Secure EL1 without; what the firmware hands over to runs at the highest Non-secure
 * level that there is.
 */
export function softwareOf(
  phases: readonly TimedPhase[],
  seen: number,
  starts: readonly ProgramStart[] = [],
): Map<Room, string> {
  const has = (place: number): boolean => ((seen >> place) & 1) !== 0;
  const normal = has(6) ? 6 : 5;
  const found = new Map<Room, string>();
  // By their first instruction first: a console names the same program a little later, and better.
  for (const { place, name } of starts) {
    const room = roomOf(place & 15);
    if (room !== undefined) found.set(room, name);
  }
  for (const { phase } of phases) {
    if (phase.mark === 'end') continue;
    const place = phase.component === 'BL2' ? (has(11) ? 11 : 1) : HOME[phase.component];
    const room = roomOf(place ?? normal);
    if (room !== undefined) found.set(room, phase.component);
  }
  return found;
}

/** What usually lives there, for a room in which nothing has been heard of yet. */
export function usualIn(room: Room): string {
  return usualSoftware(placeOfIndex(room.places[0] ?? 0));
}
