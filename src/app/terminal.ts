import { FitAddon } from '@xterm/addon-fit';
import { SearchAddon, type ISearchOptions } from '@xterm/addon-search';
import { Terminal, type ITheme } from '@xterm/xterm';
import { deferred } from '../engine/common/deferred.js';
import type { Console } from '../engine/ui/console.js';
import { measureWidths, shareWidths } from './character-widths.js';
import { MONOSPACE, TERMINAL_FONT_PIXELS } from './fonts.js';
import { nextTask } from './next-task.js';
import { isPageShortcut } from './page-shortcut.js';
import { drawRowsOnce } from './terminal-renderer.js';
import { takeTurn } from './turns.js';

/** Bytes given to xterm.js at a time, each in a task of its own: it parses them in one go. */
const PIECE_BYTES = 1 << 12;
/** Bytes given to it for one frame. */
const BATCH_BYTES = 1 << 15;
/**
 * Bytes of a terminal's first frame; each one doubles them. Its first lines take 0.4 ms each to
 * draw, a screen of them in one frame 20, when the engine has every core.
 */
const FIRST_BATCH_BYTES = 512;
/**
 * How long a terminal rests when it has shown all there is, ms: what a guest prints meanwhile is
 * drawn in one frame. A frame takes 6 to 9 ms of the processor, which the engine wants too. The first
 * output after a rest, such as the echo of a key, is shown at once.
 */
const REST_MS = 40;
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
  /** It waits for its turn, writes, or rests. */
  private isPumping = false;
  /** Bytes of the next frame. */
  private pace = FIRST_BATCH_BYTES;
  private gone = false;
  private fitWaits = false;
  private isMeasured = false;
  private readonly inSight = deferred<undefined>();
  /** Resolves when it has been laid out on the page, and knows how wide its characters are. */
  readonly measured: Promise<unknown> = this.inSight.promise;
  /** Set by the key bar: the next key is sent with Ctrl. */
  controlNext = false;
  /** Is called when that key has been typed. */
  onControlUsed: (() => void) | undefined;

  constructor(
    private readonly console: Console,
    private readonly label: string,
    private isDark: boolean,
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
  }

  /** Makes what is seen of it; to be called once, in a task of its own. */
  open(): void {
    const { terminal, console } = this;
    terminal.open(this.element);
    shareWidths(terminal);
    drawRowsOnce(terminal);
    terminal.textarea?.setAttribute('aria-label', `${this.label}: type to the guest. F6 leaves.`);
    // It tells of the first size too. Terminals that get theirs at the same time fit one by one.
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined && entry.contentRect.width > 0) void this.fitLater();
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
  }

  focus(): void {
    this.terminal.focus();
  }

  setDark(isDark: boolean): void {
    // A theme makes a style sheet anew, and with it the style of all that is shown.
    if (isDark === this.isDark) return;
    this.isDark = isDark;
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

  /** Fits it to its place, and measures its characters when it has got one: they have no width before. */
  private async fitLater(): Promise<void> {
    if (this.fitWaits) return;
    this.fitWaits = true;
    await nextTask();
    this.fitWaits = false;
    if (this.gone || this.element.offsetParent === null) return;
    this.fitting.fit();
    if (this.isMeasured) return;
    this.isMeasured = true;
    await measureWidths(this.terminal);
    this.inSight.resolve(undefined);
  }

  /** Shows what is new in the log, when its turn has come. */
  private pump(): void {
    if (this.isPumping || this.written >= this.console.log.length) return;
    this.isPumping = true;
    takeTurn(() => this.writeBatch());
  }

  /** Hands the log over in pieces, each when the one before is parsed. */
  private async writeBatch(): Promise<void> {
    const { log } = this.console;
    this.written = Math.max(this.written, log.length - LAG_LIMIT);
    let room = this.pace;
    for (;;) {
      if (this.gone) return;
      const { bytes, next } = log.raw(this.written, Math.min(room, PIECE_BYTES));
      if (bytes.length === 0) break;
      this.written = next;
      room -= bytes.length;
      await new Promise<void>((resolve) => this.terminal.write(bytes, resolve));
      await nextTask();
    }
    this.pace = Math.min(this.pace * 2, BATCH_BYTES);
    const goOn = (): void => {
      this.isPumping = false;
      if (!this.gone) this.pump();
    };
    // What does not fit waits for the next turn; what comes now, for the rest to be over.
    if (room <= 0) goOn();
    else setTimeout(goOn, REST_MS);
  }
}
