import { deflateSync, Inflate } from 'fflate';

export type Inflated = { ok: true; bytes: Uint8Array } | { ok: false; reason: string };

/** Raw deflate (RFC 1951), at the level that makes the smallest link. */
export function deflateRaw(bytes: Uint8Array): Uint8Array {
  return deflateSync(bytes, { level: 9 });
}

export interface InflateCaps {
  bytes: number;
  ratio: number;
  /** Output below this size may have any ratio. */
  ratioFreeBytes: number;
}

/** Input is fed in pieces of this size, so that no more than a piece is inflated past a cap. */
const pieceBytes = 64;

/** Inflates raw deflate data, and stops as soon as a cap is passed. */
export function inflateRaw(deflated: Uint8Array, caps: InflateCaps): Inflated {
  const chunks: Uint8Array[] = [];
  let total = 0;
  let ended = false;
  const inflater = new Inflate((chunk, final) => {
    chunks.push(chunk);
    total += chunk.length;
    ended ||= final;
  });
  const most = Math.min(caps.bytes, Math.max(caps.ratioFreeBytes, deflated.length * caps.ratio));
  try {
    for (let at = 0; at < deflated.length || at === 0; at += pieceBytes) {
      const end = Math.min(at + pieceBytes, deflated.length);
      inflater.push(deflated.subarray(at, end), end === deflated.length);
      if (total > most) {
        return { ok: false, reason: `it unpacks to more than ${String(most)} bytes` };
      }
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return { ok: false, reason: `its data is damaged (${why})` };
  }
  if (!ended) return { ok: false, reason: 'its data ends too early' };
  const bytes = new Uint8Array(total);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { ok: true, bytes };
}
