import type { Guest, GuestImage } from '../../machine/guest.js';
import type { Result } from './failure.js';

/** Guests that are kept ahead of their boot, for visits without a network. */

/** Everything that a boot of the guest fetches besides the engine, whichever way it begins. */
export function keptImages({ title, images, snapshot }: Guest): GuestImage[] {
  if (snapshot === undefined) return images;
  return [...images, { ...snapshot, name: `snapshot of ${title}`, use: 'file', readOnly: true }];
}

/** What the worker that fetches does for the page, over Comlink. */
export interface KeepService {
  /**
   * Fetches images that are not kept yet, checks all of them against their SHA-256 and keeps them.
   *
   * @param base absolute URL that the images' URLs are relative to
   * @param onProgress takes the bytes that have come, of those that travel
   */
  keep(
    images: readonly GuestImage[],
    base: string,
    onProgress: (loaded: number) => void,
  ): Promise<Result<void>>;
}
