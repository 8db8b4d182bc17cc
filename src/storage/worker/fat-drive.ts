import { FailureError } from '../../engine/common/failure.js';
import { OVERLAY_CHUNK } from '../common/records.js';
import { fatEntries, type Content } from '../common/dropped.js';
import type { ImportProgress, ImportResult } from '../common/service.js';
import { detect } from '../format/detect.js';
import { FatError, planFat } from '../format/fat-build.js';
import type { Library } from './library.js';
import type { Store } from './store.js';
import { LayerWriter } from './writer.js';

const PIECE = 4 << 20;

/**
 * Makes a FAT disk of the visitor's files and adds it to the library.
 *
 * @throws FailureError naming the file that cannot go in or cannot be read
 */
export async function createFatDrive(
  store: Store,
  library: Library,
  title: string,
  content: Content,
  extra: number,
  signal: AbortSignal,
  onProgress: (progress: ImportProgress) => void,
): Promise<ImportResult> {
  let plan;
  try {
    plan = planFat(fatEntries(content), title, extra);
  } catch (error) {
    if (!(error instanceof FatError)) throw error;
    throw new FailureError({
      what: `The files do not make a FAT drive: ${error.message}.`,
      input: error.path,
      remedy: 'Rename it or leave it out.',
    });
  }
  const writer = await LayerWriter.create(store.db, store.checksum, title, OVERLAY_CHUNK);
  try {
    await writer.append(plan.head);
    for (const part of plan.contents) {
      signal.throwIfAborted();
      if ('bytes' in part) {
        await writer.append(part.bytes);
        continue;
      }
      const dropped = content.files[part.file];
      if (dropped === undefined) continue;
      for (let at = 0; at < part.size; at += PIECE) {
        const piece = dropped.file.slice(at, Math.min(at + PIECE, part.size));
        try {
          await writer.append(new Uint8Array(await piece.arrayBuffer()));
        } catch (error) {
          if (error instanceof FailureError) throw error;
          throw new FailureError({
            what: 'A file could not be read.',
            input: dropped.path,
            remedy: 'It may have changed or gone since you chose it: choose it again.',
            detail: String(error),
          });
        }
        onProgress({ step: 'writing', done: writer.length, total: plan.size });
      }
      const rest = part.size % plan.clusterBytes;
      if (rest > 0) await writer.appendZeroes(plan.clusterBytes - rest);
    }
    await writer.finish();
    const id = await library.add({ title, size: plan.size, base: writer.record.id });
    writer.done();
    const { disk, close } = await store.openImage(id, 'read');
    try {
      const finding = await detect(async (offset, length) => {
        const bytes = new Uint8Array(Math.max(0, Math.min(length, disk.size - offset)));
        await disk.read(offset, bytes);
        return bytes;
      }, disk.size);
      return { id, finding };
    } finally {
      await close();
    }
  } catch (error) {
    await writer.discard().catch(() => undefined);
    throw error;
  }
}
