import { signal } from '@preact/signals';
import * as v from 'valibot';
import { Capabilities } from '../../machine/capabilities.js';

/** What the built engine knows; undefined until it was fetched, or where it is missing. */
export const capabilities = signal<Capabilities | undefined>(undefined);
/** Why there is none. */
export const capabilitiesProblem = signal<string | undefined>(undefined);

let asked = false;

/** Fetches it, once, when an editor is opened: a boot does not need it. */
export async function wantCapabilities(): Promise<void> {
  if (asked) return;
  asked = true;
  try {
    const response = await fetch(new URL('engine/capabilities.json', document.baseURI));
    if (!response.ok) throw new Error(`HTTP ${String(response.status)}`);
    capabilities.value = v.parse(Capabilities, await response.json());
  } catch (error) {
    asked = false;
    capabilitiesProblem.value = `The list of what the engine knows could not be read (${String(error)}). Names are not checked; run set-up again (npm start).`;
  }
}
