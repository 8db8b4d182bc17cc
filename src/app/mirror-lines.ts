import type { ConsoleLog } from '../engine/ui/console-log.js';

/** Lines that a mirror shows: the newest. */
const MIRROR_LINES = 200;
/** Lines added at a time: each is shaped and laid out by the browser. */
const AT_ONCE = 40;

/** A line as an element; an empty one has a height too, and is there when it is copied. */
function lineElement(text: string): HTMLElement {
  const line = document.createElement('div');
  if (text === '') line.append(document.createElement('br'));
  else line.textContent = text;
  return line;
}

/**
 * The newest lines of a console as elements, one a line. Lines that are there stay as they are: the
 * browser lays out the new ones alone, and a screen reader announces those.
 */
export class MirrorLines {
  private next = 0;
  private readonly shown: HTMLElement[] = [];
  private open: HTMLElement | undefined;

  constructor(
    private readonly parent: HTMLElement,
    private readonly console: { readonly log: ConsoleLog },
  ) {}

  /** Adds lines that have come; tells whether there are more. */
  update(): boolean {
    const { log } = this.console;
    // What scrolled by since is passed over.
    this.next = Math.max(this.next, log.lineCount - MIRROR_LINES);
    const lines = log.linesFrom(this.next).slice(0, AT_ONCE);
    this.next += lines.length;
    const added = lines.map(lineElement);
    const isWhole = this.next === log.lineCount;
    const text = isWhole ? log.openLine : '';
    const before = this.open;
    if (before !== undefined && (added.length > 0 || before.textContent !== text)) {
      before.remove();
      this.open = undefined;
    }
    if (this.open === undefined && text !== '') this.open = lineElement(text);
    this.parent.append(...added, ...(this.open?.parentNode === null ? [this.open] : []));
    this.shown.push(...added);
    const old = this.shown.splice(0, Math.max(0, this.shown.length - MIRROR_LINES));
    for (const line of old) line.remove();
    return !isWhole;
  }
}
