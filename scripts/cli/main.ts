import { text } from 'node:stream/consumers';
import { UsageError, type CliIo, type Command } from './command';

/** Loaded only when used, so that one subcommand does not wait for another's modules. */
const commands: Record<string, () => Promise<Command>> = {
  machine: () => import('./machine'),
  link: () => import('./link'),
  initrd: () => import('./initrd'),
};

const processIo: CliIo = {
  stdout: process.stdout,
  stderr: process.stderr,
  stdin: () => text(process.stdin),
};

async function usage(): Promise<string> {
  const lines: string[] = [];
  for (const [name, load] of Object.entries(commands)) {
    lines.push(`  ${name.padEnd(10)}${(await load()).summary}\n`);
  }
  return `Usage: npx bootlink COMMAND …\n\n${lines.join('')}\nnpx bootlink COMMAND --help says more.\n`;
}

/** Runs `bootlink ARGV…`; gives the exit code. */
export async function main(argv: string[], io: CliIo = processIo): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || name === '--help' || name === '-h' || name === 'help') {
    io.stdout.write(await usage());
    return name === undefined ? 2 : 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) {
    io.stderr.write(`bootlink: there is no command "${name}".\n\n${await usage()}`);
    return 2;
  }
  const command = await load();
  if (rest.includes('--help') || rest.includes('-h')) {
    io.stdout.write(command.help);
    return 0;
  }
  try {
    return await command.run(rest, io);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    io.stderr.write(`bootlink ${name}: ${error.message}\nTry: npx bootlink ${name} --help\n`);
    return 2;
  }
}
