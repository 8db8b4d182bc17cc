import { nextTask } from './next-task.js';

/** The terminals' font: the system's own. As `--mono` in styles/base.css. */
export const MONOSPACE = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';
export const TERMINAL_FONT_PIXELS = 13;

/** Family, size in CSS pixels and weight of what the page shows while a machine boots. */
const used: [string, number, number][] = [
  ['inherit', 12.5, 400],
  ['inherit', 14, 400],
  ['inherit', 14, 600],
  ['inherit', 16, 600],
  [MONOSPACE, 12.5, 400],
  [MONOSPACE, TERMINAL_FONT_PIXELS, 400],
  [MONOSPACE, TERMINAL_FONT_PIXELS, 700],
  // A textarea's own font, as xterm.js leaves it: where typing arrives.
  ['monospace', 13.3333, 400],
];

/**
 * Has the browser look up the fonts of a boot while nothing else goes on, one in each task. On Linux, Chromium
 * asks its main process about every family, size and weight that is new, and the page waits for
 * the answer: over a second where a booting machine keeps every core busy.
 */
export async function warmFonts(parent: HTMLElement): Promise<void> {
  const sample = document.createElement('div');
  sample.className = 'visually-hidden';
  sample.ariaHidden = 'true';
  parent.append(sample);
  for (const [family, pixels, weight] of used) {
    await nextTask();
    const text = document.createElement('span');
    text.textContent = 'Wi0…';
    Object.assign(text.style, {
      fontFamily: family,
      fontSize: `${pixels}px`,
      fontWeight: String(weight),
    });
    sample.replaceChildren(text);
    sample.getBoundingClientRect();
  }
  sample.remove();
}
