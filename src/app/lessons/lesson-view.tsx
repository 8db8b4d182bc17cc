import { useEffect, useRef } from 'preact/hooks';
import { printProgress } from '../../lessons/progress.js';
import type { Lesson } from '../../lessons/lesson.js';
import { CopyButton } from '../copy-button.js';
import { FullScreenButton, type FullScreen } from '../full-screen.js';
import { KeepView } from './keep-view.jsx';
import { keepWhenOpened } from './keep-machines.js';
import { answeredQuestions, doneSteps, setDone, setTeacherView, teacherView } from './progress.js';
import {
  builtInLessons,
  closeLesson,
  lessonFailure,
  listWanted,
  offeredProgress,
  stepIndex,
} from './state.js';
import { StepView } from './step-view.jsx';

/** The link to a lesson of this site, with what is done. */
function linkTo(lesson: Lesson, done: ReadonlySet<string>): string {
  const url = new URL(document.baseURI);
  url.hash = '';
  url.search = '';
  url.searchParams.set('lesson', lesson.id);
  url.searchParams.set('step', String(stepIndex.value + 1));
  if (done.size > 0) url.searchParams.set('done', printProgress(lesson, done));
  return url.href;
}

/** An open lesson: its steps with their ticks, and the one in hand. */
export function LessonView({ lesson, screen }: { lesson: Lesson; screen: FullScreen }) {
  const done = new Set(doneSteps.value[lesson.id] ?? []);
  const step = lesson.steps[stepIndex.value];
  const heading = useRef<HTMLHeadingElement>(null);
  const count = lesson.steps.filter(({ id }) => done.has(id)).length;
  const isOurs = builtInLessons.some(({ id }) => id === lesson.id);
  const shown = useRef(stepIndex.value);
  useEffect(() => keepWhenOpened(lesson), [lesson]);
  useEffect(() => {
    if (shown.current === stepIndex.value) return;
    shown.current = stepIndex.value;
    heading.current?.focus();
    heading.current?.scrollIntoView({ block: 'start' });
  }, [stepIndex.value]);
  if (step === undefined) return null;
  const last = lesson.steps.length - 1;
  return (
    <>
      <div class="pane-tools">
        <button
          type="button"
          onClick={() => {
            listWanted.value = true;
            lessonFailure.value = undefined;
            closeLesson();
          }}
        >
          All lessons
        </button>
        <label>
          <input
            type="checkbox"
            checked={teacherView.value}
            onChange={(event) => setTeacherView(event.currentTarget.checked)}
          />{' '}
          Large type
        </label>
        <FullScreenButton screen={screen} />
        {isOurs && <CopyButton label="Copy link" text={() => linkTo(lesson, done)} />}
      </div>
      <OfferedProgress lesson={lesson} />
      <h2>{lesson.title}</h2>
      <p class="quiet" role="status">
        {count} of {lesson.steps.length} steps done · {lesson.minutes} minutes
      </p>
      <KeepView lesson={lesson} />
      <details class="step-list">
        <summary>Steps</summary>
        <ol>
          {lesson.steps.map(({ id, title }, index) => (
            <li key={id}>
              <button
                type="button"
                aria-current={index === stepIndex.value ? 'step' : undefined}
                onClick={() => (stepIndex.value = index)}
              >
                <span aria-hidden="true">{done.has(id) ? '✓' : '·'}</span> {title}
                {done.has(id) && <span class="visually-hidden">, done</span>}
              </button>
            </li>
          ))}
        </ol>
      </details>
      <h3 ref={heading} tabIndex={-1}>
        {stepIndex.value + 1}. {step.title}
      </h3>
      <StepView key={`${lesson.id} ${step.id}`} lesson={lesson} step={step} />
      <div class="actions step-moves">
        <button
          type="button"
          disabled={stepIndex.value === 0}
          onClick={() => (stepIndex.value = stepIndex.value - 1)}
        >
          Step before
        </button>
        <button
          type="button"
          class={done.has(step.id) ? 'primary' : ''}
          disabled={stepIndex.value === last}
          onClick={() => (stepIndex.value = stepIndex.value + 1)}
        >
          Next step
        </button>
        {count > 0 && (
          <button
            type="button"
            onClick={() => {
              setDone(lesson.id, []);
              answeredQuestions.value = {};
              stepIndex.value = 0;
            }}
          >
            Start over
          </button>
        )}
      </div>
      {count === lesson.steps.length && (
        <p class="notice" role="status">
          All steps of this lesson are done.
        </p>
      )}
    </>
  );
}

function OfferedProgress({ lesson }: { lesson: Lesson }) {
  const offered = offeredProgress.value;
  if (offered?.lesson !== lesson.id) return null;
  return (
    <div class="notice" role="status">
      <span>
        The link has progress: {offered.done.length} of {lesson.steps.length} steps.
      </span>
      <button
        type="button"
        onClick={() => {
          setDone(lesson.id, offered.done);
          offeredProgress.value = undefined;
        }}
      >
        Take it over
      </button>
      <button type="button" onClick={() => (offeredProgress.value = undefined)}>
        Keep mine
      </button>
    </div>
  );
}
