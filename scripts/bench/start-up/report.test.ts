import { describe, expect, it } from 'vitest';
import { runLines, summaryLines, type StartUpRun } from './report';

const run = (change: Partial<StartUpRun> = {}): StartUpRun => ({
  page: '',
  guest: 'rme',
  mode: 'warm',
  asked: 0,
  prompt: 812.4,
  firstPaint: 120,
  passed: { 'page-evaluated': 90.6, prompt: 800 },
  longTasks: [],
  traced: undefined,
  ...change,
});

describe('what is printed of a run', () => {
  it('names the prompt, the milestones that were passed, and that no task was long', () => {
    expect(runLines(run())).toEqual([
      'rme warm: prompt after 812 ms',
      '  first-paint 120, page-evaluated 91, prompt 800',
      '  no task of 50 ms',
    ]);
  });

  it('tells when the button was pressed', () => {
    const [, marks] = runLines(run({ mode: 'button', asked: 300.3, passed: { prompt: 800 } }));
    expect(marks).toBe('  first-paint 120, button pressed 300, prompt 800');
  });

  it('names each long task, and with a trace what it was', () => {
    const lines = runLines(
      run({
        longTasks: [{ start: 250.2, duration: 74 }],
        traced: [
          { start: 250, wall: 74, cpu: 15, inside: ['Layout 9 ms'], beside: ['Compositor 3 ms'] },
        ],
      }),
    );
    expect(lines.slice(2)).toEqual([
      '  task at 250: 74 ms',
      '  traced at 250: 74 ms, 15 of them of the processor',
      '    Layout 9 ms',
      '    meanwhile Compositor 3 ms',
    ]);
  });
});

describe('the summary', () => {
  it('has a row for each page, guest and mode, with medians and the longest task', () => {
    const long = [{ start: 300, duration: 66 }];
    const lines = summaryLines([
      run({ prompt: 800 }),
      run({ prompt: 1000, longTasks: long }),
      run({ prompt: 900, passed: { 'page-evaluated': 100 } }),
      run({ page: 'after', prompt: 700 }),
    ]);
    const [, , before = '', after = ''] = lines;
    expect(lines).toHaveLength(4);
    expect(before.split(/\s+/).slice(0, 4)).toEqual(['rme', 'warm', '900', '91']);
    expect(before.split(/\s+/).slice(-2)).toEqual(['1', '66']);
    expect(after.split(/\s+/).slice(0, 4)).toEqual(['rme', 'warm', 'after', '700']);
    expect(after.split(/\s+/).slice(-2)).toEqual(['0', '0']);
  });
});
