import type { BenchResults } from './results';
import { median, percentile } from './statistics';

const rounded = (value: number, digits: number) => Number(value.toFixed(digits));

/** Entries with a value, as an object; undefined when there are none. */
function present<T>(entries: readonly (readonly [string, T | undefined])[]) {
  const there = entries.filter((entry): entry is readonly [string, T] => entry[1] !== undefined);
  return there.length === 0 ? undefined : Object.fromEntries(there);
}

function middle(values: readonly number[], digits: number): number | undefined {
  const value = median(values);
  return value === undefined ? undefined : rounded(value, digits);
}

function sides({ native, tab }: { native: readonly number[]; tab: readonly number[] }) {
  return present([
    ['nativeSeconds', middle(native, 3)],
    ['tabSeconds', middle(tab, 3)],
  ]);
}

function rates({ native, tab }: { native: readonly number[]; tab: readonly number[] }) {
  return present([
    ['native', middle(native, 2)],
    ['tab', middle(tab, 2)],
  ]);
}

function opened(times: BenchResults['guests'][number]['snapshotOpen']) {
  if (times === undefined || times.cold.length === 0) return undefined;
  return present([
    ['coldSeconds', middle(times.cold, 3)],
    ['warmSeconds', middle(times.warm, 3)],
    ['bytes', times.bytes],
  ]);
}

/** The figures as `--json` writes them; what was not measured has no key. */
export function toJson(results: BenchResults): object {
  const { guests, loads, mips, echoMs, longestTaskMs, engine, machine, load } = results;
  const p50 = percentile(echoMs, 50);
  const p95 = percentile(echoMs, 95);
  const all: Record<string, unknown> = {
    machine: { ...machine, loadBefore: load.before, loadAfter: load.after, ...results.versions },
    set: results.set,
    rounds: results.rounds,
    query: results.query,
    engine: { rawBytes: engine.rawBytes, brotliBytes: engine.brotliBytes },
    mips: present(Object.entries(mips).map(([name, each]) => [name, rates(each)] as const)),
    coldBoot: present(guests.map(({ id, boot }) => [id, sides(boot)] as const)),
    snapshotOpen: present(
      guests.map(({ id, snapshotOpen }) => [id, opened(snapshotOpen)] as const),
    ),
    shellLoads: present(loads.map(({ name, times }) => [name, sides(times)] as const)),
    smp: present(results.smp.map(({ name, times }) => [name, sides(times)] as const)),
    echoMs:
      p50 === undefined || p95 === undefined
        ? undefined
        : { p50: rounded(p50, 1), p95: rounded(p95, 1) },
    longestStallMs: longestTaskMs.length === 0 ? undefined : Math.max(...longestTaskMs),
    tabMemoryMiB: present(guests.map((each) => [each.id, middle(each.memoryMiB, 0)] as const)),
    firstVisitBytes: present(
      guests.map((each) => [each.id, middle(each.firstVisitBytes, 0)] as const),
    ),
    disk:
      results.disk === undefined
        ? undefined
        : {
            sequentialReadMBs: rounded(results.disk.sequentialReadMBs, 0),
            syncedWritesPerSecond: rounded(results.disk.syncedWritesPerSecond, 0),
            syncedWritesOverImportPerSecond: rounded(
              results.disk.syncedWritesOverImportPerSecond,
              0,
            ),
            coldOpenSeconds: rounded(results.disk.coldOpenSeconds, 3),
          },
    build: present([
      ['fullSeconds', results.fullBuildSeconds],
      ['incrementalSeconds', results.incrementalBuildSeconds],
    ]),
    failures: results.failures.length === 0 ? undefined : results.failures,
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
