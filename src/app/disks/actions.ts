import * as Comlink from 'comlink';
import { signal } from '@preact/signals';
import type { Failure, Result } from '../../engine/common/failure.js';
import type { ImageFormat, StoredImage } from '../../storage/common/records.js';
import type { Content, DroppedFile, DroppedFiles } from '../../storage/common/dropped.js';
import type { ImportProgress, ImportResult } from '../../storage/common/service.js';
import type { Finding } from '../../storage/format/detect.js';
import { askToPersist } from '../../storage/ui/client.js';
import { refreshLibrary, storage } from '../storage.js';

/** Long work in hand. */
export interface Task {
  key: string;
  title: string;
  progress: ImportProgress | undefined;
}

export const tasks = signal<readonly Task[]>([]);
export const failure = signal<Failure | undefined>(undefined);
/** What is known of images that were looked at, by id. */
export const findings = signal<Readonly<Record<string, Finding>>>({});

/** Shows a failure, reads the library again. Gives the value when it went well. */
export async function done<T>(work: Promise<Result<T>>): Promise<T | undefined> {
  const result = await work;
  failure.value = result.ok ? undefined : result.failure;
  await refreshLibrary();
  return result.ok ? result.value : undefined;
}

async function long<T>(
  title: string,
  work: (key: string, onProgress: (progress: ImportProgress) => void) => Promise<Result<T>>,
): Promise<T | undefined> {
  const key = crypto.randomUUID();
  tasks.value = [...tasks.value, { key, title, progress: undefined }];
  const onProgress = Comlink.proxy((progress: ImportProgress): void => {
    tasks.value = tasks.value.map((task) => (task.key === key ? { ...task, progress } : task));
  });
  try {
    return await done(work(key, onProgress));
  } finally {
    tasks.value = tasks.value.filter((task) => task.key !== key);
  }
}

async function imported(
  result: Promise<ImportResult | undefined>,
): Promise<ImportResult | undefined> {
  const image = await result;
  if (image === undefined) return undefined;
  findings.value = { ...findings.value, [image.id]: image.finding };
  // Now there is something here that a visitor would miss.
  await askToPersist();
  await refreshLibrary();
  return image;
}

export function cancel(key: string): void {
  void storage.service.cancel(key);
}

export const importFile = (file: File): Promise<ImportResult | undefined> =>
  imported(
    long(`Importing ${file.name}`, (key, onProgress) =>
      storage.service.importFile(key, file, file.name, {}, onProgress),
    ),
  );

export const importUrl = (url: string, sha256: string | undefined): Promise<unknown> =>
  imported(
    long(`Fetching ${url}`, (key, onProgress) =>
      storage.service.importUrl(key, url, { sha256 }, onProgress),
    ),
  );

export const createFat = (
  title: string,
  { files, emptyFolders }: Content,
): Promise<ImportResult | undefined> =>
  imported(
    long(`Making a FAT drive of ${files.length} files`, (key, onProgress) =>
      // Some room for what the guest wants to put there.
      storage.service.createFat(key, title, { files, emptyFolders }, 16 << 20, onProgress),
    ),
  );

export async function create(title: string, size: number): Promise<void> {
  if ((await done(storage.service.create(title, size))) === undefined) return;
  await askToPersist();
  await refreshLibrary();
}

export async function look(id: string): Promise<void> {
  const finding = await done(storage.service.detect(id));
  if (finding !== undefined) findings.value = { ...findings.value, [id]: finding };
}

type SavePicker = (options: { suggestedName: string }) => Promise<FileSystemFileHandle>;

/** Where the file goes: asked for where the browser can write to a file piece by piece. */
async function askForFile(name: string): Promise<FileSystemFileHandle | undefined | 'cancelled'> {
  const picker = (globalThis as { showSaveFilePicker?: SavePicker }).showSaveFilePicker;
  if (picker === undefined) return undefined;
  try {
    return await picker({ suggestedName: name });
  } catch (error) {
    return error instanceof DOMException && error.name === 'AbortError' ? 'cancelled' : undefined;
  }
}

export async function exportImage(image: StoredImage, format: ImageFormat): Promise<void> {
  const name = `${image.title}.${format === 'raw' ? 'img' : 'qcow2'}`;
  const file = await askForFile(name);
  if (file === 'cancelled') return;
  const blob = await long(`Exporting ${name}`, (key, onProgress) =>
    storage.service.export(key, image.id, format, file, onProgress),
  );
  if (blob === undefined) return;
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  // The browser has its own hold on the Blob once the download has begun.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/**
 * The files of a folder that was chosen by the browser's own picker, or loose ones. The picker tells
 * of no empty folders.
 */
export function pickedFiles(list: FileList | null): DroppedFiles {
  const files = Array.from(list ?? []);
  const folder = files[0]?.webkitRelativePath.split('/')[0];
  return {
    folder: folder === '' ? undefined : folder,
    emptyFolders: [],
    files: files.map((file) => ({
      path: file.webkitRelativePath.split('/').slice(1).join('/') || file.name,
      file,
    })),
  };
}

/** Every file of what was dropped, folders and all. */
export async function droppedFiles(transfer: DataTransfer): Promise<DroppedFiles> {
  // The list is gone after the first wait.
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry());
  const loose = Array.from(transfer.files);
  const files: DroppedFile[] = [];
  const emptyFolders: string[] = [];
  const walk = async (entry: FileSystemEntry, path: string): Promise<void> => {
    if (entry.isFile) {
      const file = await new Promise<File>((resolve, reject) =>
        (entry as FileSystemFileEntry).file(resolve, reject),
      );
      files.push({ path, file });
      return;
    }
    const reader = (entry as FileSystemDirectoryEntry).createReader();
    for (let isEmpty = true; ; isEmpty = false) {
      const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
        reader.readEntries(resolve, reject),
      );
      if (some.length === 0) {
        if (isEmpty) emptyFolders.push(path);
        return;
      }
      for (const each of some) await walk(each, `${path}/${each.name}`);
    }
  };
  const folders = entries.filter((entry) => entry?.isDirectory === true);
  if (folders.length === 0) {
    const content = loose.map((file) => ({ path: file.name, file }));
    return { files: content, emptyFolders, folder: undefined };
  }
  for (const entry of entries) {
    if (entry !== null) await walk(entry, entry.name);
  }
  const only = entries.length === 1 ? folders[0]?.name : undefined;
  // What is in the one folder is at the top of the drive.
  const within = (path: string): string =>
    only === undefined ? path : path.slice(only.length + 1);
  return {
    folder: only ?? 'files',
    files: files.map(({ path, file }) => ({ path: within(path), file })),
    // An empty path is the one folder itself.
    emptyFolders: emptyFolders.map(within).filter((path) => path !== ''),
  };
}
