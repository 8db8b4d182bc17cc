import { effect, untracked } from '@preact/signals';
import { MONITOR_CHANNEL } from '../engine/common/console.js';
import { passMilestone } from '../engine/common/milestones.js';
import type { Run } from '../engine/ui/run.js';
import { dock, isDockPlaced } from './dock/workspace-state.js';
import { afterFrame, nextTask } from './next-task.js';
import { activeConsole, consoleTitle, run, runVersion, terminals } from './session.js';
import { dark } from './settings.js';
import { isSplit } from './split.js';
import type { ConsoleTerminal } from './terminal.js';

/** The longest that a boot waits for its terminals to be on the page, in ms. */
const SIGHT_MS = 600;

/** Resolves when the condition, which reads signals, is true; or when it is not asked any more. */
async function whenTrue(condition: () => boolean, giveUp?: AbortSignal): Promise<void> {
  let stop: (() => void) | undefined;
  await new Promise<void>((resolve) => {
    giveUp?.addEventListener('abort', () => resolve());
    stop = effect(() => {
      if (condition()) resolve();
    });
  });
  stop?.();
}

/**
 * Makes the terminals of a run that are not there yet; xterm.js is fetched with the first of them.
 * One terminal a task: each takes some 20 ms, and a run has up to five.
 */
async function makeTerminals(of: Run, ids: readonly string[]): Promise<void> {
  // Its library in a task of its own.
  await import('@xterm/xterm');
  await nextTask();
  const { ConsoleTerminal } = await import('./terminal.js');
  for (const id of ids) {
    await nextTask();
    const console = of.consoles.get(id);
    if (run.value !== of) return;
    if (console === undefined || terminals.value.has(id)) continue;
    const made = new ConsoleTerminal(console, consoleTitle(of, id), dark.value);
    await nextTask();
    if (run.value !== of || terminals.value.has(id)) {
      made.dispose();
      if (run.value !== of) return;
      continue;
    }
    made.open();
    terminals.value = new Map(terminals.value).set(id, made);
    passMilestone('terminal-made');
  }
}

/** Resolves when a terminal is on the page, or it is clear that none will be for now. */
async function whenInSight(terminal: ConsoleTerminal | undefined): Promise<void> {
  const patience = AbortSignal.timeout(SIGHT_MS);
  const isHidden = (): boolean => isDockPlaced.value && dock.value?.isInFront('console') !== true;
  // Ends at the latest with the patience.
  await Promise.race([terminal?.measured, whenTrue(isHidden, patience)]);
  await new Promise<void>((resolve) => afterFrame(resolve));
}

/**
 * Opens a run's terminals: those in sight first, before the engine is compiled. That takes every
 * core, and on two of them what the page makes meanwhile waits for its turn. The terminals of
 * other consoles follow when the machine runs, or when one of them is chosen.
 */
async function openTerminals(of: Run): Promise<void> {
  const { guest } = of;
  const isInSight = (id: string): boolean =>
    id === activeConsole.value ||
    (id !== MONITOR_CHANNEL && isSplit(innerWidth, guest.consoles.length));
  const ids = [...of.consoles.keys()];
  try {
    await makeTerminals(of, ids.filter(isInSight));
    await whenInSight(terminals.value.get(activeConsole.value ?? ''));
  } finally {
    of.compileEngine();
  }
  await whenTrue(() => {
    void runVersion.value;
    const waits = ['idle', 'fetching', 'starting'].includes(of.state.name);
    return run.value !== of || !waits || !terminals.value.has(activeConsole.value ?? '');
  });
  await makeTerminals(of, ids);
}

/** Sees to it that every run has its terminals. */
export function watchTerminals(): void {
  effect(() => {
    const current = run.value;
    if (current !== undefined) untracked(() => void openTerminals(current));
  });
}
