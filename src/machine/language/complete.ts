import type { SourceRange } from '../diagnostics';
import { optionFact, optionNames } from '../qemu-options';
import { optionDoc } from './option-docs';
import { placeAt, type ArgumentPlace } from './place';
import {
  describeProperty,
  heads,
  propertiesOf,
  values,
  type Knowledge,
  type Term,
} from './vocabulary';

export interface Suggestion extends Term {
  kind: 'option' | 'type' | 'property' | 'value';
  /** Text that takes the place of `range`. */
  insert: string;
  range: SourceRange;
  /** The list should open again after it: a value or an argument follows. */
  more: boolean;
}

/** Trace events are thousands; a list of more than this helps nobody. */
const MOST = 400;

/** What may be written at `offset`. */
export function complete(source: string, offset: number, knowledge: Knowledge): Suggestion[] {
  const place = placeAt(source, offset);
  if (place.kind === 'option') return options(place.range);
  return argument(place, knowledge);
}

function options(range: SourceRange): Suggestion[] {
  return optionNames()
    .filter((name) => optionFact(name)?.kind === 'machine')
    .map((name) => {
      const doc = optionDoc(name);
      const takes = optionFact(name)?.takesArgument === true;
      return {
        kind: 'option',
        name: `-${name}`,
        ...(doc?.form === undefined ? {} : { detail: doc.form.join(',') }),
        ...(doc === undefined ? {} : { documentation: doc.summary }),
        insert: `-${name}${takes ? ' ' : ''}`,
        range,
        more: takes,
      };
    });
}

/** Options whose argument is a list of words, or a word alone: no keys follow. */
const wordsOnly = new Set(
  'd trace global serial bios pflash kernel initrd dtb hda hdb hdc hdd cdrom vga net'.split(' '),
);

function argument(place: ArgumentPlace, knowledge: Knowledge): Suggestion[] {
  const { option, range } = place;
  const suggestion = (kind: Suggestion['kind'], term: Term, insert: string, more = false) => ({
    ...term,
    kind,
    insert,
    range,
    more,
  });
  if (option === 'global' && place.partial.includes('.')) return globals(place, knowledge);
  if (place.key !== undefined) {
    return values(place, knowledge).map((term) => suggestion('value', term, term.name));
  }
  const found: Suggestion[] = [];
  if (place.implied || option === 'd') {
    const partial = place.partial.toLowerCase();
    found.push(
      ...heads(option, knowledge)
        .filter(({ name }) => name.toLowerCase().includes(partial))
        .slice(0, MOST)
        .map((term) => suggestion('type', term, term.name, option === 'global')),
    );
  }
  if (wordsOnly.has(option)) return found;
  // Keys of the argument itself, and of what it names first; not those that stand there already.
  const taken = new Set(place.keys);
  const isFirst = place.implied && heads(option, knowledge).length > 0;
  if (isFirst) return found;
  for (const property of propertiesOf(option, place.head, knowledge)) {
    if (taken.has(property.name)) continue;
    found.push(
      suggestion(
        'property',
        describeProperty(property),
        `${property.name}=`,
        hasValues(property.name, place, knowledge),
      ),
    );
  }
  return found;
}

function hasValues(key: string, place: ArgumentPlace, knowledge: Knowledge): boolean {
  return values({ ...place, key }, knowledge).length > 0;
}

function globals(place: ArgumentPlace, knowledge: Knowledge): Suggestion[] {
  const [driver] = place.partial.split('.');
  return propertiesOf('device', driver, knowledge).map((property) => ({
    ...describeProperty(property),
    kind: 'property',
    name: `${driver ?? ''}.${property.name}`,
    insert: `${driver ?? ''}.${property.name}=`,
    range: place.range,
    more: false,
  }));
}
