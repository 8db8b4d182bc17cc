import type { ImageFormat } from '../common/records.js';
import type { ImportProgress } from '../common/service.js';
import { planQcow2, QCOW2_CLUSTER } from '../format/qcow2-write.js';
import type { OpenDisk } from './disk.js';

type Bytes = Uint8Array<ArrayBuffer>;

const PIECE = 4 << 20;

async function* rawPieces(disk: OpenDisk): AsyncGenerator<Bytes> {
  for (let at = 0; at < disk.size; at += PIECE) {
    const bytes = new Uint8Array(Math.min(PIECE, disk.size - at));
    await disk.read(at, bytes);
    yield bytes;
  }
}

async function* qcow2Pieces(disk: OpenDisk): AsyncGenerator<Bytes> {
  const { metadata, data } = planQcow2(disk.size, (cluster) => {
    const end = Math.min((cluster + 1) * QCOW2_CLUSTER, disk.size);
    // The smallest chunk of any layer is a part of a cluster.
    for (let at = cluster * QCOW2_CLUSTER; at < end; at += 1 << 12) if (disk.holds(at)) return true;
    return false;
  });
  yield metadata;
  for (let i = 0; i < data.length;) {
    const first = data[i] ?? 0;
    let run = 1;
    while (run * QCOW2_CLUSTER < PIECE && data[i + run] === first + run) run++;
    const bytes = new Uint8Array(run * QCOW2_CLUSTER);
    const at = first * QCOW2_CLUSTER;
    await disk.read(at, bytes.subarray(0, Math.min(bytes.length, disk.size - at)));
    yield bytes;
    i += run;
  }
}

/**
 * Writes an image out, piece by piece: to a file, or where the browser gives none, into a Blob,
 * which the browser keeps on its own disk when it is large.
 */
export async function exportImage(
  disk: OpenDisk,
  format: ImageFormat,
  to: FileSystemFileHandle | undefined,
  signal: AbortSignal,
  onProgress: (progress: ImportProgress) => void,
): Promise<Blob | undefined> {
  const pieces = format === 'raw' ? rawPieces(disk) : qcow2Pieces(disk);
  const file = await to?.createWritable();
  const parts: Blob[] = [];
  let done = 0;
  try {
    for await (const bytes of pieces) {
      signal.throwIfAborted();
      if (file === undefined) parts.push(new Blob([bytes]));
      else await file.write(bytes);
      done += bytes.length;
      onProgress({ step: 'writing', done, total: format === 'raw' ? disk.size : undefined });
    }
    await file?.close();
  } catch (error) {
    await file?.abort().catch(() => undefined);
    throw error;
  }
  return file === undefined ? new Blob(parts, { type: 'application/octet-stream' }) : undefined;
}
