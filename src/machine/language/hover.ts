import type { SourceRange } from '../diagnostics';
import { optionFact, optionName } from '../qemu-options';
import { optionDoc } from './option-docs';
import { placeAt } from './place';
import { describeProperty, heads, propertiesOf, type Knowledge } from './vocabulary';

export interface Hover {
  range: SourceRange;
  /** Markdown. */
  text: string;
}

function code(text: string): string {
  return `\`${text.replaceAll('`', '')}\``;
}

/** What there is to say about the word at `offset`; undefined where there is nothing. */
export function hover(source: string, offset: number, knowledge: Knowledge): Hover | undefined {
  const place = placeAt(source, offset);
  if (place.kind === 'option') {
    const name = optionName(place.text);
    if (name === undefined) return undefined;
    const doc = optionDoc(name);
    const fact = optionFact(name);
    const form = doc?.form === undefined ? '' : ` ${doc.form.join(',')}`;
    const instead = fact?.instead === undefined ? '' : `\n\nHere: ${fact.instead}.`;
    if (fact === undefined) return undefined;
    const text = `${code(`-${name}${form}`)}\n\n${doc?.summary ?? 'An option of QEMU that is kept as it is.'}${instead}`;
    return { range: place.range, text };
  }
  const { option, key, head, range } = place;
  const word = wordAt(place.argument, place);
  if (key === undefined && (place.implied || option === 'd')) {
    const term = heads(option, knowledge).find(({ name }) => name === word);
    if (term === undefined) return undefined;
    const detail = term.detail === undefined ? '' : ` (${term.detail})`;
    return { range, text: `${code(word)}${detail}\n\n${term.documentation ?? ''}`.trim() };
  }
  const property = propertiesOf(option, head, knowledge).find(({ name }) => name === (key ?? word));
  if (property === undefined) return undefined;
  const { detail, documentation } = describeProperty(property);
  const owner = head === undefined || head === '' ? '' : ` of ${code(head)}`;
  return {
    range,
    text: `${code(`${property.name}: ${detail ?? ''}`)}${owner}\n\n${documentation ?? ''}`.trim(),
  };
}

/** The whole key or first word at the place. */
function wordAt(argument: string, place: { segment: number }): string {
  const segment = argument.split(/,(?!,)/)[place.segment] ?? '';
  return segment.split('=')[0] ?? '';
}

export interface Signature {
  label: string;
  /** [start, end) of each parameter in the label. */
  parameters: [number, number][];
  active: number;
  documentation: string;
}

/** The form of the argument at `offset`, and which part of it is being written. */
export function signature(
  source: string,
  offset: number,
  knowledge: Knowledge,
): Signature | undefined {
  const place = placeAt(source, offset);
  if (place.kind !== 'argument') return undefined;
  const doc = optionDoc(place.option);
  if (doc?.form === undefined) return undefined;
  const { form } = doc;
  let label = `-${place.option} `;
  const parameters = form.map((parameter, i): [number, number] => {
    if (i > 0) label += ',';
    const start = label.length;
    label += parameter;
    return [start, label.length];
  });
  // A parameter that names its key stands anywhere; others count.
  const named =
    place.key === undefined
      ? -1
      : form.findIndex((parameter) => parameter.startsWith(`${place.key ?? ''}=`));
  const active = named !== -1 ? named : Math.min(place.segment, form.length - 1);
  const property = propertiesOf(place.option, place.head, knowledge).find(
    ({ name }) => name === place.key,
  );
  return {
    label,
    parameters,
    active,
    documentation: property?.description ?? doc.summary,
  };
}
