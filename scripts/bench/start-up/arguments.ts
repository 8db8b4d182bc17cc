import { parseArgs } from 'node:util';

export const help = `npx tsx scripts/bench/start-up/main.ts [OPTIONS]

Opens the built page in Debian's Chromium and shows where the time from navigation to a guest's
prompt goes: milestones, and the main thread's tasks of 50 ms and more.

  --guests A,B     these guests (sbsa-ref)
  --modes A,B      how each is opened, of: (warm)
                     cold      from reset, in a browser that has nothing of the page
                     snapshot  by its snapshot, in a browser that has nothing of the page
                     warm      by its snapshot, in a browser that has opened it before
                     button    from reset, by the button on a page that is there already; its tasks
                               count from the click on
  --rounds N       how many rounds (3)
  --page DIR       this built page instead of building one; several are measured in turns
  --trace DIR      write a DevTools trace of each run there, and read the tasks from it: with their
                   processor time, what they did, and who had the other cores meanwhile
  --tasks MS       with --trace: show tasks from this duration on (50)
  --help           this text`;

export const modes = ['cold', 'snapshot', 'warm', 'button'] as const;
export type Mode = (typeof modes)[number];

export interface StartUpArguments {
  guests: readonly string[];
  modes: readonly Mode[];
  rounds: number;
  /** Folders of built pages; none for the page as it is in the source tree. */
  pages: readonly string[];
  trace: string | undefined;
  tasksMs: number;
  help: boolean;
}

const listOf = (value: string): string[] => value.split(',').filter((part) => part !== '');

function readModes(value: string): Mode[] {
  return listOf(value).map((name) => {
    const mode = modes.find((each) => each === name);
    if (mode === undefined) throw new Error(`--modes takes ${modes.join(', ')}, not "${name}".`);
    return mode;
  });
}

function readCount(option: string, value: string): number {
  if (/^[1-9][0-9]{0,2}$/.test(value)) return Number(value);
  throw new Error(`--${option} takes a number from 1 to 999, not "${value}".`);
}

/** Reads the command line. @throws Error naming the option and what it takes. */
export function readArguments(args: readonly string[]): StartUpArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      guests: { type: 'string', default: 'sbsa-ref' },
      modes: { type: 'string', default: 'warm' },
      rounds: { type: 'string', default: '3' },
      page: { type: 'string', multiple: true, default: [] },
      trace: { type: 'string' },
      tasks: { type: 'string', default: '50' },
      help: { type: 'boolean', default: false },
    },
  });
  const guests = listOf(values.guests);
  if (guests.length === 0) throw new Error('--guests takes ids of guests, such as rme,uefi.');
  if (values.page.includes('')) throw new Error('--page takes a folder that holds a built page.');
  if (values.trace === '') throw new Error('--trace takes the name of a folder to write to.');
  return {
    guests,
    modes: readModes(values.modes),
    rounds: readCount('rounds', values.rounds),
    pages: values.page,
    trace: values.trace,
    tasksMs: readCount('tasks', values.tasks),
    help: values.help,
  };
}
