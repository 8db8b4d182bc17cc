/** Of the Prioritized Task Scheduling draft; not among the DOM's types yet. */
interface Scheduler {
  postTask?(task: () => void): Promise<void>;
}

/**
 * Resolves in a task of its own: the browser may paint, take input and read messages before what
 * follows. Where the browser has no scheduler, a timer does it, which waits 4 ms after a few in a
 * row (HTML standard, "timer initialization steps").
 */
export function nextTask(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: Scheduler };
  const nothing = (): void => undefined;
  return scheduler?.postTask?.(nothing) ?? new Promise((resolve) => setTimeout(resolve));
}
