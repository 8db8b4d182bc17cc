import type { Failure, Result } from '../common/failure.js';
import {
  parsePhysicalMap,
  readPhysical,
  type PhysicalMap,
  type PhysicalRange,
} from '../common/flat-view.js';
import type { SecurityState } from '../../inspect/security.js';

/**
 * A machine's RAM and ROM by physical address, straight out of the engine's memory: no request to
 * QEMU, nothing of the machine disturbed, any size. Devices are not read. While the machine runs,
 * what is read may change under the reader's hands.
 */
export class PhysicalMemory {
  /** @param buffer gives the engine's memory, undefined when the run has ended */
  constructor(
    private readonly map: PhysicalMap,
    private readonly buffer: () => ArrayBufferLike | undefined,
  ) {}

  /** The RAM and ROM that accesses of a world reach, in ascending order. */
  ranges(space: SecurityState): readonly PhysicalRange[] {
    // QEMU's arm_asidx_from_attrs: Root and Secure go one way, Realm and Non-secure the other.
    return space === 'Root' || space === 'Secure' ? this.map.secure : this.map.nonSecure;
  }

  /**
   * Where any of these 32-bit words (instructions) stand in physical memory, aligned; at most
   * `most` of them.
   */
  async find(
    words: readonly number[],
    { base, size }: { base: bigint; size: bigint },
    space: SecurityState,
    most: number,
  ): Promise<bigint[]> {
    const found: bigint[] = [];
    for (const range of this.ranges(space)) {
      const from = base > range.base ? base : range.base;
      const to = base + size < range.base + range.size ? base + size : range.base + range.size;
      for (let at = from; at < to; at += BigInt(SEARCH_BYTES)) {
        const buffer = this.buffer();
        if (buffer === undefined) return found;
        const bytes = Math.min(SEARCH_BYTES, Number(to - at));
        const view = new Int32Array(buffer, range.address + Number(at - range.base), bytes >> 2);
        for (const word of words) {
          for (let n = view.indexOf(word | 0); n >= 0; n = view.indexOf(word | 0, n + 1)) {
            if (found.length >= most) return found;
            found.push(at + BigInt(n * 4));
          }
        }
        if (bytes === SEARCH_BYTES) await new Promise((nextTask) => setTimeout(nextTask));
      }
    }
    return found;
  }

  /** Exactly `length` bytes from `pa`; undefined where not all of them are RAM or ROM. */
  read(pa: bigint, length: number, space: SecurityState): Uint8Array<ArrayBuffer> | undefined {
    const buffer = this.buffer();
    return buffer && readPhysical(this.ranges(space), buffer, pa, length);
  }
}

/** Words are searched for in pieces of so many bytes, and the page goes on between them. */
const SEARCH_BYTES = 64 << 20;

/** Learns from QEMU's monitor where the memory is. A guest may move it: ask again at each pause. */
export async function openPhysicalMemory(
  monitor: (command: string) => Promise<Result<string>>,
  buffer: () => ArrayBufferLike | undefined,
): Promise<Result<PhysicalMemory>> {
  const [mtree, blocks] = await Promise.all([monitor('info mtree -f'), monitor('info ramblock')]);
  if (!mtree.ok) return mtree;
  if (!blocks.ok) return blocks;
  const map = parsePhysicalMap(mtree.value, blocks.value);
  if (map === undefined) return { ok: false, failure: unreadable(mtree.value) };
  return { ok: true, value: new PhysicalMemory(map, buffer) };
}

function unreadable(answer: string): Failure {
  return {
    what: 'QEMU’s list of memory is not one that this page understands.',
    input: 'info mtree -f',
    remedy: 'Report it with the text below.',
    detail: answer.slice(0, 2000),
  };
}
