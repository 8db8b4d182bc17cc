import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { machines } from './arbitrary.fixture';
import { fromArgs } from './from-args';
import { fromShell } from './from-shell';
import { canonical } from './machine-json';
import { optionNames } from './qemu-options';
import { seeds } from './seeds.fixture';
import { toShell } from './shell-quote';
import { toArgs } from './to-args';

// Properties take seconds on a machine that is busy with other work.
vi.setConfig({ testTimeout: 120_000 });

describe('a machine and its arguments', () => {
  it('machine -> arguments -> machine is the same machine', () => {
    fc.assert(
      fc.property(machines, (machine) => {
        const again = fromArgs(toArgs(machine), machine).machine;
        expect(canonical(again)).toStrictEqual(canonical(machine));
        expect(JSON.stringify(canonical(again))).toBe(JSON.stringify(canonical(machine)));
      }),
      { numRuns: 500 },
    );
  });

  it('arguments -> machine -> arguments are the same arguments', () => {
    fc.assert(
      fc.property(machines, (machine) => {
        const args = toArgs(machine);
        expect(toArgs(fromArgs(args, machine).machine)).toStrictEqual(args);
      }),
      { numRuns: 500 },
    );
  });

  it('survive a shell: machine -> command line -> machine', () => {
    fc.assert(
      fc.property(machines, (machine) => {
        const again = fromShell(toShell(toArgs(machine)), machine).machine;
        expect(canonical(again)).toStrictEqual(canonical(machine));
      }),
      { numRuns: 200 },
    );
  });

  it('any arguments at all are read, and settle after one round', () => {
    const word = fc.oneof(
      fc.constantFrom(...optionNames()).map((name) => `-${name}`),
      fc.constantFrom(
        'virt,a',
        'id=x,,y',
        'file=a,if=pflash',
        '{"driver":"x","n":1}',
        '{',
        'a.0=1,a.b=2',
        '...',
        '-',
        '--',
        '',
      ),
      fc.string().map((s) => s.replaceAll('\0', '')),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (args) => {
        const first = fromArgs(args);
        const settled = toArgs(first.machine);
        const second = fromArgs(settled, first.machine);
        expect(canonical(second.machine)).toStrictEqual(canonical(first.machine));
        expect(toArgs(second.machine)).toStrictEqual(settled);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('seed command lines', () => {
  it.each(Object.entries(seeds))('%s parses and comes back', (_, line) => {
    const first = fromShell(line);
    const errors = first.diagnostics.filter(({ severity }) => severity === 'error');
    expect(errors.filter(({ code }) => code !== 'host-object')).toEqual([]);
    expect(first.machine.extra ?? []).toEqual(
      line.includes('-overcommit') ? ['-overcommit', 'mem-lock=on'] : [],
    );
    const shell = toShell(toArgs(first.machine));
    // Without knowing the machine, from the text alone.
    expect(fromShell(shell).machine).toStrictEqual(first.machine);
    expect(toShell(toArgs(fromShell(shell).machine))).toBe(shell);
    for (const diagnostic of first.diagnostics) expect(diagnostic.range).toBeDefined();
  });
});
