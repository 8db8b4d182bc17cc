import { mipsGuest, mipsTitle } from './mips';
import type { BenchResults, Sides } from './results';
import { median, percentile, ratio } from './statistics';
import { formatTable, type Column } from './table';

const columns: readonly Column[] = [
  { title: 'what', align: 'left' },
  { title: 'native', align: 'right' },
  { title: 'tab', align: 'right' },
  { title: 'tab/native', align: 'right' },
];

const or = (value: number | undefined, show: (value: number) => string) =>
  value === undefined ? '-' : show(value);
const seconds = (value: number) => `${value.toFixed(2)} s`;
const megabytes = (value: number) => `${(value / 1e6).toFixed(2)} MB`;

function compared(what: string, { native, tab }: Sides): string[] {
  return [
    what,
    or(median(native), seconds),
    or(median(tab), seconds),
    or(ratio(native, tab), (value) => `${value.toFixed(1)} x`),
  ];
}

/** Rates, and by how much longer the tab takes for the same instructions. */
function comparedRates(what: string, { native, tab }: Sides): string[] {
  const rate = (value: number) => `${value.toFixed(value < 100 ? 2 : 0)} MIPS`;
  return [
    what,
    or(median(native), rate),
    or(median(tab), rate),
    or(ratio(tab, native), (value) => `${value.toFixed(2)} x`),
  ];
}

/** A row of the tab alone; none when it was not measured. */
function alone(
  what: string,
  value: number | undefined,
  show: (value: number) => string,
): string[][] {
  return value === undefined ? [] : [[what, '', show(value), '']];
}

function rows(results: BenchResults): string[][] {
  const { guests, loads, mips, echoMs, longestTaskMs, engine } = results;
  const milliseconds = (value: number) => `${value.toFixed(1)} ms`;
  const presses = echoMs.length;
  const task = longestTaskMs.length === 0 ? undefined : Math.max(...longestTaskMs);
  return [
    ...guests
      .filter(({ id }) => id !== mipsGuest)
      .map(({ id, boot }) => compared(`cold boot of ${id}`, boot)),
    ...Object.entries(mips).map(([name, rates]) => comparedRates(mipsTitle(name), rates)),
    ...guests.flatMap(({ id, snapshotOpen: times }) => [
      ...alone(`${id} by snapshot, nothing cached`, median(times?.cold ?? []), seconds),
      ...alone(`${id} by snapshot, again`, median(times?.warm ?? []), seconds),
      ...alone(`snapshot of ${id}`, times?.bytes, megabytes),
    ]),
    ...loads.map(({ title, guest, times }) => compared(`${title}, ${guest}`, times)),
    ...results.smp.map(({ title, guest, times }) => compared(`${title}, ${guest}`, times)),
    ...alone(`key press to echo, p50 of ${presses}`, percentile(echoMs, 50), milliseconds),
    ...alone(`key press to echo, p95 of ${presses}`, percentile(echoMs, 95), milliseconds),
    ...alone('longest main-thread task', task, (value) =>
      value === 0 ? 'under 50 ms' : `${value.toFixed(0)} ms`,
    ),
    ...guests.flatMap(({ id, memoryMiB }) =>
      alone(
        `tab memory at the prompt of ${id}`,
        median(memoryMiB),
        (value) => `${value.toFixed(0)} MiB`,
      ),
    ),
    ...guests.flatMap(({ id, firstVisitBytes }) =>
      alone(`first visit to ${id}, sent uncompressed`, median(firstVisitBytes), megabytes),
    ),
    ...alone(
      'disk: sequential read',
      results.disk?.sequentialReadMBs,
      (value) => `${value.toFixed(0)} MB/s`,
    ),
    ...alone(
      'disk: synced writes of 4 KiB',
      results.disk?.syncedWritesPerSecond,
      (value) => `${value.toFixed(0)} /s`,
    ),
    ...alone('disk: cold open of 1 GiB', results.disk?.coldOpenSeconds, seconds),
    ...alone('engine, raw', engine.rawBytes, megabytes),
    ...alone('engine, brotli', engine.brotliBytes, megabytes),
    ...alone('engine built from nothing', results.fullBuildSeconds, (value) => `${value} s`),
    ...alone(
      'engine built after a change to QEMU',
      results.incrementalBuildSeconds,
      (value) => `${value} s`,
    ),
  ];
}

/** What the bench prints: machine, versions, the table, and what failed. */
export function reportLines(results: BenchResults): string[] {
  const { machine, versions, load, set, rounds, query, failures } = results;
  // What waits for a core here would have had it on a quiet machine.
  const busy = (load.before[0] ?? 0) > machine.cores / 2;
  const averages = (values: readonly number[]) => values.map((each) => each.toFixed(2)).join(' ');
  return [
    `Bootlink bench, ${set} set, ${rounds === 1 ? '1 round' : `medians of ${rounds} rounds`}` +
      (query === undefined ? '' : `, page opened with ${query}`),
    `Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryMiB} MiB, Linux ${machine.kernel}`,
    `Load average: ${averages(load.before)} before, ${averages(load.after)} after`,
    ...(busy
      ? ['The machine was busy before the rounds: do not compare these with other runs.']
      : []),
    `Versions: Chromium ${versions.chromium ?? '-'}; QEMU native ${versions.nativeQemu}, in the tab ${versions.engineQemu}`,
    '',
    ...formatTable(columns, rows(results)),
    ...(failures.length === 0 ? [] : ['', 'Not measured:', ...failures]),
  ];
}
