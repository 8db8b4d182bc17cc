import { imageNamed } from './files';
import type { Machine } from './schema';
import { flashImages } from './to-guest';

/** Names of the images that the board's firmware comes from: -bios, then the flash chips. */
export function firmwareImages(machine: Machine): string[] {
  const bios = machine.firmware?.bios;
  const named = bios === undefined ? undefined : imageNamed(bios);
  return [...(named === undefined ? [] : [named]), ...flashImages(machine)];
}

/** The machine with an image as its -bios; the image is still to be filled. */
export function withBios(machine: Machine, fileName: string): { machine: Machine; name: string } {
  const taken = new Set((machine.images ?? []).map((image) => image.name));
  const base = fileName.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^-+|-+$/g, '') || 'firmware';
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}-${String(n)}`;
  return {
    name,
    machine: {
      ...machine,
      firmware: { ...machine.firmware, bios: `image:${name}` },
      images: [...(machine.images ?? []), { name, path: fileName }],
    },
  };
}
