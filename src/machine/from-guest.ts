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
 * The machine of a guest that ran, which may be no built-in one: as it was kept in a snapshot. Its
 * images are those of the catalogue with the same content, or files asked for by their hash.
 */
export function fromKeptGuest(guest: Guest, catalogue: readonly Guest[]): Machine {
  const machine = fromGuest(guest);
  const images = guest.images.map(({ name, sha256, size }) => {
    for (const each of catalogue) {
      const same = each.images.find((image) => image.sha256 === sha256 && image.size === size);
      if (same !== undefined) return { name, catalogue: `${each.id}/${same.name}`, size };
    }
    return { name, sha256, size };
  });
  const next: Machine = { ...machine, ...(images.length === 0 ? {} : { images }) };
  if (!catalogue.some(({ id }) => id === guest.id)) delete next.guest;
  return next;
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
