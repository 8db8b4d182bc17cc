import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isRight } from './answer';
import type { Lesson, Step } from './lesson';
import { printProgress, readProgress } from './progress';

function lessonOf(count: number): Lesson {
  const steps = Array.from({ length: count }, (_, at): Step => ({
    id: `step-${at.toString()}`,
    title: `Step ${at.toString()}`,
    text: '',
    actions: [],
    hints: [],
    checks: [],
    fresh: false,
    questions: [],
    line: at + 1,
  }));
  return { id: 'a', title: 'A', minutes: 1, summary: '', steps };
}

describe('progress in a link', () => {
  it('comes back as it went', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 40 }), (flags) => {
        const lesson = lessonOf(flags.length);
        const done = lesson.steps.filter((_, at) => flags[at]).map(({ id }) => id);
        expect(readProgress(lesson, printProgress(lesson, new Set(done)))).toEqual(done);
      }),
    );
  });

  it.each(['', 'ff', '8', 'x', '1\n'])('refuses %j for a lesson of three steps', (text) => {
    expect(readProgress(lessonOf(3), text)).toBeUndefined();
  });
});

describe('an answer', () => {
  const question = { ask: '', right: ['0x28', 'Root only'], choices: [], wrong: '' };

  it.each(['0x28', '40', '0b101000', ' 0X28 ', 'root  ONLY', 'Root only.'])('%j is right', (text) =>
    expect(isRight(question, text)).toBe(true),
  );

  it.each(['', '28', '0x', 'root', '0x280', '-40'])('%j is wrong', (text) =>
    expect(isRight(question, text)).toBe(false),
  );
});
