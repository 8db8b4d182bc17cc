import { afterFrame, nextTask } from './next-task.js';

/**
 * Work after which the browser must lay out and paint, one piece a frame. Terminals and texts that
 * change in the same frame make one long task of it, and where the processor is shared with the
 * engine, a task lasts several times what it needs.
 */
type Work = () => void | Promise<void>;

/** The longest that a piece keeps others waiting, ms: one whose end is never told must not stop them. */
const PATIENCE_MS = 500;

const waiting: Work[] = [];
let isBusy = false;

function patience(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
}

async function work(): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    try {
      // In the caller's task, when nothing else waits: a key's echo is shown in the next frame.
      const done = next();
      if (done !== undefined) await Promise.race([done, patience()]);
    } catch (error) {
      reportError(error);
    }
    // A page out of sight is not drawn.
    if (document.visibilityState === 'hidden') await nextTask();
    else await new Promise<void>((resolve) => afterFrame(resolve));
  }
  isBusy = false;
}

/** Does the work now, or when what asked before has been drawn. */
export function takeTurn(piece: Work): void {
  waiting.push(piece);
  if (isBusy) return;
  isBusy = true;
  void work();
}
