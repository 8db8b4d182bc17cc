import type { Guest } from '../machine/guest.js';

/**
 * What makes a machine the same machine, as text to be hashed: its arguments, its consoles and
 * the content of its images. Titles and descriptions do not count.
 */
export function machineText(guest: Pick<Guest, 'args' | 'consoles' | 'images'>): string {
  return JSON.stringify([
    guest.args,
    guest.consoles.map((each) => each.id),
    guest.images.map(({ name, use, sha256, size, readOnly }) => [
      name,
      use,
      sha256,
      size,
      readOnly,
    ]),
  ]);
}

/** SHA-256 of `machineText` in lower-case hex. */
export async function machineId(guest: Parameters<typeof machineText>[0]): Promise<string> {
  const text = new TextEncoder().encode(machineText(guest));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
