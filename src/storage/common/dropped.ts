import type { FatFile } from '../format/fat-build.js';

/** What of dropped files goes into a drive. */
export type Content = Pick<DroppedFiles, 'files' | 'emptyFolders'>;

/** A file that goes into a FAT drive. */
export interface DroppedFile {
  /** With slashes between folders, none at its start. */
  path: string;
  file: File;
}

/** What was dropped or chosen as one: a folder, or loose files. */
export interface DroppedFiles {
  files: DroppedFile[];
  /** Paths of the folders in which there is nothing: no file's path tells of them. */
  emptyFolders: string[];
  /** The name of the folder, where it is one. */
  folder: string | undefined;
}

/** The entries of a FAT drive; those of files have the index of the file. */
export function fatEntries({ files, emptyFolders }: Content): FatFile[] {
  return [
    ...files.map(({ path, file }) => ({ path, size: file.size })),
    ...emptyFolders.map((path) => ({ path: `${path}/`, size: 0 })),
  ];
}
