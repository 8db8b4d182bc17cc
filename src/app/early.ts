import { startAhead } from './engine-worker.js';
import { nextTask } from './next-task.js';
import { parseAddress } from '../machine/link/address.js';
import { missingAbility, readAbilities } from './support.js';
import { CATALOGUE_REQUEST, catalogueUrl, engineUrl } from './addresses.js';

/**
 * What the page asks the network for before its own code is there: the catalogue and, when the
 * address boots a guest, the engine. They arrive while the page is made.
 */

let catalogue: Promise<Response> | undefined;

/** Begins. Once, before anything else of the page runs. */
export function fetchEarly(): void {
  // The page is about to load again, for its isolation, or says why it cannot go on.
  if (missingAbility(readAbilities()) !== undefined) return;
  catalogue = fetch(catalogueUrl, CATALOGUE_REQUEST);
  catalogue.catch(() => undefined);
  const { guest, boot } = parseAddress(location.search, location.hash);
  // A worker takes the page some milliseconds to make.
  if (guest !== undefined && boot) void nextTask().then(() => startAhead(engineUrl));
}

/** The catalogue that was asked for early, once; from then on a fetch as any other. */
export function fetchOfCatalogue(url: string, init: RequestInit): Promise<Response> {
  const early = catalogue;
  catalogue = undefined;
  return early ?? fetch(url, init);
}
