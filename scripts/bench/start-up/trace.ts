import { milestoneOf } from '../../../src/engine/common/milestones';

/**
 * The tasks of the page's main thread in a DevTools trace (Trace Event Format: `ph` X is a complete
 * event, `ts` and `dur` are microseconds of the wall clock, `tdur` those of the thread's processor
 * time).
 */
export interface TraceEvent {
  name: string;
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur?: number;
  tdur?: number;
  args?: {
    name?: string;
    data?: {
      url?: string;
      fileName?: string;
      functionName?: string;
      documentLoaderURL?: string;
      /** Of a User Timing mark, ms since the page's navigation. */
      startTime?: number;
    };
  };
}

export interface Trace {
  traceEvents: TraceEvent[];
}

/** A task of the main thread. All times in ms; `start` since navigation. */
export interface MainThreadTask {
  start: number;
  wall: number;
  /** Processor time; what is missing to `wall` it waited, for a core or for another process. */
  cpu: number;
  /** What most of it was, the longest first. */
  inside: string[];
  /** Processor time of other threads of the tab's process meanwhile, the busiest first. */
  beside: string[];
}

/** Names of a renderer's threads in Chromium. */
const MAIN_THREAD = 'CrRendererMain';
/** What the scheduler calls each task of a thread. */
const TASKS = ['RunTask', 'ThreadControllerImpl::RunTask'];
/** Parts of a task that are shown, and those of other threads. */
const SHOWN = 3;

interface Thread {
  pid: number;
  tid: number;
}

interface Opening {
  pid: number;
  /** When the page's own clock began, microseconds of the trace. */
  ts: number;
}

const newest = (events: readonly TraceEvent[]): TraceEvent | undefined =>
  // Events are in no order in the file.
  events.reduce<TraceEvent | undefined>(
    (last, each) => (last === undefined || each.ts > last.ts ? each : last),
    undefined,
  );

/**
 * The page that the trace is of: the one that passed a milestone last, or was navigated to last.
 * Chromium's own mark of a navigation is missing when the page's process heard of the tracing after
 * it; and empty documents that the browser makes for itself have such marks too.
 */
function opening(events: readonly TraceEvent[]): Opening | undefined {
  const marked = newest(
    events.filter(
      ({ name, args, pid, tid }) =>
        milestoneOf(name) !== undefined &&
        args?.data?.startTime !== undefined &&
        threadNames(events, pid).get(tid) === MAIN_THREAD,
    ),
  );
  if (marked !== undefined) {
    return { pid: marked.pid, ts: marked.ts - 1000 * (marked.args?.data?.startTime ?? 0) };
  }
  return newest(
    events.filter(
      ({ name, args }) =>
        name === 'navigationStart' && (args?.data?.documentLoaderURL ?? '') !== '',
    ),
  );
}

function threadNames(events: readonly TraceEvent[], pid: number): Map<number, string> {
  const named = events.filter((each) => each.pid === pid && each.name === 'thread_name');
  return new Map(named.map(({ tid, args }) => [tid, args?.name ?? `thread ${String(tid)}`]));
}

const ms = (microseconds: number | undefined): number => (microseconds ?? 0) / 1000;

function describe({ name, args, dur }: TraceEvent): string {
  const source = args?.data?.url ?? args?.data?.fileName;
  const file = source?.slice(source.lastIndexOf('/') + 1);
  const what = [args?.data?.functionName, file].filter((part) => part !== undefined && part !== '');
  return `${name}${what.length === 0 ? '' : ` (${what.join(', ')})`} ${ms(dur).toFixed(0)} ms`;
}

/** The longest of the events inside of a task, none of them inside of another one shown. */
function longestInside(task: TraceEvent, own: readonly TraceEvent[]): string[] {
  const end = task.ts + (task.dur ?? 0);
  const within = own
    .filter((each) => each !== task && each.ts >= task.ts && each.ts + (each.dur ?? 0) <= end)
    .filter(({ name }) => !TASKS.includes(name))
    .sort((a, b) => (b.dur ?? 0) - (a.dur ?? 0));
  const shown: TraceEvent[] = [];
  for (const each of within) {
    if (shown.length === SHOWN) break;
    const isNested = shown.some(
      ({ ts, dur }) => ts <= each.ts && each.ts + (each.dur ?? 0) <= ts + (dur ?? 0),
    );
    if (!isNested) shown.push(each);
  }
  return shown.map(describe);
}

/** The tasks that lie in no other: the scheduler's event holds that of the queue. */
function outermost(tasks: readonly TraceEvent[]): TraceEvent[] {
  const sorted = [...tasks].sort((a, b) => a.ts - b.ts || (b.dur ?? 0) - (a.dur ?? 0));
  let end = -Infinity;
  return sorted.filter(({ ts, dur = 0 }) => {
    if (ts < end) return false;
    end = ts + dur;
    return true;
  });
}

/** Processor time of threads between two moments, by name; a task over an edge counts in part. */
function busyBeside(
  tasks: readonly TraceEvent[],
  names: ReadonlyMap<number, string>,
  from: number,
  to: number,
): string[] {
  const busy = new Map<string, number>();
  for (const { tid, ts, dur = 0, tdur = 0 } of tasks) {
    const common = Math.min(ts + dur, to) - Math.max(ts, from);
    if (common <= 0 || dur === 0) continue;
    const name = names.get(tid) ?? `thread ${String(tid)}`;
    busy.set(name, (busy.get(name) ?? 0) + (tdur * common) / dur);
  }
  return [...busy]
    .sort(([, a], [, b]) => b - a)
    .filter(([, time]) => time >= 1000)
    .slice(0, SHOWN)
    .map(([name, time]) => `${name} ${ms(time).toFixed(0)} ms`);
}

/**
 * The main thread's tasks of at least `leastMs`, in order, from the last navigation on.
 *
 * @throws Error when the trace has no navigation or no main thread
 */
export function mainThreadTasks({ traceEvents }: Trace, leastMs: number): MainThreadTask[] {
  const opened = opening(traceEvents);
  if (opened === undefined) throw new Error('The trace has no navigation: it began too late.');
  const names = threadNames(traceEvents, opened.pid);
  const main = [...names].find(([, name]) => name === MAIN_THREAD)?.[0];
  if (main === undefined) throw new Error(`The trace has no thread ${MAIN_THREAD}.`);
  const isOf = ({ pid, tid }: Thread): boolean => pid === opened.pid && tid === main;
  const complete = traceEvents.filter(({ ph, pid }) => ph === 'X' && pid === opened.pid);
  const own = complete.filter((each) => isOf(each) && each.ts >= opened.ts);
  const besideTasks = complete.filter((each) => !isOf(each) && TASKS.includes(each.name));
  const others = [...new Set(besideTasks.map(({ tid }) => tid))].flatMap((tid) =>
    outermost(besideTasks.filter((each) => each.tid === tid)),
  );
  return outermost(own.filter(({ name }) => TASKS.includes(name)))
    .filter(({ dur }) => ms(dur) >= leastMs)
    .map((task) => ({
      start: ms(task.ts - opened.ts),
      wall: ms(task.dur),
      cpu: ms(task.tdur),
      inside: longestInside(task, own),
      beside: busyBeside(others, names, task.ts, task.ts + (task.dur ?? 0)),
    }));
}
