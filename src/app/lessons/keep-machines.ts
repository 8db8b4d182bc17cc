import { effect, signal } from '@preact/signals';
import { FailureError, type Failure } from '../../engine/common/failure.js';
import { openImageCache } from '../../engine/common/image-cache.js';
import { keepImages } from '../../engine/ui/keep.js';
import type { Catalogue } from '../../machine/guest.js';
import { imagesOf } from '../../lessons/images.js';
import type { Lesson } from '../../lessons/lesson.js';
import { catalogueUrl } from '../addresses.js';
import { wireBytes } from '../catalogue.js';
import { keepEngine, whenQuiet } from '../install/install.js';
import { createKeepWorker } from '../offline/keep-worker.js';
import { catalogue } from '../session.js';

/** What of a lesson's machines is kept for use without a network. */
export interface Keeping {
  readonly lesson: string;
  /** `stopped`: by the visitor, or not begun since the browser saves data. */
  readonly state: 'keeping' | 'kept' | 'stopped' | 'failed';
  /** Bytes that travel, of those that are not kept yet. */
  readonly loaded: number;
  readonly total: number;
  /** Guests of the lesson that set-up has not built. */
  readonly unbuilt: readonly string[];
  readonly failure?: Failure;
}

export const keeping = signal<Keeping | undefined>(undefined);

let stopNow: AbortController | undefined;

/** Fetches what is not kept, one file after the other, whenever no machine is booting. */
async function keepAll(lesson: Lesson, known: Catalogue, signal: AbortSignal): Promise<void> {
  const { images, unbuilt } = imagesOf(lesson, known);
  const kept = await (await openImageCache()).list();
  const missing = images.filter(({ sha256 }) => !kept.has(sha256));
  const total = wireBytes(missing);
  const about = { lesson: lesson.id, total, unbuilt };
  keeping.value = { ...about, state: 'keeping', loaded: 0 };
  let before = 0;
  for (const image of missing) {
    await whenQuiet();
    signal.throwIfAborted();
    const onProgress = (loaded: number): void => {
      if (!signal.aborted) keeping.value = { ...about, state: 'keeping', loaded: before + loaded };
    };
    const result = await keepImages([image], catalogueUrl, createKeepWorker, onProgress, signal);
    signal.throwIfAborted();
    if (!result.ok) throw new FailureError(result.failure);
    before += image.wireBytes;
  }
  const engine = await keepEngine();
  signal.throwIfAborted();
  if (!engine.ok) throw new FailureError(engine.failure);
  keeping.value = { ...about, state: 'kept', loaded: total };
}

/** `Save-Data` of the Network Information API, which not every browser has. */
function savesData(): boolean {
  const { connection } = navigator as { connection?: { saveData?: boolean } };
  return connection?.saveData === true;
}

/** Keeps the machines that a lesson boots, so that it works without a network from then on. */
export async function keepMachines(lesson: Lesson): Promise<void> {
  stopNow?.abort();
  const stop = (stopNow = new AbortController());
  try {
    await keepAll(lesson, await wholeCatalogue(), stop.signal);
  } catch (error) {
    // Another lesson, or the visitor: who stopped it says what is shown.
    if (stop.signal.aborted) return;
    const failure =
      error instanceof FailureError
        ? error.failure
        : {
            what: 'This lesson’s machines could not be kept for use without a network.',
            input: lesson.title,
            remedy:
              'Check the connection, then try again. With a network the lesson works as it is.',
            detail: String(error),
          };
    const now = keeping.value;
    const { loaded = 0, total = 0, unbuilt = [] } = now?.lesson === lesson.id ? now : {};
    keeping.value = { lesson: lesson.id, state: 'failed', loaded, total, unbuilt, failure };
  }
}

/** What is kept stays; nothing more is fetched. */
export function stopKeeping(): void {
  stopNow?.abort();
  const now = keeping.value;
  if (now?.state === 'keeping') keeping.value = { ...now, state: 'stopped' };
}

/** The lesson is open: keeps its machines, where the browser is not told to save data. */
export function keepWhenOpened(lesson: Lesson): void {
  // Each machine that is shown has a workspace of its own, in which the lesson is shown anew.
  const now = keeping.value;
  if (now?.lesson === lesson.id && now.state !== 'failed') return;
  if (!savesData()) void keepMachines(lesson);
  else {
    stopNow?.abort();
    keeping.value = { lesson: lesson.id, state: 'stopped', loaded: 0, total: 0, unbuilt: [] };
  }
}

function wholeCatalogue(): Promise<Catalogue> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      const known = catalogue.value;
      if (known?.ok !== true) return;
      queueMicrotask(() => stop());
      resolve(known.value);
    });
  });
}
