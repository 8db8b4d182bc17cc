import { keyPattern, type Json } from './schema/text';

/**
 * QEMU's option grammar (util/qemu-option.c and util/keyval.c): `key=value` lists with `,,`
 * for a comma, an implied first key, dotted keys for nested values, and JSON for the options
 * that take it. Offsets are into the option's argument.
 */
export interface OptionEntry {
  key: string;
  value: string;
  /** [start, end) of `key=value`. */
  start: number;
  end: number;
  /** A key that stood alone, or the implied first key. */
  form: 'pair' | 'bare' | 'implied';
}

export interface OptionListText {
  entries: OptionEntry[];
  /** The argument asks for a list of what there is: `help` or `?`. */
  help: boolean;
}

/** Reads up to a single comma from `at`; two commas are one that belongs to the value. */
function readValue(text: string, at: number): { value: string; end: number } {
  let value = '';
  let i = at;
  while (i < text.length) {
    if (text[i] === ',') {
      if (text[i + 1] !== ',') break;
      i++;
    }
    value += text[i] ?? '';
    i++;
  }
  return { value, end: i };
}

/** Splits a key=value list; a bare key means `on`, and `noKEY` means `KEY=off`, as in QEMU. */
export function parseOptionList(text: string, impliedKey?: string): OptionListText {
  const entries: OptionEntry[] = [];
  let help = false;
  let at = 0;
  while (at < text.length) {
    const start = at;
    const equals = text.indexOf('=', at);
    const comma = text.indexOf(',', at);
    const isPair = equals !== -1 && (comma === -1 || equals < comma);
    const { value, end } = readValue(text, isPair ? equals + 1 : at);
    if (isPair) {
      entries.push({ key: text.slice(start, equals), value, start, end, form: 'pair' });
    } else if (value === 'help' || value === '?') {
      help = true;
    } else if (start === 0 && impliedKey !== undefined) {
      entries.push({ key: impliedKey, value, start, end, form: 'implied' });
    } else if (value !== '') {
      const off = value.startsWith('no') && value.length > 2;
      const key = off ? value.slice(2) : value;
      entries.push({ key, value: off ? 'off' : 'on', start, end, form: 'bare' });
    }
    at = end + 1;
  }
  return { entries, help };
}

export function escapeValue(value: string): string {
  return value.replaceAll(',', ',,');
}

/**
 * The list as text. The implied key's value comes first and bare when it can: it may not be
 * empty, hold a `=`, or be a word that asks for help.
 */
export function printOptionList(pairs: readonly [string, string][], impliedKey?: string): string {
  const implied = pairs.find(([key]) => key === impliedKey);
  const first =
    implied !== undefined && /^[^=,?]+$/.test(implied[1]) && implied[1] !== 'help'
      ? implied
      : undefined;
  const parts = first === undefined ? [] : [first[1]];
  for (const pair of pairs) {
    if (pair !== first) parts.push(`${pair[0]}=${escapeValue(pair[1])}`);
  }
  return parts.join(',');
}

export type NestResult =
  { ok: true; value: { [key: string]: Json } } | { ok: false; key: string; message: string };

interface Tree {
  [key: string]: Tree | string;
}

/** Dotted keys -> nested values (util/keyval.c); `a.0`, `a.1` make a list. The last of a key wins. */
export function nest(pairs: readonly [string, string][]): NestResult {
  const root = Object.create(null) as Tree;
  for (const [key, value] of pairs) {
    const parts = key.split('.');
    let tree = root;
    for (const [i, part] of parts.entries()) {
      if (!/^[A-Za-z0-9_-]+$/.test(part) || (i === 0 && !keyPattern.test(part))) {
        return { ok: false, key, message: `"${key}" is no key that QEMU could have.` };
      }
      const here = tree[part];
      if (i === parts.length - 1) {
        if (typeof here === 'object') {
          return { ok: false, key, message: `"${key}" has a value and keys below it.` };
        }
        tree[part] = value;
      } else if (typeof here === 'string') {
        return { ok: false, key, message: `"${key}" has a value and keys below it.` };
      } else {
        tree = tree[part] = here ?? (Object.create(null) as Tree);
      }
    }
  }
  const value: { [key: string]: Json } = {};
  for (const [key, branch] of Object.entries(root)) {
    const settled = settle(branch);
    if (settled === undefined) {
      return { ok: false, key, message: `The elements of "${key}" are not numbered 0, 1, 2, ….` };
    }
    value[key] = settled;
  }
  return { ok: true, value };
}

/** A tree as JSON: a list where all keys are numbers; undefined when they leave a gap. */
function settle(tree: Tree | string): Json | undefined {
  if (typeof tree === 'string') return tree;
  const keys = Object.keys(tree);
  const numbers = keys.filter((key) => /^[0-9]+$/.test(key));
  if (numbers.length === 0) {
    const value: { [key: string]: Json } = {};
    for (const key of keys) {
      const settled = settle(tree[key] ?? '');
      if (settled === undefined || !keyPattern.test(key)) return undefined;
      value[key] = settled;
    }
    return value;
  }
  if (numbers.length !== keys.length) return undefined;
  const list: Json[] = [];
  for (let i = 0; i < keys.length; i++) {
    const element = tree[String(i)];
    const settled = element === undefined ? undefined : settle(element);
    if (settled === undefined) return undefined;
    list.push(settled);
  }
  return list;
}

/**
 * Nested values -> dotted keys, or undefined when only JSON can say it: values that are not
 * text, empty objects and lists, keys with dots.
 */
export function flatten(value: Json, prefix = ''): [string, string][] | undefined {
  if (typeof value === 'string') return [[prefix, value]];
  if (typeof value !== 'object' || value === null) return undefined;
  const pairs: [string, string][] = [];
  const entries = Array.isArray(value)
    ? value.map((element, i): [string, Json] => [String(i), element])
    : Object.entries(value);
  if (entries.length === 0) return undefined;
  for (const [key, element] of entries) {
    if (!/^[A-Za-z0-9_-]+$/.test(key)) return undefined;
    const below = flatten(element, prefix === '' ? key : `${prefix}.${key}`);
    if (below === undefined) return undefined;
    pairs.push(...below);
  }
  return pairs;
}
