import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon, type ISearchOptions } from '@xterm/addon-search';
import { Terminal, type ITheme } from '@xterm/xterm';
import { deferred } from '../engine/common/deferred.js';
import type { Console } from '../engine/ui/console.js';
import { measureCharacters } from './character-widths.js';
import { MONOSPACE, TERMINAL_FONT_PIXELS } from './fonts.js';
import { afterFrame } from './next-task.js';
import { isPageShortcut } from './page-shortcut.js';

/** Bytes given to xterm.js at a time: it parses them in one go. */
const WRITE_BYTES = 1 << 14;
/**
 * Bytes of a terminal's first write; each frame doubles them. Its first lines take 0.4 ms each to
 * draw, a screen of them in one frame 20, when the engine has every core.
 */
const FIRST_WRITE_BYTES = 512;
/** When a guest is so far ahead of the screen, what scrolled by unread is passed over. */
const LAG_LIMIT = 1 << 20;
const SCROLLBACK_LINES = 10_000;

/** Colours that keep 4.5:1 on their background, except for the dim ones that guests ask for. */
const themes: Record<'light' | 'dark', ITheme> = {
  dark: {
    background: '#101418',
    foreground: '#d8dee6',
    cursor: '#7dd3a8',
    cursorAccent: '#101418',
    selectionBackground: '#33506b',
    black: '#2a3138',
    red: '#f28b82',
    green: '#81c995',
    yellow: '#e6c46e',
    blue: '#8ab4f8',
    magenta: '#d7a6f5',
    cyan: '#78d0dc',
    white: '#d8dee6',
    brightBlack: '#8b96a2',
    brightWhite: '#ffffff',
  },
  light: {
    background: '#fbfcfd',
    foreground: '#1d242b',
    cursor: '#146c43',
    cursorAccent: '#fbfcfd',
    selectionBackground: '#bcd7f2',
    black: '#1d242b',
    red: '#b3261e',
    green: '#146c43',
    yellow: '#7a5900',
    blue: '#1a56b4',
    magenta: '#7b3fa0',
    cyan: '#0b6674',
    white: '#55606b',
    brightBlack: '#5c6773',
    brightWhite: '#1d242b',
  },
};

/**
 * A console on the screen. It lives as long as its run, also while it is not shown: a terminal
 * that were made again would answer the guest's old questions (cursor position, attributes) anew.
 */
export class ConsoleTerminal {
  readonly element = document.createElement('div');
  private readonly terminal: Terminal;
  private readonly fitting = new FitAddon();
  private readonly searching = new SearchAddon();
  private readonly disposers: (() => void)[] = [];
  private written = 0;
  private writing = false;
  /** Bytes of the next write. */
  private pace = FIRST_WRITE_BYTES;
  private gone = false;
  private readonly inSight = deferred<undefined>();
  /** Resolves when it has been laid out on the page, and knows how wide its characters are. */
  readonly measured: Promise<unknown> = this.inSight.promise;
  /** Set by the key bar: the next key is sent with Ctrl. */
  controlNext = false;
  /** Is called when that key has been typed. */
  onControlUsed: (() => void) | undefined;

  constructor(
    private readonly console: Console,
    label: string,
    isDark: boolean,
  ) {
    this.element.className = 'terminal-box';
    const terminal = new Terminal({
      fontFamily: MONOSPACE,
      fontSize: TERMINAL_FONT_PIXELS,
      lineHeight: 1.15,
      scrollback: SCROLLBACK_LINES,
      theme: themes[isDark ? 'dark' : 'light'],
      cursorBlink: false,
      minimumContrastRatio: 4.5,
      macOptionIsMeta: true,
      // The guest may not resize, move or ask about the window.
      windowOptions: {},
    });
    this.terminal = terminal;
    terminal.loadAddon(this.fitting);
    terminal.loadAddon(this.searching);
    // Title (OSC 0, 1, 2), links (OSC 8) and clipboard (OSC 52) are not for guests to set.
    for (const code of [0, 1, 2, 8, 52]) terminal.parser.registerOscHandler(code, () => true);
    terminal.onData((data) => console.send(new TextEncoder().encode(this.withControl(data))));
    terminal.onBinary((data) => console.send(Uint8Array.from(data, (c) => c.charCodeAt(0))));
    terminal.attachCustomKeyEventHandler((event) => !isPageShortcut(event));
    terminal.open(this.element);
    terminal.textarea?.setAttribute('aria-label', `${label}: type to the guest. F6 leaves.`);
    let isMeasured = false;
    const observer = new ResizeObserver(([entry]) => {
      this.fit();
      // While it is hidden, characters have no width.
      if (isMeasured || entry === undefined || entry.contentRect.width === 0) return;
      isMeasured = true;
      void measureCharacters(terminal, () => this.gone).then(() => this.inSight.resolve(undefined));
    });
    observer.observe(this.element);
    this.disposers.push(
      () => observer.disconnect(),
      console.onOutput(() => this.pump()),
    );
    this.pump();
  }

  /** Puts the terminal on the page. */
  mount(parent: HTMLElement): void {
    parent.append(this.element);
    this.fit();
  }

  focus(): void {
    this.terminal.focus();
  }

  setDark(isDark: boolean): void {
    this.terminal.options.theme = themes[isDark ? 'dark' : 'light'];
  }

  clear(): void {
    this.terminal.clear();
  }

  get selection(): string {
    return this.terminal.getSelection();
  }

  /** Finds text in the scrollback; tells whether there is any. */
  find(text: string, direction: 'next' | 'previous', incremental = false): boolean {
    const options: ISearchOptions = { incremental, caseSensitive: false };
    return direction === 'next'
      ? this.searching.findNext(text, options)
      : this.searching.findPrevious(text, options);
  }

  endFind(): void {
    this.terminal.clearSelection();
  }

  /** Sends a key of the key bar, in the form that the terminal's modes ask for. */
  sendKey(key: 'Escape' | 'Tab' | 'ArrowUp' | 'ArrowDown' | 'ArrowLeft' | 'ArrowRight'): void {
    const arrows = { ArrowUp: 'A', ArrowDown: 'B', ArrowRight: 'C', ArrowLeft: 'D' };
    const introducer = this.terminal.modes.applicationCursorKeysMode ? '\x1bO' : '\x1b[';
    const bytes = key === 'Escape' ? '\x1b' : key === 'Tab' ? '\t' : introducer + arrows[key];
    this.terminal.input(bytes, true);
  }

  dispose(): void {
    this.gone = true;
    for (const dispose of this.disposers) dispose();
    this.terminal.dispose();
    this.element.remove();
  }

  private withControl(data: string): string {
    if (!this.controlNext || data.length !== 1) return data;
    this.controlNext = false;
    this.onControlUsed?.();
    const code = data.toUpperCase().charCodeAt(0);
    return code >= 0x40 && code <= 0x5f ? String.fromCharCode(code & 0x1f) : data;
  }

  private fit(): void {
    if (this.element.offsetParent !== null) this.fitting.fit();
  }

  /** Hands the log over in pieces, each when the one before is parsed. */
  private pump(): void {
    if (this.writing) return;
    if (this.console.log.length - this.written > LAG_LIMIT) {
      this.written = this.console.log.length - LAG_LIMIT;
    }
    const { bytes, next } = this.console.log.raw(this.written, this.pace);
    if (bytes.length === 0) return;
    this.written = next;
    this.writing = true;
    this.terminal.write(bytes, () => {
      if (this.pace >= WRITE_BYTES) return this.goOn();
      this.pace *= 2;
      afterFrame(() => this.goOn());
    });
  }

  private goOn(): void {
    this.writing = false;
    if (!this.gone) this.pump();
  }
}
