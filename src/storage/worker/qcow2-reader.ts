import { decompress as unzstd } from 'fzstd';
import { inflateSync } from 'fflate';
import type { ReadAt } from '../format/bytes.js';
import { FormatError } from '../format/bytes.js';
import {
  readL1,
  readL2,
  readQcow2Header,
  type Cluster,
  type Qcow2Header,
} from '../format/qcow2.js';
import type { LayerWriter } from './writer.js';

/** Consecutive data clusters are read together, up to this many bytes. */
const RUN_BYTES = 1 << 21;

function decompress(header: Qcow2Header, packed: Uint8Array, at: number): Uint8Array {
  const size = 2 ** header.clusterBits;
  const out = new Uint8Array(size);
  try {
    const bytes =
      header.compression === 'zstd' ? unzstd(packed, out) : inflateSync(packed, { out });
    if (bytes.length !== size) throw new Error(`${bytes.length} bytes`);
    return out;
  } catch (error) {
    throw new FormatError('qcow2', at, `a compressed cluster is damaged (${String(error)})`);
  }
}

/** A cluster with the subclusters that are not allocated set to zero. */
function clearSubclusters(bytes: Uint8Array, zeroes: number): Uint8Array {
  const size = bytes.length / 32;
  const copy = bytes.slice();
  for (let i = 0; i < 32; i++) {
    if (((zeroes >>> i) & 1) === 1) copy.fill(0, i * size, (i + 1) * size);
  }
  return copy;
}

/**
 * Writes the guest's view of a qcow2 file, from its first to its last byte.
 *
 * @throws FormatError when the file is damaged or of a kind that is not supported
 */
export async function copyQcow2(
  read: ReadAt,
  writer: LayerWriter,
  onBytes: (done: number, total: number) => void,
): Promise<number> {
  const header = readQcow2Header(await read(0, 112));
  const cluster = 2 ** header.clusterBits;
  const tables = readL1(await read(header.l1Offset, header.l1Size * 8), header.l1Size);
  let left = header.size;
  for (const table of tables) {
    if (left <= 0) break;
    const perTable = cluster / (header.extendedL2 ? 16 : 8);
    const clusters: Cluster[] =
      table === 0
        ? Array.from({ length: perTable }, () => ({ kind: 'unallocated' }))
        : readL2(await read(table, cluster), header);
    for (let i = 0; i < clusters.length && left > 0;) {
      const entry = clusters[i];
      const length = Math.min(cluster, left);
      if (entry === undefined) break;
      if (entry.kind === 'compressed') {
        // The last sector may lie behind the end of the file.
        const packed = await read(entry.offset, entry.length);
        await writer.append(decompress(header, packed, entry.offset).subarray(0, length));
        i++;
        left -= length;
      } else if (entry.kind === 'data' && entry.zeroes === undefined) {
        let run = 1;
        while (run * cluster < RUN_BYTES && run * cluster < left) {
          const next = clusters[i + run];
          if (next?.kind !== 'data' || next.zeroes !== undefined) break;
          if (next.offset !== entry.offset + run * cluster) break;
          run++;
        }
        const wanted = Math.min(run * cluster, left);
        const bytes = await read(entry.offset, wanted);
        if (bytes.length === 0) throw new FormatError('qcow2', entry.offset, 'the file ends here');
        await writer.append(bytes);
        await writer.appendZeroes(wanted - bytes.length);
        i += run;
        left -= wanted;
      } else if (entry.kind === 'data') {
        const bytes = await read(entry.offset, cluster);
        const full = new Uint8Array(cluster);
        full.set(bytes);
        await writer.append(clearSubclusters(full, entry.zeroes ?? 0).subarray(0, length));
        i++;
        left -= length;
      } else {
        await writer.appendZeroes(length);
        i++;
        left -= length;
      }
      onBytes(header.size - left, header.size);
    }
  }
  await writer.appendZeroes(Math.max(left, 0));
  return header.size;
}
