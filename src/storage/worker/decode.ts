import type * as XzLibrary from 'xz-decompress';
import type { Compression } from '../common/records.js';

type Stream = ReadableStream<Uint8Array<ArrayBuffer>>;

/** Of gzip (RFC 1952, 2.3.1), xz (file format 1.2, 2.1.1.1) and Zstandard (RFC 8878, 3.1.1). */
const MAGICS: readonly [Compression, readonly number[]][] = [
  ['gzip', [0x1f, 0x8b, 0x08]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
];

/** How bytes that begin so are compressed. */
export function compressionOf(start: Uint8Array): Compression {
  const found = MAGICS.find(([, magic]) => magic.every((byte, i) => start[i] === byte));
  return found?.[0] ?? 'none';
}

async function unzstd(): Promise<TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>> {
  const { Decompress } = await import('fzstd');
  let out: TransformStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
  const decoder = new Decompress((chunk) => out?.enqueue(new Uint8Array(chunk)));
  return new TransformStream({
    start(controller) {
      out = controller;
    },
    transform: (bytes) => void decoder.push(bytes),
    flush: () => void decoder.push(new Uint8Array(), true),
  });
}

/** The stream without its compression. Decoders are fetched when they are first needed. */
export async function decompress(stream: Stream, how: Compression): Promise<Stream> {
  switch (how) {
    case 'none':
      return stream;
    case 'gzip':
      return stream.pipeThrough(new DecompressionStream('gzip'));
    case 'zstd':
      return stream.pipeThrough(await unzstd());
    case 'xz': {
      const { XzReadableStream } = (await import('xz-decompress')) as typeof XzLibrary;
      return new XzReadableStream(stream) as Stream;
    }
  }
}

/** The first `length` bytes of a stream, and the whole stream again. */
export async function peek(
  stream: Stream,
  length: number,
): Promise<{ start: Uint8Array<ArrayBuffer>; stream: Stream }> {
  const reader = stream.getReader();
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let have = 0;
  let ended = false;
  while (have < length && !ended) {
    const { done, value } = await reader.read();
    ended = done;
    if (value !== undefined) {
      parts.push(value);
      have += value.length;
    }
  }
  const start = new Uint8Array(have);
  let at = 0;
  for (const part of parts) {
    start.set(part, at);
    at += part.length;
  }
  return {
    start,
    stream: new ReadableStream({
      start(controller) {
        if (have > 0) controller.enqueue(start.slice());
      },
      async pull(controller) {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      },
      cancel: (reason) => reader.cancel(reason),
    }),
  };
}
