/**
 * A machine's RAM, page by page, as it lies in the engine's memory: what is worth keeping of it,
 * and how it is put back. Every kind of RAM counts: flash, secure RAM and the ACPI tables are
 * RAM blocks of QEMU as well (system/physmem.c).
 */

/** The unit in which RAM is kept: the smallest page of an Arm guest (Arm ARM, D8.1). Bytes. */
export const PAGE = 4096;
const PAGE_WORDS = PAGE / 4;

/** In place of a page's number among the kept pages: it holds only zeroes. */
export const ZERO_PAGE = 0xffff_ffff;
/**
 * Added to a page's number among the kept pages: what is kept is the exclusive or of the page and
 * of what a reset puts there. A kernel patches nearly every page of its text as it starts, in a
 * few places: the difference compresses to next to nothing.
 */
export const DIFFERENCE = 0x8000_0000;

/** A RAM block of QEMU: its name is the same in every run of the machine, its address is not. */
export interface RamBlock {
  name: string;
  /** Where it lies in the engine's memory. */
  address: number;
  /** Bytes in use, a multiple of PAGE. */
  size: number;
}

/** Which pages of a block are kept, and where. Both lists are of the same length. */
export interface BlockPages {
  name: string;
  /** Bytes. */
  size: number;
  /** Numbers of pages in the block, rising. */
  pages: Uint32Array;
  /** For each of them its number among the kept pages, with DIFFERENCE or not; or ZERO_PAGE. */
  sources: Uint32Array;
}

export interface RamImage {
  blocks: BlockPages[];
  /** The kept pages, one after the other, none of them twice. */
  content: Uint8Array;
}

/** RAM as it is just after reset: pages by block and number, those of zeroes left out. */
export type BaseRam = ReadonlyMap<string, ReadonlyMap<number, Uint8Array>>;

/**
 * The RAM blocks in what QEMU's monitor answers to `info ramblock`
 * (system/physmem.c, ram_block_format).
 */
export function parseRamBlocks(answer: string): RamBlock[] {
  const blocks: RamBlock[] = [];
  const line = /^\s*(\S.*?)\s+\d+ [KM]iB((?:\s+0x[0-9a-f]+){4})\s+r[ow]\s*$/gim;
  for (const [, name, numbers] of answer.matchAll(line)) {
    // Offset among all RAM, bytes in use, bytes reserved, address in QEMU's memory.
    const [, used, , address] = (numbers ?? '').trim().split(/\s+/).map(Number);
    if (name === undefined || used === undefined || address === undefined) continue;
    // A block that something lies in, but whose memory is elsewhere, has no address.
    if (used > 0 && address > 0) blocks.push({ name, address, size: used });
  }
  return blocks;
}

function isZero(words: Uint32Array, from: number): boolean {
  for (let at = from; at < from + PAGE_WORDS; at += 4) {
    const some =
      (words[at] ?? 0) | (words[at + 1] ?? 0) | (words[at + 2] ?? 0) | (words[at + 3] ?? 0);
    if (some !== 0) return false;
  }
  return true;
}

function equal(a: Uint32Array, from: number, b: Uint32Array, start: number): boolean {
  for (let at = 0; at < PAGE_WORDS; at++) if (a[from + at] !== b[start + at]) return false;
  return true;
}

/** A hash to find equal pages by; they are compared before they count as equal. */
function hash(words: Uint32Array, from: number): number {
  let value = 0x811c9dc5;
  for (let at = from; at < from + PAGE_WORDS; at++) {
    value = Math.imul(value ^ (words[at] ?? 0), 0x01000193);
    value ^= value >>> 15;
  }
  return value;
}

const wordsOf = (bytes: Uint8Array): Uint32Array =>
  new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >>> 2);

/** The pages that were kept so far, each once. */
class PageStore {
  private content = new Uint8Array(1 << 20);
  private words = wordsOf(this.content);
  private count = 0;
  private readonly byHash = new Map<number, number[]>();

  /** The number of the page at a word of `memory`; it is copied when it is new. */
  add(memory: Uint32Array, from: number): number {
    const key = hash(memory, from);
    const alike = this.byHash.get(key) ?? [];
    for (const each of alike) {
      if (equal(memory, from, this.words, each * PAGE_WORDS)) return each;
    }
    if ((this.count + 1) * PAGE > this.content.length) {
      const larger = new Uint8Array(this.content.length * 2);
      larger.set(this.content);
      this.content = larger;
      this.words = wordsOf(larger);
    }
    this.words.set(memory.subarray(from, from + PAGE_WORDS), this.count * PAGE_WORDS);
    alike.push(this.count);
    this.byHash.set(key, alike);
    return this.count++;
  }

  finish(): Uint8Array {
    return this.content.slice(0, this.count * PAGE);
  }
}

/**
 * Takes RAM out of the engine's memory, while the machine is stopped.
 *
 * @param base pages that are as they are after a reset are then left out; without it, all pages
 * are kept that hold anything
 */
export function captureRam(
  memory: ArrayBufferLike,
  blocks: readonly RamBlock[],
  base?: BaseRam,
): RamImage {
  const store = new PageStore();
  const captured = blocks.map(({ name, address, size }): BlockPages => {
    const words = new Uint32Array(memory, address, size >>> 2);
    const before = base?.get(name);
    const pages: number[] = [];
    const sources: number[] = [];
    for (let page = 0; page < size / PAGE; page++) {
      const from = page * PAGE_WORDS;
      const was = before?.get(page);
      if (isZero(words, from)) {
        if (was === undefined) continue;
        sources.push(ZERO_PAGE);
      } else {
        if (was === undefined) sources.push(store.add(words, from));
        else {
          const difference = wordsOf(was).map((word, at) => word ^ (words[from + at] ?? 0));
          if (isZero(difference, 0)) continue;
          sources.push(store.add(difference, 0) + DIFFERENCE);
        }
      }
      pages.push(page);
    }
    return { name, size, pages: Uint32Array.from(pages), sources: Uint32Array.from(sources) };
  });
  return { blocks: captured, content: store.finish() };
}

/** RAM as it is now, to leave out later what has stayed so. */
export function readBase(memory: ArrayBufferLike, blocks: readonly RamBlock[]): BaseRam {
  const base = new Map<string, Map<number, Uint8Array>>();
  for (const { name, address, size } of blocks) {
    const words = new Uint32Array(memory, address, size >>> 2);
    const pages = new Map<number, Uint8Array>();
    for (let page = 0; page < size / PAGE; page++) {
      if (isZero(words, page * PAGE_WORDS)) continue;
      pages.set(page, new Uint8Array(memory, address + page * PAGE, PAGE).slice());
    }
    base.set(name, pages);
  }
  return base;
}

/** Why an image of RAM cannot be put into this machine, or undefined when it can. */
export function mismatch(image: RamImage, blocks: readonly RamBlock[]): string | undefined {
  const found = new Map(blocks.map((block) => [block.name, block.size]));
  for (const { name, size } of image.blocks) {
    const here = found.get(name);
    if (here === undefined) return `the machine has no memory “${name}”`;
    if (here !== size) return `memory “${name}” has ${here} bytes, the snapshot's has ${size}`;
    found.delete(name);
  }
  const [more] = found.keys();
  return more === undefined ? undefined : `the snapshot has no memory “${more}”`;
}

/**
 * Puts RAM back into a machine that has been reset and has not run.
 *
 * @param overReset true when the image leaves out what a reset puts there; otherwise what it
 * does not name is made zero
 * @throws Error when the image is not of this machine: see `mismatch`
 */
export function restoreRam(
  memory: ArrayBufferLike,
  blocks: readonly RamBlock[],
  image: RamImage,
  overReset: boolean,
): void {
  const wrong = mismatch(image, blocks);
  if (wrong !== undefined) throw new Error(wrong);
  const addresses = new Map(blocks.map((block) => [block.name, block.address]));
  const bytes = new Uint8Array(memory);
  const words = new Uint32Array(memory);
  const scratch = new Uint8Array(PAGE);
  const difference = wordsOf(scratch);
  for (const { name, size, pages, sources } of image.blocks) {
    const address = addresses.get(name) ?? 0;
    if (!overReset) clearOthers(memory, address, size, pages);
    for (let index = 0; index < pages.length; index++) {
      const to = address + (pages[index] ?? 0) * PAGE;
      const source = sources[index] ?? ZERO_PAGE;
      if (source === ZERO_PAGE) bytes.fill(0, to, to + PAGE);
      else {
        const at = (source % DIFFERENCE) * PAGE;
        const kept = image.content.subarray(at, at + PAGE);
        if (source < DIFFERENCE) bytes.set(kept, to);
        else {
          // Word by word: what is kept may lie at any address.
          scratch.set(kept);
          for (let i = 0; i < PAGE_WORDS; i++) {
            words[to / 4 + i] = (words[to / 4 + i] ?? 0) ^ (difference[i] ?? 0);
          }
        }
      }
    }
  }
}

/** Makes the pages zero that are not listed; those that are so already are only read. */
function clearOthers(
  memory: ArrayBufferLike,
  address: number,
  size: number,
  pages: Uint32Array,
): void {
  const words = new Uint32Array(memory, address, size >>> 2);
  let next = 0;
  for (let page = 0; page < size / PAGE; page++) {
    if (pages[next] === page) {
      next++;
      continue;
    }
    const from = page * PAGE_WORDS;
    if (!isZero(words, from)) words.fill(0, from, from + PAGE_WORDS);
  }
}
