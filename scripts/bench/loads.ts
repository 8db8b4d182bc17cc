import { createHash } from 'node:crypto';
import type { GuestStep } from '../../src/machine/guest';

/** A guest whose console is a shell, on which the loads run. */
export const loadGuest = 'virt-debian';
/** The guest at whose shell key presses are timed. */
export const echoGuest = 'virt-linux';

/** A load that a shell runs; it is timed from outside, so no clock of the guest's matters. */
export interface ShellLoad {
  name: string;
  title: string;
  /** A word substitution of the shell whose value shows that the work was done. */
  command: string;
  /** The value, as a regular expression. */
  result: string;
}

const iterations = 20_000;
const hashed = 8 << 20;
const compressed = 1 << 20;

export const shellLoads: readonly ShellLoad[] = [
  {
    name: 'loop',
    title: `shell loop of ${iterations.toLocaleString('en')}`,
    command: `$(i=0; while [ $i -lt ${iterations} ]; do i=$((i+1)); done; echo $i)`,
    result: `${iterations}`,
  },
  {
    name: 'md5',
    title: `md5 of ${hashed >> 20} MiB`,
    command: `$(head -c ${hashed} /dev/zero | busybox md5sum)`,
    result: createHash('md5').update(new Uint8Array(hashed)).digest('hex'),
  },
  {
    name: 'gzip',
    title: `gzip of ${compressed >> 20} MiB`,
    command: `$(head -c ${compressed} /dev/urandom | gzip | wc -c)`,
    // Random bytes do not get smaller: a megabyte and gzip's own few hundred bytes.
    result: `${Math.floor(compressed / 10_000)}[0-9]{4}`,
  },
];

/**
 * The steps of a load on a shell's console: typed, begun, ended, prompt. The load takes from the
 * second to the third. What the shell echoes of the typed line does not match the marks, which
 * it computes.
 */
export function loadSteps(load: ShellLoad, console: string): GuestStep[] {
  return [
    { console, send: `echo begin-$((6*7)); echo end-${load.command}\r` },
    { console, expect: 'begin-42' },
    { console, expect: `/end-${load.result}\\b/` },
    { console, expect: 'guest:/# ' },
  ];
}

/** Seconds of the load, from when each of its steps was met. */
export function loadSeconds(met: readonly number[]): number {
  const [, begun, ended] = met;
  if (begun === undefined || ended === undefined) throw new Error('A load has four steps.');
  return ended - begun;
}
