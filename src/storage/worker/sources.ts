import { FailureError } from '../../engine/common/failure.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** Bytes asked for at once. */
const PIECE = 8 << 20;
const TRIES = 3;

/** What an image comes from: a file of the visitor's, or an address. */
export interface Source {
  /** How messages call it. */
  from: string;
  /** Undefined when nobody says. */
  size: number | undefined;
  stream: ReadableStream<Bytes>;
}

export function fileSource(file: Blob, name: string): Source {
  return { from: name, size: file.size, stream: file.stream() };
}

function unreachable(url: string, detail: string): FailureError {
  return new FailureError({
    what: 'The image could not be fetched.',
    input: url,
    remedy:
      'Check the address. Its host must allow other pages to read it (CORS); when it does not, download the file and import it from disk.',
    detail,
  });
}

function totalSize(response: Response): number | undefined {
  const total = /\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1];
  if (total !== undefined) return Number(total);
  const length = response.headers.get('content-length');
  return response.status === 200 && length !== null ? Number(length) : undefined;
}

/**
 * Fetches piece by piece (RFC 9110, section 14), so that a broken connection costs one piece;
 * from a host that knows no ranges, in one go.
 *
 * @throws FailureError when the host does not answer, or not with the file
 */
export async function urlSource(url: string, signal: AbortSignal): Promise<Source> {
  const piece = async (from: number): Promise<Response> => {
    for (let tries = 1; ; tries++) {
      try {
        return await fetch(url, {
          headers: { Range: `bytes=${from}-${from + PIECE - 1}` },
          credentials: 'omit',
          signal,
        });
      } catch (error) {
        if (signal.aborted) throw signal.reason;
        if (tries >= TRIES) throw unreachable(url, String(error));
      }
    }
  };
  const first = await piece(0);
  if (first.status !== 206 && first.status !== 200) {
    throw unreachable(url, `HTTP ${first.status}`);
  }
  const size = totalSize(first);
  if (first.status === 200) {
    const empty = new ReadableStream<Bytes>({ start: (controller) => controller.close() });
    return { from: url, size, stream: first.body ?? empty };
  }
  let at = 0;
  let next: Response | undefined = first;
  const stream = new ReadableStream<Bytes>(
    {
      async pull(controller) {
        try {
          for (let tries = 1; ; tries++) {
            const response = next ?? (await piece(at));
            next = undefined;
            // 416: the file ended with the piece before.
            if (response.status === 416) return controller.close();
            if (response.status !== 206) throw unreachable(url, `HTTP ${response.status}`);
            let bytes: Bytes;
            try {
              bytes = new Uint8Array(await response.arrayBuffer());
            } catch (error) {
              if (signal.aborted) throw signal.reason;
              if (tries >= TRIES) throw unreachable(url, String(error));
              continue;
            }
            at += bytes.length;
            if (bytes.length > 0) controller.enqueue(bytes);
            if (bytes.length < PIECE || at === size) controller.close();
            return;
          }
        } catch (error) {
          controller.error(error);
        }
      },
    },
    { highWaterMark: 1 },
  );
  return { from: url, size, stream };
}
