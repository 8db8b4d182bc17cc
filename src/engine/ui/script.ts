import type { GuestStep } from '../../machine/guest.js';
import { endOfMatch } from '../../machine/steps.js';
import type { Console } from './console.js';

/** How often a console that keeps printing is looked at, in ms. */
const LOOK_MS = 50;

/** Resolves when the console has printed what is expected behind `from`; where it ends. */
function waitForText(
  console: Console,
  expect: string,
  from: number,
  signal: AbortSignal,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const look = (): void => {
      timer = undefined;
      const end = endOfMatch(expect, console.log.text(from));
      if (end === undefined) return;
      finish();
      resolve(from + end);
    };
    const stop = console.onOutput(() => (timer ??= setTimeout(look, LOOK_MS)));
    const abort = (): void => {
      finish();
      reject(signal.reason as Error);
    };
    const finish = (): void => {
      stop();
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
    signal.addEventListener('abort', abort);
    look();
  });
}

/**
 * Plays steps on a run's consoles, one after the other: waits for each expectation, types what
 * the step sends. An expectation must stand behind the one before it on the same console.
 *
 * @param signal ends the playing; the promise is then rejected with its reason
 * @throws Error when a step names a console that is not there
 */
export async function playSteps(
  steps: readonly GuestStep[],
  consoles: ReadonlyMap<string, Console>,
  signal: AbortSignal,
): Promise<void> {
  const read = new Map<string, number>();
  for (const step of steps) {
    signal.throwIfAborted();
    const console = consoles.get(step.console);
    if (console === undefined)
      throw new Error(`A step names console “${step.console}”, which the guest has not.`);
    if (step.expect !== undefined) {
      const from = read.get(step.console) ?? 0;
      read.set(step.console, await waitForText(console, step.expect, from, signal));
    }
    if (step.send !== undefined) console.type(step.send);
  }
}
