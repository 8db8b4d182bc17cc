/** The terminals' font: the system's own. As `--mono` in styles/base.css. */
export const MONOSPACE = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace';

/**
 * Has the browser look the terminals' fonts up while nothing else goes on. The first text in a
 * family asks the browser's main process for it and waits, which stalls the page for as long as
 * a booting machine keeps every core busy.
 */
export function warmFonts(): void {
  const context = document.createElement('canvas').getContext('2d');
  if (context === null) return;
  for (const weight of ['normal', 'bold']) {
    context.font = `${weight} 13px ${MONOSPACE}`;
    context.measureText('Wi0');
  }
}
