import { signal, useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { assembleExercise, type Assembled, type AssemblyProblem } from '../../lessons/exercise.js';
import type { Exercise, ExceptionLevel } from '../../lessons/lesson.js';
import type { Failure } from '../../engine/common/failure.js';
import { FailureView } from '../failure-view.js';
import { runExercise } from './actions.js';
import type { AssemblyEditor } from './editor.js';

/** What the learner wrote, by lesson and step, as long as the page is open. */
const written = new Map<string, string>();
/** What was said last, and of which exercise: showing another machine makes the pane anew. */
const lastSaid = signal({ key: '', text: '' });

/** A program in an editor, assembled here and run at a level. */
export function ExerciseView({
  lesson,
  step,
  exercise,
}: {
  lesson: string;
  step: string;
  exercise: Exercise;
}) {
  const host = useRef<HTMLDivElement>(null);
  const editor = useRef<AssemblyEditor | undefined>(undefined);
  const level = useSignal<ExceptionLevel>(exercise.el);
  const problems = useSignal<readonly AssemblyProblem[]>([]);
  const failure = useSignal<Failure | undefined>(undefined);
  const key = `${lesson} ${step}`;
  const say = (text: string): void => {
    lastSaid.value = { key, text };
  };
  useEffect(() => {
    let isGone = false;
    // Monaco comes with the first editor.
    import('./editor.js').then(
      ({ openAssemblyEditor }) => {
        if (isGone || host.current === null) return;
        editor.current = openAssemblyEditor(
          host.current,
          written.get(key) ?? exercise.text,
          (text) => written.set(key, text),
        );
      },
      (error: unknown) => {
        failure.value = {
          what: 'The editor could not be fetched.',
          input: 'Monaco',
          remedy: 'Check the network, then open the step again.',
          detail: String(error),
        };
      },
    );
    return () => {
      isGone = true;
      editor.current?.dispose();
      editor.current = undefined;
    };
  }, [key]);
  const assemble = async (): Promise<Assembled | undefined> => {
    failure.value = undefined;
    say('Assembling…');
    try {
      const { loadAssembler } = await import('./assembler.js');
      const text = editor.current?.text() ?? written.get(key) ?? exercise.text;
      const result = assembleExercise(text, level.value, await loadAssembler());
      problems.value = result.ok ? [] : result.problems;
      editor.current?.mark(problems.value);
      say(
        result.ok
          ? 'Assembled without errors.'
          : `${String(result.problems.length)} ${result.problems.length === 1 ? 'error' : 'errors'}.`,
      );
      return result;
    } catch (error) {
      say('');
      failure.value = {
        what: 'The assembler could not be started.',
        input: 'keystone.wasm',
        remedy: 'Check the network, then try again.',
        detail: String(error),
      };
      return undefined;
    }
  };
  const runIt = async (): Promise<void> => {
    const result = await assemble();
    if (result?.ok !== true) return;
    failure.value = await runExercise(step, { ...exercise, el: level.value }, result.bytes);
    if (failure.value === undefined) say(`Running at EL${level.value}; see the console.`);
  };
  return (
    <div class="exercise">
      <div class="assembly-editor" ref={host} data-editor="assembly" />
      <div class="pane-tools">
        <label>
          At{' '}
          <select
            aria-label="Exception level that the program starts at"
            value={String(level.value)}
            onChange={(event) =>
              (level.value = Number(event.currentTarget.value) as ExceptionLevel)
            }
          >
            {[3, 2, 1, 0].map((el) => (
              <option key={el} value={String(el)}>
                EL{el}
              </option>
            ))}
          </select>
        </label>
        <button type="button" class="primary" onClick={() => void runIt()}>
          Assemble and run
        </button>
        <button type="button" onClick={() => void assemble()}>
          Assemble
        </button>
        <button
          type="button"
          onClick={() => {
            written.delete(key);
            editor.current?.set(exercise.text);
            level.value = exercise.el;
          }}
        >
          As it was
        </button>
        <span role="status">{lastSaid.value.key === key ? lastSaid.value.text : ''}</span>
      </div>
      {problems.value.length > 0 && (
        <ul class="assembly-problems" aria-label="Errors of the assembler">
          {problems.value.map(({ line, message }) => (
            <li key={line}>
              <button type="button" onClick={() => editor.current?.goTo(line)}>
                Line {line}
              </button>{' '}
              {message}
            </li>
          ))}
        </ul>
      )}
      {failure.value !== undefined && <FailureView failure={failure.value} />}
    </div>
  );
}
