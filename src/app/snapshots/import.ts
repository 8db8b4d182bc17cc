import { decodeHeader, SnapshotFormatError, type SnapshotHeader } from '../../snapshots/file.js';
import type { KeptSnapshot } from '../../snapshots/store.js';
import type { Result } from '../../engine/common/failure.js';

/** Bytes of a snapshot in which its header ends, however many packages its guest lists. */
const HEAD = 4 << 20;

/** The first bytes of a compressed file. */
async function head(file: Blob): Promise<Uint8Array> {
  const reader = file.stream().pipeThrough(new DecompressionStream('gzip')).getReader();
  const parts: Uint8Array[] = [];
  let length = 0;
  while (length < HEAD) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
  }
  await reader.cancel();
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** What an exported snapshot is, by its header; the rest is checked when it is opened. */
export async function readImport(file: File): Promise<Result<KeptSnapshot>> {
  const refuse = (what: string, detail: string): Result<KeptSnapshot> => ({
    ok: false,
    failure: { what, input: file.name, remedy: 'Choose a file that Bootlink exported.', detail },
  });
  let header: SnapshotHeader;
  try {
    header = decodeHeader(await head(file));
  } catch (error) {
    const detail = error instanceof SnapshotFormatError ? error.message : String(error);
    return refuse(`${file.name} is not a snapshot that can be read.`, detail);
  }
  const { name, created, guest, engine } = header;
  if (guest === undefined) {
    return refuse(`${file.name} does not say of which machine it is.`, 'a built-in snapshot');
  }
  return {
    ok: true,
    value: {
      id: crypto.randomUUID(),
      name,
      created: created ?? new Date(file.lastModified).toISOString(),
      automatic: false,
      guest,
      engine: engine.sha256,
      bytes: file.size,
    },
  };
}
