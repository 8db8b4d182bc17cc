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
  /** The SHA-256 of each that is there. */
  list(): Promise<Set<string>>;
}

/** How the names of these caches begin, of this form and of later ones. */
export const IMAGE_CACHES = 'bootlink-images-';
const CACHE_NAME = `${IMAGE_CACHES}1`;

/** Key of an entry: a URL of this origin that nothing is ever fetched from. */
const FOLDER = '/bootlink-content/';
const keyOf = (sha256: string): string => FOLDER + sha256;

export const noCache: ImageCache = {
  get: () => Promise.resolve(undefined),
  put: () => Promise.resolve(),
  remove: () => Promise.resolve(),
  list: () => Promise.resolve(new Set()),
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
    async list() {
      const paths = (await cache.keys()).map(({ url }) => new URL(url).pathname);
      return new Set(paths.map((path) => path.slice(FOLDER.length)));
    },
  };
}
