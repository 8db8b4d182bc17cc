import { FormatReader, type ReadAt } from './bytes.js';

/** Bytes of an ISO 9660 sector. */
const SECTOR = 2048;
/** Platform of a boot entry that is an EFI System Partition (UEFI 2.10, section 13.3.2.1). */
const EFI_PLATFORM = 0xef;

export interface BootImage {
  platform: number;
  /** Bytes. */
  start: number;
}

/** Offset of the El Torito boot catalogue out of the boot record; undefined when there is none. */
export function bootCatalogue(sector: Uint8Array): number | undefined {
  const reader = new FormatReader(sector, 'El Torito');
  if (!reader.has(0, [0]) || !reader.has(1, 'CD001') || !reader.has(7, 'EL TORITO SPEC')) {
    return undefined;
  }
  return reader.u32(0x47, 'the boot catalogue') * SECTOR;
}

/** The bootable entries of a boot catalogue (El Torito 1.0, section 2). */
export function bootImages(catalogue: Uint8Array): BootImage[] {
  const reader = new FormatReader(catalogue, 'El Torito');
  if (!reader.has(0, [1])) return [];
  const images: BootImage[] = [];
  let platform = reader.u8(1, 'a platform');
  for (let at = 32; at + 32 <= catalogue.length; at += 32) {
    const first = reader.u8(at, 'an entry');
    if (first === 0x90 || first === 0x91) platform = reader.u8(at + 1, 'a platform');
    else if (first === 0x88)
      images.push({ platform, start: reader.u32(at + 8, 'a start') * SECTOR });
    else break;
  }
  return images;
}

/** Where the EFI boot image of a CD lies, in bytes; undefined when it has none. */
export async function efiBootImage(read: ReadAt): Promise<number | undefined> {
  const catalogue = bootCatalogue(await read(17 * SECTOR, SECTOR));
  if (catalogue === undefined) return undefined;
  const images = bootImages(await read(catalogue, SECTOR));
  return images.find(({ platform }) => platform === EFI_PLATFORM)?.start;
}
