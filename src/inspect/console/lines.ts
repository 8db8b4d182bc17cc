/**
 * Console text to lines, incrementally: whatever the chunks, the same lines.
 *
 * Handled: CR LF, LF CR and lone CR; backspace; ANSI escapes (ECMA-48 CSI, OSC
 * and two-character ones), of which those that move the cursor to a position or
 * clear the screen end the line, since firmware draws with them.
 */

export interface Line {
  readonly text: string;
  /** Where the line's first character is in the stream, counted in UTF-16 units. */
  readonly offset: number;
}

/** Called for every character that extends the line: for prompts, which end no line. */
export type PartialLine = (text: string, offset: number) => void;

type State = 'text' | 'escape' | 'csi' | 'osc' | 'osc-escape';

/** Longer lines are cut: a guest that never ends its line must not fill the memory. */
const MAX_LINE = 4096;

export class LineSplitter {
  private state: State = 'text';
  private text = '';
  private start = 0;
  private position = 0;
  private afterReturn = false;

  constructor(
    private readonly onLine: (line: Line) => void,
    private readonly onPartial: PartialLine = () => undefined,
  ) {}

  push(chunk: string): void {
    for (let i = 0; i < chunk.length; i++) {
      this.character(chunk.charAt(i));
      this.position++;
    }
  }

  /** Gives the line that has no end yet, if it has any text. */
  flush(): void {
    if (this.text !== '') this.endLine();
    this.state = 'text';
  }

  private character(c: string): void {
    switch (this.state) {
      case 'text':
        this.textCharacter(c);
        return;
      case 'escape':
        this.state = c === '[' ? 'csi' : c === ']' ? 'osc' : 'text';
        return;
      case 'csi':
        if (c >= '@' && c <= '~') {
          this.state = 'text';
          if ((c === 'H' || c === 'f' || c === 'J') && this.text !== '') this.endLine();
        } else if (c < ' ') {
          // A control character is obeyed even inside a sequence.
          this.state = c === '\x1b' ? 'escape' : 'text';
          if (c !== '\x1b') this.textCharacter(c);
        }
        return;
      case 'osc':
        if (c === '\x07') this.state = 'text';
        else if (c === '\x1b') this.state = 'osc-escape';
        else if (c === '\n') {
          this.state = 'text';
          this.textCharacter(c);
        }
        return;
      case 'osc-escape':
        this.state = c === '\\' ? 'text' : 'osc';
        return;
    }
  }

  private textCharacter(c: string): void {
    const afterReturn = this.afterReturn;
    this.afterReturn = false;
    if (c === '\n') {
      if (!afterReturn) this.endLine();
    } else if (c === '\r') {
      // A CR at the start of a line is half of LF CR, or of an empty CR LF line.
      if (this.text !== '') {
        this.endLine();
        this.afterReturn = true;
      }
    } else if (c === '\b') {
      this.text = this.text.slice(0, -1);
    } else if (c === '\x1b') {
      this.state = 'escape';
    } else if (c === '\t' || c >= ' ') {
      if (this.text === '') this.start = this.position;
      if (this.text.length < MAX_LINE) this.text += c;
      this.onPartial(this.text, this.start);
    }
  }

  private endLine(): void {
    const line = { text: this.text, offset: this.text === '' ? this.position : this.start };
    this.text = '';
    this.onLine(line);
  }
}
