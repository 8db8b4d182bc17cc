import * as v from 'valibot';
import { flatten, nest, parseOptionList, printOptionList, type OptionEntry } from './options';
import { Device, LogItems } from './schema/devices';
import { Memory } from './schema/processor';
import { argumentText, type Json } from './schema/text';

/** An option's argument -> the value it stands for, and back: what fields.ts is made of. */
export interface Problem {
  code: string;
  message: string;
  /** Offsets in the argument, when it is about a part of it. */
  start?: number;
  end?: number;
  /** A warning leaves the value in use; an error keeps the argument as it is, in `extra`. */
  severity: 'error' | 'warning';
}

export type Value = { [key: string]: Json };
/** Where in the argument a key of the value stands. */
export interface Span {
  path: (string | number)[];
  start: number;
  end: number;
}
export type Reading =
  { value: Json; problems: Problem[]; spans?: Span[] } | { problems: Problem[] };
const asks: Reading = {
  problems: [
    {
      severity: 'error',
      code: 'question',
      message:
        'This asks QEMU for a list and starts no machine; the editor’s completion shows the same.',
    },
  ],
};

/** The value against its schema, with the first issue in words. */
export function checked(schema: v.GenericSchema, value: Json, problems: Problem[]): Reading {
  const result = v.safeParse(schema, value);
  if (result.success) return { value: result.output as Json, problems };
  const [issue] = result.issues;
  const key = v.getDotPath(issue);
  const message = key === null ? issue.message : `"${key}": ${issue.message}`;
  return { problems: [...problems, { severity: 'error', code: 'bad-argument', message }] };
}

interface ListOptions {
  implied?: string;
  /** Keys that stand several times are a list; else the last one counts. */
  repeats?: boolean;
  numbers?: boolean;
}

export function readList(schema: v.GenericSchema, argument: string, options: ListOptions): Reading {
  const { entries, help } = parseOptionList(argument, options.implied);
  if (help) return asks;
  const problems: Problem[] = [];
  const value: { [key: string]: Json } = Object.create(null) as Value;
  for (const { key, value: text, start, end, form } of entries) {
    const number = options.numbers === true && /^[0-9]{1,9}$/.test(text) ? Number(text) : text;
    const before = value[key];
    if (form === 'bare') {
      problems.push({
        severity: 'warning',
        code: 'bare-key',
        message: `"${argument.slice(start, end)}" has no value; it is read as "${key}=${text}".`,
        start,
        end,
      });
    }
    if (before !== undefined && options.repeats === true) {
      value[key] = Array.isArray(before) ? [...before, text] : [before, text];
      continue;
    }
    if (before !== undefined) {
      problems.push({
        severity: 'warning',
        code: 'repeated-key',
        message: `"${key}" is given twice; QEMU uses the last one.`,
        start,
        end,
      });
    }
    value[key] = number;
  }
  return withSpans(checked(schema, { ...value }, problems), entries);
}

/** Remembers where each key stands; dotted keys as the path they name when they are nested. */
function withSpans(reading: Reading, entries: readonly OptionEntry[], nested = false): Reading {
  if (!('value' in reading)) return reading;
  const spans = entries.map(({ key, start, end }) => ({
    path: nested
      ? key.split('.').map((part) => (/^[0-9]+$/.test(part) ? Number(part) : part))
      : [key],
    start,
    end,
  }));
  return { ...reading, spans };
}

/** A key=value list as text; lists repeat their key. */
export function writeList(value: object, implied?: string): string {
  const pairs = Object.entries(value as Record<string, string | number | string[]>).flatMap(
    ([key, text]): [string, string][] =>
      Array.isArray(text) ? text.map((one) => [key, one]) : [[key, String(text)]],
  );
  return printOptionList(pairs, implied);
}

export function readNested(schema: v.GenericSchema, argument: string, implied: string): Reading {
  if (argument.startsWith('{')) {
    try {
      return checked(schema, JSON.parse(argument) as Json, []);
    } catch (error) {
      const message = `This is not JSON: ${error instanceof Error ? error.message : String(error)}`;
      return { problems: [{ severity: 'error', code: 'bad-json', message }] };
    }
  }
  const { entries, help } = parseOptionList(argument, implied);
  if (help) return asks;
  const problems: Problem[] = entries
    .filter((entry) => entry.form === 'bare')
    .map(({ key, value, start, end }) => ({
      severity: 'warning',
      code: 'bare-key',
      message: `"${argument.slice(start, end)}" has no value; it is read as "${key}=${value}".`,
      start,
      end,
    }));
  const nested = nest(entries.map(({ key, value }) => [key, value]));
  if (nested.ok) return withSpans(checked(schema, nested.value, problems), entries, true);
  const at = entries.find((entry) => entry.key === nested.key);
  const problem: Problem = { severity: 'error', code: 'bad-argument', message: nested.message };
  return {
    problems: [
      ...problems,
      at === undefined ? problem : { ...problem, start: at.start, end: at.end },
    ],
  };
}

/** Dotted keys where they can say it, else JSON. */
export function writeNested(value: Json, implied: string): string {
  const pairs = flatten(value);
  return pairs === undefined ? JSON.stringify(value) : printOptionList(pairs, implied);
}

/** Property names of devices are not nested: a dot or bracket is part of the name. */
export function readDevice(argument: string): Reading {
  if (argument.startsWith('{')) return readNested(Device, argument, 'driver');
  return readList(Device, argument, { implied: 'driver' });
}

export function writeDevice(value: { [key: string]: Json }): string {
  return Object.values(value).every((property) => typeof property === 'string')
    ? writeList(value, 'driver')
    : JSON.stringify(value);
}

export function readMemory(argument: string): Reading {
  const reading = readList(v.record(v.string(), argumentText), argument, { implied: 'size' });
  if (!('value' in reading)) return reading;
  const value = reading.value as Value;
  const slots = value['slots'];
  const numbered = typeof slots === 'string' && /^[0-9]{1,9}$/.test(slots);
  const settled = numbered ? { ...value, slots: Number(slots) } : value;
  const memory = checked(Memory, settled, reading.problems);
  return 'value' in memory ? { ...memory, spans: reading.spans ?? [] } : memory;
}

export function readLogItems(argument: string): Reading {
  if (argument === 'help' || argument === '?') return asks;
  return checked(
    LogItems,
    argument.split(',').filter((item) => item !== ''),
    [],
  );
}
