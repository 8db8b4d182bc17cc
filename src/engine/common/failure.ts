/** What went wrong, as the page shows it: what failed, on which input, what to do about it. */
export interface Failure {
  what: string;
  /** The input it failed on: a file, a setting, a guest. */
  input?: string;
  remedy: string;
  /** What a program said, word for word, for those who want to look further. */
  detail?: string;
}

export type Result<T> = { ok: true; value: T } | { ok: false; failure: Failure };

/** A failure on its way up through code that throws; `failureOf` takes it out again. */
export class FailureError extends Error {
  override readonly name = 'FailureError';
  constructor(readonly failure: Failure) {
    super(failure.what);
  }
}

/** The failure in whatever was thrown. */
export function failureOf(thrown: unknown, remedy: string): Failure {
  if (thrown instanceof FailureError) return thrown.failure;
  const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
  return { what: 'Something failed that Bootlink did not foresee.', remedy, detail };
}

/** The failure as plain text, for copying. */
export function failureText(failure: Failure): string {
  return [failure.what, failure.input, failure.remedy, failure.detail]
    .filter((line) => line !== undefined)
    .join('\n');
}
