import type { Guest, GuestImage } from '../../machine/guest.js';
import type { Result } from './failure.js';

/** A visitor's own files in place of a guest's images, by image name. */
export type OwnFiles = Readonly<Record<string, File>>;

/** Disks are made of sectors of this many bytes. */
const SECTOR = 512;

/** Is the image one of the board's flash chips? Their size is the board's to say. */
export function isFlash(guest: Guest, image: GuestImage): boolean {
  const parts = guest.args.map((argument) => argument.split(','));
  const nodes = parts.flatMap((each) =>
    each.flatMap((part) => /^pflash[01]=(.+)$/.exec(part)?.[1] ?? []),
  );
  return parts.some(
    (each) =>
      (each.includes(`file=image:${image.name}`) && each.includes('if=pflash')) ||
      // A drive that the board's pflash0 or pflash1 names.
      (each.includes(`file=image:${image.name}`) &&
        nodes.some((node) => each.includes(`id=${node}`))),
  );
}

/**
 * The size of the image that a file of `bytes` makes: a flash image is filled up with zeroes to
 * the size that the board wants, a disk to a whole sector.
 */
export function ownImageSize(guest: Guest, image: GuestImage, bytes: number): Result<number> {
  const refuse = (what: string, remedy: string): Result<number> => ({
    ok: false,
    failure: { what, input: image.name, remedy },
  });
  if (bytes === 0) return refuse('This file is empty.', 'Choose another file.');
  if (image.use === 'file') return { ok: true, value: bytes };
  if (!isFlash(guest, image)) {
    return { ok: true, value: Math.ceil(bytes / SECTOR) * SECTOR };
  }
  if (bytes <= image.size) return { ok: true, value: image.size };
  return refuse(
    `This file has ${bytes} bytes; the board's flash holds ${image.size}.`,
    `Choose an image of at most ${image.size / (1 << 20)} MiB; a shorter one is filled up with zeroes.`,
  );
}
