import * as Comlink from 'comlink';
import { failureOf, type Result } from '../../engine/common/failure.js';
import { storeFailure } from '../common/failures.js';
import type { EngineStorage, ImportProgress, StorageService } from '../common/service.js';
import { detect } from '../format/detect.js';
import type { OpenDisk } from './disk.js';
import { exportImage } from './export.js';
import { createFatDrive } from './fat-drive.js';
import { importImage } from './import.js';
import { Library } from './library.js';
import { Session } from './session.js';
import { fileSource, urlSource } from './sources.js';
import { Store } from './store.js';

const REMEDY = 'Try again. When it happens every time, report it with the text below.';
/** Progress is told at most so often, in ms: the page draws it, and nobody reads faster. */
const PROGRESS_MS = 100;

let opening: Promise<Store> | undefined;
/** Opened with the first use, and again when that has failed. */
function openStore(): Promise<Store> {
  opening ??= Store.open().catch((error: unknown) => {
    opening = undefined;
    throw error;
  });
  return opening;
}

let swept = false;
async function library(): Promise<Library> {
  const found = new Library(await openStore());
  if (!swept) {
    swept = true;
    // What imports of closed tabs left; nobody waits for it.
    void found.sweep().catch(() => undefined);
  }
  return found;
}

async function attempt<T>(input: string, work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof DOMException && error.name !== 'AbortError') {
      return { ok: false, failure: storeFailure(error, input) };
    }
    return { ok: false, failure: failureOf(error, REMEDY) };
  }
}

const cancels = new Map<string, AbortController>();

/** Runs long work that `cancel` can end. */
async function long<T>(
  key: string,
  input: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<Result<T>> {
  const control = new AbortController();
  cancels.set(key, control);
  const result = await attempt(input, () => work(control.signal));
  cancels.delete(key);
  if (result.ok || !control.signal.aborted) return result;
  return {
    ok: false,
    failure: {
      what: 'Cancelled; nothing was kept.',
      input,
      remedy: 'Start it again when you like.',
    },
  };
}

function seldom(
  report: ((progress: ImportProgress) => void | Promise<void>) | undefined,
): (progress: ImportProgress) => void {
  let last = -Infinity;
  return (progress) => {
    const now = performance.now();
    const isEnd = progress.done === progress.total;
    if (!isEnd && now - last < PROGRESS_MS) return;
    last = now;
    // A page that has gone away needs no answer.
    void Promise.resolve(report?.(progress)).catch(() => undefined);
  };
}

const readerOf = (disk: OpenDisk) => async (offset: number, length: number) => {
  const bytes = new Uint8Array(Math.max(0, Math.min(length, disk.size - offset)));
  await disk.read(offset, bytes);
  return bytes;
};

const sessions = new Map<string, Session>();
/** Kept while the session lives: comlink issue 692. */
const kept = new Map<string, unknown>();

const service: StorageService = {
  list: () => attempt('library', async () => (await library()).list()),
  use: async () => (await library()).use(),
  create: (title, size) => attempt(title, async () => (await library()).add({ title, size })),
  rename: (id, title) => attempt(title, async () => (await library()).rename(id, title)),
  setReadOnly: (id, readOnly) =>
    attempt(id, async () => (await library()).setReadOnly(id, readOnly)),
  resize: (id, size) => attempt(id, async () => (await library()).resize(id, size)),
  clone: (id, title) => attempt(title, async () => (await library()).clone(id, title)),
  snapshot: (id, title) => attempt(title, async () => (await library()).snapshot(id, title)),
  revert: (id, snapshot) => attempt(id, async () => (await library()).revert(id, snapshot)),
  deleteSnapshot: (id, snapshot) =>
    attempt(id, async () => (await library()).deleteSnapshot(id, snapshot)),
  reset: (id) => attempt(id, async () => (await library()).reset(id)),
  delete: (id) => attempt(id, async () => (await library()).delete(id)),
  deleteAll: () => attempt('library', async () => (await library()).deleteAll()),
  detect: (id) =>
    attempt(id, async () => {
      const { disk, close } = await (await openStore()).openImage(id, 'read');
      try {
        return await detect(readerOf(disk), disk.size);
      } finally {
        await close();
      }
    }),
  importFile: (key, file, name, options, onProgress) =>
    long(key, name, async (signal) =>
      importImage({
        store: await openStore(),
        library: await library(),
        source: fileSource(file, name),
        options,
        signal,
        onProgress: seldom(onProgress),
      }),
    ),
  importUrl: (key, url, options, onProgress) =>
    long(key, url, async (signal) =>
      importImage({
        store: await openStore(),
        library: await library(),
        source: await urlSource(url, signal),
        options,
        signal,
        onProgress: seldom(onProgress),
      }),
    ),
  createFat: (key, title, content, extra, onProgress) =>
    long(key, title, async (signal) =>
      createFatDrive(
        await openStore(),
        await library(),
        title,
        content,
        extra,
        signal,
        seldom(onProgress),
      ),
    ),
  export: (key, id, format, to, onProgress) =>
    long(key, id, async (signal) => {
      // Alone, so that it is one state of the image and not a mixture of several.
      const { disk, close } = await (await openStore()).openImage(id, 'write');
      try {
        return await exportImage(disk, format, to, signal, seldom(onProgress));
      } finally {
        await close();
      }
    }),
  cancel: (key) => cancels.get(key)?.abort(new DOMException('cancelled', 'AbortError')),
  startSession: (session, port, onTrouble) => {
    kept.set(session, onTrouble);
    const made = new Session(openStore(), (trouble) => {
      const told = onTrouble(trouble) as void | Promise<void>;
      void Promise.resolve(told).catch(() => undefined);
    });
    sessions.set(session, made);
    const service: EngineStorage = {
      open: (id, access) => made.open(id, access),
      serve: (disk, memory, mailbox, wake) => made.serve(disk, memory, mailbox, wake),
      readAll: (disk) => made.readAll(disk),
    };
    Comlink.expose(service, port);
  },
  endSession: async (session) => {
    const ended = sessions.get(session);
    sessions.delete(session);
    await ended?.end();
    kept.delete(session);
  },
};

Comlink.expose(service);
