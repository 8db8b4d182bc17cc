/**
 * A GPT walk: physical address to owner, and the map of all regions.
 *
 * Tables are read through a callback, so the same code serves the gdbstub
 * (asynchronous) and shared memory (synchronous). The walk itself is a
 * generator that asks for bytes; two small drivers answer it.
 *
 * Source: Arm ARM D9; checked against QEMU target/arm/ptw.c, granule_protection_check.
 */
import { fail, ok, type InspectError, type Result } from '../error';
import { bits, hex } from '../field';
import { decodeLevel0, decodeLevel1, type GptEntry, type Owner } from './entry';
import type { GptConfig } from './gpccr';

/**
 * Reads guest physical memory of the Root space: `length` bytes from `pa`.
 * Gives exactly that many bytes, or undefined where there is no memory.
 */
export type ReadMemory = (pa: bigint, length: number) => Uint8Array | undefined;
export type ReadMemoryAsync = (pa: bigint, length: number) => Promise<Uint8Array | undefined>;

interface Request {
  readonly pa: bigint;
  readonly length: number;
}

type Reading<T> = Generator<Request, T, Uint8Array | undefined>;

/** What the tables say of one address. */
export interface GranuleLookup {
  readonly owner: Owner;
  /** Base and size of the granule, block or contiguous stretch that the answer covers. */
  readonly base: bigint;
  readonly size: bigint;
  readonly level: 0 | 1;
  /** Where the deciding entry is, and its 64 bits. */
  readonly entryAddress: bigint;
  readonly entry: bigint;
  readonly decoded: GptEntry;
}

/** A stretch of physical memory with one owner, or one error. */
export interface Region {
  readonly base: bigint;
  readonly size: bigint;
  readonly owner: Owner | 'invalid';
  readonly error?: InspectError;
}

function* word(pa: bigint): Reading<Result<bigint>> {
  const bytes = yield { pa, length: 8 };
  if (bytes === undefined || bytes.length < 8) {
    return fail('memory-unreadable', `No memory at ${hex(pa)}, where a GPT entry should be.`, pa);
  }
  return ok(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true));
}

function* lookup(config: GptConfig, pa: bigint): Reading<Result<GranuleLookup>> {
  if (pa < 0n || pa >> BigInt(config.protectedBits) !== 0n) {
    return fail(
      'gpt-address-size',
      `${hex(pa)} is beyond the ${config.protectedBits.toString()}-bit protected space: only Non-secure accesses reach it.`,
    );
  }
  const at0 = config.base + (pa >> BigInt(config.level0Bits)) * 8n;
  const raw0 = yield* word(at0);
  if (!raw0.ok) return raw0;
  const entry0 = decodeLevel0(raw0.value, at0, config);
  if (!entry0.ok) return entry0;
  if (entry0.value.kind === 'block') {
    const { owner, size } = entry0.value;
    const base = (pa / size) * size;
    return ok({
      owner,
      base,
      size,
      level: 0,
      entryAddress: at0,
      entry: raw0.value,
      decoded: entry0.value,
    });
  }
  if (entry0.value.kind !== 'table') throw new Error('decodeLevel0 gives blocks and tables only');
  const index = bits(pa, config.level0Bits - 1, config.granuleBits + 4);
  const at1 = entry0.value.table + index * 8n;
  const raw1 = yield* word(at1);
  if (!raw1.ok) return raw1;
  const entry1 = decodeLevel1(raw1.value, at1, config);
  if (!entry1.ok) return entry1;
  const found = { level: 1 as const, entryAddress: at1, entry: raw1.value, decoded: entry1.value };
  if (entry1.value.kind === 'contiguous') {
    const { owner, size } = entry1.value;
    return ok({ ...found, owner, base: (pa / size) * size, size });
  }
  if (entry1.value.kind !== 'granules')
    throw new Error('decodeLevel1 gives granules or contiguous');
  const size = 1n << BigInt(config.granuleBits);
  const owner = entry1.value.owners[Number(bits(pa, config.granuleBits + 3, config.granuleBits))];
  return ok({ ...found, owner: owner ?? 'none', base: (pa / size) * size, size });
}

/** At most this many bytes of table are asked for at once. */
const CHUNK = 1 << 16;

/** Joins neighbours with the same owner and error. */
class RegionList {
  readonly regions: Region[] = [];

  add(base: bigint, size: bigint, owner: Owner | 'invalid', error?: InspectError): void {
    if (size <= 0n) return;
    const last = this.regions[this.regions.length - 1];
    const joins =
      last !== undefined &&
      last.base + last.size === base &&
      last.owner === owner &&
      last.error?.name === error?.name;
    if (joins) {
      this.regions[this.regions.length - 1] = { ...last, size: last.size + size };
    } else {
      this.regions.push(error === undefined ? { base, size, owner } : { base, size, owner, error });
    }
  }
}

function* walkRegions(config: GptConfig, from: bigint, to: bigint): Reading<Region[]> {
  const list = new RegionList();
  const top = 1n << BigInt(config.protectedBits);
  const end = to < top ? to : top;
  const span = 1n << BigInt(config.level0Bits);
  const perChunk = BigInt(CHUNK / 8);
  const start = from < 0n ? 0n : from;
  if (start >= end) return [];
  for (let i = start / span; i * span < end;) {
    const last = (end - 1n) / span + 1n;
    const count = last - i < perChunk ? last - i : perChunk;
    const at = config.base + i * 8n;
    const bytes = yield { pa: at, length: Number(count) * 8 };
    for (let k = 0n; k < count; k++, i++) {
      const lo = i * span > start ? i * span : start;
      const hi = (i + 1n) * span < end ? (i + 1n) * span : end;
      const raw = entryIn(bytes, k, at);
      const entry = raw.ok ? decodeLevel0(raw.value, at + k * 8n, config) : raw;
      if (!entry.ok) list.add(lo, hi - lo, 'invalid', entry.error);
      else if (entry.value.kind === 'block') list.add(lo, hi - lo, entry.value.owner);
      else if (entry.value.kind === 'table')
        yield* level1(config, entry.value.table, i * span, lo, hi, list);
    }
  }
  return list.regions;
}

function entryIn(bytes: Uint8Array | undefined, k: bigint, at: bigint): Result<bigint> {
  const offset = Number(k) * 8;
  if (bytes === undefined || bytes.length < offset + 8) {
    const pa = at + k * 8n;
    return fail('memory-unreadable', `No memory at ${hex(pa)}, where a GPT entry should be.`, pa);
  }
  return ok(new DataView(bytes.buffer, bytes.byteOffset + offset, 8).getBigUint64(0, true));
}

interface Run {
  readonly first: number;
  readonly length: number;
}

/** Stretches of equal 64-bit words among the first `count`; what is missing is one run. */
function uniformRuns(bytes: Uint8Array | undefined, count: number): Run[] {
  const present = bytes === undefined ? 0 : Math.min(count, bytes.length >> 3);
  const runs: Run[] = [];
  if (bytes !== undefined && present > 0) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, present * 8);
    let first = 0;
    for (let k = 1; k <= present; k++) {
      const same =
        k < present &&
        view.getUint32(k * 8) === view.getUint32(first * 8) &&
        view.getUint32(k * 8 + 4) === view.getUint32(first * 8 + 4);
      if (same) continue;
      runs.push({ first, length: k - first });
      first = k;
    }
  }
  if (present < count) runs.push({ first: present, length: count - present });
  return runs;
}

/** Adds the regions of one level 1 table between lo and hi; it maps from `origin` on. */
function* level1(
  config: GptConfig,
  table: bigint,
  origin: bigint,
  lo: bigint,
  hi: bigint,
  list: RegionList,
): Reading<void> {
  const granule = 1n << BigInt(config.granuleBits);
  const span = granule * 16n;
  const perChunk = BigInt(CHUNK / 8);
  const clip = (base: bigint, size: bigint, owner: Owner | 'invalid', error?: InspectError) => {
    const a = base > lo ? base : lo;
    const b = base + size < hi ? base + size : hi;
    list.add(a, b - a, owner, error);
  };
  const first = (lo - origin) / span;
  const last = (hi - origin - 1n) / span + 1n;
  for (let i = first; i < last;) {
    const count = last - i < perChunk ? last - i : perChunk;
    const at = table + i * 8n;
    const bytes = yield { pa: at, length: Number(count) * 8 };
    // Most entries repeat the one before, for all sixteen granules: those are only counted.
    const words = uniformRuns(bytes, Number(count));
    for (const { first: k, length } of words) {
      const base = origin + (i + BigInt(k)) * span;
      const where = at + BigInt(k) * 8n;
      const raw = entryIn(bytes, BigInt(k), at);
      const entry = raw.ok ? decodeLevel1(raw.value, where, config) : raw;
      const size = span * BigInt(length);
      if (!entry.ok) clip(base, size, 'invalid', entry.error);
      // Each entry of a contiguous stretch repeats the GPI, so it speaks for its own span.
      else if (entry.value.kind === 'contiguous') clip(base, size, entry.value.owner);
      else if (entry.value.kind === 'granules') {
        const { owners } = entry.value;
        const [one] = owners;
        if (one !== undefined && owners.every((o) => o === one)) clip(base, size, one);
        else {
          for (let n = 0n; n < BigInt(length); n++) {
            owners.forEach((owner, g) => {
              clip(base + n * span + BigInt(g) * granule, granule, owner);
            });
          }
        }
      }
    }
    i += count;
  }
}

function drive<T>(reading: Reading<T>, read: ReadMemory): T {
  let step = reading.next();
  while (step.done !== true) step = reading.next(read(step.value.pa, step.value.length));
  return step.value;
}

async function driveAsync<T>(reading: Reading<T>, read: ReadMemoryAsync): Promise<T> {
  let step = reading.next();
  while (step.done !== true) step = reading.next(await read(step.value.pa, step.value.length));
  return step.value;
}

/** Who owns the granule at a physical address, and by which entry. */
export function granuleAt(config: GptConfig, pa: bigint, read: ReadMemory): Result<GranuleLookup> {
  return drive(lookup(config, pa), read);
}

export function granuleAtAsync(
  config: GptConfig,
  pa: bigint,
  read: ReadMemoryAsync,
): Promise<Result<GranuleLookup>> {
  return driveAsync(lookup(config, pa), read);
}

/**
 * Every region between two addresses (to is exclusive), in order, without gaps;
 * neighbours of one owner are joined. A bad entry becomes a region 'invalid'
 * with its error, since that is what an access there would meet.
 */
export function regions(config: GptConfig, read: ReadMemory, from: bigint, to: bigint): Region[] {
  return drive(walkRegions(config, from, to), read);
}

export function regionsAsync(
  config: GptConfig,
  read: ReadMemoryAsync,
  from: bigint,
  to: bigint,
): Promise<Region[]> {
  return driveAsync(walkRegions(config, from, to), read);
}
