/**
 * Which programs a machine's images hold and where they lie when they start, so that the engine
 * can tell of the first instruction of each (`TraceImage`). Only what is certain before the
 * machine runs: what QEMU loads by itself, and what Trusted Firmware-A loads to fixed addresses.
 */

/** An image of the machine, and its bytes as they travel. */
export interface ProgramImage {
  readonly name: string;
  /** Bytes that the guest sees. */
  readonly size: number;
  /** [offset, length] of each run that `bytes` holds; left out when they are all of it. */
  readonly extents?: readonly (readonly [number, number])[] | undefined;
  readonly bytes: Uint8Array;
}

/** A range of physical memory and the name of what runs there. */
export interface Program {
  readonly name: string;
  readonly base: bigint;
  /** Bytes. */
  readonly size: bigint;
}

/** RAM of QEMU's virt board (hw/arm/virt.c, VIRT_MEM). */
const VIRT_RAM = 0x4000_0000n;
const VIRT_FLASH_BYTES = 0x400_0000;
const SBSA_FLASH_BYTES = 0x1000_0000;
/** QEMU's loader program in front of a kernel (hw/arm/boot.c, BOOTLOADER_MAX_SIZE). */
const BOOTLOADER_BYTES = 4096n;
const MIB = 1n << 20n;

/** Where a firmware image package begins in the flash, and what is loaded from it. */
interface TfaLayout {
  readonly fip: number;
  readonly programs: readonly Program[];
}

/** TF-A 2.12, plat/qemu/qemu_sbsa/include/platform_def.h, with RME's and SPM's options left out. */
const TFA_SBSA: TfaLayout = {
  fip: 0x1_2000,
  programs: [
    { name: 'BL1', base: 0n, size: 0x1_2000n },
    { name: 'BL2', base: 0x3fcd_1000n, size: 0x1_d000n },
    { name: 'BL31', base: 0x3fce_e000n, size: 0x30_0000n },
    { name: 'BL33', base: 0x1000_0000n, size: 0x1000_0000n },
  ],
};

/** TF-A 2.12, plat/qemu/qemu/include/platform_def.h, without a transfer list. */
const TFA_VIRT: TfaLayout = {
  fip: 0x4_0000,
  programs: [
    { name: 'BL1', base: 0n, size: 0x2_0000n },
    { name: 'BL2', base: 0x0e05_b000n, size: 0x3_5000n },
    { name: 'BL31', base: 0x0e09_0000n, size: 0x7_0000n },
    { name: 'BL32', base: 0x0e10_0000n, size: 0xe0_0000n },
    { name: 'BL33', base: 0x6000_0000n, size: 0x400_0000n },
  ],
};

/** The same with ENABLE_RME: REALM_DRAM_BASE. */
const TFA_RMM: Program = { name: 'RMM', base: 0x4010_0000n, size: 0x180_0000n };

/** First word of a firmware image package (TF-A include/tools_share/firmware_image_package.h). */
const FIP_MAGIC = 0xaa64_0001;

/** A view of the bytes at an offset of the image; undefined where they do not travel. */
function viewAt(image: ProgramImage, offset: number, length: number): DataView | undefined {
  let at = 0;
  for (const [start, size] of image.extents ?? [[0, image.bytes.length]]) {
    if (offset >= start && offset + length <= start + size) {
      const from = at + offset - start;
      if (from + length > image.bytes.length) return undefined;
      return new DataView(image.bytes.buffer, image.bytes.byteOffset + from, length);
    }
    at += size;
  }
  return undefined;
}

/** Executable segments of a little-endian ELF file, as one range (System V ABI, "Program Header"). */
function elfRange(image: ProgramImage): Omit<Program, 'name'> | undefined {
  const header = viewAt(image, 0, 64);
  if (header?.getUint32(0) !== 0x7f45_4c46 || header.getUint8(5) !== 1) return undefined;
  const wide = header.getUint8(4) === 2;
  const table = wide ? Number(header.getBigUint64(32, true)) : header.getUint32(28, true);
  const [entrySize, entries] = wide ? [54, 56] : [42, 44];
  const step = header.getUint16(entrySize, true);
  let low: bigint | undefined;
  let high = 0n;
  for (let n = 0; n < header.getUint16(entries, true); n++) {
    const entry = viewAt(image, table + n * step, wide ? 56 : 32);
    if (entry === undefined) return undefined;
    const word = (at64: number, at32: number): bigint =>
      wide ? entry.getBigUint64(at64, true) : BigInt(entry.getUint32(at32, true));
    const isCode = (entry.getUint32(wide ? 4 : 24, true) & 1) !== 0;
    const [base, size] = [word(24, 12), word(40, 20)];
    if (entry.getUint32(0, true) !== 1 || !isCode || size === 0n) continue;
    if (low === undefined || base < low) low = base;
    if (base + size > high) high = base + size;
  }
  return low === undefined ? undefined : { base: low, size: high - low };
}

/** Where QEMU puts a kernel that it starts itself (hw/arm/boot.c, load_aarch64_image). */
function kernelRange(image: ProgramImage): Omit<Program, 'name'> | undefined {
  const elf = elfRange(image);
  if (elf !== undefined) return elf;
  const header = viewAt(image, 0, 64);
  // "ARM\x64" (Linux Documentation/arch/arm64/booting.rst); a compressed one is left out.
  if (header?.getUint32(56) !== 0x4152_4d64) return undefined;
  const size = header.getBigUint64(16, true);
  if (size === 0n) return undefined;
  const offset = header.getBigUint64(8, true);
  return { base: VIRT_RAM + offset + (offset < BOOTLOADER_BYTES ? 2n * MIB : 0n), size };
}

/** `file=image:a.bin,addr=0x10` as a map; QEMU writes a comma in a value twice. */
function properties(text: string): Map<string, string> {
  const parts = text.replaceAll(',,', '\0').split(',');
  return new Map(
    parts.map((part, index) => {
      const [name = '', ...value] = part.replaceAll('\0', ',').split('=');
      return index === 0 && value.length === 0 ? ['', name] : [name, value.join('=')];
    }),
  );
}

/** The values of an option, in order. */
function valuesOf(args: readonly string[], ...names: string[]): string[] {
  return args.flatMap((word, index) => {
    const value = args[index + 1];
    return names.includes(word.replace(/^--?/, '')) && word.startsWith('-') && value !== undefined
      ? [value]
      : [];
  });
}

function number(text: string | undefined): bigint | undefined {
  return text !== undefined && /^(0x[0-9a-f]+|\d+)$/i.test(text) ? BigInt(text) : undefined;
}

/** The image of the first flash bank: -bios, -pflash, or the drive of unit 0. */
function firmware(args: readonly string[]): string | undefined {
  const flash = valuesOf(args, 'drive')
    .map(properties)
    .filter((drive) => drive.get('if') === 'pflash')
    .map((drive) => ({ file: drive.get('file'), unit: drive.get('unit') ?? '0' }));
  return (
    valuesOf(args, 'bios')[0] ??
    flash.find(({ unit }) => unit === '0')?.file ??
    valuesOf(args, 'pflash')[0]
  );
}

/**
 * The programs of a machine, in the order in which a place is looked up: a range may hold another.
 *
 * @param args QEMU's arguments, naming images as `image:NAME`
 * @param images those of them whose bytes are here
 */
export function programsOf(args: readonly string[], images: readonly ProgramImage[]): Program[] {
  const imageOf = (file: string | undefined): ProgramImage | undefined => {
    const name = /(?:^|:)image:([A-Za-z0-9._-]+)$|^image:([A-Za-z0-9._-]+)$/.exec(file ?? '');
    return images.find((each) => each.name === (name?.[1] ?? name?.[2]));
  };
  const machine = properties(valuesOf(args, 'M', 'machine').join());
  const board = machine.get('') ?? machine.get('type') ?? '';
  const isVirt = /^virt(-\d|$)/.test(board);
  const isSbsa = board === 'sbsa-ref';
  const found: Program[] = [];
  const flash = imageOf(firmware(args));
  const layout = isSbsa
    ? TFA_SBSA
    : isVirt && machine.get('secure') === 'on'
      ? TFA_VIRT
      : undefined;
  const isTfa =
    flash !== undefined &&
    layout !== undefined &&
    viewAt(flash, layout.fip, 4)?.getUint32(0, true) === FIP_MAGIC;
  if (isTfa) {
    const hasRme = valuesOf(args, 'cpu').some((cpu) => properties(cpu).get('x-rme') === 'on');
    found.push(...layout.programs, ...(isVirt && hasRme ? [TFA_RMM] : []));
  } else if (flash !== undefined && (isVirt || isSbsa)) {
    const most = isSbsa ? SBSA_FLASH_BYTES : VIRT_FLASH_BYTES;
    found.push({ name: flash.name, base: 0n, size: BigInt(Math.min(flash.size, most)) });
  }
  for (const device of valuesOf(args, 'device').map(properties)) {
    const kind = device.get('');
    if (kind !== 'loader' && kind !== 'guest-loader') continue;
    const image = imageOf(device.get(kind === 'loader' ? 'file' : 'kernel'));
    if (image === undefined) continue;
    const base = number(device.get('addr'));
    const elf = device.get('force-raw') === 'on' ? undefined : elfRange(image);
    const range = elf ?? (base === undefined ? undefined : { base, size: BigInt(image.size) });
    // U-Boot in the place of BL33 is that, by both names.
    if (range === undefined || found.some((each) => each.base === range.base)) continue;
    found.push({ name: image.name, ...range });
  }
  const kernel = imageOf(valuesOf(args, 'kernel')[0]);
  if (kernel !== undefined && isVirt && firmware(args) === undefined) {
    const range = kernelRange(kernel);
    if (range !== undefined) found.push({ name: kernel.name, ...range });
  }
  return found;
}
