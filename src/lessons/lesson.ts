/** A lesson as data. The Markdown form is described in lessons/README.md. */
import type { Check } from './check';

/** Something the page does when the learner presses its button; nothing happens by itself. */
export type Action =
  /** Boots a built-in guest from reset, with its events recorded. */
  | { readonly kind: 'boot'; readonly guest: string }
  /** Opens a built-in guest at its prompt, from its snapshot where it has one; recorded from there. */
  | { readonly kind: 'open'; readonly guest: string }
  /** Types a line on a console of the machine. */
  | { readonly kind: 'type'; readonly console: string; readonly text: string }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  /** Brings a pane to the front. */
  | { readonly kind: 'show'; readonly pane: string };

export interface Question {
  readonly ask: string;
  /** Answers that are right; of a choice, those of `choices` that are. */
  readonly right: readonly string[];
  /** In the order of the file; empty where the answer is typed. */
  readonly choices: readonly string[];
  /** Said after a wrong answer. */
  readonly wrong: string;
}

export type ExceptionLevel = 0 | 1 | 2 | 3;

/** A64 assembly that the learner edits and runs. */
export interface Exercise {
  readonly el: ExceptionLevel;
  readonly text: string;
}

export interface Step {
  /** Made of the title: what progress is kept by. */
  readonly id: string;
  readonly title: string;
  /** Markdown. */
  readonly text: string;
  readonly actions: readonly Action[];
  readonly hints: readonly string[];
  /** All must be met. None, and no question: the learner ticks the step off. */
  readonly checks: readonly Check[];
  /** Only what happens after the step was opened counts for the checks. */
  readonly fresh: boolean;
  readonly questions: readonly Question[];
  readonly exercise?: Exercise;
  /** Line of its heading in the file, from 1. */
  readonly line: number;
}

export interface Lesson {
  readonly id: string;
  readonly title: string;
  readonly minutes: number;
  readonly summary: string;
  readonly steps: readonly Step[];
}

/** The built-in guests that the lesson may start, each once. */
export function guestsOf(lesson: Lesson): string[] {
  const all = lesson.steps.flatMap(({ actions }) =>
    actions.flatMap((each) => (each.kind === 'boot' || each.kind === 'open' ? [each.guest] : [])),
  );
  return [...new Set(all)];
}

/** What the lesson may type on consoles, in order. */
export function typedBy(lesson: Lesson): { console: string; text: string }[] {
  return lesson.steps.flatMap(({ actions }) =>
    actions.flatMap((each) =>
      each.kind === 'type' ? [{ console: each.console, text: each.text }] : [],
    ),
  );
}
