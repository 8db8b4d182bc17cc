import { fromArgs } from './from-args';
import type { Guest } from './guest';
import type { Machine } from './schema';

/**
 * The machine of a built-in guest: its arguments, its consoles, its images by catalogue id
 * (`GUEST/IMAGE`). Guest is the catalogue's contract, Machine is what the page edits.
 */
export function fromGuest(guest: Guest): Machine {
  const base: Machine = {
    format: 1,
    guest: guest.id,
    title: guest.title,
    ...(guest.images.length === 0
      ? {}
      : {
          images: guest.images.map(({ name, size }) => ({
            name,
            catalogue: `${guest.id}/${name}`,
            size,
          })),
        }),
    ...(guest.consoles.length === 0
      ? {}
      : { consoles: guest.consoles.map(({ id, role, title }) => ({ id, role, title })) }),
  };
  return fromArgs(guest.args, base).machine;
}

/**
 * 32-bit FNV-1a of what the guest is (arguments, consoles and image hashes), in hex: tells a
 * link that its built-in machine is not the one it was made from. Not a protection.
 */
export function guestFingerprint(guest: Guest): string {
  const images = guest.images.map(({ name, sha256, size }) => [name, sha256, size]);
  const text = JSON.stringify([guest.args, guest.consoles, images]);
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) {
    hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  }
  return hash.toString(16).padStart(8, '0');
}
