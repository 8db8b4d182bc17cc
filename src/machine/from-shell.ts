import type { Diagnostic } from './diagnostics';
import { fromArgs, type FromArgs } from './from-args';
import type { Machine } from './schema';
import { tokenize, type Command, type Word } from './shell';

const engineTarget = 'aarch64';

/** Drops what may stand before a program: a prompt, assignments, sudo and its like. */
function withoutPrefix(words: readonly Word[], diagnostics: Diagnostic[]): readonly Word[] {
  let at = 0;
  for (; at < words.length; at++) {
    const word = words[at];
    if (word === undefined) break;
    const { text, range } = word;
    if (/^(?:\$|%|sudo|env|exec|time|nice|command|\.\.\.|…)$/.test(text)) {
      while (text !== '$' && isPrefixOption(words, at + 1)) at++;
      continue;
    }
    if (!/^[A-Za-z_][A-Za-z0-9_]*=/.test(text)) break;
    const message = `The environment variable ${text.split('=')[0] ?? ''} is left out: QEMU has no environment here.`;
    diagnostics.push({ severity: 'info', code: 'shell-assignment', message, range });
  }
  return words.slice(at);
}

/** An option of sudo, env or nice: only when a program still follows. */
function isPrefixOption(words: readonly Word[], at: number): boolean {
  const program = words.findIndex((word) => isQemu(word.text));
  return program > at && (words[at]?.text ?? '') !== '';
}

function programName(word: string): string {
  return word.split('/').at(-1) ?? word;
}

function isQemu(word: string): boolean {
  return (
    /^qemu(?:-system-[a-z0-9_]+|-kvm)?(?:\.exe)?$/.test(programName(word)) ||
    /^\$\{?QEMU/i.test(word)
  );
}

/** The arguments of a QEMU command, undefined for another program's. */
function qemuArguments(
  words: readonly Word[],
  diagnostics: Diagnostic[],
): readonly Word[] | undefined {
  const [first] = words;
  if (first === undefined) return undefined;
  if (/^(?:--?|[\u2010-\u2015\u2212])[A-Za-z]/.test(first.text)) return words;
  if (!isQemu(first.text)) return undefined;
  const target = /^qemu-system-([a-z0-9_]+)/.exec(programName(first.text))?.[1];
  if (target !== undefined && target !== engineTarget) {
    diagnostics.push({
      severity: target === 'arm' ? 'warning' : 'error',
      code: 'other-target',
      message: `This line is for ${programName(first.text)}; Bootlink’s engine is qemu-system-${engineTarget}, so boards and CPUs of ${target} may not exist.`,
      range: first.range,
    });
  }
  return words.slice(1);
}

/**
 * Reads a pasted command line or a piece of a shell script. The first QEMU command in it is
 * the machine; other commands are reported. See fromArgs for `base`.
 */
export function fromShell(source: string, base?: Machine): FromArgs {
  const { commands, diagnostics } = tokenize(source);
  let found: FromArgs | undefined;
  let machineEnd: number | undefined;
  for (const command of commands) {
    const words = withoutPrefix(command.words, diagnostics);
    if (words.length === 0) continue;
    const args = found === undefined ? qemuArguments(words, diagnostics) : undefined;
    if (args === undefined) diagnostics.push(otherCommand(command, words[0], machineEnd));
    else {
      found = fromArgs(args, base);
      machineEnd = command.range.end;
    }
  }
  if (found === undefined) {
    const range = { start: 0, end: source.length };
    const message = `There is no QEMU command here: a line that starts with qemu-system-${engineTarget}, or with an option such as -machine.`;
    diagnostics.push({ severity: 'error', code: 'no-command', message, range });
    found = fromArgs([], base);
  }
  return { ...found, diagnostics: [...diagnostics, ...found.diagnostics] };
}

/** The words of the first QEMU command in the text, without the program: what fromShell reads. */
export function qemuWords(source: string): readonly Word[] {
  for (const { words } of tokenize(source).commands) {
    const args = qemuArguments(withoutPrefix(words, []), []);
    if (args !== undefined) return args;
  }
  return [];
}

/** @param machineEnd where the machine's command ends, when it was before this one */
function otherCommand(
  command: Command,
  first: Word | undefined,
  machineEnd: number | undefined,
): Diagnostic {
  const name = programName(first?.text ?? '');
  const { range } = command;
  if (machineEnd !== undefined && /^-[A-Za-z]/.test(name)) {
    const message =
      'The line above does not end in "\\", so a shell ends the command there; this is not read.';
    const edits = [{ range: { start: machineEnd, end: machineEnd }, text: ' \\' }];
    const fix = { title: 'Continue the line above', edits };
    return { severity: 'warning', code: 'second-machine', message, range, fix };
  }
  const isAnother = machineEnd !== undefined && isQemu(name);
  return {
    severity: isAnother ? 'warning' : 'info',
    code: isAnother ? 'second-machine' : 'other-command',
    message: isAnother
      ? 'This is a second machine; only the first one is read.'
      : `"${name}" is another program and is left out.`,
    range,
  };
}
