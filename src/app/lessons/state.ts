import { computed, effect, signal } from '@preact/signals';
import { guestsOf, type Lesson } from '../../lessons/lesson.js';
import { parseLesson, type LessonProblem } from '../../lessons/parse.js';
import { readProgress } from '../../lessons/progress.js';
import type { Failure } from '../../engine/common/failure.js';
import type { Dock } from '../dock/dock.js';
import { dock, dockVersion } from '../dock/workspace-state.js';
import { catalogue, navigate, shownKey } from '../session.js';
import { readKept } from './progress.js';

/** The lesson that is open, if one is. */
export const lesson = signal<Lesson | undefined>(undefined);
export const stepIndex = signal(0);
export const step = computed(() => lesson.value?.steps[stepIndex.value]);
/** A lesson from elsewhere that nobody has agreed to yet. */
export const reviewed = signal<{ lesson: Lesson; origin: string } | undefined>(undefined);
/** Why a lesson cannot be opened. */
export const lessonFailure = signal<Failure | undefined>(undefined);
/** A lesson's address in the page's address: nothing is fetched before somebody agrees. */
export const offeredUrl = signal<string | undefined>(undefined);
/** The list of lessons was asked for. */
export const listWanted = signal(false);
/** Progress that came with a link. */
export const offeredProgress = signal<{ lesson: string; done: string[] } | undefined>(undefined);

/** A lesson of ours, before its text is read. */
export interface BuiltInLesson {
  id: string;
  title: string;
  minutes: number;
  summary: string;
  /** The guest to begin with. */
  guest: string;
}

export const builtInLessons: readonly BuiltInLesson[] = [
  {
    id: 'exception-levels',
    title: 'Exception levels',
    minutes: 90,
    summary: 'Down by ERET, up by SVC, HVC and SMC; vectors, syndromes, routing; real firmware.',
    guest: 'el-walk',
  },
  {
    id: 'realm-management-extension',
    title: 'Realm Management Extension',
    minutes: 60,
    summary: 'Four worlds, granules and their owners, RMI calls, and what the host cannot see.',
    guest: 'four-worlds',
  },
];

const texts = import.meta.glob<string>(['../../../lessons/*.md', '!**/README.md'], {
  query: '?raw',
  import: 'default',
});

function problemText(problems: readonly LessonProblem[]): string {
  return problems.map(({ line, message }) => `Line ${String(line)}: ${message}`).join('\n');
}

/** Reads a lesson's text; a failure names where it came from. */
export function readLesson(text: string, origin: string): Lesson | undefined {
  const parsed = parseLesson(text);
  if (parsed.ok) {
    lessonFailure.value = undefined;
    return parsed.lesson;
  }
  lessonFailure.value = {
    what: 'This lesson cannot be read.',
    input: origin,
    remedy: 'Have its author correct the lines named; lessons/README.md describes the form.',
    detail: problemText(parsed.problems),
  };
  return undefined;
}

/** Opens a lesson at a step; the workspace of its first guest is shown when there is none. */
export function openLesson(next: Lesson, at = 0): void {
  lesson.value = next;
  stepIndex.value = Math.min(at, next.steps.length - 1);
  reviewed.value = undefined;
  offeredUrl.value = undefined;
  showLessons(guestsOf(next)[0] ?? 'el-walk');
}

export async function openBuiltIn(id: string, at = 0): Promise<void> {
  const read = texts[`../../../lessons/${id}.md`];
  if (read === undefined) {
    lessonFailure.value = {
      what: `There is no lesson “${id}” here.`,
      input: '?lesson=',
      remedy: 'Choose one from the list.',
    };
    return;
  }
  try {
    const found = readLesson(await read(), id);
    if (found === undefined) return;
    openLesson(found, at);
    offerProgress(found);
  } catch (error) {
    lessonFailure.value = {
      what: 'The lesson could not be fetched.',
      input: id,
      remedy: 'Check the network, then try again.',
      detail: String(error),
    };
  }
}

export function closeLesson(): void {
  lesson.value = undefined;
  stepIndex.value = 0;
}

/** The pane with the list, from the gallery or the palette. */
export function showLessonList(): void {
  listWanted.value = true;
  showLessons('el-walk');
}

let paneWanted = false;
function showLessons(guest: string): void {
  paneWanted = true;
  // While set-up has not built that guest, any other has a workspace too.
  const any = catalogue.value?.ok === true ? catalogue.value.value.guests : [];
  const ready = any.flatMap((entry) => (entry.state === 'ready' ? [entry.guest.id] : []));
  const first = ready.includes(guest) ? guest : (ready[0] ?? guest);
  if (shownKey.value === undefined) navigate({ guest: first, boot: false });
  bringForward();
}

/** The workspace whose panes are placed; each machine that is shown gets a new one. */
let openDock: Dock | undefined;
let seenVersion = 0;

/** The pane is shown when it is asked for, and stays in front when another machine is shown. */
function bringForward(): void {
  const { value } = dock;
  const version = dockVersion.value;
  // The first change that a dock tells of is that its panes are placed.
  const isOpen = value !== undefined && (value === openDock || version !== seenVersion);
  seenVersion = version;
  if (!isOpen) return;
  const isNew = value !== openDock;
  openDock = value;
  if (paneWanted || (isNew && lesson.value !== undefined)) {
    const focus = paneWanted;
    paneWanted = false;
    setTimeout(() => {
      value.show('lessons', { focus });
      // A lesson is read beside the console that it is about.
      value.part('lessons', 'console');
    });
  }
}

let query = new URLSearchParams(location.search);

/** Progress in the address belongs to the lesson there, and is taken over when agreed to. */
function offerProgress(found: Lesson): void {
  const text = query.get('done');
  if (text === null || query.get('lesson') !== found.id) return;
  const done = readProgress(found, text);
  query = new URLSearchParams();
  if (done === undefined) {
    lessonFailure.value = {
      what: 'The progress in this link is of another version of the lesson.',
      input: `done=${text.slice(0, 40)}`,
      remedy: 'Go on without it; steps can be opened in any order.',
    };
  } else if (done.length > 0) offeredProgress.value = { lesson: found.id, done };
}

/** Follows `?lesson=`, a name of ours or an address, once the catalogue is there. */
export function followLessonAddress(): void {
  void readKept();
  effect(bringForward);
  const wanted = query.get('lesson');
  if (wanted === null || wanted === '') return;
  const at = Number(query.get('step') ?? '1') - 1;
  const stop = effect(() => {
    if (catalogue.value === undefined) return;
    setTimeout(() => stop());
    if (/^https:\/\//.test(wanted)) {
      offeredUrl.value = wanted;
      showLessons('el-walk');
    } else void openBuiltIn(wanted, Number.isInteger(at) && at >= 0 ? at : 0);
  });
}
