import * as Comlink from 'comlink';
import type { GuestImage } from '../../machine/guest.js';
import type { Failure, Result } from '../common/failure.js';
import type { KeepService } from '../common/keep.js';

const cancelled: Failure = { what: 'Cancelled.', remedy: 'Try again whenever you like.' };

/**
 * Fetches images that are not kept yet and keeps them, in a worker that is ended afterwards.
 *
 * @param base absolute URL of the catalogue
 * @param onProgress takes the bytes that have come
 * @param signal ends it at once; what was kept until then stays
 */
export async function keepImages(
  images: readonly GuestImage[],
  base: string,
  createWorker: () => Worker,
  onProgress: (loaded: number) => void,
  signal: AbortSignal,
): Promise<Result<void>> {
  if (signal.aborted) return { ok: false, failure: cancelled };
  const worker = createWorker();
  const failed = new Promise<Result<void>>((resolve) => {
    worker.addEventListener('error', ({ message }) =>
      resolve({
        ok: false,
        failure: {
          what: 'The worker that fetches could not be started.',
          remedy: 'Reload the page, then try again.',
          detail: message,
        },
      }),
    );
    signal.addEventListener('abort', () => resolve({ ok: false, failure: cancelled }));
  });
  const service = Comlink.wrap<KeepService>(worker);
  try {
    const progress = Comlink.proxy(onProgress);
    return await Promise.race([service.keep(images, base, progress), failed]);
  } finally {
    service[Comlink.releaseProxy]();
    worker.terminate();
  }
}
