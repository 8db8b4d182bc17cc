/**
 * The one shape of error in this folder: a value the page can show.
 *
 * `name` is stable (for tests and for branching), `message` says what failed on
 * which input and what to do, `offset` is a byte offset into the input or, for
 * tables in guest memory, the physical address of the entry.
 */
export interface InspectError {
  readonly name:
    | 'truncated-record'
    | 'unknown-kind'
    | 'bad-field'
    | 'gpt-off'
    | 'gpt-bad-config'
    | 'gpt-address-size'
    | 'gpt-bad-entry'
    | 'memory-unreadable'
    | 'not-symbols'
    | 'truncated-file'
    | 'translation-fault'
    | 'address-size-fault'
    | 'unknown-translation'
    | 'not-in-table';
  readonly message: string;
  readonly offset?: bigint;
}

/** A value, or the error that stands in its place. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: InspectError };

export function ok<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function fail<T>(name: InspectError['name'], message: string, offset?: bigint): Result<T> {
  return { ok: false, error: offset === undefined ? { name, message } : { name, message, offset } };
}
