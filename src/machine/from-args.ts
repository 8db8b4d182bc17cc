import * as v from 'valibot';
import { locate, type Diagnostic, type Origin, type SourceRange } from './diagnostics';
import type { Problem, Reading } from './field-grammar';
import { fields, flagFields, type Draft, type Field } from './fields';
import { fileTexts, imageNamed } from './files';
import { hostThings } from './host';
import { toSlots } from './image-slots';
import { optionFact, optionName, optionNames, similarName } from './qemu-options';
import { Machine, machineFormat } from './schema';
import { rangeIn, wordsOf, type Word } from './shell';

export interface FromArgs {
  machine: Machine;
  diagnostics: Diagnostic[];
  /** Where each part of the machine stands in the text. */
  origins: Origin[];
}

const byOption = new Map<string, Field>();
for (const field of [...fields, ...flagFields]) {
  for (const word of [field.option, ...(field.aliases ?? [])]) byOption.set(word.slice(1), field);
}

class ArgumentReader {
  readonly diagnostics: Diagnostic[] = [];
  readonly origins: Origin[] = [];
  readonly draft: Draft = { format: machineFormat };
  private readonly extra: string[] = [];
  private at = 0;

  constructor(private readonly words: readonly Word[]) {}

  run() {
    while (this.at < this.words.length) this.option();
    if (this.extra.length > 0) this.draft['extra'] = this.extra;
  }

  private report(
    severity: Diagnostic['severity'],
    code: string,
    message: string,
    range: SourceRange,
  ) {
    const diagnostic: Diagnostic = { severity, code, message, range };
    this.diagnostics.push(diagnostic);
    return diagnostic;
  }

  /** Keeps words as they are; QEMU itself judges them. */
  private keep(...words: Word[]) {
    for (const word of words) {
      this.origins.push({ path: ['extra', this.extra.length], range: word.range });
      this.extra.push(word.text);
    }
  }

  /** Word processors turn the dash of an option into a longer one. */
  private withPlainDash(word: Word): Word {
    const [, name] = /^[\u2010-\u2015\u2212]+([A-Za-z].*)$/s.exec(word.text) ?? [];
    if (name === undefined) return word;
    const text = `-${name}`;
    const message = `"${word.text}" begins with a typographic dash; it is read as ${text}.`;
    const diagnostic = this.report('warning', 'typographic-dash', message, word.range);
    diagnostic.fix = { title: `Change to ${text}`, edits: [{ range: word.range, text }] };
    return { ...word, text };
  }

  private option() {
    const next = this.words[this.at++];
    if (next === undefined) return;
    const word = this.withPlainDash(next);
    if (/^(?:\.\.\.|…)$/.test(word.text)) {
      this.report('info', 'ellipsis', 'The line leaves something out here ("...").', word.range);
      return;
    }
    const name = optionName(word.text);
    if (name === undefined) {
      this.withoutOption(word);
      return;
    }
    const fact = optionFact(name);
    const field = byOption.get(name);
    if (fact === undefined) this.unknown(word, name);
    else if (fact.takesArgument) this.withArgument(word, name, field);
    else if (field !== undefined) this.place(field, field.read(''), word, undefined);
    else {
      if (fact.kind === 'question')
        this.report(
          'info',
          'question',
          `${word.text} asks QEMU for a text and starts no machine.`,
          word.range,
        );
      this.keep(word);
    }
  }

  /** QEMU takes a word that is no option for a disk, as with -hda (system/vl.c). */
  private withoutOption(word: Word) {
    const field = byOption.get('hda');
    if (word.text.startsWith('-') || field === undefined) {
      this.report('error', 'unknown-option', `"${word.text}" is no option of QEMU.`, word.range);
      this.keep(word);
      return;
    }
    const message = `"${word.text}" follows no option; QEMU takes it for a disk, as with -hda.`;
    this.report('warning', 'stray-argument', message, word.range);
    this.place(field, field.read(word.text), word, word);
  }

  private unknown(word: Word, name: string) {
    const similar = similarName(name, optionNames());
    const hint = similar === undefined ? '' : ` Did you mean -${similar}?`;
    const message = `QEMU 10.0 has no option ${word.text}.${hint} It is kept as an extra argument.`;
    const diagnostic = this.report('error', 'unknown-option', message, word.range);
    if (similar !== undefined) {
      diagnostic.fix = {
        title: `Change to -${similar}`,
        edits: [{ range: word.range, text: `-${similar}` }],
      };
    }
    const next = this.words[this.at];
    if (next === undefined || /^-./.test(next.text) || next.text === '...') this.keep(word);
    else {
      this.at++;
      this.keep(word, next);
    }
  }

  private withArgument(word: Word, name: string, field: Field | undefined) {
    const argument = this.words[this.at];
    if (argument === undefined) {
      this.report('error', 'missing-argument', `${word.text} needs an argument.`, word.range);
      this.keep(word);
      return;
    }
    this.at++;
    if (field === undefined) {
      this.keep({ ...word, text: `-${name}` }, argument);
    } else this.place(field, field.read(argument.text), word, argument);
  }

  private place(field: Field, reading: Reading, word: Word, argument: Word | undefined) {
    for (const problem of reading.problems) this.problem(problem, word, argument);
    if (!('value' in reading)) {
      this.keep({ ...word, text: field.option }, ...(argument === undefined ? [] : [argument]));
      return;
    }
    const { path, replaced } = field.place(this.draft, reading.value);
    if (replaced) {
      const message = `${word.text} is given twice; QEMU uses the last one.`;
      this.report('warning', 'repeated-option', message, word.range);
    }
    const whole = argument ?? word;
    this.origins.push({ path, range: whole.range });
    for (const span of reading.spans ?? []) {
      this.origins.push({
        path: [...path, ...span.path],
        range: rangeIn(whole, span.start, span.end),
      });
    }
  }

  private problem(problem: Problem, word: Word, argument: Word | undefined) {
    const whole = argument ?? word;
    const range =
      problem.start === undefined
        ? whole.range
        : rangeIn(whole, problem.start, problem.end ?? problem.start);
    const said =
      problem.severity === 'error' ? ` The argument of ${word.text} is kept as it is.` : '';
    this.report(problem.severity, problem.code, problem.message + said, range);
  }
}

/**
 * Reads QEMU's arguments (without the program's name). What arguments cannot say (title,
 * notes, script, consoles, what the images hold) is taken from `base`, the machine that the
 * arguments are of. Never throws: whatever is not understood is reported and kept in `extra`.
 */
export function fromArgs(args: readonly string[] | readonly Word[], base?: Machine): FromArgs {
  const words = args.map((arg) => (typeof arg === 'string' ? undefined : arg));
  const reader = new ArgumentReader(
    words.every((word) => word !== undefined) ? words : wordsOf(args.map(String)),
  );
  reader.run();
  const kept: Draft = {};
  for (const key of ['guest', 'title', 'notes', 'consoles', 'script'] as const) {
    const value = base?.[key];
    if (value !== undefined) kept[key] = value as Draft[string];
  }
  const read = v.parse(Machine, { ...reader.draft, ...kept });
  const machine = toSlots(read, base?.images);
  const origins = [...reader.origins, ...imageOrigins(machine, reader.origins)];
  const host = hostThings(machine).map((thing) => locate(thing, origins));
  return { machine, diagnostics: [...reader.diagnostics, ...host], origins };
}

/** Where each image is named first. */
function imageOrigins(machine: Machine, origins: readonly Origin[]): Origin[] {
  const found = new Map<string, Origin>();
  for (const { name, path } of fileTexts(machine)) {
    const image = imageNamed(name);
    const index = (machine.images ?? []).findIndex((one) => one.name === image);
    if (image === undefined || index === -1 || found.has(image)) continue;
    const { range } = locate({ severity: 'info', code: '', message: '', path }, origins);
    if (range !== undefined) found.set(image, { path: ['images', index], range });
  }
  return [...found.values()];
}
