import { computed, effect, signal } from '@preact/signals';
import { isOver } from '../../engine/common/run-state.js';
import { nextTask } from '../../engine/common/next-task.js';
import type { Run } from '../../engine/ui/run.js';
import { diagnose } from '../../inspect/diagnosis/diagnose.js';
import type { Diagnosis } from '../../inspect/diagnosis/observation.js';
import { bootedAt, run, runKey, shownKey } from '../session.js';
import { RunObserver } from './observe.js';

/** How often a running machine is looked at, ms. */
const LOOK_MS = 1000;

/** What happened to the run in hand; undefined until it has been looked at. */
export const diagnosis = signal<Diagnosis | undefined>(undefined);

/** The diagnosis of the machine that the page shows. */
export const shownDiagnosis = computed(() =>
  runKey.value !== undefined && runKey.value === shownKey.value ? diagnosis.value : undefined,
);

/** What the visitor has seen in the pane: the same trouble is announced once. */
const seen = signal('');

function nameOf({ verdict, findings }: Diagnosis): string {
  return `${verdict} ${findings.map(({ id }) => id).join(' ')}`;
}

/** Trouble, in a few words, that the visitor has not looked at yet. */
export const announced = computed(() => {
  const current = shownDiagnosis.value;
  if (current?.trouble !== true || nameOf(current) === seen.value) return undefined;
  return current.verdict;
});

/** The visitor has the pane in sight. */
export function markSeen(): void {
  const current = shownDiagnosis.value;
  if (current?.trouble === true) seen.value = nameOf(current);
}

async function watch(current: Run, gone: AbortSignal): Promise<void> {
  const observer = new RunObserver(current);
  await nextTask();
  for (;;) {
    if (gone.aborted) return;
    const reached = bootedAt.value !== undefined && run.value === current;
    const observation = await observer.look(reached, performance.now());
    if (gone.aborted) return;
    const begun = current.state.name !== 'fetching' && current.state.name !== 'starting';
    if (begun && current.state.name !== 'idle') {
      const found = diagnose(observation);
      observer.remember(found.loops);
      diagnosis.value = found;
    }
    if (isOver(current.state)) return;
    await new Promise<void>((next) => {
      const timer = setTimeout(next, LOOK_MS);
      void current.finished.then(() => {
        clearTimeout(timer);
        next();
      });
    });
    if (gone.aborted) return;
  }
}

/** Looks at every run, for as long as it is the page's; called once. */
export function watchRuns(): void {
  effect(() => {
    const current = run.value;
    const gone = new AbortController();
    diagnosis.value = undefined;
    seen.value = '';
    if (current !== undefined) void watch(current, gone.signal);
    return () => gone.abort();
  });
}
