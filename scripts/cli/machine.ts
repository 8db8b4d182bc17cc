/** `npx bootlink machine`: QEMU's command line <-> a machine, as the page's editors do it. */
import { parseArgs } from 'node:util';
import { locate } from '../../src/machine/diagnostics';
import { fromFile, toFile } from '../../src/machine/file';
import { fromGuest } from '../../src/machine/from-guest';
import { fromShell } from '../../src/machine/from-shell';
import type { Machine } from '../../src/machine/schema';
import { toShell } from '../../src/machine/shell-quote';
import { toArgs } from '../../src/machine/to-args';
import { validate } from '../../src/machine/validate';
import { UsageError, type CliIo } from './command';
import { readCapabilities, readGuests, readInput } from './input';
import { report } from './report';

export const summary = 'turn a QEMU command line into a machine, or a machine into one';

export const help = `bootlink machine: ${summary}

Usage: npx bootlink machine --from-args FILE
       npx bootlink machine --to-args FILE
       npx bootlink machine --guest ID

  --from-args FILE   read a command line or a piece of a shell script (- for standard
                     input); write the machine as JSON (.bootlink.json)
  --to-args FILE     read a machine as JSON; write its command line
  --guest ID         write the machine of a built-in guest that set-up has built

What there is to say goes to standard error: LINE:COLUMN: severity: sentence.
Exit code: 0, 1 when there are errors, 2 when the command itself is wrong.
`;

function parse(argv: string[]) {
  try {
    const { values } = parseArgs({
      args: argv,
      options: {
        'from-args': { type: 'string' },
        'to-args': { type: 'string' },
        guest: { type: 'string' },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export async function run(argv: string[], io: CliIo): Promise<number> {
  const { 'from-args': from, 'to-args': to, guest } = parse(argv);
  const given = [from, to, guest].filter((name) => name !== undefined);
  if (given.length !== 1) throw new UsageError('give one of --from-args, --to-args and --guest');
  if (from !== undefined) return fromCommandLine(from, io);
  if (to !== undefined) return toCommandLine(to, io);
  const found = (await readGuests())(guest ?? '');
  if (found === undefined) throw new UsageError(`there is no built-in guest "${guest ?? ''}" here`);
  io.stdout.write(toFile(fromGuest(found)));
  return 0;
}

async function fromCommandLine(name: string, io: CliIo): Promise<number> {
  const source = await readInput(name, io);
  const { machine, diagnostics, origins } = fromShell(source);
  io.stdout.write(toFile(machine));
  const said = new Set(diagnostics.map(({ message }) => message));
  // A piece of a line (no board yet) is a fine machine to keep editing, as in the page.
  const checks = validate(machine, await readCapabilities())
    .filter(
      ({ code, message }) => code !== 'no-board' && code !== 'empty-slot' && !said.has(message),
    )
    .map((diagnostic) => locate(diagnostic, origins));
  return report([...diagnostics, ...checks], io, source);
}

/** Reads a machine file; a refusal is reported and gives undefined. */
export async function readMachineFile(name: string, io: CliIo): Promise<Machine | undefined> {
  const read = fromFile(await readInput(name, io));
  if (read.ok) return read.machine;
  io.stderr.write(`error: ${name} cannot be opened: ${read.reason}.\n`);
  return undefined;
}

async function toCommandLine(name: string, io: CliIo): Promise<number> {
  const machine = await readMachineFile(name, io);
  if (machine === undefined) return 1;
  io.stdout.write(`${toShell(toArgs(machine))}\n`);
  return report(validate(machine, await readCapabilities()), io);
}
