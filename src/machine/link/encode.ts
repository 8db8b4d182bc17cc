import { differentParts } from '../difference';
import { fromGuest, guestFingerprint } from '../from-guest';
import type { Guest } from '../guest';
import { canonical } from '../machine-json';
import type { Machine } from '../schema';
import { toBase64url } from './base64url';
import { deflateRaw } from './inflate';

/** Version of the link; in its prefix, so that a newer one is known without unpacking. */
export const linkVersion = 1;

/** The built-in guest of an id, as far as the catalogue is known. */
export type FindGuest = (id: string) => Guest | undefined;

/**
 * What a link holds: a machine, or the difference to a built-in guest's. `of` is that guest's
 * fingerprint when the link was made; `without` names parts that the guest's machine has and
 * this one has not; the other keys are parts that differ, each whole.
 */
export type LinkPayload = { [key: string]: unknown };

/** JSON text of a link's payload. */
function payloadOf(machine: Machine, findGuest: FindGuest): LinkPayload {
  const guest = machine.guest === undefined ? undefined : findGuest(machine.guest);
  if (guest === undefined) return canonical(machine);
  const payload: LinkPayload = { guest: guest.id, of: guestFingerprint(guest) };
  const without: string[] = [];
  for (const { part, after } of differentParts(fromGuest(guest), machine)) {
    if (after === undefined) without.push(part);
    else payload[part] = after;
  }
  if (without.length > 0) payload['without'] = without;
  return payload;
}

/**
 * The machine as a link's fragment: `#m1.` and the payload's JSON, deflated (RFC 1951) and in
 * base64url. A machine made from a built-in guest is sent as its difference to it.
 */
export function toLink(machine: Machine, findGuest: FindGuest = () => undefined): string {
  const text = JSON.stringify(payloadOf(machine, findGuest));
  return `#m${String(linkVersion)}.${toBase64url(deflateRaw(new TextEncoder().encode(text)))}`;
}
