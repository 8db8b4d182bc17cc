import type { StoredDisk } from '../../engine/common/stored-disks.js';
import type { Image } from '../../machine/schema.js';
import { importFile } from '../disks/actions.js';
import { images, refreshLibrary } from '../storage.js';

/**
 * FAT drives of folders that the guest may write to (`fat:rw:`). QEMU's vvfat writes into the
 * folder itself, which a page may not: the drive becomes a disk of the library instead, so that
 * what the guest writes outlives the machine. The same folder is the same disk again.
 */
const coming = new Map<string, Promise<StoredDisk | undefined>>();

async function findDisk(sha256: string): Promise<StoredDisk | undefined> {
  await refreshLibrary();
  const found = images.value?.find(({ origin }) => origin?.sha256 === sha256);
  if (found === undefined) return undefined;
  const { id, title, size, readOnly } = found;
  return { id, title, size, access: readOnly ? 'read' : 'write' };
}

async function findOrImport(sha256: string, drive: File): Promise<StoredDisk | undefined> {
  const found = await findDisk(sha256);
  if (found !== undefined) return found;
  return (await importFile(drive)) === undefined ? undefined : findDisk(sha256);
}

/**
 * The disk of the library that a folder's drive has become. Undefined when it could not be kept:
 * Disks says why.
 *
 * @param drive as `folderDrive` has made it; its SHA-256 is the image's
 */
export function keptFolder(image: Image, drive: File): Promise<StoredDisk | undefined> {
  const { sha256 = '' } = image;
  // Boot may be pressed twice.
  let disk = coming.get(sha256);
  if (disk === undefined) {
    disk = findOrImport(sha256, drive).finally(() => coming.delete(sha256));
    coming.set(sha256, disk);
  }
  return disk;
}
