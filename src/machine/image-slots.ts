import { fileTexts, imageNamed, mapFiles, splitFileName, type FileText } from './files';
import type { Image, Machine } from './schema';

/** True for an image of which nothing but its name, and perhaps a path, is known. */
export function isUnfilled(image: Image): boolean {
  return image.sha256 === undefined && image.catalogue === undefined;
}

/** Name for a slot out of the path: its last component, without what a name cannot hold. */
function slotName(path: string, taken: ReadonlySet<string>): string {
  const last = path.split(/[/\\]/).findLast((part) => part !== '') ?? '';
  const base = last.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^-+|-+$/g, '') || 'image';
  let name = base;
  for (let n = 2; taken.has(name); n++) name = `${base}-${String(n)}`;
  return name;
}

/**
 * Turns paths into slots: the machine then says `image:NAME`, and has an image with that path.
 * A path that `known` already has keeps its image. Slots that nothing names any more go.
 */
export function toSlots(machine: Machine, known: readonly Image[] = []): Machine {
  const images = [...known];
  const taken = new Set(images.map((image) => image.name));
  for (const { name } of fileTexts(machine)) {
    const image = imageNamed(name);
    if (image !== undefined) taken.add(image);
  }
  const named = mapFiles(machine, ({ name }) => {
    if (imageNamed(name) !== undefined) return name;
    let image = images.find(({ path }) => path === name);
    if (image === undefined) {
      image = { name: slotName(name, taken), path: name };
      taken.add(image.name);
      images.push(image);
    }
    return `image:${image.name}`;
  });
  const used = new Set(fileTexts(named).map(({ name }) => imageNamed(name)));
  const kept = images.filter((image) => !isUnfilled(image) || used.has(image.name));
  if (kept.length > 0) return { ...named, images: kept };
  const bare = { ...named };
  delete bare.images;
  return bare;
}

/** True when reading the path in this place gives this slot again. */
function readsBack(file: FileText, image: Image, images: readonly Image[]): boolean {
  const { path } = image;
  if (path === undefined || imageNamed(path) !== undefined) return false;
  if (images.find((other) => other.path === path) !== image) return false;
  const isDriveFile =
    file.path.at(-1) === 'file' && ['drives', 'flash'].includes(String(file.path.at(-3)));
  if (!isDriveFile) return true;
  const split = splitFileName(file.prefix + path);
  return split?.prefix === file.prefix && split.name === path;
}

/** Turns slots that are still empty back into the paths they came from. */
export function fromSlots(machine: Machine): Machine {
  const images = machine.images ?? [];
  return mapFiles(machine, (file) => {
    const image = images.find(({ name }) => name === imageNamed(file.name));
    if (image === undefined || !isUnfilled(image)) return file.name;
    return readsBack(file, image, images) ? (image.path ?? file.name) : file.name;
  });
}
