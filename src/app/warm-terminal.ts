import { measureWidths, shareWidths } from './character-widths.js';
import { MONOSPACE, TERMINAL_FONT_PIXELS } from './fonts.js';
import { nextTask } from './next-task.js';

async function warm(parent: HTMLElement): Promise<void> {
  const { Terminal } = await import('@xterm/xterm');
  await import('./terminal.js');
  await nextTask();
  const host = document.createElement('div');
  host.className = 'visually-hidden';
  host.ariaHidden = 'true';
  host.inert = true;
  parent.append(host);
  const terminal = new Terminal({
    cols: 80,
    rows: 4,
    fontFamily: MONOSPACE,
    fontSize: TERMINAL_FONT_PIXELS,
  });
  terminal.open(host);
  shareWidths(terminal);
  await measureWidths(terminal);
  await nextTask();
  await new Promise<void>((resolve) => terminal.write('\x1b[1mWarm\x1b[0m\r\n', resolve));
  await nextTask();
  terminal.dispose();
  host.remove();
}

let warmed: Promise<void> | undefined;

/**
 * Fetches xterm.js and makes a first terminal before any machine boots. The first one costs five
 * times what the next ones do, and while a machine starts every core is busy: what takes 17 ms
 * of the processor then keeps the page's main thread for 60. Never fails; what is missing is
 * reported by whoever needs it.
 */
export function warmTerminal(parent: HTMLElement): Promise<void> {
  warmed ??= warm(parent).catch(() => undefined);
  return warmed;
}
