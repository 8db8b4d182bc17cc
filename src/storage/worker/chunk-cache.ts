import type { Bytes } from './checksum.js';

/** Chunks that were read lately, up to a number of bytes; the one unused longest goes first. */
export class ChunkCache {
  private readonly chunks = new Map<string, Bytes>();
  private bytes = 0;

  constructor(private readonly limit: number) {}

  get(key: string): Bytes | undefined {
    const chunk = this.chunks.get(key);
    if (chunk !== undefined) {
      this.chunks.delete(key);
      this.chunks.set(key, chunk);
    }
    return chunk;
  }

  has(key: string): boolean {
    return this.chunks.has(key);
  }

  put(key: string, chunk: Bytes): void {
    this.drop(key);
    this.chunks.set(key, chunk);
    this.bytes += chunk.length;
    for (const [oldest, { length }] of this.chunks) {
      if (this.bytes <= this.limit) break;
      this.chunks.delete(oldest);
      this.bytes -= length;
    }
  }

  drop(key: string): void {
    const chunk = this.chunks.get(key);
    if (chunk === undefined) return;
    this.chunks.delete(key);
    this.bytes -= chunk.length;
  }
}
