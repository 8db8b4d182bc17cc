import * as v from 'valibot';

/** Text that can be an argument of a program: everything but NUL. */
export const argumentText = v.pipe(
  v.string(),
  // The one character that an argument cannot hold.
  // eslint-disable-next-line no-control-regex
  v.regex(/^[^\u0000]*$/, 'Text of an argument holds no NUL character.'),
);

/** QEMU's rule for ids (`id_wellformed` in QEMU's util/id.c). */
export const identifier = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z][A-Za-z0-9._-]*$/, 'An id is a letter, then letters, digits and "-._".'),
);

/**
 * Name of an option's key: of a property, a feature or a parameter. Names that begin with a
 * letter only, so that neither `__proto__` nor a number (which JavaScript would move to the
 * front of an object) can be one.
 */
export const keyPattern = /^(?!(?:constructor|prototype)$)[A-Za-z][A-Za-z0-9_.:/[\]-]*$/;

/** A size as QEMU writes it: `512M`, `4G`, `1.5G`, `0x10000000`; the default unit is the option's. */
export const sizeText = v.pipe(
  v.union([v.string(), v.pipe(v.number(), v.integer(), v.minValue(0))]),
  v.transform(String),
  v.string(),
  v.regex(
    /^(?:0x[0-9A-Fa-f]+|[0-9]+(?:\.[0-9]+)?[bkmgtpeBKMGTPE]?)$/,
    'A size is a number with an optional unit, such as 512M or 4G.',
  ),
);

function asText(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return String(value);
}

/** A value of a key=value list. Numbers and booleans are taken too, and become QEMU's words. */
export const optionValue = v.pipe(
  v.union([argumentText, v.pipe(v.number(), v.safeInteger()), v.boolean()]),
  v.transform(asText),
);

/** A key that may stand several times, such as `hostfwd`: a list in the machine. */
export const repeatedValue = v.pipe(
  v.union([optionValue, v.pipe(v.array(optionValue), v.minLength(1))]),
  v.transform((value) => (Array.isArray(value) && value.length === 1 ? (value[0] ?? '') : value)),
);

export type OptionValue = string | string[];

function keysAreWellFormed(value: object): boolean {
  return Object.keys(value).every((key) => keyPattern.test(key));
}
const keyMessage =
  'A key is a letter, then letters, digits and any of "-_.:/[]"; QEMU has no others.';

/** Key=value list with `entries` known by name and any other key as text. */
export function optionList<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(
    v.objectWithRest(entries, optionValue),
    v.check((value) => keysAreWellFormed(value), keyMessage),
  );
}

/** The same, where a key may be repeated. */
export function repeatingOptionList<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(
    v.objectWithRest(entries, repeatedValue),
    v.check((value) => keysAreWellFormed(value), keyMessage),
  );
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export const json: v.GenericSchema<Json> = v.lazy(() =>
  v.union([
    argumentText,
    v.pipe(v.number(), v.finite()),
    v.boolean(),
    v.null(),
    v.array(json),
    v.pipe(
      v.record(v.string(), json),
      v.check((value) => keysAreNestable(value), keyMessage),
    ),
  ]),
);

function keysAreNestable(value: object): boolean {
  return keysAreWellFormed(value);
}

/** An object as QEMU's JSON forms take it: `-blockdev`, `-object`, `-device`. */
export function nestedOptions<const Entries extends v.ObjectEntries>(entries: Entries) {
  return v.pipe(
    v.objectWithRest(entries, json),
    v.check((value) => keysAreWellFormed(value), keyMessage),
  );
}

/** Counts on the command line have at most nine digits. */
export function count(least: number, most = 999_999_999) {
  return v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
}

/** For parts whose options are written one by one: with no key there would be nothing to write. */
export function hasKeys(value: object): boolean {
  return Object.keys(value).length > 0;
}
export const emptyMessage = 'This part has nothing in it; leave it out instead.';
