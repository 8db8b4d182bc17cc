import { FormatReader, type ReadAt } from './bytes.js';
import { FatReader } from './fat.js';

export interface FileSystem {
  kind: string;
  label: string;
}

interface Signature {
  kind: string;
  offset: number;
  magic: readonly number[] | string;
  label?: readonly [offset: number, length: number];
}

/**
 * Where file systems have their magic numbers and labels, in bytes from their start: ext2/3/4
 * (kernel documentation, ext4 superblock), xfs (xfs_format.h), btrfs (on-disk format), squashfs,
 * swap (mkswap), LVM2, LUKS, F2FS.
 */
const SIGNATURES: readonly Signature[] = [
  { kind: 'ext4', offset: 1024 + 0x38, magic: [0x53, 0xef], label: [1024 + 0x78, 16] },
  { kind: 'xfs', offset: 0, magic: 'XFSB', label: [0x6c, 12] },
  { kind: 'btrfs', offset: 0x10040, magic: '_BHRfS_M', label: [0x1012b, 256] },
  { kind: 'squashfs', offset: 0, magic: 'hsqs' },
  { kind: 'swap', offset: 4086, magic: 'SWAPSPACE2', label: [0x41c, 16] },
  { kind: 'LVM2', offset: 0x218, magic: 'LVM2 001' },
  { kind: 'LUKS', offset: 0, magic: [0x4c, 0x55, 0x4b, 0x53, 0xba, 0xbe] },
  { kind: 'f2fs', offset: 1024, magic: [0x10, 0x20, 0xf5, 0xf2] },
  { kind: 'iso9660', offset: 0x8001, magic: 'CD001', label: [0x8028, 32] },
  { kind: 'ntfs', offset: 3, magic: 'NTFS    ' },
  { kind: 'erofs', offset: 1024, magic: [0xe2, 0xe1, 0xf5, 0xe0], label: [1024 + 0x40, 16] },
];

/** Bytes from the start that hold every signature and label. */
export const SIGNATURE_BYTES = 0x10240;

/** The file system that starts with these bytes, FAT left out; undefined when none is known. */
export function fileSystemOf(bytes: Uint8Array): FileSystem | undefined {
  const reader = new FormatReader(bytes, 'file system');
  for (const { kind, offset, magic, label } of SIGNATURES) {
    if (!reader.has(offset, magic)) continue;
    const holds = label !== undefined && bytes.length >= label[0] + label[1];
    const text = holds ? reader.text(label[0], label[1], 'a label') : '';
    return { kind, label: text.replace(/\0.*$/s, '') };
  }
  return undefined;
}

export interface FatFinding {
  /** Of the files that UEFI starts by itself (UEFI 2.10, section 3.5.1.1). */
  bootFiles: string[];
}

const BOOT_FILES = [
  'BOOTAA64.EFI',
  'BOOTX64.EFI',
  'BOOTIA32.EFI',
  'BOOTARM.EFI',
  'BOOTRISCV64.EFI',
];

/** The file system at the start of `read`, and which EFI boot files it has when it is FAT. */
export async function readFileSystem(
  read: ReadAt,
): Promise<(FileSystem & Partial<FatFinding>) | undefined> {
  const bytes = await read(0, SIGNATURE_BYTES);
  const known = fileSystemOf(bytes);
  if (known !== undefined) return known;
  let fat: FatReader;
  try {
    fat = await FatReader.open(read);
  } catch {
    return undefined;
  }
  const bootFiles: string[] = [];
  for (const name of BOOT_FILES) {
    const entry = await fat.find(`EFI/BOOT/${name}`);
    if (entry !== undefined && !entry.directory) bootFiles.push(name);
  }
  return { kind: `FAT${fat.volume.bits}`, label: await fat.label(), bootFiles };
}
