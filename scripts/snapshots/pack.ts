import { gzipSync } from 'node:zlib';

/** A snapshot as it travels: by gzip, which every browser undoes without code of ours. */
export function packed(snapshot: Uint8Array): Buffer {
  return gzipSync(snapshot, { level: 9 });
}
