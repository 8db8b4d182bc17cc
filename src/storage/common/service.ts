import type { Failure, Result } from '../../engine/common/failure.js';
import type { Finding } from '../format/detect.js';
import type { Content } from './dropped.js';
import type { ImageFormat, StorageUse, StoredImage } from './records.js';

export type Access = 'write' | 'read';

export interface ImportOptions {
  title?: string | undefined;
  /** The SHA-256 that the bytes, as they come, must have. */
  sha256?: string | undefined;
}

export interface ImportProgress {
  step: 'reading' | 'converting' | 'writing';
  /** Bytes; the total when it is known. */
  done: number;
  total: number | undefined;
}

export interface ImportResult {
  id: string;
  finding: Finding;
}

/** Something went wrong with an image while a machine used it. */
export interface Trouble {
  image: string;
  failure: Failure;
}

/**
 * What the storage worker does for the page, over Comlink. Long work takes a key, by which
 * `cancel` ends it.
 */
export interface StorageService {
  list(): Promise<Result<StoredImage[]>>;
  use(): Promise<StorageUse>;
  create(title: string, size: number): Promise<Result<string>>;
  rename(id: string, title: string): Promise<Result<void>>;
  setReadOnly(id: string, readOnly: boolean): Promise<Result<void>>;
  resize(id: string, size: number): Promise<Result<void>>;
  clone(id: string, title: string): Promise<Result<string>>;
  snapshot(id: string, title: string): Promise<Result<string>>;
  revert(id: string, snapshot: string): Promise<Result<void>>;
  deleteSnapshot(id: string, snapshot: string): Promise<Result<void>>;
  reset(id: string): Promise<Result<void>>;
  delete(id: string): Promise<Result<void>>;
  deleteAll(): Promise<Result<void>>;
  detect(id: string): Promise<Result<Finding>>;
  importFile(
    key: string,
    file: Blob,
    name: string,
    options: ImportOptions,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<Result<ImportResult>>;
  importUrl(
    key: string,
    url: string,
    options: ImportOptions,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<Result<ImportResult>>;
  /** A FAT disk with these files, formatted by Bootlink; `extra` bytes are left free. */
  createFat(
    key: string,
    title: string,
    content: Content,
    extra: number,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<Result<ImportResult>>;
  /** Writes to the file, piece by piece; gives a Blob where the browser has no such files. */
  export(
    key: string,
    id: string,
    format: ImageFormat,
    to: FileSystemFileHandle | undefined,
    onProgress: ((progress: ImportProgress) => void) | undefined,
  ): Promise<Result<Blob | undefined>>;
  cancel(key: string): void;
  /** Answers the engine worker at the other end of the port until `endSession`. */
  startSession(session: string, port: MessagePort, onTrouble: (trouble: Trouble) => void): void;
  /** Flushes and closes what the session has open. */
  endSession(session: string): Promise<void>;
}

/** An image opened for a machine. */
export interface OpenedDisk {
  /** Of the session. */
  disk: number;
  title: string;
  size: number;
  readOnly: boolean;
}

/** What the storage worker does for an engine worker, over the port of a session. */
export interface EngineStorage {
  open(id: string, access: Access): Promise<Result<OpenedDisk>>;
  /** Starts to answer the mailbox of a block device; see mailbox.ts. */
  serve(disk: number, memory: SharedArrayBuffer, mailbox: number, wake: number): Promise<void>;
  /** The whole image, for QEMU to read at its start: a kernel, an initrd. */
  readAll(disk: number): Promise<Result<Uint8Array<ArrayBuffer>>>;
}
