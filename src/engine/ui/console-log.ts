import { PlainText } from '../common/plain-text.js';

/** Bytes of raw output kept for a terminal that is opened later, or falls behind. */
const RAW_LIMIT = 4 << 20;
/** Output comes in pieces of some bytes, each of which would take hundreds as an array of its own. */
const BLOCK = 16 << 10;
/** Characters of plain text kept. */
const TEXT_LIMIT = 16 << 20;

/** Everything that a console has printed, as far as it is kept: raw for a terminal, and as text. */
export class ConsoleLog {
  /** The bytes from `firstByte` on, `BLOCK` in each. */
  private blocks: Uint8Array[] = [];
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
    this.keep(bytes);
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
    const end = Math.max(start, Math.min(this.endByte, start + limit));
    const bytes = new Uint8Array(end - start);
    for (let at = start; at < end;) {
      const block = this.blocks[Math.floor((at - this.firstByte) / BLOCK)];
      if (block === undefined) break;
      const offset = at % BLOCK;
      const part = block.subarray(offset, offset + end - at);
      bytes.set(part, at - start);
      at += part.length;
    }
    return { bytes, next: end };
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

  private keep(bytes: Uint8Array): void {
    for (let done = 0; done < bytes.length;) {
      const offset = this.endByte % BLOCK;
      if (offset === 0) this.blocks.push(new Uint8Array(BLOCK));
      const part = bytes.subarray(done, done + BLOCK - offset);
      this.blocks.at(-1)?.set(part, offset);
      this.endByte += part.length;
      done += part.length;
    }
    while (this.endByte - this.firstByte > RAW_LIMIT) {
      this.blocks.shift();
      this.firstByte += BLOCK;
    }
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
