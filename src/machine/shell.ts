import type { Diagnostic, SourceRange } from './diagnostics';

/**
 * Pasted shell text -> words. POSIX quoting (Shell Command Language, section 2.2), `\`
 * continuations and comments are understood; expansions cannot be done here and are kept as
 * the text they are, and reported.
 */
export interface Word {
  /** After quotes are removed. */
  text: string;
  range: SourceRange;
  /** Source offset of each UTF-16 unit of `text`, and of the end. */
  offsets: number[];
}

export interface Command {
  words: Word[];
  range: SourceRange;
}

export interface ShellText {
  commands: Command[];
  diagnostics: Diagnostic[];
}

/** Range in the source of `text.slice(from, to)` of a word. */
export function rangeIn(word: Word, from: number, to: number): SourceRange {
  const start = word.offsets[from] ?? word.range.end;
  const end = to > from ? (word.offsets[to - 1] ?? word.range.end - 1) + 1 : start;
  return { start, end: Math.max(start, Math.min(end, word.range.end)) };
}

/** Words for arguments that were never shell text; offsets are those of `args.join(' ')`. */
export function wordsOf(args: readonly string[]): Word[] {
  let at = 0;
  return args.map((text) => {
    const start = at;
    at += text.length + 1;
    const offsets = Array.from({ length: text.length + 1 }, (_, i) => start + i);
    return { text, range: { start, end: start + text.length }, offsets };
  });
}

/** End of the expansion that begins with `$` at `at`, or `at` when it is a plain dollar sign. */
function expansionEnd(source: string, at: number): number {
  const next = source[at + 1] ?? '';
  if (next === '{' || next === '(') {
    const close = next === '{' ? '}' : ')';
    let depth = 0;
    for (let i = at + 1; i < source.length; i++) {
      if (source[i] === next) depth++;
      else if (source[i] === close && --depth === 0) return i + 1;
    }
    return source.length;
  }
  const name = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?!-])/.exec(source.slice(at + 1, at + 128));
  return name === null ? at : at + 1 + name[0].length;
}

class Tokenizer {
  readonly diagnostics: Diagnostic[] = [];
  readonly commands: Command[] = [];
  private words: Word[] = [];
  private word: { text: string; offsets: number[]; start: number; quoted: boolean } | undefined;
  private redirecting = false;
  private at = 0;

  constructor(private readonly source: string) {}

  run(): ShellText {
    while (this.at < this.source.length) this.step();
    this.endCommand();
    return { commands: this.commands, diagnostics: this.diagnostics };
  }

  private report(
    severity: Diagnostic['severity'],
    code: string,
    message: string,
    start: number,
    end: number,
  ): Diagnostic {
    const diagnostic = { severity, code, message, range: { start, end } };
    this.diagnostics.push(diagnostic);
    return diagnostic;
  }

  private open(quoted: boolean) {
    this.word ??= { text: '', offsets: [], start: this.at, quoted };
    this.word.quoted ||= quoted;
    return this.word;
  }

  /** Adds the source from `from` to `to` to the word, as it stands. */
  private take(from: number, to: number, quoted: boolean) {
    const word = this.open(quoted);
    for (let i = from; i < to; i++) {
      word.text += this.source[i] ?? '';
      word.offsets.push(i);
    }
  }

  private endWord() {
    const { word } = this;
    if (word === undefined) return;
    this.word = undefined;
    word.offsets.push(this.at);
    if (this.redirecting) {
      this.redirecting = false;
      this.report(
        'info',
        'shell-redirection',
        `The redirection to "${word.text}" is left out: consoles are tabs of the page.`,
        word.start,
        this.at,
      );
      return;
    }
    this.words.push({
      text: word.text,
      range: { start: word.start, end: this.at },
      offsets: word.offsets,
    });
  }

  private endCommand() {
    this.endWord();
    this.redirecting = false;
    const first = this.words[0];
    const last = this.words.at(-1);
    if (first !== undefined && last !== undefined) {
      const range = { start: first.range.start, end: last.range.end };
      this.commands.push({ words: this.words, range });
    }
    this.words = [];
  }

  private step() {
    const c = this.source[this.at] ?? '';
    if (c === '\\') this.backslash();
    else if (c === "'") this.singleQuotes();
    else if (c === '"') this.doubleQuotes();
    else if (c === '$' || c === '`') this.expansion(false);
    else if (c === '#' && this.word === undefined) this.skipComment();
    else if (c === '\n' || c === ';' || c === '&' || c === '|') {
      this.endCommand();
      this.at++;
    } else if (c === '>' || c === '<') this.redirection();
    else if (/\s/.test(c)) {
      this.endWord();
      this.at++;
    } else {
      if (/[\u2018-\u201f]/.test(c)) this.typographicQuote(c);
      this.take(this.at, this.at + 1, false);
      this.at++;
    }
  }

  /** Word processors bend quotes; a shell takes bent ones for letters, and so do we. */
  private typographicQuote(c: string) {
    const diagnostic = this.report(
      'warning',
      'typographic-quote',
      `${c} is a typographic quote, which a shell takes for a letter.`,
      this.at,
      this.at + 1,
    );
    const text = /[\u2018-\u201b]/.test(c) ? "'" : '"';
    const range = { start: this.at, end: this.at + 1 };
    diagnostic.fix = { title: `Change to ${text}`, edits: [{ range, text }] };
  }

  private skipComment() {
    const end = this.source.indexOf('\n', this.at);
    this.at = end === -1 ? this.source.length : end;
  }

  private backslash() {
    const rest = /^\\([ \t]*)(\r?\n|$)/.exec(this.source.slice(this.at, this.at + 256));
    const blanks = rest?.[1] ?? '';
    const ends = rest !== null && this.at + rest[0].length <= this.source.length;
    const atEnd = rest?.[2] === '' && this.at + rest[0].length !== this.source.length;
    if (rest !== null && ends && !atEnd) {
      if (blanks !== '') {
        const start = this.at + 1;
        const diagnostic = this.report(
          'warning',
          'shell-blank-after-backslash',
          'Blanks after "\\" at the end of a line: a shell would end the command here. It is read as a continued line.',
          this.at,
          start + blanks.length,
        );
        const range = { start, end: start + blanks.length };
        diagnostic.fix = { title: 'Remove the blanks', edits: [{ range, text: '' }] };
        this.endWord();
      }
      this.at += rest[0].length;
      return;
    }
    this.open(true);
    this.take(this.at + 1, Math.min(this.at + 2, this.source.length), true);
    this.at += 2;
  }

  private unterminated(quote: string, start: number) {
    this.report(
      'error',
      'shell-unterminated-quote',
      `The quote (${quote}) that opens here is not closed.`,
      start,
      this.source.length,
    );
  }

  private singleQuotes() {
    const start = this.at;
    this.open(true);
    const close = this.source.indexOf("'", start + 1);
    const end = close === -1 ? this.source.length : close;
    if (close === -1) this.unterminated("'", start);
    this.take(start + 1, end, true);
    this.at = Math.min(end + 1, this.source.length);
  }

  private doubleQuotes() {
    const start = this.at;
    this.open(true);
    this.at++;
    while (this.at < this.source.length) {
      const c = this.source[this.at] ?? '';
      if (c === '"') {
        this.at++;
        return;
      }
      if (c === '\\') {
        const next = this.source[this.at + 1] ?? '';
        if (next === '\n') this.at += 2;
        else {
          const escaped = next !== '' && '$`"\\'.includes(next);
          this.take(this.at + (escaped ? 1 : 0), this.at + (escaped ? 2 : 1), true);
          this.at += escaped ? 2 : 1;
        }
      } else if (c === '$' || c === '`') this.expansion(true);
      else {
        this.take(this.at, this.at + 1, true);
        this.at++;
      }
    }
    this.unterminated('"', start);
  }

  private expansion(quoted: boolean) {
    const start = this.at;
    let end = expansionEnd(this.source, start);
    if (this.source[start] === '`') {
      const close = this.source.indexOf('`', start + 1);
      end = close === -1 ? this.source.length : close + 1;
    }
    if (end === start) {
      this.take(start, start + 1, quoted);
      this.at++;
      return;
    }
    this.take(start, end, quoted);
    this.at = end;
    const text = this.source.slice(start, end);
    const isCommand = text.startsWith('$(') || text.startsWith('`');
    this.report(
      'warning',
      isCommand ? 'shell-command-substitution' : 'shell-variable',
      isCommand
        ? `${text} would be replaced by a shell; no shell runs here, so it stays as it is. Put its output in its place.`
        : `${text} is a variable of the shell and has no value here; it stays as it is. Put its value in its place.`,
      start,
      end,
    );
  }

  private redirection() {
    const isDescriptor = this.word !== undefined && /^[0-9]+$/.test(this.word.text);
    if (isDescriptor && this.word?.quoted === false) this.word = undefined;
    this.endWord();
    const operator = /^(?:>>|>&|>\||<<<|<<|<&|<>|>|<)/.exec(
      this.source.slice(this.at, this.at + 3),
    );
    this.at += operator?.[0].length ?? 1;
    this.redirecting = true;
  }
}

/** Splits shell text into commands and words. Never throws. */
export function tokenize(source: string): ShellText {
  return new Tokenizer(source).run();
}
