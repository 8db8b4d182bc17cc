import { FailureError, type Failure } from '../../engine/common/failure.js';

/** Failures of the store, worded once. */

export function busyImage(title: string): FailureError {
  return new FailureError({
    what: `“${title}” is in use by another machine or tab.`,
    input: title,
    remedy: 'End that machine, or open the image read-only.',
  });
}

export function noImage(id: string): FailureError {
  return new FailureError({
    what: 'There is no such image in the library.',
    input: id,
    remedy: 'It may have been deleted in another tab: look at the list again.',
  });
}

export function damagedChunk(title: string, offset: number, why: string): FailureError {
  return new FailureError({
    what: `“${title}” is damaged at byte ${offset}: ${why}. The bytes were not served.`,
    input: title,
    remedy:
      'Reset the disk, go back to a snapshot, or import it again. Other parts of it can still be read and exported.',
  });
}

/** True when the browser has no room left, or will not give more. */
export function isQuota(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'QuotaExceededError';
}

/** Why the database did not take or give something. */
export function storeFailure(error: unknown, input: string): Failure {
  if (error instanceof FailureError) return error.failure;
  const detail = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  if (isQuota(error)) {
    return {
      what: 'The browser’s storage is full: nothing more can be kept.',
      input,
      remedy:
        'Delete images that you do not need, or free space on this computer’s disk, then try again. What was stable before still is.',
      detail,
    };
  }
  return {
    what: 'The browser’s storage failed.',
    input,
    remedy:
      'Private windows and some settings forbid it. Export what matters, then reload the page.',
    detail,
  };
}
