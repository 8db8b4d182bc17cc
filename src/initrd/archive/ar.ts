/** Unix ar archives, as `.deb` uses them: ar(5), deb(5). */
import { type Bytes, decodeText } from '../bytes';
import { ParseError } from '../errors';

export interface ArMember {
  name: string;
  data: Bytes;
  /** Where the member's 60-byte header begins. */
  offset: number;
}

const MAGIC = '!<arch>\n';

export function isAr(bytes: Bytes): boolean {
  return decodeText(bytes.subarray(0, MAGIC.length)) === MAGIC;
}

/**
 * The members of an ar archive, as views of `bytes`. Long-name extensions (GNU `/`, BSD `#1/`)
 * are not followed: deb(5) forbids them.
 * @throws ParseError
 */
export function readAr(bytes: Bytes): ArMember[] {
  if (!isAr(bytes)) throw new ParseError('ar', 0, 'no ar archive: its magic number is missing');
  const members: ArMember[] = [];
  for (let at = MAGIC.length; at < bytes.length;) {
    const offset = at;
    if (at + 60 > bytes.length) throw new ParseError('ar', at, 'a member’s header is cut short');
    const text = (from: number, length: number): string =>
      decodeText(bytes.subarray(offset + from, offset + from + length)).trimEnd();
    if (bytes[at + 58] !== 0x60 || bytes[at + 59] !== 0x0a) {
      throw new ParseError('ar', at + 58, 'a member’s header does not end as it should');
    }
    const size = text(48, 10);
    if (!/^\d+$/.test(size)) throw new ParseError('ar', at + 48, `“${size}” is no size`);
    const length = Number(size);
    at += 60;
    if (at + length > bytes.length) {
      throw new ParseError('ar', offset, `the member “${text(0, 16)}” is cut short`);
    }
    members.push({
      name: text(0, 16).replace(/\/$/, ''),
      data: bytes.subarray(at, at + length),
      offset,
    });
    at += length + (length % 2);
  }
  return members;
}
