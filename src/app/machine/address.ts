import { effect, signal } from '@preact/signals';
import { openLink } from '../../machine/link/decode.js';
import { toLink } from '../../machine/link/encode.js';
import type { Machine } from '../../machine/schema.js';
import {
  addressOf,
  catalogue,
  guestOfRoute,
  keyOf,
  navigate,
  route,
  runKey,
  type OwnEntry,
  type Route,
} from '../session.js';
import {
  baseGuest,
  closeMachine,
  findGuest,
  isBuiltIn,
  machine,
  machineOf,
  opened,
  openMachine,
} from './model.js';

/** How long an edited machine rests before the address follows, in ms. */
const ADDRESS_MS = 300;

/** Why the link in the address cannot be opened: a sentence. */
export const linkProblem = signal<string | undefined>(undefined);

/** Fragments of machines that were changed, by key: the way back to one that runs. */
const fragments = new Map<string, string>();

function openLinkOf(next: Route, link: string, key: string): void {
  if (!catalogue.value?.ok) return;
  const result = openLink(link, { findGuest, own: next.own === true });
  if (result.ok) {
    linkProblem.value = undefined;
    openMachine({
      key,
      original: result.machine,
      trusted: next.own === true,
      notices: result.notices.map(({ message }) => message),
    });
    return;
  }
  // A guest that is still being built may be the one that the link was made from.
  if (catalogue.value.value.complete) linkProblem.value = result.message;
  else linkProblem.value = `${result.message} Set-up is still building guests; it is tried again.`;
}

/** Opens what the address names, as soon as the catalogue has it. */
export function followRoute(): void {
  effect(() => {
    const next = route.value;
    const key = keyOf(next);
    if (key === undefined) {
      linkProblem.value = undefined;
      closeMachine();
    } else if (next.link !== undefined) openLinkOf(next, next.link, key);
    else {
      linkProblem.value = undefined;
      const entry = guestOfRoute.value;
      if (entry?.state !== 'ready') return;
      const original = machineOf(entry.guest);
      openMachine({ key, original, trusted: true, notices: [] });
    }
  });
}

/** The machine's link: short for what was made from a built-in guest. */
export function linkOf(current: Machine): string {
  return toLink(current, findGuest);
}

/** The route that opens the machine as it is now; a guest without changes has its short form. */
export function currentRoute(): Route | undefined {
  const current = machine.value;
  const key = opened.value?.key;
  if (current === undefined || key === undefined) return undefined;
  const guest = baseGuest.value;
  if (isBuiltIn.value && guest !== undefined && key === `guest:${guest.id}`) {
    return { ...route.value, guest: guest.id, link: undefined };
  }
  return { ...route.value, guest: undefined, link: linkOf(current), key };
}

/** The address bar always holds the current machine; that adds nothing to the history. */
export function keepAddress(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    // What the route is made of. It is made when all that has rested.
    void [machine.value, opened.value, route.value, catalogue.value];
    clearTimeout(timer);
    timer = setTimeout(() => {
      const next = currentRoute();
      const trusted = opened.value?.trusted === true;
      if (next === undefined || keyOf(route.value) !== opened.value?.key) return;
      const { link, key } = next;
      if (link !== undefined && key !== undefined) fragments.set(key, link);
      else if (next.guest !== undefined) fragments.delete(`guest:${next.guest}`);
      // An unread machine stays one from elsewhere: after a reload it is reviewed again.
      const state: OwnEntry | null =
        link !== undefined && key !== undefined && trusted ? { own: link, key } : null;
      const address = addressOf(next);
      if (address === `${location.pathname}${location.search}${location.hash}`) {
        if (state !== null) history.replaceState(state, '');
        return;
      }
      history.replaceState(state, '', address);
    }, ADDRESS_MS);
  });
}

/** Shows the machine that runs. */
export function returnToRun(): void {
  const key = runKey.value;
  if (key === undefined) return;
  const link = fragments.get(key);
  if (link !== undefined) navigate({ guest: undefined, link, key, own: true, boot: false });
  else navigate({ guest: key.replace(/^guest:/, ''), boot: false });
}
