import type { Terminal } from '@xterm/xterm';
import { nextTask } from './next-task.js';

/** Characters to a task: each is measured by a layout of its own, some 0.3 ms of the processor. */
const AT_ONCE = 12;
const FIRST_PRINTABLE = 0x20;
const LAST_PRINTABLE = 0x7e;

/** Of xterm.js 6.0, src/browser/renderer/dom/WidthCache.ts; not in its API. */
interface WidthCache {
  get(character: string, bold: boolean, italic: boolean): number;
}

function widthCacheOf(terminal: Terminal): WidthCache | undefined {
  const inside = terminal as unknown as {
    _core?: {
      _renderService?: { _renderer?: { value?: { _widthCache?: Partial<WidthCache> } } };
    };
  };
  const cache = inside._core?._renderService?._renderer?.value?._widthCache;
  return typeof cache?.get === 'function' ? (cache as WidthCache) : undefined;
}

/**
 * Has a terminal measure the printable ASCII characters before it must show them, a few in each
 * task. xterm.js measures each character when it first draws it: some 50 in the frame that shows
 * a guest's first lines, for which the page would stand still. Without the cache it does nothing.
 */
export async function measureCharacters(terminal: Terminal, isGone: () => boolean): Promise<void> {
  for (let code = FIRST_PRINTABLE; code <= LAST_PRINTABLE; code++) {
    if ((code - FIRST_PRINTABLE) % AT_ONCE === 0) {
      await nextTask();
    }
    if (isGone()) return;
    widthCacheOf(terminal)?.get(String.fromCharCode(code), false, false);
  }
}
