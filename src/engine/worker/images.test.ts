import { gzipSync } from 'node:zlib';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { GuestImage } from '../../machine/guest.js';
import { sampleImage } from '../common/sample-guest.test-data.js';
import { FailureError } from '../common/failure.js';
import { noCache, type ImageCache } from '../common/image-cache.js';
import { fetchImage, type ImageSource } from './images.js';

type Bytes = Uint8Array<ArrayBuffer>;

const content: Bytes = new Uint8Array(100_000).map((_, index) => (index * 7) & 0xff);
const wire: Bytes = new Uint8Array(gzipSync(content));
const url = 'https://host.example/guests/Image.gz';

function image(changes: Partial<GuestImage> = {}): GuestImage {
  return sampleImage({
    encoding: 'gzip',
    size: content.length,
    wireBytes: wire.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    ...changes,
  });
}

function serve(
  body: Bytes,
  cache: ImageCache = noCache,
  status = 200,
): ImageSource & { hits: number } {
  const source = {
    hits: 0,
    cache,
    fetch: () => {
      source.hits++;
      return Promise.resolve(new Response(body, { status }));
    },
  };
  return source;
}

function memoryCache(): ImageCache & { entries: Map<string, Bytes[]> } {
  const entries = new Map<string, Bytes[]>();
  return {
    entries,
    get: (key) => {
      const found = entries.get(key);
      return Promise.resolve(found && new Blob(found).stream());
    },
    put: (key, chunks) => {
      entries.set(key, chunks);
      return Promise.resolve();
    },
    remove: (key) => {
      entries.delete(key);
      return Promise.resolve();
    },
    list: () => Promise.resolve(new Set(entries.keys())),
  };
}

async function failure(promise: Promise<unknown>): Promise<FailureError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FailureError)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

describe('fetchImage', () => {
  it('decompresses, checks and reports bytes as they travel', async () => {
    const loaded: number[] = [];
    const bytes = await fetchImage(image(), url, serve(wire), (each) => loaded.push(each.loaded));
    expect(bytes).toEqual(content);
    expect(loaded.at(-1)).toBe(wire.length);
  });

  it('takes a body that the transport has decompressed already', async () => {
    expect(await fetchImage(image(), url, serve(content), () => undefined)).toEqual(content);
  });

  it('takes bytes in whatever pieces they come', async () => {
    const pieces = [wire.slice(0, 1), wire.slice(1, 2), wire.slice(2, 3), wire.slice(3)];
    const body = new ReadableStream<Bytes>({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    });
    const cache = memoryCache();
    const source = { cache, fetch: () => Promise.resolve(new Response(body)) };
    expect(await fetchImage(image(), url, source, () => undefined)).toEqual(content);
    expect(cache.entries.get(image().sha256)).toEqual(pieces);
  });

  it('decompresses while the rest is on its way', async () => {
    const damaged = wire.slice(0, wire.length >> 1).fill(0xff, 10, 40);
    // It never ends: only who decompresses what has come can refuse it.
    const body = new ReadableStream<Bytes>({ start: (controller) => controller.enqueue(damaged) });
    const source = { cache: noCache, fetch: () => Promise.resolve(new Response(body)) };
    const error = await failure(fetchImage(image(), url, source, () => undefined));
    expect(error.failure.what).toContain('could not be read to its end');
  });

  it('reads only the extents of a sparse image', async () => {
    const sparse = image({
      size: 256 << 20,
      extents: [
        [0, 60_000],
        [64 << 20, 40_000],
      ],
    });
    expect(await fetchImage(sparse, url, serve(wire), () => undefined)).toEqual(content);
  });

  it('fetches once, then reads the cache', async () => {
    const source = serve(wire, memoryCache());
    await fetchImage(image(), url, source, () => undefined);
    const seen: boolean[] = [];
    const again = await fetchImage(image(), url, source, (each) => seen.push(each.cached));
    expect(source.hits).toBe(1);
    expect(again).toEqual(content);
    expect(seen).toEqual([true]);
  });

  it('fetches again when the cached copy is damaged', async () => {
    const cache = memoryCache();
    cache.entries.set(image().sha256, [wire.slice(0, 500)]);
    const source = serve(wire, cache);
    expect(await fetchImage(image(), url, source, () => undefined)).toEqual(content);
    expect(source.hits).toBe(1);
  });

  it('refuses other content, naming the image and both hashes', async () => {
    const other = image({ sha256: 'a'.repeat(64) });
    const error = await failure(fetchImage(other, url, serve(wire), () => undefined));
    expect(error.failure.what).toContain('Image has the wrong content');
    expect(error.failure.detail).toContain('a'.repeat(64));
    expect(error.failure.detail).toContain(image().sha256);
  });

  it('does not keep what it refused', async () => {
    const cache = memoryCache();
    const other = image({ sha256: 'a'.repeat(64) });
    await failure(fetchImage(other, url, serve(wire, cache), () => undefined));
    expect(cache.entries.size).toBe(0);
  });

  it.each([
    ['shorter', image({ size: content.length + 1 }), wire],
    ['longer', image({ size: content.length - 1 }), wire],
    ['read to its end', image(), wire.slice(0, wire.length - 20)],
    ['shorter', image(), new Uint8Array(0)],
  ])('refuses an image that is %s', async (word, claimed, body) => {
    const error = await failure(fetchImage(claimed, url, serve(body), () => undefined));
    expect(error.failure.what).toContain(word);
  });

  it('names the address of an image that is missing', async () => {
    const source = serve(new Uint8Array(0), noCache, 404);
    const error = await failure(fetchImage(image(), url, source, () => undefined));
    expect(error.failure).toMatchObject({ input: url, detail: 'HTTP 404' });
  });

  it('refuses an extent behind the end of its image', async () => {
    const broken = image({ extents: [[content.length - 1, 2]] });
    const error = await failure(fetchImage(broken, url, serve(wire), () => undefined));
    expect(error.failure.what).toContain('behind its end');
  });
});
