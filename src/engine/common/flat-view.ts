/**
 * Where the RAM of a machine lies in its physical address spaces, and where in the engine's memory:
 * what QEMU's monitor answers to `info mtree -f` (system/memory.c, mtree_print_flatview) and to
 * `info ramblock`. Devices are left out: reading one may change it.
 */
import { parseRamBlocks } from '../../snapshots/ram.js';

/** RAM or ROM at a physical address. */
export interface PhysicalRange {
  /** Physical address of the first byte. */
  readonly base: bigint;
  /** Bytes. */
  readonly size: bigint;
  /** QEMU's name of the memory, such as `mach-virt.ram`. */
  readonly name: string;
  /** Where its first byte lies in the engine's memory. */
  readonly address: number;
}

/** What the buses of the two kinds of access reach (QEMU's ARMASIdx_NS and ARMASIdx_S). */
export interface PhysicalMap {
  /** Non-secure and Realm accesses. In ascending order. */
  readonly nonSecure: readonly PhysicalRange[];
  /** Secure and Root accesses. The same list where the machine has no secure world. */
  readonly secure: readonly PhysicalRange[];
}

const SPACES = / AS "([^"]+)"/g;
const RANGE = /^\s*([0-9a-f]+)-([0-9a-f]+) \(prio -?\d+, (ram|rom|romd)\): (.+?)( @([0-9a-f]+))?$/;

/** The map of vCPU 0's address spaces; undefined when the answers hold none. */
export function parsePhysicalMap(mtree: string, ramBlocks: string): PhysicalMap | undefined {
  const blocks = new Map(parseRamBlocks(ramBlocks).map((block) => [block.name, block]));
  const rangesOf = (view: string): PhysicalRange[] =>
    view.split('\n').flatMap((line) => {
      const [, first, last, , name = '', , offset = '0'] = RANGE.exec(line.trimEnd()) ?? [];
      // An accelerator or a node of NUMA memory may stand behind the name.
      const block = blocks.get(name) ?? blocks.get(name.replace(/ [A-Z][a-z]+$/, ''));
      if (first === undefined || last === undefined || block === undefined) return [];
      const base = BigInt(`0x${first}`);
      const size = BigInt(`0x${last}`) - base + 1n;
      const at = BigInt(`0x${offset}`);
      if (at + size > BigInt(block.size)) return [];
      return [{ base, size, name: block.name, address: block.address + Number(at) }];
    });
  let nonSecure: PhysicalRange[] | undefined;
  let secure: PhysicalRange[] | undefined;
  for (const view of mtree.split(/^FlatView #\d+\r?$/m)) {
    const spaces = new Set([...view.matchAll(SPACES)].map(([, name]) => name));
    // Views are shared: one may be of the vCPU's both spaces.
    if (spaces.has('cpu-memory-0')) nonSecure = rangesOf(view);
    if (spaces.has('cpu-secure-memory-0')) secure = rangesOf(view);
  }
  if (nonSecure === undefined) return undefined;
  return { nonSecure, secure: secure ?? nonSecure };
}

/**
 * Copies physical memory out of the engine's.
 *
 * @returns exactly `length` bytes, or undefined where not all of them are RAM or ROM
 */
export function readPhysical(
  ranges: readonly PhysicalRange[],
  memory: ArrayBufferLike,
  pa: bigint,
  length: number,
): Uint8Array<ArrayBuffer> | undefined {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const at = pa + BigInt(done);
    const range = ranges.find(({ base, size }) => at >= base && at < base + size);
    if (range === undefined) return undefined;
    const offset = Number(at - range.base);
    const some = Math.min(length - done, Number(range.size) - offset);
    const start = range.address + offset;
    if (start + some > memory.byteLength) return undefined;
    bytes.set(new Uint8Array(memory, start, some), done);
    done += some;
  }
  return bytes;
}
