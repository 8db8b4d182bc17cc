import * as Comlink from 'comlink';
import { FailureError, failureOf } from '../common/failure.js';
import { openImageCache } from '../common/image-cache.js';
import type { KeepService } from '../common/keep.js';
import { fetchImage, type ImageSource } from './images.js';

/** A worker of its own: hashing tens of MB is nothing for the page's thread, and ending it cancels. */
const service: KeepService = {
  async keep(images, base, onProgress) {
    try {
      const cache = await openImageCache();
      const source: ImageSource = { cache, fetch: (url) => fetch(url) };
      let before = 0;
      for (const image of images) {
        const url = new URL(image.url, base).href;
        await fetchImage(image, url, source, ({ loaded }) => {
          onProgress(before + Math.min(loaded, image.wireBytes));
        });
        before += image.wireBytes;
        if ((await cache.get(image.sha256)) !== undefined) continue;
        // A boot goes on without; here keeping is all that was asked for.
        throw new FailureError({
          what: `${image.name} was fetched, and the browser did not keep it.`,
          input: image.name,
          remedy:
            'It has no room left, or keeps nothing in a private window: free some room in Disks or Snapshots, then try again.',
        });
      }
      return { ok: true, value: undefined };
    } catch (error) {
      return { ok: false, failure: failureOf(error, 'Try again.') };
    }
  },
};

Comlink.expose(service);
