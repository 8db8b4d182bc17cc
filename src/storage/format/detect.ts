import { FormatError, FormatReader, type ReadAt } from './bytes.js';
import { readFileSystem, type FatFinding, type FileSystem } from './filesystems.js';
import { efiBootImage } from './iso.js';
import { ESP_GUID, ESP_MBR, readPartitions } from './partitions.js';

export interface Part {
  /** `whole image`, `partition 2`, `EFI boot image`. */
  where: string;
  start: number;
  length: number;
  fileSystem?: string;
  label?: string;
  /** An EFI System Partition by its type. */
  esp: boolean;
}

/** What an image is. */
export interface Finding {
  /** In a few words: `GPT disk`, `CD-ROM`, `Linux kernel (AArch64)`. */
  kind: string;
  parts: Part[];
  /** Which EFI boot files it has; those of AArch64 boot here. */
  bootFiles: string[];
  /** UEFI firmware for AArch64 starts it by itself. */
  bootsHere: boolean;
  /** What to do with it, or why it will not boot. */
  advice: string[];
}

const AARCH64 = 'BOOTAA64.EFI';

/** Files that are no disks, by their first bytes. */
function blobKind(bytes: Uint8Array): { kind: string; advice: string } | undefined {
  const reader = new FormatReader(bytes, 'image');
  // Linux: Documentation/arch/arm64/booting.rst.
  if (reader.has(56, 'ARMd')) {
    return {
      kind: 'Linux kernel (AArch64)',
      advice: 'This is a kernel: use it as one, not as a disk.',
    };
  }
  if (reader.has(40, '_FVH')) {
    return {
      kind: 'UEFI firmware volume',
      advice:
        'This is firmware: put it into a flash chip. It is padded to the size that the board wants.',
    };
  }
  // Trusted Firmware-A: firmware image package, tools_share/firmware_image_package.h.
  if (reader.has(0, [0x01, 0x00, 0x64, 0xaa])) {
    return {
      kind: 'Firmware image package (FIP)',
      advice: 'This is Trusted Firmware: put it into a flash chip.',
    };
  }
  if (reader.has(0, [0x7f, 0x45, 0x4c, 0x46])) {
    return { kind: 'ELF program', advice: 'Use it as a kernel or firmware, not as a disk.' };
  }
  if (reader.has(0, '070701') || reader.has(0, '070702')) {
    return { kind: 'initrd (cpio)', advice: 'This is an initrd: use it as one, not as a disk.' };
  }
  if (reader.has(0, [0xd0, 0x0d, 0xfe, 0xed])) {
    return {
      kind: 'Device tree blob',
      advice: 'This is a device tree: use it as one, not as a disk.',
    };
  }
  if (reader.has(0, 'MZ')) {
    return {
      kind: 'EFI program',
      advice: 'Put it into a FAT drive and start it from the EFI shell.',
    };
  }
  return undefined;
}

function bootAdvice(bootFiles: readonly string[], hasEsp: boolean, isCd: boolean): string[] {
  if (bootFiles.includes(AARCH64)) {
    return [`It has \\EFI\\BOOT\\${AARCH64}: UEFI firmware starts it by itself.`];
  }
  if (bootFiles.some((name) => name === 'BOOTX64.EFI' || name === 'BOOTIA32.EFI')) {
    return [
      'Its boot files are for x86 PCs only: it does not boot here. Look for its arm64 edition.',
    ];
  }
  if (bootFiles.length > 0) {
    return [
      `Its boot files are ${bootFiles.join(', ')}: none is for AArch64, so it does not boot here.`,
    ];
  }
  if (hasEsp) {
    return [
      `Its EFI System Partition has no \\EFI\\BOOT\\${AARCH64}: firmware will not start it by itself. Choose a loader in the boot menu or the EFI shell.`,
    ];
  }
  return [
    isCd
      ? 'It has no EFI boot image: firmware cannot start it. It can be read as a CD-ROM.'
      : 'It has no EFI System Partition: firmware cannot start it. Boot a kernel beside it, or use it as a data disk.',
  ];
}

/**
 * Says what an image of `size` bytes is. What is damaged is said in the advice; this only throws
 * what `read` throws.
 */
export async function detect(read: ReadAt, size: number): Promise<Finding> {
  const start = await read(0, Math.min(size, 4096));
  const parts: Part[] = [];
  const bootFiles = new Set<string>();
  const advice: string[] = [];
  const look = async (where: string, from: number, length: number, esp: boolean): Promise<void> => {
    const within: ReadAt = (offset, bytes) =>
      offset >= length
        ? Promise.resolve(new Uint8Array())
        : read(from + offset, Math.min(bytes, length - offset));
    let found: (FileSystem & Partial<FatFinding>) | undefined;
    try {
      found = await readFileSystem(within);
    } catch (error) {
      if (!(error instanceof FormatError)) throw error;
      advice.push(`${where}: ${error.message}.`);
    }
    for (const name of found?.bootFiles ?? []) bootFiles.add(name);
    parts.push({
      where,
      start: from,
      length,
      esp,
      ...(found === undefined ? {} : { fileSystem: found.kind, label: found.label }),
    });
  };

  const blob = blobKind(start);
  let kind = blob?.kind ?? 'Data without a known structure';
  let table: Awaited<ReturnType<typeof readPartitions>>;
  try {
    table = await readPartitions(read);
  } catch (error) {
    if (!(error instanceof FormatError)) throw error;
    advice.push(`Its partition table is damaged: ${error.message}.`);
  }
  if (blob !== undefined && table === undefined) {
    return { kind, parts, bootFiles: [], bootsHere: false, advice: [blob.advice] };
  }
  await look('whole image', 0, size, false);
  const whole = parts[0];
  const isCd = whole?.fileSystem === 'iso9660';
  if (isCd) {
    const boot = await efiBootImage(read);
    if (boot !== undefined && boot < size) await look('EFI boot image', boot, size - boot, true);
  }
  if (table !== undefined && whole?.fileSystem?.startsWith('FAT') !== true) {
    if (!isCd && whole?.fileSystem === undefined) parts.shift();
    for (const { number, start: from, length, type } of table.partitions) {
      if (from >= size) {
        advice.push(
          `Partition ${number} lies behind the end of the image: the image is cut short.`,
        );
        continue;
      }
      const esp = type === ESP_GUID || type === ESP_MBR;
      await look(`partition ${number}`, from, Math.min(length, size - from), esp);
    }
    kind = table.kind === 'gpt' ? 'GPT disk' : 'MBR disk';
  }
  if (isCd) kind = 'CD-ROM (ISO 9660)';
  else if (table === undefined && whole?.fileSystem !== undefined) {
    kind = `${whole.fileSystem} volume without a partition table`;
  }
  const isBlank = table === undefined && whole?.fileSystem === undefined;
  if (isBlank && start.every((byte) => byte === 0)) {
    return {
      kind: 'Empty disk',
      parts: [],
      bootFiles: [],
      bootsHere: false,
      advice: ['It starts with zeroes: the guest has to partition or format it.'],
    };
  }
  if (!isBlank) {
    advice.push(
      ...bootAdvice(
        [...bootFiles],
        parts.some(({ esp }) => esp),
        isCd,
      ),
    );
  } else {
    advice.push('No partition table and no file system that Bootlink knows is at its start.');
  }
  return { kind, parts, bootFiles: [...bootFiles], bootsHere: bootFiles.has(AARCH64), advice };
}
