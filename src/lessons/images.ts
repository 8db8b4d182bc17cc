import type { Catalogue, GuestImage } from '../machine/guest.js';
import { guestsOf, type Lesson } from './lesson.js';

/** Images of a lesson's guests, snapshots among them, each once, and guests that are not there. */
export function imagesOf(
  lesson: Lesson,
  { guests }: Catalogue,
): { images: GuestImage[]; unbuilt: string[] } {
  const images = new Map<string, GuestImage>();
  const unbuilt: string[] = [];
  for (const id of guestsOf(lesson)) {
    const entry = guests.find((each) =>
      each.state === 'ready' ? each.guest.id === id : each.id === id,
    );
    if (entry?.state !== 'ready') {
      unbuilt.push(entry?.title ?? id);
      continue;
    }
    const { guest } = entry;
    for (const image of guest.images) images.set(image.sha256, image);
    if (guest.snapshot === undefined) continue;
    // It travels and is kept as an image does.
    const { url, sha256, size, wireBytes, encoding } = guest.snapshot;
    const name = `the snapshot of ${guest.title}`;
    images.set(sha256, {
      name,
      use: 'file',
      readOnly: true,
      url,
      sha256,
      size,
      wireBytes,
      encoding,
    });
  }
  return { images: [...images.values()], unbuilt };
}
