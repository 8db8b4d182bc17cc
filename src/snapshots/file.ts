import * as v from 'valibot';
import { Guest } from '../machine/guest.js';
import { DIFFERENCE, PAGE, ZERO_PAGE, type BlockPages, type RamImage } from './ram.js';

/**
 * A snapshot as bytes, before compression. All numbers are little-endian.
 *
 * | bytes | meaning                                                                         |
 * |-------|---------------------------------------------------------------------------------|
 * | 8     | `BLSNAP1` and a line feed                                                       |
 * | 4     | length of the header                                                            |
 * | …     | header: JSON, UTF-8; says how long each of what follows is                      |
 * | …     | for each RAM block its page numbers as differences to the one before, 4 each    |
 * | …     | for each RAM block the number of each page's content, 4 each                    |
 * | …     | contents of pages, 4096 each                                                    |
 * | …     | device state, as QEMU's `xen-save-devices-state` writes it                      |
 * | …     | what each console had printed                                                   |
 * | …     | chunks of disks that were ever written to, 1 MiB each                           |
 */
const MAGIC = new TextEncoder().encode('BLSNAP1\n');

/** The unit in which disks are kept: that of Bootlink's block driver, in bytes. */
export const DISK_CHUNK = 1 << 20;

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));

export const SnapshotHeader = v.object({
  /** What the visitor called it, or the title of a built-in guest. */
  name: v.string(),
  /** When it was made, ISO 8601; built-in ones do not say. */
  created: v.optional(v.string()),
  /** QEMU's version and the SHA-256 of the engine's wasm. */
  engine: v.object({ qemuVersion: v.string(), sha256 }),
  /** `machineId` of the guest. */
  machine: sha256,
  /** The machine itself, in snapshots that a visitor made: they open without a catalogue. */
  guest: v.optional(Guest),
  /**
   * `reset`: RAM that is as after a reset is left out. `zero`: RAM that is zero is left out.
   */
  over: v.picklist(['reset', 'zero']),
  /** What to type when it goes on: see `resumeText`. */
  resume: v.array(v.object({ console: v.string(), send: v.string() })),
  blocks: v.array(v.object({ name: v.string(), size: count, pages: count })),
  /** Pages of content. */
  contentPages: count,
  stateBytes: count,
  consoles: v.array(v.object({ id: v.string(), bytes: count })),
  disks: v.array(v.object({ name: v.string(), size: count, chunks: v.array(count) })),
});
export type SnapshotHeader = v.InferOutput<typeof SnapshotHeader>;

/** A disk's chunks that were ever written to, by number; the last may reach behind its end. */
export interface DiskImage {
  name: string;
  /** Bytes that the guest sees. */
  size: number;
  chunks: { index: number; bytes: Uint8Array }[];
}

export interface Snapshot extends Omit<
  SnapshotHeader,
  'blocks' | 'contentPages' | 'stateBytes' | 'consoles' | 'disks'
> {
  ram: RamImage;
  state: Uint8Array;
  consoles: { id: string; output: Uint8Array }[];
  disks: DiskImage[];
}

/** That bytes are not a snapshot, and where that showed. */
export class SnapshotFormatError extends Error {
  override readonly name = 'SnapshotFormatError';
  constructor(
    readonly what: string,
    /** In bytes from the start of the snapshot. */
    readonly offset: number,
  ) {
    super(`${what} (at byte ${offset})`);
  }
}

/** The snapshot as bytes, in pieces to be written one after the other. */
export function encodeSnapshot(snapshot: Snapshot): Uint8Array<ArrayBuffer>[] {
  const { ram, state, consoles, disks, ...rest } = snapshot;
  const header: SnapshotHeader = {
    ...rest,
    blocks: ram.blocks.map(({ name, size, pages }) => ({ name, size, pages: pages.length })),
    contentPages: ram.content.length / PAGE,
    stateBytes: state.length,
    consoles: consoles.map(({ id, output }) => ({ id, bytes: output.length })),
    disks: disks.map(({ name, size, chunks }) => ({
      name,
      size,
      chunks: chunks.map(({ index }) => index),
    })),
  };
  const text = new TextEncoder().encode(JSON.stringify(header));
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, text.length, true);
  const parts: Uint8Array[] = [MAGIC, length, text];
  for (const { pages } of ram.blocks) parts.push(toBytes(differences(pages)));
  for (const { sources } of ram.blocks) parts.push(toBytes(sources));
  parts.push(ram.content, state, ...consoles.map(({ output }) => output));
  for (const { chunks } of disks) parts.push(...chunks.map(({ bytes }) => bytes));
  return parts as Uint8Array<ArrayBuffer>[];
}

function differences(pages: Uint32Array): Uint32Array {
  return pages.map((page, index) => page - (index === 0 ? 0 : (pages[index - 1] ?? 0)));
}

function toBytes(numbers: Uint32Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(numbers.length * 4));
  numbers.forEach((number, index) => view.setUint32(index * 4, number, true));
  return new Uint8Array(view.buffer);
}

/** Takes one part after the other, and never what is not there. */
class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    public at = 0,
  ) {}

  take(length: number, what: string): Uint8Array {
    const end = this.at + length;
    if (end > this.bytes.length) {
      throw new SnapshotFormatError(`the snapshot ends within ${what}`, this.bytes.length);
    }
    const part = this.bytes.subarray(this.at, end);
    this.at = end;
    return part;
  }

  numbers(length: number, what: string): Uint32Array {
    const part = this.take(length * 4, what);
    const view = new DataView(part.buffer, part.byteOffset, part.byteLength);
    return Uint32Array.from({ length }, (_, index) => view.getUint32(index * 4, true));
  }
}

function readHeader(reader: Reader): SnapshotHeader {
  const magic = reader.take(MAGIC.length, 'its first bytes');
  if (!MAGIC.every((byte, index) => magic[index] === byte)) {
    throw new SnapshotFormatError('this is no snapshot of Bootlink', 0);
  }
  const [length = 0] = reader.numbers(1, 'the length of its header');
  const at = reader.at;
  const text = new TextDecoder().decode(reader.take(length, 'its header'));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new SnapshotFormatError('its header is not JSON', at);
  }
  const parsed = v.safeParse(SnapshotHeader, json);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw new SnapshotFormatError(
    `its header: ${v.getDotPath(issue) ?? 'all of it'}: ${issue.message}`,
    at,
  );
}

function checkPages({ name, size, pages, sources }: BlockPages, kept: number, at: number): void {
  for (let index = 0; index < pages.length; index++) {
    const page = pages[index] ?? 0;
    if ((page + 1) * PAGE > size || (index > 0 && page <= (pages[index - 1] ?? 0))) {
      throw new SnapshotFormatError(`memory “${name}” has no page ${page} there`, at);
    }
    const source = sources[index] ?? 0;
    if (source !== ZERO_PAGE && source % DIFFERENCE >= kept) {
      throw new SnapshotFormatError(`page ${page} of “${name}” has no content`, at);
    }
  }
}

/**
 * A snapshot from its bytes, which it goes on using.
 *
 * @throws SnapshotFormatError saying what is wrong, and where
 */
export function decodeSnapshot(bytes: Uint8Array): Snapshot {
  const reader = new Reader(bytes);
  const header = readHeader(reader);
  const { blocks, contentPages, stateBytes, consoles, disks, ...rest } = header;
  const tables = reader.at;
  const pages = blocks.map((block) => {
    const numbers = reader.numbers(block.pages, `the pages of “${block.name}”`);
    for (let index = 1; index < numbers.length; index++) {
      numbers[index] = (numbers[index] ?? 0) + (numbers[index - 1] ?? 0);
    }
    return numbers;
  });
  const listed = blocks.map(({ name, size, pages: length }, index): BlockPages => ({
    name,
    size,
    pages: pages[index] ?? new Uint32Array(),
    sources: reader.numbers(length, `the contents of “${name}”`),
  }));
  for (const block of listed) checkPages(block, contentPages, tables);
  const content = reader.take(contentPages * PAGE, 'the contents of memory');
  const state = reader.take(stateBytes, 'the state of devices');
  const printed = consoles.map(({ id, bytes: length }) => ({
    id,
    output: reader.take(length, `the output of console “${id}”`),
  }));
  const kept = disks.map(({ name, size, chunks }): DiskImage => ({
    name,
    size,
    chunks: chunks.map((index) => {
      if (index * DISK_CHUNK >= size) {
        throw new SnapshotFormatError(`disk “${name}” has no chunk ${index}`, reader.at);
      }
      return { index, bytes: reader.take(DISK_CHUNK, `disk “${name}”`) };
    }),
  }));
  if (reader.at !== bytes.length) {
    throw new SnapshotFormatError('there is more behind its end', reader.at);
  }
  return { ...rest, ram: { blocks: listed, content }, state, consoles: printed, disks: kept };
}

/** The header alone, of the first bytes of a snapshot. @throws SnapshotFormatError */
export function decodeHeader(bytes: Uint8Array): SnapshotHeader {
  return readHeader(new Reader(bytes));
}
