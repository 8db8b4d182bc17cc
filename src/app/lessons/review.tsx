import { useSignal, type Signal } from '@preact/signals';
import { guestsOf, typedBy, type Lesson } from '../../lessons/lesson.js';
import { LESSON_CHARACTERS } from '../../lessons/parse.js';
import {
  lessonFailure,
  listWanted,
  offeredUrl,
  openLesson,
  readLesson,
  reviewed,
} from './state.js';

/** How long a host may take for a lesson, ms. */
const PATIENCE_MS = 20_000;

/** The text at an address, up to a lesson's length. @throws Error that says what came instead */
async function fetchText(url: string): Promise<string> {
  const response = await fetch(url, {
    credentials: 'omit',
    referrerPolicy: 'no-referrer',
    signal: AbortSignal.timeout(PATIENCE_MS),
  });
  if (!response.ok) throw new Error(`The host answered ${response.status}.`);
  const reader = response.body?.getReader();
  if (reader === undefined) throw new Error('The host sent nothing.');
  const decoder = new TextDecoder();
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, { stream: true });
    if (text.length <= LESSON_CHARACTERS) continue;
    await reader.cancel();
    throw new Error('It is longer than a lesson may be.');
  }
}

/** Back to the list. */
function leave(card: Signal<unknown>): void {
  listWanted.value = true;
  card.value = undefined;
}

/** An address that may hold a lesson: its host is asked only when the visitor says so. */
export function OfferedUrl({ url }: { url: string }) {
  const busy = useSignal(false);
  const host = URL.canParse(url) ? new URL(url).host : undefined;
  const isUsable = host !== undefined && url.startsWith('https://');
  const look = async (): Promise<void> => {
    busy.value = true;
    try {
      const found = readLesson(await fetchText(url), url);
      // The new card first: without any of them the pane would go for a moment.
      if (found !== undefined) reviewed.value = { lesson: found, origin: url };
      offeredUrl.value = undefined;
    } catch (error) {
      lessonFailure.value = {
        what: 'The lesson could not be fetched.',
        input: url,
        remedy: 'The host must be reachable and allow other sites to read it (CORS).',
        detail: String(error),
      };
    } finally {
      busy.value = false;
    }
  };
  return (
    <>
      <h2>A lesson from elsewhere</h2>
      <p>
        {isUsable ? (
          <>
            It lies at <code>{url}</code>. Nothing has been fetched; <strong>{host}</strong> will
            see your address when you fetch it.
          </>
        ) : (
          <>
            <code>{url}</code> is no https address.
          </>
        )}
      </p>
      <div class="actions">
        <button
          type="button"
          class="primary"
          disabled={!isUsable || busy.value}
          onClick={() => void look()}
        >
          {busy.value ? 'Fetching…' : `Fetch it from ${host ?? 'there'}`}
        </button>
        <button type="button" onClick={() => leave(offeredUrl)}>
          Leave it
        </button>
      </div>
    </>
  );
}

/** What a lesson from elsewhere holds, before it is opened. All of its text is shown as text. */
export function ReviewLesson({ lesson, origin }: { lesson: Lesson; origin: string }) {
  const typed = typedBy(lesson);
  const exercises = lesson.steps.filter(({ exercise }) => exercise !== undefined).length;
  return (
    <>
      <h2>{lesson.title}</h2>
      <p>
        This lesson comes from <code>{origin}</code>. It does nothing by itself: each of its actions
        is a button.
      </p>
      <dl>
        <dt>Steps</dt>
        <dd>
          {lesson.steps.length}, {lesson.minutes} minutes, {exercises} with a program to edit
        </dd>
        <dt>Guests</dt>
        <dd>{guestsOf(lesson).join(', ') || 'none'}</dd>
        <dt>Typed input</dt>
        <dd>
          {typed.length === 0 ? (
            'none'
          ) : (
            <ul>
              {typed.map(({ console, text }, index) => (
                <li key={index}>
                  on {console}: <code>{text}</code>
                </li>
              ))}
            </ul>
          )}
        </dd>
      </dl>
      <div class="actions">
        <button
          type="button"
          class="primary"
          onClick={() => openLesson({ ...lesson, id: `other:${lesson.id}` })}
        >
          Open this lesson
        </button>
        <button type="button" onClick={() => leave(reviewed)}>
          Leave it
        </button>
      </div>
    </>
  );
}
