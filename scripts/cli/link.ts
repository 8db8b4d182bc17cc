/** `npx bootlink link`: a machine <-> the link that holds it. */
import { parseArgs } from 'node:util';
import { toFile } from '../../src/machine/file';
import { openLink } from '../../src/machine/link/decode';
import { toLink } from '../../src/machine/link/encode';
import { checkPolicy } from '../../src/machine/link/policy';
import { review } from '../../src/machine/link/review';
import { showSize } from '../../src/machine/size';
import { UsageError, type CliIo } from './command';
import { readGuests } from './input';
import { readMachineFile } from './machine';
import { report } from './report';

export const summary = 'turn a machine into a link, or a link into a machine';

export const help = `bootlink link: ${summary}

Usage: npx bootlink link FILE [--site URL]
       npx bootlink link LINK

FILE is a machine as JSON (- for standard input); its link is written, after --site URL
if that is given. LINK is a whole address or what follows its "#"; its machine is written
as JSON, and what it would fetch, ask for and type goes to standard error.

Exit code: 0, 1 when it is refused, 2 when the command itself is wrong.
`;

function parse(argv: string[]) {
  try {
    const { values, positionals } = parseArgs({
      args: argv,
      options: { site: { type: 'string' } },
      allowPositionals: true,
    });
    return { site: values.site, positionals };
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

export async function run(argv: string[], io: CliIo): Promise<number> {
  const { site, positionals } = parse(argv);
  const [input] = positionals;
  if (input === undefined || positionals.length > 1) throw new UsageError('give one FILE or LINK');
  return /(?:^|#)m[0-9]+\./.test(input) ? fromLink(input, io) : fromMachine(input, site ?? '', io);
}

async function fromMachine(name: string, site: string, io: CliIo): Promise<number> {
  const machine = await readMachineFile(name, io);
  if (machine === undefined) return 1;
  io.stdout.write(`${site}${toLink(machine, await readGuests())}\n`);
  const reasons = checkPolicy(machine);
  for (const reason of reasons) {
    io.stderr.write(`error: Others cannot open this link: ${reason}.\n`);
  }
  return reasons.length === 0 ? 0 : 1;
}

async function fromLink(link: string, io: CliIo): Promise<number> {
  const findGuest = await readGuests();
  const opened = openLink(link, { findGuest });
  if (!opened.ok) {
    io.stderr.write(`error: ${opened.message}\n`);
    return 1;
  }
  io.stdout.write(toFile(opened.machine));
  const seen = review(opened.machine, findGuest);
  const vcpus = `${String(seen.vcpus)} vCPU${seen.vcpus === 1 ? '' : 's'}`;
  const say = (text: string) => io.stderr.write(`${text}\n`);
  say(
    `${seen.title ?? seen.board ?? 'no board'}: ${vcpus}, ${showSize(seen.memoryBytes)} of memory`,
  );
  for (const { image, host, bytes } of seen.fetches) {
    say(
      `fetches ${image} (${bytes === undefined ? 'size unknown' : showSize(bytes)}) from ${host ?? 'this site'}`,
    );
  }
  for (const { image, sha256, path } of seen.files) {
    say(
      `needs the file ${image}${sha256 === undefined ? ` (${path ?? 'any'})` : ` with SHA-256 ${sha256}`}`,
    );
  }
  for (const { console, send } of seen.typed) say(`types ${JSON.stringify(send)} on ${console}`);
  if (seen.extra.length > 0) say(`extra arguments: ${seen.extra.join(' ')}`);
  for (const reason of seen.blocked) say(`cannot be started: ${reason}`);
  return report(opened.notices, io);
}
