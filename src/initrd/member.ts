/** What the decompressors of the three formats share. */
import type { Bytes } from './bytes';
import { ParseError } from './errors';

export type Compression = 'gzip' | 'xz' | 'zstd';

export interface Member {
  data: Bytes;
  /** Offset just after the member, in the bytes it was read from. */
  end: number;
}

export function tooLarge(kind: Compression, start: number, limit: number): ParseError {
  return new ParseError(
    kind,
    start,
    `decompresses to more than the ${String(limit)} bytes allowed`,
  );
}
