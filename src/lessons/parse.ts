/**
 * Reads a lesson's Markdown: lessons/README.md describes it. What is wrong is told with its line;
 * nothing is guessed.
 */
import type { Exercise, ExceptionLevel, Lesson, Question, Step } from './lesson';
import type { Check } from './check';
import { readAction, readCheck, type Line } from './lines';

/** Characters of a lesson's file: a long one has some 40,000. */
export const LESSON_CHARACTERS = 256 * 1024;
const MAX_STEPS = 100;

export type LessonProblemName =
  | 'too-long'
  | 'no-title'
  | 'no-lesson-block'
  | 'no-steps'
  | 'too-many-steps'
  | 'open-fence'
  | 'out-of-place'
  | 'bad-line'
  | 'bad-value'
  | 'missing'
  | 'twice';

export interface LessonProblem {
  readonly name: LessonProblemName;
  /** From 1. */
  readonly line: number;
  /** A sentence: what is wrong and what would be right. */
  readonly message: string;
}

export type ParsedLesson =
  | { readonly ok: true; readonly lesson: Lesson }
  | { readonly ok: false; readonly problems: readonly LessonProblem[] };

interface Block {
  readonly word: string;
  readonly rest: string;
  readonly line: number;
  readonly lines: readonly Line[];
}

interface OpenStep {
  title: string;
  line: number;
  text: string[];
  blocks: Block[];
}

const OURS = new Set(['lesson', 'action', 'hint', 'check', 'question', 'exercise']);

/** A title as an identifier: lower-case letters, digits and dashes. */
export function idOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
}

class Problems {
  readonly all: LessonProblem[] = [];

  add(name: LessonProblemName, line: number, message: string): void {
    this.all.push({ name, line, message });
  }
}

/** Cuts the file into its title, what stands before the first step, and the steps. */
function cut(text: string, problems: Problems) {
  const head: OpenStep = { title: '', line: 1, text: [], blocks: [] };
  const steps: OpenStep[] = [];
  let current = head;
  let fence: { word: string; rest: string; line: number; mark: string; lines: Line[] } | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const mark = /^(`{3,})\s*(\S*)\s*(.*)$/.exec(raw);
    if (fence !== undefined) {
      if (mark?.[1] === fence.mark && mark[2] === '') {
        if (OURS.has(fence.word)) current.blocks.push(fence);
        else {
          const body = fence.lines.map((each) => each.text);
          current.text.push('```', ...body, '```');
        }
        fence = undefined;
      } else fence.lines.push({ line, text: raw });
    } else if (mark !== null) {
      const [, ticks = '', word = '', rest = ''] = mark;
      fence = { word, rest: rest.trim(), line, mark: ticks, lines: [] };
    } else if (raw.startsWith('## ')) {
      current = { title: raw.slice(3).trim(), line, text: [], blocks: [] };
      steps.push(current);
    } else if (raw.startsWith('# ') && current === head && head.title === '') {
      head.title = raw.slice(2).trim();
      head.line = line;
    } else current.text.push(raw);
  }
  if (fence !== undefined) {
    problems.add('open-fence', fence.line, 'This fence is not closed; put ``` after it.');
  }
  return { head, steps };
}

/** `key: value` lines; lines that are none of these keys are told. */
function readKeys(block: Block, keys: readonly string[], problems: Problems) {
  const found: { key: string; value: string; line: number }[] = [];
  for (const { line, text } of block.lines) {
    if (text.trim() === '') continue;
    const match = /^([a-z]+):\s*(.*)$/.exec(text.trim());
    const [, key = '', value = ''] = match ?? [];
    if (!keys.includes(key)) {
      problems.add('bad-line', line, `A ${block.word} block has lines of ${keys.join(', ')}.`);
    } else if (value === '') {
      problems.add('bad-value', line, `“${key}:” has nothing behind it.`);
    } else found.push({ key, value, line });
  }
  return found;
}

function readQuestion(block: Block, problems: Problems): Question | undefined {
  const found = readKeys(block, ['ask', 'answer', 'choice', 'right', 'wrong'], problems);
  const of = (...keys: string[]): string[] =>
    found.filter(({ key }) => keys.includes(key)).map(({ value }) => value);
  const [ask] = of('ask');
  const choices = of('choice').length > 0 ? of('choice', 'right') : [];
  const right = of('answer', 'right');
  if (ask === undefined || right.length === 0) {
    problems.add(
      'missing',
      block.line,
      'A question has “ask:” and “answer:”, or choices of which one is “right:”.',
    );
    return undefined;
  }
  if (choices.length > 0 && of('answer').length > 0) {
    problems.add('bad-value', block.line, 'A question has either answers or choices.');
    return undefined;
  }
  return { ask, right, choices, wrong: of('wrong').join(' ') };
}

function readExercise(block: Block, problems: Problems): Exercise | undefined {
  const level = /^el=([0-3])$/.exec(block.rest)?.[1];
  if (level === undefined) {
    problems.add('bad-value', block.line, 'An exercise says its level: ```exercise el=2');
    return undefined;
  }
  const text = block.lines.map((each) => each.text).join('\n');
  return { el: Number(level) as ExceptionLevel, text: `${text}\n` };
}

function readStep(open: OpenStep, problems: Problems): Step {
  const of = (word: string): Block[] => open.blocks.filter((each) => each.word === word);
  const lines = (word: string): Line[] =>
    of(word).flatMap((block) => block.lines.filter(({ text }) => text.trim() !== ''));
  const told = (line: number, message: string): void => problems.add('bad-line', line, message);
  const [misplaced] = of('lesson');
  if (misplaced !== undefined) {
    problems.add('out-of-place', misplaced.line, 'The lesson block stands before the first step.');
  }
  const [exercise, second] = of('exercise');
  if (second !== undefined) {
    problems.add('twice', second.line, 'A step has one exercise; make this one another step.');
  }
  for (const { rest, line } of of('check')) {
    if (rest !== '' && rest !== 'new') {
      problems.add('bad-value', line, 'A check block says nothing or “new” behind its name.');
    }
  }
  const read = exercise && readExercise(exercise, problems);
  return {
    id: idOf(open.title),
    title: open.title,
    text: open.text.join('\n').trim(),
    actions: lines('action').flatMap((each) => readAction(each, told) ?? []),
    hints: of('hint').map(({ lines: all }) => all.map(({ text }) => text).join('\n')),
    checks: lines('check').flatMap((each): Check | Check[] => readCheck(each, told) ?? []),
    fresh: of('check').some(({ rest }) => rest === 'new'),
    questions: of('question').flatMap((each) => readQuestion(each, problems) ?? []),
    ...(read === undefined ? {} : { exercise: read }),
    line: open.line,
  };
}

function readHead(head: OpenStep, problems: Problems) {
  const none = { minutes: 0, summary: '', id: idOf(head.title) };
  if (none.id === '') problems.add('no-title', 1, 'A lesson begins with its title: # Title');
  const block = head.blocks.find(({ word }) => word === 'lesson');
  for (const { word, line } of head.blocks.filter((each) => each.word !== 'lesson')) {
    problems.add('out-of-place', line, `This ${word} block belongs into a step (## Title).`);
  }
  if (block === undefined) {
    problems.add(
      'no-lesson-block',
      head.line,
      'After the title stands ```lesson with minutes and summary.',
    );
    return none;
  }
  const found = readKeys(block, ['minutes', 'summary'], problems);
  const value = (key: string) => found.find((each) => each.key === key);
  const minutes = value('minutes');
  const summary = value('summary')?.value;
  if (minutes === undefined || summary === undefined) {
    problems.add('missing', block.line, 'The lesson block has “minutes:” and “summary:”.');
  } else if (!/^[1-9][0-9]{0,2}$/.test(minutes.value)) {
    problems.add('bad-value', minutes.line, 'Minutes are a whole number from 1 to 999.');
  }
  return { ...none, minutes: Number(minutes?.value ?? 0), summary: summary ?? '' };
}

/** Reads a lesson; gives it, or all that is wrong with it in the order of its lines. */
export function parseLesson(text: string): ParsedLesson {
  const problems = new Problems();
  if (text.length > LESSON_CHARACTERS) {
    const limit = LESSON_CHARACTERS.toString();
    problems.add('too-long', 1, `A lesson has at most ${limit} characters.`);
    return { ok: false, problems: problems.all };
  }
  const { head, steps: open } = cut(text, problems);
  const facts = readHead(head, problems);
  const steps = open.slice(0, MAX_STEPS).map((each) => readStep(each, problems));
  if (open.length === 0) problems.add('no-steps', head.line, 'A lesson has steps: ## Title');
  const tooMany = open[MAX_STEPS];
  if (tooMany !== undefined) {
    problems.add(
      'too-many-steps',
      tooMany.line,
      `A lesson has at most ${MAX_STEPS.toString()} steps.`,
    );
  }
  const seen = new Set<string>();
  for (const { id, line } of steps) {
    if (id === '') problems.add('bad-value', line, 'A step’s title has letters or digits.');
    else if (seen.has(id)) problems.add('twice', line, 'Another step has this title already.');
    seen.add(id);
  }
  if (problems.all.length > 0) {
    return { ok: false, problems: problems.all.toSorted((a, b) => a.line - b.line) };
  }
  return { ok: true, lesson: { ...facts, title: head.title, steps } };
}
