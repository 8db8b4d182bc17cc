import { useSignal } from '@preact/signals';
import { LESSON_CHARACTERS } from '../../lessons/parse.js';
import { doneSteps } from './progress.js';
import {
  builtInLessons,
  lessonFailure,
  offeredUrl,
  openBuiltIn,
  readLesson,
  reviewed,
} from './state.js';

/** The lessons of this site, and those of others. */
export function LessonList() {
  return (
    <>
      <h2>Lessons</h2>
      <ul class="lesson-list">
        {builtInLessons.map(({ id, title, minutes, summary }) => (
          <li key={id}>
            <button type="button" class="primary" onClick={() => void openBuiltIn(id)}>
              {title}
            </button>
            <span class="quiet"> {minutes} minutes</span>
            {(doneSteps.value[id]?.length ?? 0) > 0 && (
              <span class="quiet">, {doneSteps.value[id]?.length} steps done</span>
            )}
            <p>{summary}</p>
          </li>
        ))}
      </ul>
      <OpenOther />
    </>
  );
}

function OpenOther() {
  const address = useSignal('');
  const open = async (file: File): Promise<void> => {
    if (file.size > LESSON_CHARACTERS * 3) {
      lessonFailure.value = {
        what: 'This file is too long for a lesson.',
        input: file.name,
        remedy: 'A lesson is one Markdown file; choose that.',
      };
      return;
    }
    const found = readLesson(await file.text(), file.name);
    if (found !== undefined) reviewed.value = { lesson: found, origin: file.name };
  };
  return (
    <details>
      <summary>A lesson of somebody else</summary>
      <p class="quiet">You see what it holds before anything of it is used.</p>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (address.value !== '') offeredUrl.value = address.value;
        }}
      >
        <label class="field">
          <span class="field-label">Address</span>
          <input
            type="url"
            pattern="https://.*"
            placeholder="https://"
            value={address.value}
            onInput={(event) => (address.value = event.currentTarget.value)}
          />
        </label>
        <button type="submit">Look at it</button>
      </form>
      <label class="field">
        <span class="field-label">File</span>
        <input
          type="file"
          accept=".md,text/markdown"
          onChange={(event) => {
            const file = event.currentTarget.files?.[0];
            event.currentTarget.value = '';
            if (file !== undefined) void open(file);
          }}
        />
      </label>
    </details>
  );
}
