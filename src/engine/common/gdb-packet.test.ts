import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesOfHex, encodePacket, numberOf, PacketReader, type GdbMessage } from './gdb-packet.js';

const latin1 = (text: string): Uint8Array =>
  Uint8Array.from(text, (character) => character.charCodeAt(0));
const read = (text: string): GdbMessage[] => new PacketReader().push(latin1(text));
const payloads = fc
  .uint8Array({ maxLength: 300 })
  .map((bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));

describe('packets of the remote serial protocol', () => {
  it('are as the GDB manual writes them', () => {
    expect(new TextDecoder().decode(encodePacket('?'))).toBe('$?#3f');
    // "Overview": `0* ` means `0000`.
    expect(read('$0* #7a')).toEqual([{ kind: 'packet', payload: '0000' }]);
    expect(read('+$OK#9a')).toEqual([{ kind: 'ack' }, { kind: 'packet', payload: 'OK' }]);
    expect(read('-')).toEqual([{ kind: 'nack' }]);
  });

  it('come back as they were, cut anywhere', () => {
    fc.assert(
      fc.property(
        fc.array(payloads, { maxLength: 4 }),
        fc.infiniteStream(fc.nat(20)),
        (all, cuts) => {
          const bytes = all.flatMap((payload) => [...encodePacket(payload)]);
          const reader = new PacketReader();
          const messages: GdbMessage[] = [];
          for (let at = 0; at < bytes.length;) {
            const size = 1 + (cuts.next().value ?? 0);
            messages.push(...reader.push(Uint8Array.from(bytes.slice(at, at + size))));
            at += size;
          }
          expect(messages).toEqual(all.map((payload) => ({ kind: 'packet', payload })));
          expect(reader.isInside).toBe(false);
        },
      ),
    );
  });

  it('give nothing before they are whole', () => {
    fc.assert(
      fc.property(payloads, (payload) => {
        const bytes = encodePacket(payload);
        for (let length = 0; length < bytes.length; length++) {
          const reader = new PacketReader();
          expect(reader.push(bytes.subarray(0, length))).toEqual([]);
          expect(reader.isInside).toBe(length > 0);
        }
      }),
    );
  });

  it('say so when they are damaged, and the next is read', () => {
    expect(read('+$OK#9b$OK#9a')).toEqual([
      { kind: 'ack' },
      { kind: 'damaged', reason: 'checksum', offset: 1 },
      { kind: 'packet', payload: 'OK' },
    ]);
    expect(read('$}#7d')).toEqual([{ kind: 'damaged', reason: 'escape', offset: 0 }]);
    expect(read('$* #4a')).toEqual([{ kind: 'damaged', reason: 'repeat', offset: 0 }]);
    expect(read('$abc$OK#9a')).toEqual([{ kind: 'packet', payload: 'OK' }]);
  });

  it('never throw on any bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void new PacketReader().push(bytes)));
  });
});

describe('values', () => {
  it('are read from hex', () => {
    expect(numberOf(bytesOfHex('efcdab8967452301') ?? new Uint8Array())).toBe(0x0123456789abcdefn);
    expect(bytesOfHex('E22')).toBeUndefined();
    expect(bytesOfHex('xx')).toBeUndefined();
  });
});
