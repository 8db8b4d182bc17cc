/** A piece of work of set-up, with the names of those that must be done before it. */
export interface Step {
  name: string;
  needs: readonly string[];
  /** Uses the processor for long: only so many of these run at once. */
  heavy?: boolean;
  run: (control: StepControl) => Promise<void>;
}

export interface StepControl {
  signal: AbortSignal;
  /** To be called when the step found its result in the cache. */
  wasCached: () => void;
}

export type StepState = 'done' | 'cached' | 'failed' | 'skipped';

export interface StepResult {
  name: string;
  state: StepState;
  seconds: number;
  /** Why, when failed or skipped. */
  error?: Error;
}

export interface StepRunner {
  /** How many heavy steps at once. */
  heavyAtOnce: number;
  signal: AbortSignal;
  started?: (step: Step) => void;
  ended?: (result: StepResult, step: Step) => void;
}

/** @throws Error naming the step whose need is unknown, or the steps that need each other. */
export function checkSteps(steps: readonly Step[]): void {
  const names = new Set(steps.map((step) => step.name));
  if (names.size !== steps.length) throw new Error('Two steps have the same name.');
  for (const step of steps) {
    const unknown = step.needs.find((need) => !names.has(need));
    if (unknown !== undefined)
      throw new Error(`Step ${step.name} needs ${unknown}, which is no step.`);
  }
  const left = new Map(steps.map((step) => [step.name, step]));
  for (let removed = true; removed;) {
    removed = false;
    for (const step of left.values()) {
      if (step.needs.some((need) => left.has(need))) continue;
      left.delete(step.name);
      removed = true;
    }
  }
  if (left.size > 0) throw new Error(`Steps need each other: ${[...left.keys()].join(', ')}.`);
}

/**
 * Runs every step after those it needs; among those that could run, the earlier in the list
 * goes first. A failed step stops nothing but the ones that need it, which are skipped.
 * Abort ends the running steps (they get the signal) and starts no more.
 */
export async function runSteps(steps: readonly Step[], runner: StepRunner): Promise<StepResult[]> {
  checkSteps(steps);
  const results = new Map<string, StepResult>();
  const running = new Map<string, Promise<void>>();
  const waiting = new Set(steps);
  const finish = (step: Step, result: StepResult) => {
    results.set(step.name, result);
    runner.ended?.(result, step);
  };
  const start = (step: Step) => {
    waiting.delete(step);
    runner.started?.(step);
    running.set(
      step.name,
      runStep(step, runner.signal).then((result) => {
        running.delete(step.name);
        finish(step, result);
      }),
    );
  };
  const heavyRunning = () => steps.filter((step) => step.heavy && running.has(step.name)).length;
  for (;;) {
    runner.signal.throwIfAborted();
    for (const step of waiting) {
      const lost = step.needs.find((need) => {
        const state = results.get(need)?.state;
        return state === 'failed' || state === 'skipped';
      });
      if (lost !== undefined) {
        waiting.delete(step);
        const cause = results.get(lost)?.error;
        const error = new Error(
          `needs ${lost}, which ${results.get(lost)?.state}: ${cause?.message}`,
        );
        finish(step, { name: step.name, state: 'skipped', seconds: 0, error });
      } else if (step.needs.every((need) => results.has(need))) {
        if (!step.heavy || heavyRunning() < runner.heavyAtOnce) start(step);
      }
    }
    if (running.size === 0) {
      if (waiting.size === 0) break;
      continue; // a skipped step has just made others skippable
    }
    await Promise.race(running.values());
  }
  return steps.flatMap((step) => results.get(step.name) ?? []);
}

async function runStep(step: Step, signal: AbortSignal): Promise<StepResult> {
  const begin = performance.now();
  let state: StepState = 'done';
  const seconds = () => (performance.now() - begin) / 1000;
  try {
    await step.run({ signal, wasCached: () => (state = 'cached') });
    return { name: step.name, state, seconds: seconds() };
  } catch (thrown) {
    const error = thrown instanceof Error ? thrown : new Error(String(thrown));
    return { name: step.name, state: 'failed', seconds: seconds(), error };
  }
}
