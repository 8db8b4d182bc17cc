import type { Terminal } from '@xterm/xterm';
import { nextTask } from './next-task.js';
import { widthCacheOf } from './terminal-renderer.js';

/** Characters by which a font is judged: where these are equally wide, all of ASCII is. */
const NARROW_AND_WIDE = ['i', 'W', '.'];

const isPrintableAscii = (character: string): boolean => /^[ -~]$/.test(character);

/**
 * Width of the characters of ASCII in a font's variants, CSS pixels, by pixel ratio, font and
 * variant; undefined where they are not equally wide. All terminals of the page have the same font.
 */
const known = new Map<string, number | undefined>();

/**
 * Has a terminal measure the font's width once, and other terminals take it from there. xterm.js
 * measures each character, in each terminal, when it first draws it, by a layout of the page: some
 * 50 of them in the frame that shows a guest's first lines, for which the page would stand still.
 * Without the cache it does nothing.
 */
export function shareWidths(terminal: Terminal): void {
  const cache = widthCacheOf(terminal);
  if (cache === undefined) return;
  const measure = cache._measure.bind(cache);
  cache._measure = (character, variant) => {
    if (!isPrintableAscii(character)) return measure(character, variant);
    const { fontFamily, fontSize } = terminal.options;
    const key = [devicePixelRatio, fontFamily, fontSize, variant].join(' ');
    if (!known.has(key)) {
      const widths = NARROW_AND_WIDE.map((each) => measure(each, variant));
      const [first = 0] = widths;
      // While it is hidden, characters have no width.
      if (first === 0) return 0;
      known.set(key, widths.every((width) => width === first) ? first : undefined);
    }
    return known.get(key) ?? measure(character, variant);
  };
}

/** Measures before anything must be shown: plain and bold, each in a task of its own. */
export async function measureWidths(terminal: Terminal): Promise<void> {
  for (const bold of [false, true]) {
    await nextTask();
    widthCacheOf(terminal)?.get('W', bold, false);
  }
}
