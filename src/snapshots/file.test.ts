import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeHeader,
  decodeSnapshot,
  DISK_CHUNK,
  encodeSnapshot,
  SnapshotFormatError,
  type Snapshot,
} from './file.js';
import { PAGE, ZERO_PAGE } from './ram.js';

const snapshot: Snapshot = {
  name: 'Mine',
  created: '2026-01-02T03:04:05.000Z',
  engine: { qemuVersion: '10.0.13', sha256: 'a'.repeat(64) },
  machine: 'b'.repeat(64),
  over: 'zero',
  resume: [{ console: 'uart0', send: '{time}\r' }],
  ram: {
    blocks: [
      {
        name: 'ram',
        size: 16 * PAGE,
        pages: Uint32Array.of(1, 7, 15),
        sources: Uint32Array.of(0, ZERO_PAGE, 1),
      },
      { name: 'flash', size: PAGE, pages: Uint32Array.of(), sources: Uint32Array.of() },
    ],
    content: new Uint8Array(2 * PAGE).fill(7),
  },
  state: Uint8Array.of(1, 2, 3),
  consoles: [{ id: 'uart0', output: new TextEncoder().encode('=> ') }],
  disks: [
    {
      name: 'disk',
      size: 2 * DISK_CHUNK - 512,
      chunks: [{ index: 1, bytes: new Uint8Array(DISK_CHUNK).fill(5) }],
    },
  ],
};

async function bytesOf(value: Snapshot): Promise<Uint8Array> {
  return new Uint8Array(await new Blob(encodeSnapshot(value)).arrayBuffer());
}

describe('a snapshot as bytes', () => {
  it('comes back as it was', async () => {
    const bytes = await bytesOf(snapshot);
    const { disks, ...rest } = decodeSnapshot(bytes);
    const { disks: written, ...others } = snapshot;
    expect(rest).toEqual(others);
    // Not by toEqual, which looks at a mebibyte byte by byte.
    expect(disks.map(({ name, size }) => [name, size])).toEqual([['disk', 2 * DISK_CHUNK - 512]]);
    const [chunk] = disks[0]?.chunks ?? [];
    expect(chunk?.index).toBe(1);
    expect(
      Buffer.compare(chunk?.bytes ?? Buffer.of(), written[0]?.chunks[0]?.bytes ?? Buffer.of()),
    ).toBe(0);
    expect(decodeHeader(bytes).name).toBe('Mine');
  });

  it('is refused wherever it was cut off', async () => {
    const bytes = await bytesOf({ ...snapshot, disks: [] });
    for (let end = 0; end < bytes.length; end++) {
      expect(() => decodeSnapshot(bytes.subarray(0, end))).toThrow(SnapshotFormatError);
    }
  });

  it('is refused when there is more behind it', async () => {
    const bytes = await bytesOf(snapshot);
    const longer = new Uint8Array(bytes.length + 1);
    longer.set(bytes);
    expect(() => decodeSnapshot(longer)).toThrow(`more behind its end (at byte ${bytes.length})`);
  });

  it('gives a snapshot or that error for any bytes', async () => {
    const bytes = await bytesOf({ ...snapshot, disks: [] });
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(255), (at, byte) => {
        const changed = bytes.slice();
        changed[at] = byte;
        try {
          decodeSnapshot(changed);
        } catch (error) {
          expect(error).toBeInstanceOf(SnapshotFormatError);
        }
      }),
    );
  });

  it('names pages that are not there', async () => {
    const [block] = snapshot.ram.blocks;
    if (block === undefined) throw new Error('no block');
    const wrong = (pages: number[], sources: number[]): Snapshot => ({
      ...snapshot,
      ram: {
        ...snapshot.ram,
        blocks: [{ ...block, pages: Uint32Array.from(pages), sources: Uint32Array.from(sources) }],
      },
    });
    const decode = async (value: Snapshot): Promise<unknown> =>
      decodeSnapshot(await bytesOf(value));
    await expect(decode(wrong([16], [0]))).rejects.toThrow('“ram” has no page 16');
    await expect(decode(wrong([3, 3], [0, 0]))).rejects.toThrow('“ram” has no page 3');
    await expect(decode(wrong([3], [2]))).rejects.toThrow('page 3 of “ram” has no content');
  });

  it('is told from other files', () => {
    expect(() => decodeHeader(new TextEncoder().encode('PK and so on'))).toThrow(
      'this is no snapshot of Bootlink',
    );
  });
});
