import { signal } from '@preact/signals';
import { writableFolders } from '../../machine/block.js';
import type { Image, Machine } from '../../machine/schema.js';
import type { DroppedFiles } from '../../storage/common/dropped.js';
import { folderDrive, folderTitle } from './folder-drive.js';
import { edit, machine } from './model.js';

/** The visitor's own files by their SHA-256. They are read in this tab and go nowhere. */
const localFiles = signal<ReadonlyMap<string, File>>(new Map());
/** The visitor's file for an image: the one with its content, so that undo takes it away again. */
export function localFile(image: Image | undefined): File | undefined {
  if (image?.sha256 === undefined || image.catalogue !== undefined) return undefined;
  return localFiles.value.get(image.sha256);
}

/** Images whose file is being hashed. */
export const hashing = signal<ReadonlySet<string>>(new Set());

/** Bytes that are hashed in one go: the browser's digest wants them in memory. */
const HASH_LIMIT = 1536 * 2 ** 20;

async function sha256Of(file: File): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export type Chosen = { ok: true } | { ok: false; reason: string };

function withImage(current: Machine, name: string, change: (image: Image) => Image): Machine {
  return {
    ...current,
    images: (current.images ?? []).map((image) => (image.name === name ? change(image) : image)),
  };
}

/**
 * Takes a file for an image. An image that says its SHA-256 takes exactly that file; another is
 * from now on known by the file's.
 */
export async function chooseFile(name: string, file: File, exact: boolean): Promise<Chosen> {
  if (file.size === 0) return { ok: false, reason: `${file.name} is empty.` };
  if (file.size > HASH_LIMIT) {
    return { ok: false, reason: `${file.name} is larger than ${HASH_LIMIT / 2 ** 20} MiB.` };
  }
  hashing.value = new Set([...hashing.value, name]);
  try {
    const sha256 = await sha256Of(file);
    const current = machine.value;
    const image = current?.images?.find((each) => each.name === name);
    if (current === undefined || image === undefined) {
      return { ok: false, reason: `The machine has no image “${name}” any more.` };
    }
    if (exact && image.sha256 !== undefined && image.sha256 !== sha256) {
      return {
        ok: false,
        reason: `${file.name} is another file: its SHA-256 is ${sha256}, and ${image.sha256} is wanted.`,
      };
    }
    localFiles.value = new Map([...localFiles.value, [sha256, file]]);
    const { path } = image;
    edit(
      withImage(current, name, () => ({
        name,
        sha256,
        size: file.size,
        ...(path === undefined ? {} : { path }),
      })),
      'page',
    );
    return { ok: true };
  } catch (error) {
    return { ok: false, reason: `${file.name} cannot be read: ${String(error)}` };
  } finally {
    hashing.value = new Set([...hashing.value].filter((each) => each !== name));
  }
}

/** Takes a folder, or some files, for an image that stands for a folder: a FAT drive is made of it. */
export async function chooseFolder(
  name: string,
  content: DroppedFiles,
  exact: boolean,
): Promise<Chosen> {
  const current = machine.value;
  if (current === undefined) return { ok: false, reason: 'There is no machine any more.' };
  const { files, folder } = content;
  const title = folderTitle(folder, files);
  const made = folderDrive(title, content, name, writableFolders(current).has(name));
  if (made.ok) return chooseFile(name, made.value, exact);
  const { what, input, remedy } = made.failure;
  return { ok: false, reason: `${what} ${input ?? ''}: ${remedy}` };
}
