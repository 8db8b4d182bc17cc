import { expect, it } from 'vitest';
import { toJson } from './json';
import { reportLines } from './report';
import type { BenchResults } from './results';

const empty: BenchResults = {
  set: 'quick',
  rounds: 1,
  machine: { cpu: 'A CPU', cores: 2, memoryMiB: 4096, kernel: '6.1' },
  load: { before: [0, 0, 0], after: [1, 1, 1] },
  versions: { nativeQemu: '10.0.2', engineQemu: '10.0.13' },
  engine: { qemuVersion: '10.0.13', rawBytes: 9_000_000, brotliBytes: 2_000_000 },
  guests: [],
  loads: [],
  smp: [],
  mips: {},
  echoMs: [],
  longestTaskMs: [],
  failures: [],
};

const measured: BenchResults = {
  ...empty,
  guests: [
    {
      id: 'rme',
      boot: { native: [1, 3, 2], tab: [10, 40, 20] },
      snapshotOpen: { cold: [3, 1, 2], warm: [0.9], bytes: 600_000 },
      memoryMiB: [500],
      firstVisitBytes: [12_000_000],
    },
    {
      id: 'uefi',
      boot: { native: [1], tab: [] },
      snapshotOpen: undefined,
      memoryMiB: [],
      firstVisitBytes: [],
    },
  ],
  loads: [{ name: 'loop', title: 'loop', guest: 'rme', times: { native: [1], tab: [2] } }],
  smp: [{ name: '4', title: 'four', guest: 'rme', times: { native: [2], tab: [6] } }],
  incrementalBuildSeconds: 60,
  mips: { alu: { native: [100, 300, 200], tab: [50] } },
  echoMs: [1, 2, 3, 40],
  longestTaskMs: [0, 70],
  fullBuildSeconds: 723.8,
  failures: ['uefi, tab, round 1: no'],
};

it('leaves out the keys of what was not measured', () => {
  expect(Object.keys(toJson(empty))).toEqual(['machine', 'set', 'rounds', 'engine']);
  expect(toJson(measured)).toMatchObject({
    engine: { rawBytes: 9_000_000, brotliBytes: 2_000_000 },
    coldBoot: { rme: { nativeSeconds: 2, tabSeconds: 20 }, uefi: { nativeSeconds: 1 } },
    snapshotOpen: { rme: { coldSeconds: 2, warmSeconds: 0.9, bytes: 600_000 } },
    shellLoads: { loop: { nativeSeconds: 1, tabSeconds: 2 } },
    mips: { alu: { native: 200, tab: 50 } },
    echoMs: { p50: 2, p95: 40 },
    longestStallMs: 70,
    tabMemoryMiB: { rme: 500 },
    firstVisitBytes: { rme: 12_000_000 },
    smp: { 4: { nativeSeconds: 2, tabSeconds: 6 } },
    build: { fullSeconds: 723.8, incrementalSeconds: 60 },
  });
  expect(JSON.stringify(toJson(measured))).not.toContain('"uefi":{"nativeSeconds":1,"tab');
});

it('prints medians with their ratio, a dash for what is missing, and what failed', () => {
  const lines = reportLines(measured);
  const row = (start: string) => lines.find((line) => line.startsWith(start)) ?? '';
  expect(row('cold boot of rme')).toMatch(/ 2\.00 s +20\.00 s +10\.0 x$/);
  // Time, not rate: the tab takes four times as long.
  expect(row('one hot block')).toMatch(/ 200 MIPS +50\.00 MIPS +4\.00 x$/);
  expect(row('cold boot of uefi')).toMatch(/ 1\.00 s +- +-$/);
  expect(row('rme by snapshot, again')).toMatch(/ 0\.90 s/);
  expect(lines.slice(-2)).toEqual(['Not measured:', 'uefi, tab, round 1: no']);
});

it('says when the machine was busy, and leaves out rows that only the tab could have', () => {
  const busy = { ...measured, load: { before: [1.5, 0, 0], after: [0, 0, 0] } };
  expect(reportLines(busy).join('\n')).toContain('The machine was busy');
  expect(reportLines(measured).join('\n')).not.toContain('The machine was busy');
  expect(reportLines(measured).join('\n')).not.toContain('tab memory at the prompt of uefi');
  expect(reportLines(empty).join('\n')).not.toContain('key press');
});
