import { parseArgs } from 'node:util';

export const help = `npm run bench [-- OPTIONS]

Boots guests in a tab of Debian's Chromium and in native QEMU, in rounds that take turns, and
prints medians side by side.

  --quick          a few guests, one round
  --guests A,B     these guests instead of the set's
  --rounds N       how many rounds
  --json FILE      write the figures as JSON as well
  --query A=B      add this to the address of the page (joined by & for several)
  --no-set-up      measure what is in public/ (or BOOTLINK_PUBLIC) as it is, without set-up
  --help           this text`;

export interface BenchArguments {
  set: 'quick' | 'full';
  rounds: number;
  /** Ids of guests; all that set-up has built when left out. */
  guests?: readonly string[];
  json?: string;
  /** Added to the query of the page's address. */
  query?: string;
  setUp: boolean;
  help: boolean;
}

const quickGuests = ['mips', 'el-walk', 'sbsa-ref', 'virt-linux', 'virt-debian'];

/** Reads the command line. @throws Error naming the option and what it takes. */
export function readArguments(args: readonly string[]): BenchArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      guests: { type: 'string' },
      rounds: { type: 'string' },
      json: { type: 'string' },
      query: { type: 'string' },
      'no-set-up': { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const rounds = values.rounds ?? (values.quick ? '1' : '3');
  if (!/^[1-9][0-9]{0,2}$/.test(rounds)) {
    throw new Error(`--rounds takes a number from 1 to 999, not "${rounds}".`);
  }
  const guests = values.guests?.split(',').filter((id) => id !== '');
  if (guests?.length === 0) throw new Error('--guests takes ids of guests, such as rme,uefi.');
  if (values.json === '') throw new Error('--json takes the name of a file to write.');
  const query = values.query?.replace(/^[?&]+/, '');
  if (query !== undefined && !/^[^=&#]+=[^&#]*(&[^=&#]+=[^&#]*)*$/.test(query)) {
    throw new Error(`--query takes NAME=VALUE pairs joined by &, not "${values.query ?? ''}".`);
  }
  const named = guests ?? (values.quick ? quickGuests : undefined);
  return {
    set: values.quick ? 'quick' : 'full',
    rounds: Number(rounds),
    ...(named === undefined ? {} : { guests: named }),
    ...(values.json === undefined ? {} : { json: values.json }),
    ...(query === undefined ? {} : { query }),
    setUp: !values['no-set-up'],
    help: values.help,
  };
}

/** The address of the page that opens this guest at once: from reset, or from its snapshot. */
export function guestUrl(
  page: string,
  guest: string,
  query: string | undefined,
  from: 'reset' | 'snapshot' = 'reset',
): string {
  const cold = from === 'reset' ? '&boot=cold' : '';
  const more = query === undefined ? '' : `&${query}`;
  return `${page}?guest=${encodeURIComponent(guest)}${cold}${more}`;
}
