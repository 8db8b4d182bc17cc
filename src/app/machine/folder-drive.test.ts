import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { DroppedFile } from '../../storage/common/dropped.js';
import { detect } from '../../storage/format/detect.js';
import { folderDrive, folderTitle } from './folder-drive.js';

function dropped(path: string, text: string): DroppedFile {
  return { path, file: new File([text], path.split('/').at(-1) ?? '') };
}

const files = [dropped('notes/first.txt', 'hello\n'), dropped('b.bin', 'x'.repeat(9000))];

async function bytesOf(
  list: DroppedFile[],
  isWritable = false,
  emptyFolders: string[] = [],
): Promise<Uint8Array> {
  const made = folderDrive('mine', { files: list, emptyFolders }, 'DIR', isWritable);
  if (!made.ok) throw new Error(made.failure.what);
  return new Uint8Array(await made.value.arrayBuffer());
}

// Disks of 8 and 25 MB, which a busy machine takes its time over.
describe('a FAT drive of a folder, as a file', { timeout: 60_000 }, () => {
  it('is a disk with a FAT partition that holds the files', async () => {
    const bytes = await bytesOf(files);
    const read = (offset: number, length: number) =>
      Promise.resolve(bytes.slice(offset, offset + length));
    const { parts } = await detect(read, bytes.length);
    expect(parts).toMatchObject([{ fileSystem: 'FAT16', label: 'DIR' }]);
    expect(bytes.length % 512).toBe(0);
    const text = new TextDecoder('latin1').decode(bytes);
    expect(text).toContain('hello\n');
    expect(text).toContain('x'.repeat(9000));
  });

  it('has the same bytes in whatever order the browser gives the files', async () => {
    const hash = async (list: DroppedFile[], emptyFolders: string[] = []) =>
      createHash('sha256')
        .update(await bytesOf(list, false, emptyFolders))
        .digest('hex');
    expect(await hash([...files].reverse())).toBe(await hash(files));
    expect(await hash([dropped('b.bin', 'y'), ...files.slice(0, 1)])).not.toBe(await hash(files));
    expect(await hash(files, ['b', 'a'])).toBe(await hash(files, ['a', 'b']));
    expect(await hash(files, ['a'])).not.toBe(await hash(files));
  });

  it('has room for what a guest writes, where it may', async () => {
    // FAT16 has at least 4085 clusters: a small folder makes half of that room anyway.
    expect((await bytesOf(files)).length).toBeLessThan(16 << 20);
    expect((await bytesOf(files, true)).length).toBeGreaterThan(16 << 20);
  });

  it('names the file that FAT cannot hold', () => {
    const made = folderDrive(
      'mine',
      { files: [dropped('what?.txt', '')], emptyFolders: [] },
      'DIR',
      false,
    );
    expect(made).toMatchObject({ ok: false, failure: { input: 'what?.txt' } });
  });

  it('is called by its folder and how many files there are', () => {
    expect(folderTitle('photos', files)).toBe('photos, 2 files');
    expect(folderTitle(undefined, files.slice(0, 1))).toBe('1 file');
  });
});
