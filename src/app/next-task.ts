export { nextTask } from '../engine/common/next-task.js';

/** Milliseconds to the next whole period: what changes by itself changes together, in one frame. */
export function onTheBeat(periodMs: number): number {
  return periodMs - (performance.now() % periodMs);
}

/** Runs when the page has next been drawn; a hidden page is not drawn, hence the timer. */
export function afterFrame(run: () => void): void {
  let done = false;
  const once = (): void => {
    if (done) return;
    done = true;
    cancelAnimationFrame(frame);
    clearTimeout(timer);
    run();
  };
  const frame = requestAnimationFrame(() => setTimeout(once));
  const timer = setTimeout(once, 100);
}
