/** How far a learner is in a lesson, as text for a link. */
import type { Lesson } from './lesson';

/** Steps in words of 4 bits, the first step the lowest bit of the first digit: "f3". */
export function printProgress(lesson: Lesson, done: ReadonlySet<string>): string {
  let text = '';
  for (let at = 0; at < lesson.steps.length; at += 4) {
    const digit = lesson.steps
      .slice(at, at + 4)
      .reduce((sum, { id }, bit) => sum + (done.has(id) ? 1 << bit : 0), 0);
    text += digit.toString(16);
  }
  return text;
}

/** The ids of the steps that are done; undefined when the text is of no such lesson. */
export function readProgress(lesson: Lesson, text: string): string[] | undefined {
  if (text.length !== Math.ceil(lesson.steps.length / 4) || !/^[0-9a-f]+$/.test(text)) {
    return undefined;
  }
  const bitOf = (at: number): boolean =>
    ((parseInt(text[at >> 2] ?? '0', 16) >> (at & 3)) & 1) === 1;
  for (let at = lesson.steps.length; at < text.length * 4; at++) if (bitOf(at)) return undefined;
  return lesson.steps.filter((_, at) => bitOf(at)).map(({ id }) => id);
}
