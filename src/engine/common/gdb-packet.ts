/**
 * Packets of GDB's remote serial protocol (GDB manual, "Remote Protocol", "Overview"):
 * `$payload#cc`, where cc is the sum of the payload's bytes as sent, modulo 256, in hex. In a
 * payload `}` escapes the byte that follows (XOR 0x20), and `*` repeats the byte before it. Bytes
 * go in and out in pieces of any size; a payload is text of one character a byte (Latin-1).
 */

const DOLLAR = 0x24;
const HASH = 0x23;
const PERCENT = 0x25;
const STAR = 0x2a;
const PLUS = 0x2b;
const MINUS = 0x2d;
const BRACE = 0x7d;
const ESCAPE_XOR = 0x20;
/** A repeat count is sent as count + 29, so that it is a printable character. */
const REPEAT_BIAS = 29;
/** QEMU's packets hold 4096 bytes (gdbstub/internals.h); run lengths make them up to 97 times that. */
const LONGEST = 1 << 20;

export type GdbMessage =
  | { readonly kind: 'packet'; readonly payload: string }
  | { readonly kind: 'notification'; readonly payload: string }
  | { readonly kind: 'ack' }
  | { readonly kind: 'nack' }
  /** A packet that cannot be used. `offset` counts all bytes read before its first. */
  | {
      readonly kind: 'damaged';
      readonly reason: 'checksum' | 'escape' | 'repeat' | 'length';
      readonly offset: number;
    };

/** A packet with this payload, ready to send. Characters above 0xff are none of the protocol's. */
export function encodePacket(payload: string): Uint8Array<ArrayBuffer> {
  const body: number[] = [];
  for (let i = 0; i < payload.length; i++) {
    const byte = payload.charCodeAt(i) & 0xff;
    if (byte === DOLLAR || byte === HASH || byte === STAR || byte === BRACE) {
      body.push(BRACE, byte ^ ESCAPE_XOR);
    } else body.push(byte);
  }
  const sum = body.reduce((total, byte) => (total + byte) & 0xff, 0);
  const end = sum.toString(16).padStart(2, '0');
  return Uint8Array.of(DOLLAR, ...body, HASH, end.charCodeAt(0), end.charCodeAt(1));
}

type Unpacked = { readonly payload: string } | { readonly reason: 'escape' | 'repeat' | 'length' };

/** The payload of a packet's body: escapes undone, runs written out; or what is wrong with it. */
function unpack(body: readonly number[]): Unpacked {
  const out: string[] = [];
  let length = 0;
  for (let i = 0; i < body.length; i++) {
    const byte = body[i] ?? 0;
    let piece = String.fromCharCode(byte);
    if (byte === BRACE) {
      const next = body[++i];
      if (next === undefined) return { reason: 'escape' };
      piece = String.fromCharCode(next ^ ESCAPE_XOR);
    } else if (byte === STAR) {
      const count = (body[++i] ?? 0) - REPEAT_BIAS;
      const before = out.at(-1)?.at(-1);
      // Fewer than three would not be worth it; above 126 is not printable.
      if (before === undefined || count < 3 || count > 126 - REPEAT_BIAS) {
        return { reason: 'repeat' };
      }
      piece = before.repeat(count);
    }
    out.push(piece);
    length += piece.length;
    if (length > LONGEST) return { reason: 'length' };
  }
  return { payload: out.join('') };
}

/** Takes a stream apart into messages. What stands between packets is skipped. */
export class PacketReader {
  private body: number[] | undefined;
  private isNotification = false;
  /** The digits of the checksum that have come; undefined inside of the body. */
  private digits: string | undefined;
  private seen = 0;
  private start = 0;

  /** Whether a packet has begun that has not ended. */
  get isInside(): boolean {
    return this.body !== undefined;
  }

  push(bytes: Uint8Array): GdbMessage[] {
    const messages: GdbMessage[] = [];
    for (const byte of bytes) {
      const message = this.take(byte);
      if (message !== undefined) messages.push(message);
      this.seen++;
    }
    return messages;
  }

  private take(byte: number): GdbMessage | undefined {
    // A bare $ never stands inside a packet: the one before was cut off.
    if (this.body === undefined || byte === DOLLAR) return this.begin(byte);
    if (this.digits !== undefined) {
      this.digits += String.fromCharCode(byte);
      return this.digits.length === 2 ? this.end(this.body, this.digits) : undefined;
    }
    if (byte === HASH) this.digits = '';
    else if (this.body.length >= LONGEST) {
      this.body = undefined;
      return { kind: 'damaged', reason: 'length', offset: this.start };
    } else this.body.push(byte);
    return undefined;
  }

  private begin(byte: number): GdbMessage | undefined {
    if (byte === PLUS) return { kind: 'ack' };
    if (byte === MINUS) return { kind: 'nack' };
    if (byte !== DOLLAR && byte !== PERCENT) return undefined;
    this.body = [];
    this.digits = undefined;
    this.isNotification = byte === PERCENT;
    this.start = this.seen;
    return undefined;
  }

  private end(body: readonly number[], digits: string): GdbMessage {
    this.body = undefined;
    this.digits = undefined;
    const offset = this.start;
    const sum = body.reduce((total, byte) => (total + byte) & 0xff, 0);
    if (!/^[0-9a-f]{2}$/i.test(digits) || Number.parseInt(digits, 16) !== sum) {
      return { kind: 'damaged', reason: 'checksum', offset };
    }
    const unpacked = unpack(body);
    if ('reason' in unpacked) return { kind: 'damaged', reason: unpacked.reason, offset };
    return { kind: this.isNotification ? 'notification' : 'packet', payload: unpacked.payload };
  }
}

/** Bytes of pairs of hex digits; undefined when it is something else, such as `E22`. */
export function bytesOfHex(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (text.length % 2 !== 0 || !/^[0-9a-f]*$/i.test(text)) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  }
  return bytes;
}

/** The unsigned number that bytes are in little-endian order, which is Arm's for registers. */
export function numberOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i] ?? 0);
  return value;
}
