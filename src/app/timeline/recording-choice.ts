import { signal } from '@preact/signals';
import {
  DEFAULT_BURST,
  DEFAULT_WINDOW_MICROSECONDS,
  type TraceFilter,
} from '../../engine/common/trace.js';
import { KIND } from '../../inspect/events/layout.js';
import { placeName } from '../../inspect/security.js';
import { placeOfIndex } from './lanes.js';

/** Kinds that are recorded or not together. */
export const RECORDED_KINDS: readonly {
  readonly name: string;
  readonly kinds: readonly number[];
}[] = [
  { name: 'Exceptions and returns', kinds: [KIND.exception, KIND.arguments, KIND.return] },
  { name: 'Interrupts', kinds: [KIND.interrupt] },
  { name: 'WFI and WFE', kinds: [KIND.wait] },
  { name: 'World switches', kinds: [KIND.worldSwitch] },
  { name: 'Granules and their faults', kinds: [KIND.granule, KIND.gpf] },
  { name: 'MMU on and off', kinds: [KIND.mmu] },
  { name: 'Images and resets', kinds: [KIND.image, KIND.reset] },
  { name: 'PSCI that QEMU answers', kinds: [KIND.psci] },
];

/** One end of a way: a level in any world, or in one. */
export interface End {
  readonly name: string;
  /** 4 × Security state + Exception level. */
  readonly places: readonly number[];
}

const states = [1, 0, 3, 2];
const levels = [0, 1, 2, 3];
const isReal = (place: number): boolean => place % 4 === 3 || Math.floor(place / 4) !== 2;
const anyWorld = (el: number): number[] => states.map((state) => 4 * state + el).filter(isReal);

/** What can be chosen for either end; the first one is no choice. */
export const ENDS: readonly End[] = [
  { name: 'anywhere', places: levels.flatMap(anyWorld) },
  ...levels.slice(0, 3).map((el) => ({ name: `EL${el}`, places: anyWorld(el) })),
  { name: 'EL3', places: [3, 11] },
  ...[1, 0, 3].flatMap((state) =>
    levels.slice(0, 3).map((el) => {
      const place = 4 * state + el;
      return { name: placeName(placeOfIndex(place)), places: [place] };
    }),
  ),
];

/** What QEMU is to record. */
export interface RecordingChoice {
  /** Names of RECORDED_KINDS that are left out. */
  readonly without: readonly string[];
  /** Names of ENDS. */
  readonly from: string;
  readonly to: string;
  /** Also the way back. */
  readonly back: boolean;
  /** So many alike are written in each window, and the rest is counted; 0: all are written. */
  readonly burst: number;
  readonly windowMs: number;
}

export const EVERYTHING: RecordingChoice = {
  without: [],
  from: 'anywhere',
  to: 'anywhere',
  back: true,
  burst: DEFAULT_BURST,
  windowMs: DEFAULT_WINDOW_MICROSECONDS / 1000,
};

/** For this machine and the next ones, until the page is left. */
export const recordingChoice = signal(EVERYTHING);

function placesOf(name: string): readonly number[] {
  return (ENDS.find((end) => end.name === name) ?? ENDS[0])?.places ?? [];
}

function limitsWays({ from, to }: RecordingChoice): boolean {
  return from !== EVERYTHING.from || to !== EVERYTHING.to;
}

/** The choice as QEMU is told it. */
export function filterOf(choice: RecordingChoice): TraceFilter {
  const { without, from, to, back, burst, windowMs } = choice;
  const ways = (a: string, b: string): [number, number][] =>
    placesOf(a).flatMap((x) => placesOf(b).map((y): [number, number] => [x, y]));
  return {
    ...(without.length === 0
      ? {}
      : {
          kinds: RECORDED_KINDS.filter(({ name }) => !without.includes(name)).flatMap(
            ({ kinds }) => kinds,
          ),
        }),
    ...(limitsWays(choice) ? { pairs: [...ways(from, to), ...(back ? ways(to, from) : [])] } : {}),
    burst,
    windowMicroseconds: Math.round(windowMs * 1000),
  };
}

/** What is left out, in words; empty for the choice that the page begins with. */
export function choiceInWords(choice: RecordingChoice): string {
  const { without, from, to, back, burst, windowMs } = choice;
  const parts = [];
  if (without.length > 0) parts.push(`without ${without.join(', ')}`);
  if (limitsWays(choice)) parts.push(`from ${from} to ${to}${back ? ' and back' : ''} only`);
  if (burst !== EVERYTHING.burst || windowMs !== EVERYTHING.windowMs) {
    parts.push(burst === 0 ? 'every event' : `${burst} alike in ${windowMs} ms`);
  }
  return parts.join(', ');
}
