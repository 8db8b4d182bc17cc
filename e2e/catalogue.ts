import { inject } from 'vitest';
import * as v from 'valibot';
import { Catalogue, type Guest } from '../src/machine/guest.js';

/** The guests that set-up has built, as the page is served them. */
export async function builtGuests(): Promise<Guest[]> {
  const url = new URL('guests/index.json', inject('pageUrl'));
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`No catalogue at ${url.href} (HTTP ${response.status}): run set-up first.`);
  }
  const catalogue = v.parse(Catalogue, await response.json());
  const guests = catalogue.guests.flatMap((entry) =>
    entry.state === 'ready' && entry.guest.instrument !== true ? [entry.guest] : [],
  );
  if (guests.length === 0) throw new Error('Set-up has built no guest yet.');
  const only = process.env.BOOTLINK_E2E_GUESTS?.split(',');
  return only === undefined ? guests : guests.filter((guest) => only.includes(guest.id));
}
