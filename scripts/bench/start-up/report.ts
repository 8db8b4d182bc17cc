import { milestones, type Milestone } from '../../../src/engine/common/milestones';
import { median } from '../statistics';
import { formatTable } from '../table';
import type { Mode } from './arguments';
import type { MainThreadTask } from './trace';

/** A task as the browser's own observer tells it: when it began and how long it took, ms. */
export interface LongTask {
  start: number;
  duration: number;
}

/** One opening of a guest. Times in ms since navigation. */
export interface StartUpRun {
  /** Which page, when several are compared. */
  page: string;
  guest: string;
  mode: Mode;
  /** When the boot was asked for: 0, or the click on its button. */
  asked: number;
  prompt: number;
  /** Chromium's paint timing. */
  firstPaint: number | undefined;
  /** The first passing of each. */
  passed: Partial<Record<Milestone, number>>;
  longTasks: readonly LongTask[];
  /** From a trace, when one was taken. */
  traced: readonly MainThreadTask[] | undefined;
}

const whole = (value: number | undefined): string => (value === undefined ? '–' : value.toFixed(0));

/** A line for each of a run's figures. */
export function runLines(run: StartUpRun): string[] {
  const { page, guest, mode, asked, prompt, firstPaint, passed, longTasks, traced } = run;
  const marks = milestones
    .filter((each) => passed[each] !== undefined)
    .map((each) => `${each} ${whole(passed[each])}`);
  const clicked = asked === 0 ? [] : [`button pressed ${whole(asked)}`];
  const tasks =
    longTasks.length === 0
      ? ['  no task of 50 ms']
      : longTasks.map(({ start, duration }) => `  task at ${whole(start)}: ${whole(duration)} ms`);
  return [
    `${[page, guest, mode].filter((part) => part !== '').join(' ')}: prompt after ${whole(prompt)} ms`,
    `  first-paint ${whole(firstPaint)}, ${[...clicked, ...marks].join(', ')}`,
    ...tasks,
    ...(traced ?? []).flatMap(({ start, wall, cpu, inside, beside }) => [
      `  traced at ${whole(start)}: ${whole(wall)} ms, ${whole(cpu)} of them of the processor`,
      ...(inside.length === 0 ? [] : [`    ${inside.join('; ')}`]),
      ...(beside.length === 0 ? [] : [`    meanwhile ${beside.join('; ')}`]),
    ]),
  ];
}

/** Runs of the same page, guest and mode. */
function groups(runs: readonly StartUpRun[]): StartUpRun[][] {
  const found = new Map<string, StartUpRun[]>();
  for (const run of runs) {
    const key = JSON.stringify([run.guest, run.mode, run.page]);
    found.set(key, [...(found.get(key) ?? []), run]);
  }
  return [...found.values()];
}

/** Medians of what was measured: a row for each guest, mode and page. */
export function summaryLines(runs: readonly StartUpRun[]): string[] {
  const rows = groups(runs).map((group) => {
    const [{ page, guest, mode } = { page: '', guest: '', mode: '' }] = group;
    const longest = group.map(({ longTasks }) =>
      Math.max(0, ...longTasks.map(({ duration }) => duration)),
    );
    const at = (milestone: Milestone): string =>
      whole(median(group.flatMap(({ passed }) => passed[milestone] ?? [])));
    return [
      guest,
      mode,
      page,
      whole(median(group.map(({ prompt }) => prompt))),
      ...milestones.slice(0, -1).map(at),
      String(group.filter(({ longTasks }) => longTasks.length > 0).length),
      whole(Math.max(...longest)),
    ];
  });
  return formatTable(
    [
      { title: 'guest', align: 'left' },
      { title: 'mode', align: 'left' },
      { title: 'page', align: 'left' },
      { title: 'prompt', align: 'right' },
      ...milestones.slice(0, -1).map((title) => ({ title, align: 'right' as const })),
      { title: 'runs with a task of 50 ms', align: 'right' },
      { title: 'longest', align: 'right' },
    ],
    rows,
  );
}
