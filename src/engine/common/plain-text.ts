/**
 * What a terminal shows, as lines of plain text: for the saved log, for screen readers, and
 * for whoever waits until something is printed. It follows carriage return, backspace, tab and
 * line feed, and leaves out escape sequences (ECMA-48 and xterm's: CSI, OSC, DCS, APC, PM,
 * SOS and two-character ones). A program that moves the cursor about the screen, such as a
 * firmware menu, gets a new line for each movement to another place.
 */

/** Where the reading of an escape sequence stands. */
type Mode = 'text' | 'escape' | 'intermediate' | 'csi' | 'string' | 'string-escape';

/** Final bytes of CSI sequences that move to another line or screen position. */
const MOVES = new Set(['A', 'B', 'E', 'F', 'H', 'f', 'd', 'J']);

/** A line longer than this is broken: a guest that never ends its line must not fill the memory. */
const LONGEST_LINE = 8192;

export class PlainText {
  private readonly decoder = new TextDecoder();
  private mode: Mode = 'text';
  private column = 0;
  private current: string[] = [];

  /** `onLine` is given each line as it ends, without its line feed. */
  constructor(private readonly onLine: (line: string) => void) {}

  /** The line that has not ended yet: a prompt, for instance. */
  get tail(): string {
    return this.current.join('');
  }

  /** Takes more of the output, in pieces of any size; UTF-8. */
  write(bytes: Uint8Array): void {
    for (const character of this.decoder.decode(bytes, { stream: true })) this.take(character);
  }

  private take(character: string): void {
    switch (this.mode) {
      case 'text':
        this.takeText(character);
        return;
      case 'escape':
        if (character === '[') this.mode = 'csi';
        else if (']PX^_'.includes(character)) this.mode = 'string';
        else if (character >= ' ' && character <= '/') this.mode = 'intermediate';
        else this.mode = 'text';
        return;
      case 'intermediate':
        if (character < ' ' || character > '/') this.mode = 'text';
        return;
      case 'csi':
        // Parameters and intermediates are 0x20 to 0x3f (ECMA-48, 5.4); a final byte ends it.
        if (character >= ' ' && character <= '?') return;
        this.mode = 'text';
        if (character < ' ') this.takeText(character);
        else if (MOVES.has(character) && this.current.length > 0) this.endLine();
        return;
      case 'string':
        if (character === '\x07' || character === '\x9c') this.mode = 'text';
        else if (character === '\x1b') this.mode = 'string-escape';
        return;
      case 'string-escape':
        this.mode = 'text';
        if (character !== '\\') {
          this.mode = 'escape';
          this.take(character);
        }
    }
  }

  private takeText(character: string): void {
    if (character >= ' ' && character !== '\x7f') {
      this.current[this.column++] = character;
      if (this.column >= LONGEST_LINE) this.endLine();
      return;
    }
    switch (character) {
      case '\x1b':
        this.mode = 'escape';
        return;
      case '\n':
        this.endLine();
        return;
      case '\r':
        this.column = 0;
        return;
      case '\b':
        this.column = Math.max(0, this.column - 1);
        return;
      case '\t':
        do this.current[this.column++] = ' ';
        while (this.column % 8 !== 0);
    }
  }

  private endLine(): void {
    const line = this.tail;
    this.current = [];
    this.column = 0;
    this.onLine(line);
  }
}
