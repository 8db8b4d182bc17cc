import { createSHA256 } from 'hash-wasm';
import { FailureError } from '../../engine/common/failure.js';
import { storeFailure } from '../common/failures.js';
import { SECTOR, type Compression, type ImageFormat, type LayerRecord } from '../common/records.js';
import type { ImportOptions, ImportProgress, ImportResult } from '../common/service.js';
import { FormatError, type ReadAt } from '../format/bytes.js';
import { detect } from '../format/detect.js';
import { isQcow2 } from '../format/qcow2.js';
import { compressionOf, decompress, peek } from './decode.js';
import { LayerMap, readLayer } from './layer.js';
import { LayeredReader } from './layered.js';
import type { Library } from './library.js';
import { copyQcow2 } from './qcow2-reader.js';
import type { Source } from './sources.js';
import type { Store } from './store.js';
import { LayerWriter } from './writer.js';

/** Enough to tell every compression and qcow2 by. */
const PEEK_BYTES = 512;

interface Import {
  store: Store;
  library: Library;
  source: Source;
  options: ImportOptions;
  signal: AbortSignal;
  onProgress: (progress: ImportProgress) => void;
}

/** Title of an image out of a file's name or an address, without what says how it is packed. */
export function titleOf(from: string): string {
  const last =
    from
      .split(/[?#]/)[0]
      ?.split('/')
      .findLast((part) => part !== '') ?? '';
  const plain = last.replace(/\.(gz|xz|zst)$/i, '').replace(/\.(img|raw|qcow2|iso|fd|bin)$/i, '');
  return plain || 'image';
}

function damaged(source: Source, error: unknown): FailureError {
  const detail = error instanceof Error ? error.message : String(error);
  return new FailureError({
    what: 'The image could not be read to its end; nothing was kept.',
    input: source.from,
    remedy:
      'The file is damaged, or of a kind that is not supported: fetch it again, or convert it with qemu-img.',
    detail,
  });
}

function reader(store: Store, title: string, layer: LayerMap, size: number): ReadAt {
  const layered = new LayeredReader(store.db, title, [layer], store.checksum, false);
  return async (offset, length) => {
    const bytes = new Uint8Array(Math.max(0, Math.min(length, size - offset)));
    await layered.read(offset, bytes, size);
    return bytes;
  };
}

async function readerOf(store: Store, title: string, layer: LayerRecord, size: number) {
  const map = await readLayer(store.db, layer.id);
  return reader(store, title, map ?? new LayerMap(layer), size);
}

/**
 * Imports an image: decompressed, converted from qcow2, hashed as it came, looked at, and added
 * to the library when all of that has gone well. What was written of one that fails is removed.
 *
 * @throws FailureError; the signal's reason when it was cancelled
 */
export async function importImage(task: Import): Promise<ImportResult> {
  const { store, library, source, options, signal, onProgress } = task;
  const title = options.title ?? titleOf(source.from);
  const hash = (await createSHA256()).init();
  let loaded = 0;
  const counted = source.stream.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(bytes, controller) {
        signal.throwIfAborted();
        hash.update(bytes);
        loaded += bytes.length;
        onProgress({ step: 'reading', done: loaded, total: source.size });
        controller.enqueue(bytes);
      },
    }),
  );
  const writers: LayerWriter[] = [];
  const newWriter = async (): Promise<LayerWriter> => {
    const writer = await LayerWriter.create(store.db, store.checksum, title);
    writers.push(writer);
    return writer;
  };
  try {
    const packed = await peek(counted, PEEK_BYTES);
    const compression: Compression = compressionOf(packed.start);
    const plain = await peek(await decompress(packed.stream, compression), PEEK_BYTES);
    const format: ImageFormat = isQcow2(plain.start) ? 'qcow2' : 'raw';
    let writer = await newWriter();
    await appendAll(plain.stream, writer, signal);
    const bytes = loaded;
    const sha256 = hash.digest('hex');
    if (options.sha256 !== undefined && options.sha256 !== sha256) {
      throw new FailureError({
        what: 'This is not the file that was asked for; it was not kept.',
        input: source.from,
        remedy: 'Choose the file with the SHA-256 below.',
        detail: `expected SHA-256 ${options.sha256}\ngot SHA-256      ${sha256}`,
      });
    }
    let size = writer.length;
    if (size === 0) throw new FormatError('image', 0, 'it is empty');
    await writer.finish();
    if (format === 'qcow2') {
      const from = await readerOf(store, title, writer.record, size);
      const raw = await newWriter();
      size = await copyQcow2(from, raw, (done, total) => {
        signal.throwIfAborted();
        onProgress({ step: 'converting', done, total });
      });
      await raw.finish();
      await writer.discard();
      writers.shift();
      writer = raw;
    }
    size = Math.max(SECTOR, Math.ceil(size / SECTOR) * SECTOR);
    const read = await readerOf(store, title, writer.record, size);
    const finding = await detect(read, size);
    signal.throwIfAborted();
    const id = await library.add({
      title,
      size,
      base: writer.record.id,
      readOnly: finding.parts.some(({ fileSystem }) => fileSystem === 'iso9660'),
      origin: { from: source.from, format, compression, sha256, bytes },
    });
    writer.done();
    return { id, finding };
  } catch (error) {
    await source.stream.cancel().catch(() => undefined);
    for (const writer of writers) await writer.discard().catch(() => undefined);
    if (signal.aborted) throw signal.reason;
    if (error instanceof FailureError) throw error;
    if (error instanceof DOMException) throw new FailureError(storeFailure(error, title));
    throw damaged(source, error);
  }
}

async function appendAll(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
  writer: LayerWriter,
  signal: AbortSignal,
): Promise<void> {
  const streamReader = stream.getReader();
  for (;;) {
    const { done, value } = await streamReader.read();
    signal.throwIfAborted();
    if (done) return;
    await writer.append(value);
  }
}
