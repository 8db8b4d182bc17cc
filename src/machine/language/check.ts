import type { Capabilities } from '../capabilities';
import { locate, type Diagnostic, type Origin } from '../diagnostics';
import { fromShell } from '../from-shell';
import { similarName } from '../qemu-options';
import type { Machine } from '../schema';
import { validate } from '../validate';
import { heads, propertiesOf, type Knowledge } from './vocabulary';

export interface Checked {
  machine: Machine;
  /** Each with a range in the text. */
  diagnostics: (Diagnostic & Required<Pick<Diagnostic, 'range'>>)[];
  origins: Origin[];
  /** False when the text holds no QEMU command: the machine is not what was written. */
  hasCommand: boolean;
}

/** Reads a command line and says all there is to say about it, in places of the text. */
export function check(source: string, base: Machine | undefined, known?: Capabilities): Checked {
  const { machine, diagnostics, origins } = fromShell(source, base);
  const knowledge = { capabilities: known, machine };
  const seen = new Set<string>();
  const located = [...diagnostics, ...validate(machine, known)].flatMap((diagnostic) => {
    const placed = locate(diagnostic, origins);
    const range = placed.range ?? { start: 0, end: Math.min(source.length, firstLine(source)) };
    // The reader and the checks name what belongs to a host both.
    const key = `${placed.code} ${String(range.start)} ${placed.message}`;
    if (seen.has(key)) return [];
    seen.add(key);
    return [{ ...withFix(placed, source, range, knowledge), range }];
  });
  const hasCommand = diagnostics.every(({ code }) => code !== 'no-command');
  return { machine, diagnostics: located, origins, hasCommand };
}

function firstLine(source: string): number {
  const end = source.indexOf('\n');
  return end === -1 ? source.length : end;
}

/** A name that the engine has not, with the one that was probably meant. */
function withFix(
  diagnostic: Diagnostic,
  source: string,
  range: { start: number; end: number },
  knowledge: Knowledge,
): Diagnostic {
  if (diagnostic.fix !== undefined) return diagnostic;
  const option = optionsOf[diagnostic.code];
  const wrong = /"([^"]+)"\.(?: Did|$)/.exec(diagnostic.message)?.[1];
  if (wrong === undefined) return diagnostic;
  const names =
    diagnostic.code === 'unknown-property'
      ? propertyNames(diagnostic, knowledge)
      : option === undefined
        ? []
        : heads(option, knowledge).map(({ name }) => name);
  const meant = similarName(wrong, names);
  const at = source.slice(range.start, range.end).indexOf(wrong);
  if (meant === undefined || at === -1) return diagnostic;
  const start = range.start + at;
  const edits = [{ range: { start, end: start + wrong.length }, text: meant }];
  return { ...diagnostic, fix: { title: `Change to ${meant}`, edits } };
}

const optionsOf: Record<string, string> = {
  'unknown-board': 'machine',
  'unknown-CPU-model': 'cpu',
  'unknown-device': 'device',
  'unknown-object-type': 'object',
  'unknown-log-item': 'd',
  'unknown-trace-event': 'trace',
};

function propertyNames({ path }: Diagnostic, knowledge: Knowledge): string[] {
  const { machine } = knowledge;
  const [part, index] = path ?? [];
  const list = (option: string, head: string | undefined): string[] =>
    propertiesOf(option, head, knowledge).map(({ name }) => name);
  if (part === 'board') return list('machine', machine.board?.type);
  if (part === 'cpu') return list('cpu', machine.cpu?.model);
  if (part === 'devices' && typeof index === 'number') {
    return list('device', machine.devices?.[index]?.driver);
  }
  if (part === 'objects' && typeof index === 'number') {
    return list('object', machine.objects?.[index]?.['qom-type']);
  }
  return [];
}
