import type { Result } from '../../engine/common/failure.js';
import { fatEntries, type Content, type DroppedFile } from '../../storage/common/dropped.js';
import { FatError, planFat } from '../../storage/format/fat-build.js';

/** Bytes left free on a drive that the guest may write to. */
const ROOM = 16 << 20;

/** What a slot's folder or loose files are called in a sentence. */
export function folderTitle(folder: string | undefined, files: readonly DroppedFile[]): string {
  const count = files.length === 1 ? '1 file' : `${String(files.length)} files`;
  return folder === undefined ? count : `${folder}, ${count}`;
}

const byPath = (one: DroppedFile, other: DroppedFile): number =>
  one.path < other.path ? -1 : one.path > other.path ? 1 : 0;

/**
 * A FAT drive of a visitor's files, as a file that is put together when it is read: nothing is
 * copied before. The same files give the same bytes, so that a machine can name them by SHA-256.
 *
 * @param label of the volume; the machine's own name for it, not the visitor's
 */
export function folderDrive(
  title: string,
  { files, emptyFolders }: Content,
  label: string,
  isWritable: boolean,
): Result<File> {
  const sorted = [...files].sort(byPath);
  try {
    const entries = fatEntries({ files: sorted, emptyFolders: [...emptyFolders].sort() });
    const plan = planFat(entries, label, isWritable ? ROOM : 0);
    const parts: BlobPart[] = [plan.head];
    let length = plan.head.length;
    const add = (part: Uint8Array<ArrayBuffer> | File | undefined, size: number): void => {
      if (part !== undefined && size > 0) parts.push(part);
      const rest = -size & (plan.clusterBytes - 1);
      if (rest > 0) parts.push(new Uint8Array(rest));
      length += size + rest;
    };
    for (const content of plan.contents) {
      if ('bytes' in content) add(content.bytes, content.bytes.length);
      else add(sorted[content.file]?.file, content.size);
    }
    if (length < plan.size) parts.push(new Uint8Array(plan.size - length));
    return { ok: true, value: new File(parts, title) };
  } catch (error) {
    if (!(error instanceof FatError)) throw error;
    const what = `The files do not make a FAT drive: ${error.message}.`;
    return {
      ok: false,
      failure: { what, input: error.path, remedy: 'Rename it or leave it out.' },
    };
  }
}
