/**
 * Images that were fetched and checked before, in the browser's Cache API, by the SHA-256 of
 * their content. They are kept as they travel, and checked again whenever they are read.
 *
 * A browser may refuse such storage (private windows, a full disk). The cache is then empty and
 * takes nothing: a boot fetches again, which is slower and nothing else.
 */
export interface ImageCache {
  get(sha256: string): Promise<ReadableStream<Uint8Array<ArrayBuffer>> | undefined>;
  put(sha256: string, wire: Uint8Array<ArrayBuffer>[]): Promise<void>;
  remove(sha256: string): Promise<void>;
}

const CACHE_NAME = 'bootlink-images-1';

/** Key of an entry: a URL of this origin that nothing is ever fetched from. */
const keyOf = (sha256: string): string => `/bootlink-content/${sha256}`;

export const noCache: ImageCache = {
  get: () => Promise.resolve(undefined),
  put: () => Promise.resolve(),
  remove: () => Promise.resolve(),
};

/** The browser's cache, or one that holds nothing where the browser refuses. */
export async function openImageCache(): Promise<ImageCache> {
  let cache: Cache;
  try {
    cache = await caches.open(CACHE_NAME);
  } catch {
    return noCache;
  }
  return {
    async get(sha256) {
      const response = await cache.match(keyOf(sha256));
      return response?.body ?? undefined;
    },
    async put(sha256, wire) {
      try {
        await cache.put(keyOf(sha256), new Response(new Blob(wire)));
      } catch {
        // Quota: the image is in memory and checked; only the next boot fetches it again.
      }
    },
    async remove(sha256) {
      await cache.delete(keyOf(sha256));
    },
  };
}
