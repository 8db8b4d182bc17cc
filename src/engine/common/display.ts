/**
 * The machine's picture: where it lies in the engine's memory, for the page to copy. Nothing in
 * QEMU waits for that. `wasm/qemu/ui/bootlink-display.c` lays the block out, in 32-bit words:
 *
 * | word | meaning                                                           |
 * |------|-------------------------------------------------------------------|
 * | 0    | graphic consoles; the first of them is shown                      |
 * | 1    | sequence: odd while words 2 to 7 are written                      |
 * | 2    | width in pixels                                                   |
 * | 3    | height in pixels                                                  |
 * | 4    | stride in bytes                                                   |
 * | 5    | format, by pixman's code                                          |
 * | 6    | address of the first row                                          |
 * | 7    | flags: bit 0, the picture is QEMU's own words                     |
 * | 8    | damage: counts changes of the picture                             |
 * | 9    | by the page: ms between two looks for changes; 0, nobody looks    |
 */
const WORDS = 10;
const PLACEHOLDER = 1;

/** Largest side of a picture: QEMU's own limit (VBE_DISPI_MAX_XRES, hw/display/bochs-vbe.h). */
const LARGEST_SIDE = 16384;

/**
 * Shifts of red, green and blue in a pixel read as a little-endian number of `bytes` bytes; 8 bits
 * each, or 5, 6 and 5.
 */
interface PixelFormat {
  bytes: 2 | 3 | 4;
  red: number;
  green: number;
  blue: number;
}

const argb = { red: 16, green: 8, blue: 0 };
const abgr = { red: 0, green: 8, blue: 16 };
/** QEMU's include/ui/pixman-minimal.h: codes are bits per pixel, type and bits of a, r, g, b. */
const formats: ReadonlyMap<number, PixelFormat> = new Map([
  [0x20028888, { bytes: 4, ...argb }],
  [0x20020888, { bytes: 4, ...argb }],
  [0x20038888, { bytes: 4, ...abgr }],
  [0x20030888, { bytes: 4, ...abgr }],
  [0x20088888, { bytes: 4, red: 8, green: 16, blue: 24 }],
  [0x20080888, { bytes: 4, red: 8, green: 16, blue: 24 }],
  [0x20098888, { bytes: 4, red: 24, green: 16, blue: 8 }],
  [0x20090888, { bytes: 4, red: 24, green: 16, blue: 8 }],
  [0x18020888, { bytes: 3, ...argb }],
  [0x18030888, { bytes: 3, ...abgr }],
  [0x10020565, { bytes: 2, red: 11, green: 5, blue: 0 }],
] as const);

/** How the picture is laid out at a moment. */
export interface DisplayMode {
  width: number;
  height: number;
  stride: number;
  format: number;
  address: number;
  /** The guest has drawn nothing: QEMU's own words stand there. */
  placeholder: boolean;
}

/** Rows of a picture that have changed, as a canvas takes them: RGBA, 4 bytes a pixel. */
export interface Picture {
  width: number;
  height: number;
  placeholder: boolean;
  /** The first changed row, and how many rows from there on have to be drawn. */
  top: number;
  rows: number;
  /** Of the whole picture, `width * height` pixels; none of a placeholder. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
}

const NOTHING = { top: 0, rows: 0, pixels: new Uint8ClampedArray() };

/** The engine's picture as the page reads it. */
export class DisplayReader {
  private readonly words: Int32Array;
  /** Copies of the rows as they were read last, to compare with. */
  private before = new Uint8Array();
  private pixels = new Uint8ClampedArray();
  private mode: DisplayMode | undefined;
  private damage: number | undefined;

  /** @param address of the block, from `_bootlink_display` */
  constructor(
    private readonly memory: SharedArrayBuffer,
    address: number,
  ) {
    this.words = new Int32Array(memory, address, WORDS);
  }

  /** Graphic consoles of the machine: 0 when it has no display, or is not made yet. */
  get consoles(): number {
    return Atomics.load(this.words, 0);
  }

  /** How often the device is to look for changes, in ms; 0 for never. */
  set interval(milliseconds: number) {
    Atomics.store(this.words, 9, milliseconds);
  }

  /**
   * Copies what has changed since the last reading; undefined when nothing has.
   *
   * @returns a string when the picture's format is one that nobody knows
   */
  read(): Picture | undefined | string {
    const sequence = Atomics.load(this.words, 1);
    if (sequence % 2 !== 0) return undefined;
    const damage = Atomics.load(this.words, 8);
    const mode = this.readMode();
    const isSame = this.mode !== undefined && sameMode(this.mode, mode);
    if (isSame && damage === this.damage) return undefined;
    if (mode.width === 0 || !this.isInside(mode)) return undefined;
    const format = formats.get(mode.format);
    if (format === undefined) return `pixman format 0x${mode.format.toString(16)}`;
    if (mode.placeholder) {
      this.mode = mode;
      this.damage = damage;
      return { width: mode.width, height: mode.height, placeholder: true, ...NOTHING };
    }
    if (!isSame) {
      this.before = new Uint8Array(mode.width * format.bytes * mode.height);
      this.pixels = new Uint8ClampedArray(mode.width * mode.height * 4);
    }
    const changed = this.readRows(mode, format, !isSame);
    // Another surface took this one's place meanwhile: what was read may be anything.
    if (Atomics.load(this.words, 1) !== sequence) {
      this.mode = undefined;
      return undefined;
    }
    this.mode = mode;
    this.damage = damage;
    if (changed === undefined) return undefined;
    const { width, height, placeholder } = mode;
    return { width, height, placeholder, ...changed, pixels: this.pixels };
  }

  /** The next reading gives the whole picture. */
  forget(): void {
    this.mode = undefined;
  }

  private readMode(): DisplayMode {
    const word = (index: number): number => Atomics.load(this.words, index) >>> 0;
    return {
      width: word(2),
      height: word(3),
      stride: word(4),
      format: word(5),
      address: word(6),
      placeholder: (word(7) & PLACEHOLDER) !== 0,
    };
  }

  /** A mode that was read while it was written could point anywhere. */
  private isInside({ width, height, stride, address }: DisplayMode): boolean {
    if (width > LARGEST_SIDE || height > LARGEST_SIDE || height === 0) return false;
    return address + stride * height <= this.memory.byteLength;
  }

  private readRows(
    { width, height, stride, address }: DisplayMode,
    format: PixelFormat,
    all: boolean,
  ): { top: number; rows: number } | undefined {
    const length = width * format.bytes;
    let top = height;
    let bottom = 0;
    for (let y = 0; y < height; y++) {
      const row = new Uint8Array(this.memory, address + y * stride, length);
      const before = this.before.subarray(y * length, (y + 1) * length);
      if (!all && equalRows(row, before)) continue;
      before.set(row);
      convertRow(before, format, this.pixels.subarray(y * width * 4, (y + 1) * width * 4));
      top = Math.min(top, y);
      bottom = y + 1;
    }
    return bottom === 0 ? undefined : { top, rows: bottom - top };
  }
}

function sameMode(a: DisplayMode, b: DisplayMode): boolean {
  return (Object.keys(a) as (keyof DisplayMode)[]).every((key) => a[key] === b[key]);
}

/** Compares by words where both allow that: a picture has a million pixels. */
function equalRows(a: Uint8Array, b: Uint8Array): boolean {
  let at = 0;
  if (a.byteOffset % 4 === 0 && b.byteOffset % 4 === 0) {
    const words = a.length >> 2;
    const left = new Int32Array(a.buffer, a.byteOffset, words);
    const right = new Int32Array(b.buffer, b.byteOffset, words);
    for (let i = 0; i < words; i++) if (left[i] !== right[i]) return false;
    at = words << 2;
  }
  for (; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

function convertRow(from: Uint8Array, format: PixelFormat, to: Uint8ClampedArray): void {
  const { bytes, red, green, blue } = format;
  // What nearly every guest uses, and no more than a swap of red and blue: five times as fast.
  if (bytes === 4 && blue === 0 && from.byteOffset % 4 === 0) {
    const words = new Int32Array(from.buffer, from.byteOffset, from.length >> 2);
    const out = new Int32Array(to.buffer, to.byteOffset, words.length);
    for (let i = 0; i < words.length; i++) {
      const pixel = words[i] ?? 0;
      out[i] = 0xff000000 | (pixel & 0xff00) | ((pixel >> 16) & 0xff) | ((pixel & 0xff) << 16);
    }
    return;
  }
  if (bytes === 2) {
    for (let i = 0, o = 0; i < from.length; i += 2, o += 4) {
      const pixel = (from[i] ?? 0) | ((from[i + 1] ?? 0) << 8);
      to[o] = ((pixel >> red) & 0x1f) * (255 / 31);
      to[o + 1] = ((pixel >> green) & 0x3f) * (255 / 63);
      to[o + 2] = ((pixel >> blue) & 0x1f) * (255 / 31);
      to[o + 3] = 255;
    }
    return;
  }
  for (let i = 0, o = 0; i < from.length; i += bytes, o += 4) {
    to[o] = from[i + (red >> 3)] ?? 0;
    to[o + 1] = from[i + (green >> 3)] ?? 0;
    to[o + 2] = from[i + (blue >> 3)] ?? 0;
    // Formats with alpha too: a monitor has nothing behind its picture.
    to[o + 3] = 255;
  }
}
