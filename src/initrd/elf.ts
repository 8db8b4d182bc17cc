/**
 * What an initrd needs to know of an ELF file: whom it is for, which loader and
 * libraries it asks for, and (of a kernel module) its sections.
 * Source: System V ABI (gABI) chapters 4 and 5; machine numbers from the gABI registry.
 */
import { type Bytes, BoundedReader } from './bytes';
import { ParseError } from './errors';

/** e_machine values with the names Debian gives the architectures. */
const MACHINES = new Map<number, string>([
  [3, 'i386'],
  [8, 'mips'],
  [20, 'powerpc'],
  [21, 'ppc64'],
  [22, 's390x'],
  [40, 'arm'],
  [62, 'amd64'],
  [183, 'arm64'],
  [243, 'riscv'],
  [258, 'loongarch'],
]);

const PT_LOAD = 1;
const PT_DYNAMIC = 2;
const PT_INTERP = 3;
const DT = {
  NULL: 0,
  NEEDED: 1,
  STRTAB: 5,
  STRSZ: 10,
  SONAME: 14,
  RPATH: 15,
  RUNPATH: 29,
} as const;
const SHT_NOBITS = 8;

export interface ElfSection {
  name: string;
  /** Empty for a section that takes no space in the file (SHT_NOBITS). */
  data: Bytes;
}

export interface ElfFile {
  bits: 32 | 64;
  /** Debian's name of the architecture, or `machine 0x…` for one without a name here. */
  machine: string;
  kind: 'relocatable' | 'executable' | 'shared' | 'other';
  /** The loader's path (PT_INTERP); undefined for static programs, libraries and modules. */
  interpreter: string | undefined;
  soname: string | undefined;
  /** DT_NEEDED, in the file's order. */
  needed: string[];
  /** DT_RPATH and DT_RUNPATH, split at the colons, `$ORIGIN` and its like not yet expanded. */
  rpath: string[];
  runpath: string[];
}

interface Header {
  reader: BoundedReader;
  bits: 32 | 64;
  machine: string;
  kind: ElfFile['kind'];
  programHeaders: { offset: number; size: number; count: number };
  sectionHeaders: { offset: number; size: number; count: number; names: number };
}

export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

function readHeader(bytes: Bytes): Header {
  const reader = new BoundedReader(bytes, 'ELF');
  reader.need(0, 16, 'the identification');
  if (!isElf(bytes)) throw new ParseError('ELF', 0, 'no ELF file: its magic number is missing');
  const fileClass = reader.u8(4, 'the class');
  if (fileClass !== 1 && fileClass !== 2) {
    throw new ParseError('ELF', 4, `class ${String(fileClass)} is neither 32 nor 64 bits`);
  }
  if (reader.u8(5, 'the byte order') !== 1) {
    throw new ParseError('ELF', 5, 'only little-endian files are read');
  }
  const bits = fileClass === 1 ? 32 : 64;
  const wide = bits === 64;
  reader.need(0, wide ? 64 : 52, 'the header');
  const type = reader.u16(16, 'the type');
  const machine = reader.u16(18, 'the machine');
  const at = wide ? { ph: 32, sh: 40, rest: 54 } : { ph: 28, sh: 32, rest: 42 };
  const word = (offset: number, what: string): number =>
    wide ? reader.u64(offset, what) : reader.u32(offset, what);
  return {
    reader,
    bits,
    machine: MACHINES.get(machine) ?? `machine 0x${machine.toString(16)}`,
    kind: (['other', 'relocatable', 'executable', 'shared'] as const)[type] ?? 'other',
    programHeaders: {
      offset: word(at.ph, 'the program header offset'),
      size: reader.u16(at.rest, 'the program header size'),
      count: reader.u16(at.rest + 2, 'the program header count'),
    },
    sectionHeaders: {
      offset: word(at.sh, 'the section header offset'),
      size: reader.u16(at.rest + 4, 'the section header size'),
      count: reader.u16(at.rest + 6, 'the section header count'),
      names: reader.u16(at.rest + 8, 'the section name index'),
    },
  };
}

interface Segment {
  type: number;
  offset: number;
  address: number;
  size: number;
}

function readSegments({ reader, bits, programHeaders }: Header): Segment[] {
  const wide = bits === 64;
  const segments: Segment[] = [];
  const { offset, size, count } = programHeaders;
  if (count > 0 && size < (wide ? 56 : 32)) {
    throw new ParseError('ELF', wide ? 54 : 42, `program headers of ${String(size)} bytes`);
  }
  for (let i = 0; i < count; i++) {
    const at = offset + i * size;
    reader.need(at, size, 'a program header');
    // A p_vaddr above 2^53 belongs to kernel images, which have no dynamic section: read it
    // only for the segments that matter.
    const type = reader.u32(at, 'a segment’s type');
    if (type !== PT_LOAD && type !== PT_DYNAMIC && type !== PT_INTERP) continue;
    segments.push(
      wide
        ? {
            type,
            offset: reader.u64(at + 8, 'a segment’s offset'),
            address: reader.u64(at + 16, 'a segment’s address'),
            size: reader.u64(at + 32, 'a segment’s size'),
          }
        : {
            type,
            offset: reader.u32(at + 4, 'a segment’s offset'),
            address: reader.u32(at + 8, 'a segment’s address'),
            size: reader.u32(at + 16, 'a segment’s size'),
          },
    );
  }
  return segments;
}

/**
 * Reads an ELF32 or ELF64 little-endian file's needs.
 * @throws ParseError with the offset of the field that is wrong or cut off.
 */
export function readElf(bytes: Bytes): ElfFile {
  const header = readHeader(bytes);
  const { reader, bits } = header;
  const segments = readSegments(header);
  const result: ElfFile = {
    bits,
    machine: header.machine,
    kind: header.kind,
    interpreter: undefined,
    soname: undefined,
    needed: [],
    rpath: [],
    runpath: [],
  };
  const interp = segments.find((segment) => segment.type === PT_INTERP);
  if (interp !== undefined) {
    reader.need(interp.offset, interp.size, 'the interpreter’s name');
    result.interpreter = reader.cstring(
      interp.offset,
      interp.offset + interp.size,
      'the interpreter’s name',
    );
  }
  const dynamic = segments.find((segment) => segment.type === PT_DYNAMIC);
  if (dynamic !== undefined) readDynamic(reader, bits, dynamic, segments, result);
  return result;
}

function readDynamic(
  reader: BoundedReader,
  bits: 32 | 64,
  dynamic: Segment,
  segments: readonly Segment[],
  result: ElfFile,
): void {
  const word = bits / 8;
  reader.need(dynamic.offset, dynamic.size, 'the dynamic section');
  const entries: { tag: number; value: number; at: number }[] = [];
  const wanted = new Set<number>(Object.values(DT));
  for (let at = dynamic.offset; at + 2 * word <= dynamic.offset + dynamic.size; at += 2 * word) {
    // Processor-specific tags have the high bits set; compare the low word only when the rest is 0.
    const high = word === 8 ? reader.u32(at + 4, 'a dynamic tag') : 0;
    const tag = reader.u32(at, 'a dynamic tag');
    if (high !== 0 || !wanted.has(tag)) continue;
    if (tag === DT.NULL) break;
    const value =
      word === 8
        ? reader.u64(at + word, 'a dynamic value')
        : reader.u32(at + word, 'a dynamic value');
    entries.push({ tag, value, at });
  }
  const strtab = entries.find((entry) => entry.tag === DT.STRTAB);
  const strsz = entries.find((entry) => entry.tag === DT.STRSZ);
  if (strtab === undefined || strsz === undefined) {
    if (entries.length === 0) return;
    throw new ParseError('ELF', dynamic.offset, 'the dynamic section has no string table');
  }
  // DT_STRTAB is an address: find the loaded segment that holds it.
  const load = segments.find(
    (segment) =>
      segment.type === PT_LOAD &&
      strtab.value >= segment.address &&
      strtab.value - segment.address < segment.size,
  );
  if (load === undefined) {
    throw new ParseError('ELF', strtab.at, 'no segment holds the dynamic string table');
  }
  const table = load.offset + (strtab.value - load.address);
  reader.need(table, strsz.value, 'the dynamic string table');
  const text = (entry: { value: number }, what: string): string =>
    reader.cstring(table + entry.value, table + strsz.value, what);
  const paths = (value: string): string[] => value.split(':').filter((path) => path !== '');
  for (const entry of entries) {
    if (entry.tag === DT.NEEDED) result.needed.push(text(entry, 'a needed library’s name'));
    else if (entry.tag === DT.SONAME) result.soname = text(entry, 'the library’s own name');
    else if (entry.tag === DT.RPATH) result.rpath.push(...paths(text(entry, 'RPATH')));
    else if (entry.tag === DT.RUNPATH) result.runpath.push(...paths(text(entry, 'RUNPATH')));
  }
}

/**
 * The sections of an ELF file (a kernel module's `.modinfo` among them).
 * @throws ParseError as {@link readElf}.
 */
export function readElfSections(bytes: Bytes): ElfSection[] {
  const { reader, bits, sectionHeaders } = readHeader(bytes);
  const { offset, size, count, names } = sectionHeaders;
  const wide = bits === 64;
  if (count === 0) return [];
  if (size < (wide ? 64 : 40)) {
    throw new ParseError('ELF', wide ? 58 : 46, `section headers of ${String(size)} bytes`);
  }
  const raw = Array.from({ length: count }, (_, i) => {
    const at = offset + i * size;
    reader.need(at, size, 'a section header');
    return {
      name: reader.u32(at, 'a section’s name'),
      type: reader.u32(at + 4, 'a section’s type'),
      offset: wide
        ? reader.u64(at + 24, 'a section’s offset')
        : reader.u32(at + 16, 'a section’s offset'),
      size: wide
        ? reader.u64(at + 32, 'a section’s size')
        : reader.u32(at + 20, 'a section’s size'),
    };
  });
  const table = raw[names];
  if (table === undefined) {
    throw new ParseError('ELF', wide ? 62 : 50, `section ${String(names)} should hold the names`);
  }
  reader.need(table.offset, table.size, 'the section names');
  return raw.map((section, i) => {
    const data =
      i === 0 || section.type === SHT_NOBITS || section.type === 0
        ? bytes.subarray(0, 0)
        : reader.slice(section.offset, section.size, 'a section');
    const name =
      i === 0
        ? ''
        : reader.cstring(
            table.offset + section.name,
            table.offset + table.size,
            'a section’s name',
          );
    return { name, data };
  });
}
