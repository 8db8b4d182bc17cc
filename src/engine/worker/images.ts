import type { GuestImage } from '../../machine/guest.js';
import { FailureError } from '../common/failure.js';
import type { ImageCache } from '../common/image-cache.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** Where images come from; tests put their own in its place. */
export interface ImageSource {
  cache: ImageCache;
  fetch(url: string): Promise<Response>;
}

export interface ImageProgress {
  loaded: number;
  cached: boolean;
}

/** Bytes of an image that are not zero, one extent after the other. */
export function decodedLength(image: GuestImage): number {
  if (image.extents === undefined) return image.size;
  return image.extents.reduce((sum, [, length]) => sum + length, 0);
}

function refused(image: GuestImage, what: string, detail: string): FailureError {
  return new FailureError({
    what,
    input: `${image.name} (${image.url})`,
    remedy: 'It is not the file that the catalogue means. Run set-up again, then reload the page.',
    detail,
  });
}

/** What passes through: counted, kept if that is wanted, and no more than `limit` bytes of it. */
function watched(
  image: GuestImage,
  limit: number,
  onBytes: (loaded: number) => void,
  kept?: Bytes[],
): TransformStream<Bytes, Bytes> {
  let length = 0;
  return new TransformStream({
    transform(chunk, controller) {
      length += chunk.length;
      onBytes(length);
      // Before it fills the memory.
      if (length > limit) throw tooLong(image, limit);
      kept?.push(chunk);
      controller.enqueue(chunk);
    },
  });
}

function tooLong(image: GuestImage, limit: number): FailureError {
  return refused(image, `${image.name} is longer than it should be.`, `over ${limit} bytes`);
}

/** The first bytes of a stream, at least `count` if it has so many; and all of it as before. */
async function lookAhead(
  stream: ReadableStream<Bytes>,
  count: number,
): Promise<{ first: Bytes; stream: ReadableStream<Bytes> }> {
  const reader = stream.getReader();
  let first: Bytes = new Uint8Array(0);
  while (first.length < count) {
    const { done, value } = await reader.read();
    if (done) break;
    const joined = new Uint8Array(first.length + value.length);
    joined.set(first);
    joined.set(value, first.length);
    first = joined;
  }
  const whole = new ReadableStream<Bytes>({
    start(controller) {
      if (first.length > 0) controller.enqueue(first);
    },
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
  return { first, stream: whole };
}

/** Gzip files start so (RFC 1952, section 2.3.1). */
const isGzip = ([first, second]: Bytes): boolean => first === 0x1f && second === 0x8b;

/**
 * The image in its wire bytes, checked; it is decompressed while they arrive. Some hosts send a
 * `.gz` file with `Content-Encoding: gzip`, so that the browser has undone the compression
 * already: the first bytes tell.
 */
async function decode(image: GuestImage, wire: ReadableStream<Bytes>): Promise<Bytes> {
  const { first, stream } = await lookAhead(wire, 2);
  const compressed = image.encoding === 'gzip' && isGzip(first);
  const decoded = compressed ? stream.pipeThrough(new DecompressionStream('gzip')) : stream;
  const expected = decodedLength(image);
  const bytes = new Uint8Array(expected);
  let length = 0;
  const reader = decoded.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (length + value.length > expected) {
      await reader.cancel();
      throw tooLong(image, expected);
    }
    bytes.set(value, length);
    length += value.length;
  }
  if (length !== expected) {
    throw refused(
      image,
      `${image.name} is shorter than it should be.`,
      `expected ${expected} bytes, got ${length}`,
    );
  }
  const sha256 = await sha256Hex(bytes);
  if (sha256 !== image.sha256) {
    throw refused(
      image,
      `${image.name} has the wrong content and was not used.`,
      `expected SHA-256 ${image.sha256}\ngot SHA-256      ${sha256}`,
    );
  }
  return bytes;
}

/** SHA-256 in lower-case hex. */
export async function sha256Hex(bytes: Bytes): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** An extent that lies outside of its image would be written over something else. */
function checkExtents(image: GuestImage): void {
  for (const [offset, length] of image.extents ?? []) {
    if (offset + length <= image.size) continue;
    throw refused(
      image,
      `The catalogue places bytes of ${image.name} behind its end.`,
      `extent [${offset}, ${length}], size ${image.size}`,
    );
  }
}

async function download(image: GuestImage, url: string, source: ImageSource): Promise<Response> {
  const missing = (detail: string): FailureError =>
    new FailureError({
      what: `${image.name} could not be fetched.`,
      input: url,
      remedy: 'Check the connection and that set-up has built this guest, then boot again.',
      detail,
    });
  let response: Response;
  try {
    response = await source.fetch(url);
  } catch (error) {
    throw missing(String(error));
  }
  if (!response.ok) throw missing(`HTTP ${response.status}`);
  return response;
}

/**
 * An image's bytes that are not zero (`decodedLength` of them), from the cache or from `url`,
 * checked against the catalogue's SHA-256.
 *
 * @throws FailureError naming the image when it cannot be had or is not the right one
 */
export async function fetchImage(
  image: GuestImage,
  url: string,
  source: ImageSource,
  onProgress: (progress: ImageProgress) => void,
): Promise<Bytes> {
  checkExtents(image);
  const limit = Math.max(image.wireBytes, decodedLength(image));
  const kept = await source.cache.get(image.sha256);
  if (kept !== undefined) {
    try {
      const ignore = (): void => undefined;
      const bytes = await decode(image, kept.pipeThrough(watched(image, limit, ignore)));
      onProgress({ loaded: image.wireBytes, cached: true });
      return bytes;
    } catch {
      // The browser's copy is damaged: fetch it again.
      await source.cache.remove(image.sha256);
    }
  }
  const response = await download(image, url, source);
  const empty = new ReadableStream<Bytes>({ start: (controller) => controller.close() });
  const wire: Bytes[] = [];
  const onBytes = (loaded: number): void => onProgress({ loaded, cached: false });
  let bytes: Bytes;
  try {
    const passing = (response.body ?? empty).pipeThrough(watched(image, limit, onBytes, wire));
    bytes = await decode(image, passing);
  } catch (error) {
    if (error instanceof FailureError) throw error;
    throw refused(image, `${image.name} could not be read to its end.`, String(error));
  }
  await source.cache.put(image.sha256, wire);
  return bytes;
}
