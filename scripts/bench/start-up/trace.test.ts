import { describe, expect, it } from 'vitest';
import { mainThreadTasks, type TraceEvent } from './trace';

const thread = (pid: number, tid: number, name: string): TraceEvent => ({
  name: 'thread_name',
  ph: 'M',
  pid,
  tid,
  ts: 0,
  args: { name },
});
const opened = (ts: number): TraceEvent => ({
  name: 'navigationStart',
  ph: 'R',
  pid: 1,
  tid: 10,
  ts,
  args: { data: { documentLoaderURL: 'http://127.0.0.1/' } },
});
const event = (name: string, tid: number, ts: number, dur: number, tdur = dur): TraceEvent => ({
  name,
  ph: 'X',
  pid: 1,
  tid,
  ts,
  dur,
  tdur,
});
const threads = [thread(1, 10, 'CrRendererMain'), thread(1, 11, 'DedicatedWorker thread')];

describe('the main thread’s tasks in a trace', () => {
  it('are those of the page’s own thread from the last navigation on, in order', () => {
    const tasks = mainThreadTasks(
      {
        traceEvents: [
          ...threads,
          thread(2, 10, 'CrRendererMain'),
          opened(1_000),
          opened(500_000),
          event('ThreadControllerImpl::RunTask', 10, 700_001, 59_000, 20_000),
          event('RunTask', 10, 700_000, 60_000, 20_000),
          // An empty document of the browser's own.
          { ...opened(550_000), args: { data: { documentLoaderURL: '' } } },
          event('RunTask', 10, 10_000, 90_000),
          event('RunTask', 10, 600_000, 55_000),
          event('RunTask', 10, 800_000, 49_000),
          { ...event('RunTask', 10, 600_000, 70_000), pid: 2 },
        ],
      },
      50,
    );
    expect(tasks).toMatchObject([
      { start: 100, wall: 55, cpu: 55 },
      { start: 200, wall: 60, cpu: 20 },
    ]);
  });

  it('count from the page’s own clock, also when the trace begins after the navigation', () => {
    const mark = { ...opened(300_000), name: 'bootlink:terminal-made' };
    const tasks = mainThreadTasks(
      {
        traceEvents: [
          ...threads,
          { ...mark, args: { data: { startTime: 250 } } },
          // A worker's clock begins later.
          { ...mark, ts: 400_000, tid: 11, args: { data: { startTime: 20 } } },
          event('RunTask', 10, 500_000, 55_000),
        ],
      },
      50,
    );
    expect(tasks).toMatchObject([{ start: 450, wall: 55 }]);
  });

  it('say what they did, without repeating what lies inside of that', () => {
    const script = event('EvaluateScript', 10, 2_000, 40_000);
    script.args = { data: { url: 'http://127.0.0.1/assets/index-1.js' } };
    const call = event('FunctionCall', 10, 3_000, 30_000);
    const [task] = mainThreadTasks(
      {
        traceEvents: [
          ...threads,
          opened(0),
          event('RunTask', 10, 1_000, 60_000),
          call,
          script,
          event('Layout', 10, 45_000, 5_000),
          event('Layout', 10, 70_000, 50_000),
        ],
      },
      50,
    );
    expect(task?.inside).toEqual(['EvaluateScript (index-1.js) 40 ms', 'Layout 5 ms']);
  });

  it('say which threads of the tab were busy meanwhile, a task over an edge in part', () => {
    const [task] = mainThreadTasks(
      {
        traceEvents: [
          ...threads,
          opened(0),
          event('RunTask', 10, 100_000, 60_000),
          event('ThreadControllerImpl::RunTask', 11, 70_000, 60_000, 30_000),
          event('RunTask', 11, 70_010, 59_980, 29_000),
          event('RunTask', 12, 120_000, 10_000, 8_000),
          event('RunTask', 12, 300_000, 10_000),
        ],
      },
      50,
    );
    expect(task?.beside).toEqual(['DedicatedWorker thread 15 ms', 'thread 12 8 ms']);
  });

  it.each([
    [[...threads], /no navigation/],
    [[opened(0)], /no thread CrRendererMain/],
  ])('are not guessed from a trace without its beginning', (traceEvents, message) => {
    expect(() => mainThreadTasks({ traceEvents }, 50)).toThrow(message);
  });
});
