import type { SourceRange } from '../diagnostics';
import { optionFact, optionName } from '../qemu-options';
import { impliedKeys } from '../fields';
import { qemuWords } from '../from-shell';
import { rangeIn, type Word } from '../shell';
import { canonicalOption } from './option-docs';

/** What stands at an offset of a command line. */
export type Place =
  /** An option, or where one may be written. */
  { kind: 'option'; range: SourceRange; text: string } | ArgumentPlace;

export interface ArgumentPlace {
  kind: 'argument';
  /** Name of the option, without dash, aliases resolved. */
  option: string;
  optionRange: SourceRange;
  /** The whole argument, unquoted. */
  argument: string;
  /** Number of the segment between commas; 0 is the first. */
  segment: number;
  /** Value of the first segment, or of its key: the driver, the board. */
  head: string | undefined;
  /** Keys that stand in the argument, without the one at the offset. */
  keys: string[];
  /** The key whose value is at the offset; undefined while a key, or the first word, is typed. */
  key: string | undefined;
  /** True when a first word without `=` is meant: `-device nvme`. */
  implied: boolean;
  /** What stands before the offset, of the key or value there. */
  partial: string;
  /** What completion replaces. */
  range: SourceRange;
}

interface Segment {
  start: number;
  end: number;
}

/** Where the argument's segments are: a comma separates, two are one that belongs to a value. */
function segments(text: string): Segment[] {
  const found: Segment[] = [];
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    if (i < text.length && text[i] !== ',') continue;
    if (text[i] === ',' && text[i + 1] === ',') {
      i++;
      continue;
    }
    found.push({ start, end: i });
    start = i + 1;
  }
  return found;
}

function argumentPlace(option: Word, argument: Word, at: number): ArgumentPlace {
  const name = canonicalOption(optionName(option.text) ?? '');
  const { text } = argument;
  const all = segments(text);
  const index = Math.max(
    0,
    all.findIndex(({ end }) => at <= end),
  );
  const here = all[index] ?? { start: 0, end: text.length };
  const equals = text.slice(here.start, here.end).indexOf('=');
  const valueStart = equals === -1 ? here.start : here.start + equals + 1;
  const inValue = equals !== -1 && at >= valueStart;
  const implied = impliedKeys[name];
  const pairs = all.map(({ start, end }, i): [string, string] => {
    const segment = text.slice(start, end);
    const cut = segment.indexOf('=');
    if (cut !== -1) return [segment.slice(0, cut), segment.slice(cut + 1)];
    return i === 0 && implied !== undefined ? [implied, segment] : [segment, 'on'];
  });
  const head = pairs.find(([key]) => key === implied)?.[1];
  const start = inValue ? valueStart : here.start;
  const end = inValue || equals === -1 ? here.end : here.start + equals;
  return {
    kind: 'argument',
    option: name,
    optionRange: option.range,
    argument: text,
    segment: index,
    head,
    keys: pairs.flatMap(([key], i) => (i === index ? [] : [key])),
    key: inValue ? text.slice(here.start, here.start + equals) : undefined,
    implied: index === 0 && equals === -1,
    partial: text.slice(start, Math.max(start, at)),
    range:
      start === end
        ? { start: cursor(argument, start), end: cursor(argument, start) }
        : rangeIn(argument, start, end),
  };
}

/** Source offset of a place between two units of a word. */
function cursor(word: Word, at: number): number {
  const before = word.offsets[at - 1];
  return at > 0 && before !== undefined ? before + 1 : (word.offsets[at] ?? word.range.end);
}

/** Offset in a word's text of a source offset. */
function offsetIn(word: Word, source: number): number {
  const at = word.offsets.findIndex((offset) => offset >= source);
  return at === -1 ? word.text.length : Math.min(at, word.text.length);
}

/** What stands at `offset` (UTF-16 units) of the source. */
export function placeAt(source: string, offset: number): Place {
  const words = qemuWords(source);
  const at = words.findIndex(({ range }) => range.start <= offset && offset <= range.end);
  const word = words[at];
  // The words before the offset decide whether an argument is due.
  const before = at === -1 ? words.filter(({ range }) => range.end < offset) : words.slice(0, at);
  const previous = dueOption(before);
  if (previous !== undefined) {
    const argument = word ?? { text: '', range: { start: offset, end: offset }, offsets: [offset] };
    return argumentPlace(previous, argument, word === undefined ? 0 : offsetIn(word, offset));
  }
  if (word === undefined)
    return { kind: 'option', range: { start: offset, end: offset }, text: '' };
  return { kind: 'option', range: word.range, text: word.text };
}

/** The option at the end of these words that still wants its argument. */
function dueOption(words: readonly Word[]): Word | undefined {
  let due: Word | undefined;
  for (const word of words) {
    const name = due === undefined ? optionName(word.text) : undefined;
    due = name !== undefined && optionFact(name)?.takesArgument === true ? word : undefined;
  }
  return due;
}
