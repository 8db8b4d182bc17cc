import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseLesson, type LessonProblemName } from './parse';

const head = '# A lesson\n\n```lesson\nminutes: 30\nsummary: What it is about.\n```\n';
const ours = readFileSync(new URL('../../lessons/exception-levels.md', import.meta.url), 'utf8');

/** Name and line of each problem; none for a lesson that is right. */
function problems(text: string): [LessonProblemName, number][] {
  const parsed = parseLesson(text);
  return parsed.ok ? [] : parsed.problems.map(({ name, line }) => [name, line]);
}

function step(body: string) {
  const parsed = parseLesson(`${head}## One\n${body}`);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.lesson.steps[0];
}

describe('a lesson', () => {
  it('has its facts and steps', () => {
    const parsed = parseLesson(`${head}Before.\n## Step one\nText\n## Step *two*\n`);
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    expect(parsed.lesson).toMatchObject({
      id: 'a-lesson',
      minutes: 30,
      summary: 'What it is about.',
    });
    expect(parsed.lesson.steps.map(({ id, line }) => [id, line])).toEqual([
      ['step-one', 8],
      ['step-two', 10],
    ]);
  });

  it('keeps code that is none of ours in the text', () => {
    expect(step('Text\n```\nls\n## no step\n```\n')?.text).toBe('Text\n```\nls\n## no step\n```');
  });

  it('reads every kind of action and check', () => {
    const body = `\`\`\`action
boot el-walk
open rme
type uart0 smc c4000151 60000000
pause
resume
show timeline
\`\`\`
\`\`\`check new
console uart0 /Res: +0x0\\b/
reached R-EL2
register SCR_EL3.NSE 1
register pc 0x40200000
owner 0x5f000000 Realm
guest rme
event exception from=NS-EL2 to=EL3 class=0x17 immediate=0 function=0xc4000151
event gpf
\`\`\``;
    const read = step(body);
    expect(read?.fresh).toBe(true);
    expect(read?.actions).toEqual([
      { kind: 'boot', guest: 'el-walk' },
      { kind: 'open', guest: 'rme' },
      { kind: 'type', console: 'uart0', text: 'smc c4000151 60000000' },
      { kind: 'pause' },
      { kind: 'resume' },
      { kind: 'show', pane: 'timeline' },
    ]);
    expect(read?.checks).toEqual([
      { kind: 'console', console: 'uart0', expression: 'Res: +0x0\\b' },
      { kind: 'reached', place: 'R-EL2' },
      { kind: 'register', register: 'SCR_EL3', field: 'NSE', value: 1n },
      { kind: 'register', register: 'pc', value: 0x4020_0000n },
      { kind: 'owner', address: 0x5f000000n, owner: 'Realm' },
      { kind: 'guest', guest: 'rme' },
      {
        kind: 'event',
        match: {
          what: 'exception',
          from: 'NS-EL2',
          to: 'EL3',
          class: 0x17,
          immediate: 0,
          function: 0xc4000151n,
        },
      },
      { kind: 'event', match: { what: 'gpf' } },
    ]);
  });

  it.each<[string, string, [LessonProblemName, number][]]>([
    [
      'nothing',
      '',
      [
        ['no-title', 1],
        ['no-lesson-block', 1],
        ['no-steps', 1],
      ],
    ],
    ['no facts', '# T\n## S\n', [['no-lesson-block', 1]]],
    ['no steps', head, [['no-steps', 1]]],
    ['minutes in words', head.replace('30', 'half an hour') + '## S\n', [['bad-value', 4]]],
    ['an open fence', `${head}## S\n\`\`\`hint\ntext`, [['open-fence', 8]]],
    ['two steps of one name', `${head}## S\n## S!\n`, [['twice', 8]]],
    [
      'an action before the steps',
      `${head}\`\`\`action\npause\n\`\`\`\n## S`,
      [['out-of-place', 7]],
    ],
    ['an unknown action', `${head}## S\n\`\`\`action\nrm -rf\n\`\`\``, [['bad-line', 9]]],
    [
      'an escape sequence to type',
      `${head}## S\n\`\`\`action\ntype u a\x1b[A\n\`\`\``,
      [['bad-line', 9]],
    ],
    ['an unknown check', `${head}## S\n\`\`\`check\nphase moon\n\`\`\``, [['bad-line', 9]]],
    ['a bad expression', `${head}## S\n\`\`\`check\nconsole u /(/\n\`\`\``, [['bad-line', 9]]],
    [
      'an expression that may never end',
      `${head}## S\n\`\`\`check\nconsole u /(a+)+b/\n\`\`\``,
      [['bad-line', 9]],
    ],
    [
      'a register without a value',
      `${head}## S\n\`\`\`check\nregister SCR_EL3.NS\n\`\`\``,
      [['bad-line', 9]],
    ],
    [
      'an owner that is none',
      `${head}## S\n\`\`\`check\nowner 0x1000 Nobody\n\`\`\``,
      [['bad-line', 9]],
    ],
    [
      'an owner of no address',
      `${head}## S\n\`\`\`check\nowner 5f Realm\n\`\`\``,
      [['bad-line', 9]],
    ],
    ['a place that is none', `${head}## S\n\`\`\`check\nreached R-EL3\n\`\`\``, [['bad-line', 9]]],
    [
      'a question without answer',
      `${head}## S\n\`\`\`question\nask: Why?\n\`\`\``,
      [['missing', 8]],
    ],
    ['an exercise at EL4', `${head}## S\n\`\`\`exercise el=4\nnop\n\`\`\``, [['bad-value', 8]]],
  ])('names what is wrong, with its line: %s', (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  it('is read or refused with lines of its own, cut off anywhere', () => {
    for (let end = 0; end <= ours.length; end += 7) {
      const text = ours.slice(0, end);
      const lines = text.split('\n').length;
      const parsed = parseLesson(text);
      if (parsed.ok) continue;
      for (const { line } of parsed.problems) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines);
      }
    }
  });

  it('never throws, whatever the text', () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        '# T',
        '## S',
        '```',
        '```check',
        '```action',
        '```exercise el=1',
        '```lesson',
      ),
      fc.constantFrom(
        'console a /b/',
        'event gpf',
        'type a b',
        'ask: a',
        'answer: b',
        'minutes: 3',
      ),
    );
    fc.assert(
      fc.property(fc.array(piece), (lines) => {
        const parsed = parseLesson(lines.join('\n'));
        return parsed.ok ? parsed.lesson.steps.length > 0 : parsed.problems.length > 0;
      }),
    );
  });
});
