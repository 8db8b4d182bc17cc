import { signal } from '@preact/signals';
import { get, update } from 'idb-keyval';

const KEY = 'lessons';

interface Kept {
  /** Steps done, by lesson. */
  done: Record<string, string[]>;
  teacher: boolean;
}

/** What is done, by lesson: the ids of steps. Kept in this browser. */
export const doneSteps = signal<Readonly<Record<string, readonly string[]>>>({});
/** Large type, hints open: for the wall of a class room. */
export const teacherView = signal(false);

/**
 * Questions answered rightly, by lesson and step, until the page is left: the pane is made anew
 * when another machine is shown.
 */
export const answeredQuestions = signal<Readonly<Record<string, readonly number[]>>>({});

export function answer(key: string, question: number): void {
  const before = answeredQuestions.value[key] ?? [];
  if (before.includes(question)) return;
  answeredQuestions.value = { ...answeredQuestions.value, [key]: [...before, question] };
}

export async function readKept(): Promise<void> {
  try {
    const kept = await get<Partial<Kept>>(KEY);
    // What was ticked off while this was read stays.
    const done: Record<string, readonly string[]> = { ...kept?.done };
    for (const [id, steps] of Object.entries(doneSteps.value)) {
      done[id] = [...new Set([...(done[id] ?? []), ...steps])];
    }
    doneSteps.value = done;
    teacherView.value = kept?.teacher ?? teacherView.value;
  } catch {
    // Storage is refused: progress lasts as long as the page.
  }
}

function keep(): void {
  const now = { done: doneSteps.value, teacher: teacherView.value };
  void update(KEY, () => now).catch(() => undefined);
}

export function setDone(lesson: string, steps: readonly string[]): void {
  doneSteps.value = { ...doneSteps.value, [lesson]: steps };
  keep();
}

export function tick(lesson: string, step: string): void {
  const before = doneSteps.value[lesson] ?? [];
  if (!before.includes(step)) setDone(lesson, [...before, step]);
}

export function setTeacherView(on: boolean): void {
  teacherView.value = on;
  keep();
}
