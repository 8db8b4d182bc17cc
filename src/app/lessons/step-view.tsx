import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { isRight } from '../../lessons/answer.js';
import { checkWords } from '../../lessons/check.js';
import type { Lesson, Question, Step } from '../../lessons/lesson.js';
import type { Failure } from '../../engine/common/failure.js';
import { FailureView } from '../failure-view.js';
import { Markdown } from '../markdown.js';
import { actionWords, perform } from './actions.js';
import { ExerciseView } from './exercise-view.jsx';
import { answer, answeredQuestions, doneSteps, teacherView, tick } from './progress.js';
import { LOOK_MS, StepWatch } from './watch.js';

/** One step: text, actions, questions, checks and hints. It ticks itself off. */
export function StepView({ lesson, step }: { lesson: Lesson; step: Step }) {
  const failure = useSignal<Failure | undefined>(undefined);
  const met = useSignal<readonly boolean[]>(step.checks.map(() => false));
  const key = `${lesson.id} ${step.id}`;
  const answered = answeredQuestions.value[key] ?? [];
  const isDone = doneSteps.value[lesson.id]?.includes(step.id) === true;
  useEffect(() => {
    if (step.checks.length === 0) return undefined;
    const watch = new StepWatch(step);
    const timer = setInterval(() => {
      const now = watch.look();
      if (now.some((each, index) => each !== met.value[index])) met.value = now;
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [step]);
  const isAsked = step.checks.length + step.questions.length > 0;
  const isComplete =
    isAsked && met.value.every(Boolean) && answered.length === step.questions.length;
  useEffect(() => {
    if (isComplete) tick(lesson.id, step.id);
  }, [isComplete]);
  return (
    <div class="step">
      <Markdown text={step.text} />
      {step.exercise !== undefined && (
        <ExerciseView lesson={lesson.id} step={step.id} exercise={step.exercise} />
      )}
      {step.actions.length > 0 && (
        <div class="actions">
          {step.actions.map((action, index) => (
            <button
              key={index}
              type="button"
              onClick={() => void perform(action).then((result) => (failure.value = result))}
            >
              {actionWords(action)}
            </button>
          ))}
        </div>
      )}
      {failure.value !== undefined && <FailureView failure={failure.value} />}
      {step.questions.map((question, index) => (
        <QuestionView
          key={index}
          question={question}
          isAnswered={answered.includes(index)}
          onRight={() => answer(key, index)}
        />
      ))}
      {step.checks.length > 0 && (
        <ul class="checks" aria-label="What this step looks for">
          {step.checks.map((check, index) => {
            const isMet = isDone || met.value[index] === true;
            return (
              <li key={index} class={isMet ? 'met' : ''}>
                <span aria-hidden="true">{isMet ? '✓' : '·'}</span> {checkWords(check)}
                <span class="visually-hidden">{isMet ? ' Seen.' : ' Not seen yet.'}</span>
              </li>
            );
          })}
        </ul>
      )}
      {step.hints.map((hint, index) => (
        <details key={`${index} ${String(teacherView.value)}`} open={teacherView.value}>
          <summary>Hint</summary>
          <Markdown text={hint} />
        </details>
      ))}
      {!isAsked && !isDone && (
        <button type="button" onClick={() => tick(lesson.id, step.id)}>
          I have read this
        </button>
      )}
      <p role="status" class="step-state">
        {isDone ? '✓ This step is done.' : ''}
      </p>
    </div>
  );
}

interface QuestionProps {
  question: Question;
  isAnswered: boolean;
  onRight: () => void;
}

function QuestionView({ question, isAnswered, onRight }: QuestionProps) {
  const given = useSignal('');
  const verdict = useSignal<'none' | 'right' | 'wrong'>(isAnswered ? 'right' : 'none');
  const check = (event: Event): void => {
    event.preventDefault();
    if (given.value.trim() === '') return;
    verdict.value = isRight(question, given.value) ? 'right' : 'wrong';
    if (verdict.value === 'right') onRight();
  };
  const change = (text: string): void => {
    given.value = text;
    if (verdict.value === 'wrong') verdict.value = 'none';
  };
  const words = {
    none: '',
    right: 'That is right.',
    wrong: `Not so. ${question.wrong}`,
  };
  return (
    <form class="question" onSubmit={check}>
      {question.choices.length > 0 ? (
        <fieldset>
          <legend>{question.ask}</legend>
          {question.choices.map((choice) => (
            <label key={choice}>
              <input
                type="radio"
                name={question.ask}
                checked={given.value === choice}
                onChange={() => change(choice)}
              />{' '}
              {choice}
            </label>
          ))}
        </fieldset>
      ) : (
        <label class="field">
          <span class="field-label">{question.ask}</span>
          <input
            type="text"
            autocomplete="off"
            spellcheck={false}
            value={given.value}
            onInput={(event) => change(event.currentTarget.value)}
          />
        </label>
      )}
      <button type="submit">Check answer</button>
      <span role="status" class={`verdict ${verdict.value}`}>
        {words[verdict.value]}
      </span>
    </form>
  );
}
