import { FailureError, failureOf, type Result } from '../../engine/common/failure.js';
import type { EngineStorage, OpenedDisk, Trouble } from '../common/service.js';
import { MailboxServer } from './mailbox.js';
import type { OpenImage, Store } from './store.js';

const RETRY = 'Boot again. When it happens every time, report it with the text below.';
/** Most bytes of an image that is read into memory as a whole. */
const READ_ALL_LIMIT = 1 << 30;

interface Opened {
  image: OpenImage;
  server?: MailboxServer;
}

/** The images that one machine has open. It ends with the machine, and closes them all. */
export class Session implements EngineStorage {
  private readonly opened: Opened[] = [];
  private over = false;

  constructor(
    private readonly store: Promise<Store>,
    private readonly onTrouble: (trouble: Trouble) => void,
  ) {}

  async open(id: string, access: 'write' | 'read'): Promise<Result<OpenedDisk>> {
    try {
      const store = await this.store;
      const { title, readOnly } = await store.image(id);
      // A disk that nobody can write to needs no lock: any number of machines may read it.
      const image = await store.openImage(id, readOnly ? 'read' : access, (failure) =>
        this.onTrouble({ image: title, failure }),
      );
      if (this.over) {
        await image.close();
        throw new Error('The machine has ended.');
      }
      this.opened.push({ image });
      const { disk } = image;
      return {
        ok: true,
        value: {
          disk: this.opened.length - 1,
          title,
          size: disk.size,
          readOnly: !disk.writable,
        },
      };
    } catch (error) {
      return { ok: false, failure: failureOf(error, RETRY) };
    }
  }

  serve(disk: number, memory: SharedArrayBuffer, mailbox: number, wake: number): Promise<void> {
    const opened = this.opened[disk];
    if (opened === undefined) return Promise.reject(new Error(`no disk ${disk}`));
    const { title } = opened.image.disk.image;
    let last: string | undefined;
    opened.server = new MailboxServer(opened.image.disk, { memory, mailbox, wake }, (error) => {
      const failure = failureOf(error, RETRY);
      // A guest tries again and again: once is enough to tell.
      if (failure.what !== last) this.onTrouble({ image: title, failure });
      last = failure.what;
    });
    return Promise.resolve();
  }

  async readAll(disk: number): Promise<Result<Uint8Array<ArrayBuffer>>> {
    try {
      const opened = this.opened[disk];
      if (opened === undefined) throw new Error(`no disk ${disk}`);
      const { size, image } = opened.image.disk;
      if (size > READ_ALL_LIMIT) {
        throw new FailureError({
          what: `“${image.title}” is too large to be read into memory.`,
          input: image.title,
          remedy: 'Use it as a disk.',
        });
      }
      const bytes = new Uint8Array(image.origin?.format === 'raw' ? exactSize(image) : size);
      await opened.image.disk.read(0, bytes);
      return { ok: true, value: bytes };
    } catch (error) {
      return { ok: false, failure: failureOf(error, RETRY) };
    }
  }

  /** Answers what is in hand, flushes, gives the locks back. */
  async end(): Promise<void> {
    this.over = true;
    for (const { server } of this.opened) server?.stop();
    for (const { image, server } of this.opened.splice(0)) {
      await server?.finished;
      try {
        await image.close();
      } catch (error) {
        const failure = failureOf(error, 'Export what matters, then free some space.');
        this.onTrouble({ image: image.disk.image.title, failure });
      }
    }
  }
}

/** Size of an imported file before it was filled up to a whole sector. */
function exactSize({
  origin,
  size,
}: {
  origin?: { bytes: number; compression: string };
  size: number;
}): number {
  if (origin === undefined || origin.compression !== 'none') return size;
  return size - origin.bytes < 512 && origin.bytes <= size ? origin.bytes : size;
}
