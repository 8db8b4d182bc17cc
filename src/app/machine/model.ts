import { batch, computed, signal } from '@preact/signals';
import { differentParts } from '../../machine/difference.js';
import { fromGuest } from '../../machine/from-guest.js';
import type { Guest } from '../../machine/guest.js';
import { canonical } from '../../machine/machine-json.js';
import type { Machine } from '../../machine/schema.js';
import { catalogue } from '../session.js';

/** The machine that the page shows, and where it came from. */
export interface Opened {
  /** Tells machines apart: another key is another machine, with a history of its own. */
  key: string;
  /** What is left of it when nothing has been changed: a guest's machine, or the link's. */
  original: Machine;
  /**
   * False for a machine from elsewhere until the visitor has looked at it and said Boot: nothing
   * of it boots, fetches or types before.
   */
  trusted: boolean;
  /** What the link said about itself, as sentences. */
  notices: string[];
}

/** Who made the last change: what made it does not take it in again. */
export type Source = 'json' | 'args' | 'form' | 'page';

/** Changes of one source within this time are one step of undo, in ms. */
const ONE_STEP_MS = 1200;
const MOST_STEPS = 200;

export const opened = signal<Opened | undefined>(undefined);
export const machine = signal<Machine | undefined>(undefined);
export const changedBy = signal<Source>('page');

interface Step {
  machine: Machine;
  source: Source;
  at: number;
}
const past = signal<readonly Step[]>([]);
const future = signal<readonly Machine[]>([]);

export const canUndo = computed(() => past.value.length > 0);
export const canRedo = computed(() => future.value.length > 0);

/** The built-in guest of an id, as far as the catalogue is known. */
export function findGuest(id: string): Guest | undefined {
  if (!catalogue.value?.ok) return undefined;
  const entry = catalogue.value.value.guests.find(
    (each) => each.state === 'ready' && each.guest.id === id,
  );
  return entry?.state === 'ready' ? entry.guest : undefined;
}

/** The built-in guest that the machine was made from. */
export const baseGuest = computed(() => {
  const id = machine.value?.guest;
  return id === undefined ? undefined : findGuest(id);
});

/** Machines that were read from guests' arguments; they are never changed in place. */
const fromGuests = new WeakMap<Guest, Machine>();

/** The machine of a built-in guest as the catalogue has it. */
export function machineOf(guest: Guest): Machine {
  let made = fromGuests.get(guest);
  if (made === undefined) fromGuests.set(guest, (made = fromGuest(guest)));
  return made;
}

/** What "reset" goes back to: the catalogue's version, or what the link held. */
export const baseMachine = computed(() =>
  baseGuest.value === undefined ? opened.value?.original : machineOf(baseGuest.value),
);

export const changes = computed(() => {
  const base = baseMachine.value;
  return base === undefined || machine.value === undefined
    ? []
    : differentParts(base, machine.value);
});

/** Whether this is a built-in guest's machine as the catalogue has it. */
export const isBuiltIn = computed(
  () => baseGuest.value !== undefined && changes.value.length === 0,
);

/** Shows a machine; one that is shown already keeps its changes. */
export function openMachine(next: Opened): void {
  if (opened.value?.key === next.key) return;
  batch(() => {
    opened.value = next;
    machine.value = next.original;
    changedBy.value = 'page';
    past.value = [];
    future.value = [];
  });
}

export function closeMachine(): void {
  opened.value = undefined;
  machine.value = undefined;
}

function same(a: Machine, b: Machine): boolean {
  return JSON.stringify(canonical(a)) === JSON.stringify(canonical(b));
}

/** Takes a change in; returns false when it changes nothing. */
export function edit(next: Machine, source: Source): boolean {
  const before = machine.value;
  if (before === undefined || same(before, next)) return false;
  const now = performance.now();
  const last = past.value.at(-1);
  const goesOn = last?.source === source && source !== 'page' && now - last.at < ONE_STEP_MS;
  batch(() => {
    past.value = goesOn
      ? [...past.value.slice(0, -1), { ...last, at: now }]
      : [...past.value, { machine: before, source, at: now }].slice(-MOST_STEPS);
    future.value = [];
    changedBy.value = source;
    machine.value = next;
  });
  return true;
}

export function undo(): void {
  const last = past.value.at(-1);
  if (last === undefined || machine.value === undefined) return;
  const current = machine.value;
  batch(() => {
    past.value = past.value.slice(0, -1);
    future.value = [...future.value, current];
    changedBy.value = 'page';
    machine.value = last.machine;
  });
}

export function redo(): void {
  const next = future.value.at(-1);
  if (next === undefined || machine.value === undefined) return;
  const current = machine.value;
  batch(() => {
    future.value = future.value.slice(0, -1);
    past.value = [...past.value, { machine: current, source: 'page', at: performance.now() }];
    changedBy.value = 'page';
    machine.value = next;
  });
}

/** Goes back to the catalogue's version, or to what the link held; undo brings the changes back. */
export function reset(): void {
  if (baseMachine.value !== undefined) edit(baseMachine.value, 'page');
}
