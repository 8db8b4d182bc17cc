import { PlainText } from '../common/plain-text.js';

/** Bytes of raw output kept for a terminal that is opened later, or falls behind. */
const RAW_LIMIT = 4 << 20;
/** Characters of plain text kept. */
const TEXT_LIMIT = 16 << 20;

/** Everything that a console has printed, as far as it is kept: raw for a terminal, and as text. */
export class ConsoleLog {
  private chunks: Uint8Array[] = [];
  private firstByte = 0;
  private endByte = 0;
  private lines: string[] = [];
  /** When the first character of each line came, as `clock` says it. */
  private times: number[] = [];
  private lineBegan: number | undefined;
  private now = 0;
  private firstCharacter = 0;
  private firstLine = 0;
  private characters = 0;
  private readonly plain = new PlainText((line) => this.addLine(line));

  /** @param clock milliseconds since 1970, UTC */
  constructor(private readonly clock: () => number = Date.now) {}

  append(bytes: Uint8Array): void {
    this.chunks.push(bytes);
    this.endByte += bytes.length;
    while (this.endByte - this.firstByte > RAW_LIMIT && this.chunks.length > 1) {
      this.firstByte += this.chunks.shift()?.length ?? 0;
    }
    this.now = this.clock();
    this.plain.write(bytes);
    if (this.plain.tail !== '') this.lineBegan ??= this.now;
  }

  /** Bytes printed so far. */
  get length(): number {
    return this.endByte;
  }

  /**
   * Raw output from byte `from` of all that was printed, up to `limit` bytes; what is no longer
   * kept is passed over. `next` is where to go on.
   */
  raw(from: number, limit: number): { bytes: Uint8Array; next: number } {
    const start = Math.max(from, this.firstByte);
    let at = this.endByte;
    let index = this.chunks.length;
    // Backwards, since readers ask for what is new.
    while (index > 0 && at > start) at -= this.chunks[--index]?.length ?? 0;
    const parts: Uint8Array[] = [];
    let length = 0;
    for (; index < this.chunks.length && length < limit; index++) {
      const chunk = this.chunks[index];
      if (chunk === undefined) break;
      const part = chunk.subarray(Math.max(0, start - at)).subarray(0, limit - length);
      parts.push(part);
      length += part.length;
      at += chunk.length;
    }
    const bytes = new Uint8Array(length);
    let offset = 0;
    for (const part of parts) {
      bytes.set(part, offset);
      offset += part.length;
    }
    return { bytes, next: start + length };
  }

  /** Length of the plain text so far, that of lines no longer kept included. */
  get textLength(): number {
    return this.firstCharacter + this.characters + this.plain.tail.length;
  }

  /** Plain text from character `from` of all text so far; lines end in a line feed. */
  text(from = 0): string {
    let at = this.firstCharacter + this.characters;
    const parts = [this.plain.tail.slice(Math.max(0, from - at))];
    // Backwards, since readers ask for what is new.
    for (let index = this.lines.length - 1; index >= 0 && at > from; index--) {
      const line = this.lines[index] ?? '';
      at -= line.length;
      parts.push(line.slice(Math.max(0, from - at)));
    }
    return parts.reverse().join('');
  }

  /** The last lines of plain text, the one that has not ended included. */
  lastLines(count: number): string[] {
    const ended = this.lines.slice(-count).map((line) => line.slice(0, -1));
    return [...ended, this.plain.tail].slice(-count);
  }

  /** Lines that have ended so far, those no longer kept included. */
  get lineCount(): number {
    return this.firstLine + this.lines.length;
  }

  /** The line that has not ended yet. */
  get openLine(): string {
    return this.plain.tail;
  }

  /** Ended lines from line `from` of all so far, as far as they are kept, without line feeds. */
  linesFrom(from: number): string[] {
    return this.lines.slice(Math.max(0, from - this.firstLine)).map((line) => line.slice(0, -1));
  }

  /**
   * Plain text with the time before each line: UTC, ISO 8601 with milliseconds, of when the page
   * got the line's first character. What a snapshot replays has the time of its replay.
   */
  timedText(): string {
    const stamp = (time: number): string => new Date(time).toISOString();
    const timed = this.lines.map((line, at) => `${stamp(this.times[at] ?? 0)}  ${line}`);
    const { tail } = this.plain;
    return timed.join('') + (tail === '' ? '' : `${stamp(this.lineBegan ?? this.now)}  ${tail}\n`);
  }

  private addLine(line: string): void {
    this.lines.push(`${line}\n`);
    this.times.push(this.lineBegan ?? this.now);
    this.lineBegan = undefined;
    this.characters += line.length + 1;
    while (this.characters > TEXT_LIMIT) {
      this.times.splice(0, 1024);
      const gone = this.lines.splice(0, 1024);
      this.firstLine += gone.length;
      const dropped = gone.reduce((sum, each) => sum + each.length, 0);
      this.characters -= dropped;
      this.firstCharacter += dropped;
    }
  }
}
