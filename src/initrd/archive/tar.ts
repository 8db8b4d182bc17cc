/**
 * tar archives: POSIX ustar with GNU long names (types L and K), pax headers (x, g) and GNU
 * base-256 numbers. Sources: POSIX pax(1) "ustar Interchange Format", GNU tar manual.
 */
import { type Bytes, decodeText } from '../bytes';
import { ParseError } from '../errors';

const BLOCK = 512;

export interface TarEntry {
  /** As in the archive: may begin with `./` or `/`. */
  path: string;
  kind: 'file' | 'directory' | 'symlink' | 'hardlink' | 'character' | 'block' | 'fifo';
  /** Permission bits, 0 to 0o7777. */
  mode: number;
  /** A file's content, a view of the archive. */
  data: Bytes;
  /** Of a symbolic link: its target. Of a hard link: the path of the other name, in the archive. */
  target: string;
  major: number;
  minor: number;
  /** Where the entry's header begins. */
  offset: number;
}

const KINDS: Readonly<Record<string, TarEntry['kind']>> = {
  '\0': 'file',
  '0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
};

/** True when a header block with the right checksum is at the start. */
export function isTar(bytes: Bytes): boolean {
  return bytes.length >= BLOCK && bytes[0] !== 0 && checksumFits(bytes, 0);
}

function field(bytes: Bytes, at: number, length: number): string {
  const raw = bytes.subarray(at, at + length);
  const end = raw.indexOf(0);
  return decodeText(end < 0 ? raw : raw.subarray(0, end));
}

function number(bytes: Bytes, at: number, length: number, what: string): number {
  const first = bytes[at] ?? 0;
  if ((first & 0x80) !== 0) {
    // GNU base-256: big-endian, the first bit of the first byte marks it.
    let value = first & 0x7f;
    for (let i = 1; i < length; i++) value = value * 256 + (bytes[at + i] ?? 0);
    if (!Number.isSafeInteger(value)) throw new ParseError('tar', at, `${what} is out of range`);
    return value;
  }
  const text = field(bytes, at, length).trim();
  if (!/^[0-7]*$/.test(text)) throw new ParseError('tar', at, `${what} “${text}” is not octal`);
  return text === '' ? 0 : parseInt(text, 8);
}

function checksumFits(bytes: Bytes, at: number): boolean {
  let sum = 8 * 0x20;
  for (let i = 0; i < BLOCK; i++) if (i < 148 || i >= 156) sum += bytes[at + i] ?? 0;
  return parseInt(field(bytes, at + 148, 8).trim(), 8) === sum;
}

/** The records `LENGTH KEY=VALUE\n` of a pax header. */
function paxRecords(data: Bytes, offset: number): Map<string, string> {
  const records = new Map<string, string>();
  for (let at = 0; at < data.length;) {
    const space = data.indexOf(0x20, at);
    const length = space < 0 ? NaN : Number(decodeText(data.subarray(at, space)));
    if (!(length > 0) || at + length > data.length || at + length <= space) {
      throw new ParseError('tar', offset + at, 'a pax record has no proper length');
    }
    const record = decodeText(data.subarray(space + 1, at + length - 1));
    const equals = record.indexOf('=');
    if (equals < 0) throw new ParseError('tar', offset + at, 'a pax record has no “=”');
    records.set(record.slice(0, equals), record.slice(equals + 1));
    at += length;
  }
  return records;
}

/**
 * The entries of a tar archive, which ends with a block of zeroes.
 * @throws ParseError on anything cut short, malformed, or of a type that has no place in an initrd.
 */
export function readTar(bytes: Bytes): TarEntry[] {
  const entries: TarEntry[] = [];
  let longName: string | undefined;
  let longTarget: string | undefined;
  let pax = new Map<string, string>();
  for (let at = 0; ;) {
    const offset = at;
    if (at + BLOCK > bytes.length) {
      throw new ParseError('tar', Math.min(at, bytes.length), 'cut short: no end of archive');
    }
    if (bytes.subarray(at, at + BLOCK).every((byte) => byte === 0)) return entries;
    if (!checksumFits(bytes, at)) {
      throw new ParseError('tar', at + 148, 'a header does not match its checksum');
    }
    const paxSize = pax.get('size');
    const size = paxSize === undefined ? number(bytes, at + 124, 12, 'the size') : Number(paxSize);
    if (!Number.isSafeInteger(size) || size < 0) {
      throw new ParseError('tar', at + 124, 'the size is out of range');
    }
    const type = String.fromCharCode(bytes[at + 156] ?? 0);
    const kind = KINDS[type];
    // POSIX: links, devices and directories have no content, whatever their size field says.
    const length = kind === undefined || kind === 'file' ? size : 0;
    if (at + BLOCK + length > bytes.length) {
      throw new ParseError('tar', at, `“${field(bytes, at, 100)}” is cut short`);
    }
    const data = bytes.subarray(at + BLOCK, at + BLOCK + length);
    at += BLOCK + Math.ceil(length / BLOCK) * BLOCK;
    if (type === 'L') longName = field(data, 0, data.length);
    else if (type === 'K') longTarget = field(data, 0, data.length);
    else if (type === 'x') pax = paxRecords(data, offset + BLOCK);
    else if (type !== 'g') {
      if (kind === undefined) {
        throw new ParseError('tar', offset + 156, `entries of type “${type}” are not read`);
      }
      const ustar = field(bytes, offset + 257, 5) === 'ustar';
      const prefix = ustar ? field(bytes, offset + 345, 155) : '';
      const name = `${prefix === '' ? '' : `${prefix}/`}${field(bytes, offset, 100)}`;
      const device = kind === 'character' || kind === 'block';
      entries.push({
        path: pax.get('path') ?? longName ?? name,
        kind,
        mode: number(bytes, offset + 100, 8, 'the mode') & 0o7777,
        data,
        target: pax.get('linkpath') ?? longTarget ?? field(bytes, offset + 157, 100),
        major: device ? number(bytes, offset + 329, 8, 'the device number') : 0,
        minor: device ? number(bytes, offset + 337, 8, 'the device number') : 0,
        offset,
      });
      longName = undefined;
      longTarget = undefined;
      pax = new Map();
    }
  }
}
