/**
 * Symbols of an ELF file, 32 or 64 bit, little-endian (System V ABI, "Object Files"; ELF for the Arm
 * 64-bit Architecture, AAELF64).
 */
import { fail, ok, type Result } from '../error';
import type { SymbolEntry } from './table';

const CLASS = 4;
const DATA = 5;
const SYMTAB = 2;
const DYNSYM = 11;
/** Symbol types that name code or data: NOTYPE, OBJECT, FUNC (low four bits of st_info). */
const NAMED_TYPES: ReadonlySet<number> = new Set([0, 1, 2]);
const SHN_UNDEF = 0;
const SHN_ABS = 0xfff1;

export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

interface Section {
  readonly type: number;
  readonly offset: number;
  readonly size: number;
  readonly link: number;
  readonly entrySize: number;
}

/** Reads fields of an ELF file; undefined outside of it. */
class Reader {
  private readonly view: DataView;
  readonly wide: boolean;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.wide = bytes[CLASS] === 2;
  }

  private has(at: number, size: number): boolean {
    return at >= 0 && at + size <= this.bytes.length;
  }

  u8(at: number): number | undefined {
    return this.bytes[at];
  }

  u16(at: number): number | undefined {
    return this.has(at, 2) ? this.view.getUint16(at, true) : undefined;
  }

  u32(at: number): number | undefined {
    return this.has(at, 4) ? this.view.getUint32(at, true) : undefined;
  }

  /** A word of the file's class. */
  word(at: number): bigint | undefined {
    if (!this.wide) {
      const value = this.u32(at);
      return value === undefined ? undefined : BigInt(value);
    }
    return this.has(at, 8) ? this.view.getBigUint64(at, true) : undefined;
  }

  section(at: number): Section | undefined {
    const [offset, size, link, entry] = this.wide ? [24, 32, 40, 56] : [16, 20, 24, 36];
    const type = this.u32(at + 4);
    const fileOffset = this.word(at + offset);
    const bytes = this.word(at + size);
    const linked = this.u32(at + link);
    const entrySize = this.word(at + entry);
    if (type === undefined || fileOffset === undefined || bytes === undefined) return undefined;
    if (linked === undefined || entrySize === undefined) return undefined;
    return {
      type,
      offset: Number(fileOffset),
      size: Number(bytes),
      link: linked,
      entrySize: Number(entrySize),
    };
  }

  holds({ offset, size }: Section): boolean {
    return Number.isSafeInteger(offset) && Number.isSafeInteger(size) && this.has(offset, size);
  }

  /** The text at `at` up to a zero byte or `end`. */
  text(at: number, end: number): string {
    let last = at;
    while (last < end && this.bytes[last] !== 0) last++;
    return new TextDecoder().decode(this.bytes.subarray(at, last));
  }
}

function cutOff(what: string, at: number): Result<never> {
  return fail(
    'truncated-file',
    `The ELF file ends before ${what}. It was cut off, or is damaged: take it again.`,
    BigInt(at),
  );
}

/** Named symbols with an address, of .symtab, else of .dynsym. */
export function elfSymbols(bytes: Uint8Array): Result<SymbolEntry[]> {
  if (!isElf(bytes)) return fail('not-symbols', 'This is no ELF file: it begins otherwise.', 0n);
  if (bytes[DATA] !== 1) {
    return fail('not-symbols', 'This ELF file is not little-endian, which A64 code is.', 5n);
  }
  const file = new Reader(bytes);
  const [shoff, shentsize, shnum] = file.wide ? [40, 58, 60] : [32, 46, 48];
  const table = file.word(shoff);
  const size = file.u16(shentsize);
  const count = file.u16(shnum);
  if (table === undefined || size === undefined || count === undefined) {
    return cutOff('the end of its header', bytes.length);
  }
  const sections: Section[] = [];
  for (let n = 0; n < count; n++) {
    const at = Number(table) + n * size;
    const section = file.section(at);
    if (section === undefined) return cutOff(`its section header ${n.toString()}`, at);
    sections.push(section);
  }
  const symbols =
    sections.find(({ type }) => type === SYMTAB) ?? sections.find(({ type }) => type === DYNSYM);
  if (symbols === undefined) {
    return fail(
      'not-symbols',
      'This ELF file has no symbols: they were stripped. Take the one that the linker made.',
    );
  }
  const strings = sections[symbols.link];
  if (!file.holds(symbols)) return cutOff('the end of its symbols', symbols.offset);
  if (strings === undefined || !file.holds(strings)) {
    return cutOff('the end of its symbols’ names', strings?.offset ?? symbols.offset);
  }
  return ok(entriesOf(file, symbols, strings));
}

function entriesOf(file: Reader, symbols: Section, strings: Section): SymbolEntry[] {
  const least = file.wide ? 24 : 16;
  const step = Math.max(symbols.entrySize, least);
  const [info, section, value, size] = file.wide ? [4, 6, 8, 16] : [12, 14, 4, 8];
  const found: SymbolEntry[] = [];
  for (let at = symbols.offset; at + least <= symbols.offset + symbols.size; at += step) {
    const index = file.u16(at + section) ?? SHN_UNDEF;
    const type = (file.u8(at + info) ?? 0) & 0xf;
    if (index === SHN_UNDEF || index === SHN_ABS || !NAMED_TYPES.has(type)) continue;
    const nameAt = file.u32(at) ?? 0;
    if (nameAt >= strings.size) continue;
    const name = file.text(strings.offset + nameAt, strings.offset + strings.size);
    const address = file.word(at + value);
    // Mapping symbols, $x and $d, say where code and data begin (AAELF64, "Mapping symbols").
    if (name === '' || name.startsWith('$') || address === undefined) continue;
    found.push({ name, address, size: file.word(at + size) ?? 0n });
  }
  return found;
}
