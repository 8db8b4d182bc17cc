import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConsoleRecogniser } from '../console/recogniser';
import {
  EDK2_CRASH,
  LINUX_OOPS,
  OPTEE_ABORT,
  RMM_CRASH,
  TFA_PANIC,
  TFA_UNHANDLED,
  UBOOT_ABORT,
  XEN_TRAP,
} from '../console/samples';
import { encodeEvents } from '../events/encode';
import type { ExceptionEvent, TraceEvent } from '../events/event';
import { EventStore } from '../events/store';
import { RECORD_SIZE } from '../events/layout';
import type { Place } from '../security';
import { diagnose } from './diagnose';
import { diagnosisMarkdown } from './markdown';
import type { Observation, ObservedConsole, ObservedCpu } from './observation';
import { parseRegisterDump, parseWord } from './register-dump';

const el3: Place = { el: 3, state: 'Root', aarch32: false };
const el1: Place = { el: 1, state: 'Non-secure', aarch32: false };
const ns2: Place = { el: 2, state: 'Non-secure', aarch32: false };

const UNKNOWN = 0x2000000n;
/** Instruction Abort from the same level, synchronous external abort. */
const FETCH = 0x86000010n;
/** Data Abort from the same level, synchronous external abort, read. */
const READ = 0x96000010n;
/** Data Abort from the same level, granule protection fault, write. */
const GPF = 0x96000068n;

/** Crashes as each program prints them. */
const CRASHES = {
  'TF-A, an exception': TFA_UNHANDLED,
  'TF-A, a panic': TFA_PANIC,
  'U-Boot': UBOOT_ABORT,
  EDK2: EDK2_CRASH,
  Linux: LINUX_OOPS,
  'OP-TEE': OPTEE_ABORT,
  RMM: RMM_CRASH,
  Xen: XEN_TRAP,
};

let clock = 0n;
const next = (): bigint => (clock += 1000n);

function reset(pc: bigint, to = el3): TraceEvent {
  return { kind: 'reset', cpu: 0, time: next(), to, reset: 'cold', pc };
}

function exception(
  esr: bigint,
  elr: bigint,
  more: Partial<ExceptionEvent> = {},
): TraceEvent & { kind: 'exception' } {
  const to = more.to ?? el3;
  return {
    kind: 'exception',
    cpu: 0,
    time: next(),
    from: to,
    to,
    esr,
    elr,
    spsr: 0x3cdn,
    vector: 0x200n,
    vectorOffset: 0x200,
    ...more,
  };
}

/** Exceptions that were only counted, as the engine sums up what is alike and frequent. */
function counted(
  pc: bigint,
  of: 'exception' | 'return' = 'exception',
  key = 0n,
  at = el3,
): TraceEvent {
  const time = next();
  return {
    kind: 'summary',
    cpu: 0,
    time,
    from: at,
    to: at,
    of,
    count: 500n,
    since: time - 900n,
    key,
    pc,
  };
}

function storeOf(events: readonly TraceEvent[], cpu = 0): EventStore {
  const store = new EventStore(cpu);
  store.append(encodeEvents(events.map((event) => ({ ...event, cpu }))));
  return store;
}

function consoleOf(text: string, quietFor = 60_000): ObservedConsole {
  const recogniser = new ConsoleRecogniser();
  const lines = text.split('\n');
  return {
    id: 'uart0',
    title: 'Firmware',
    ...(text === '' ? {} : { quietFor }),
    events: [...recogniser.push(text), ...recogniser.finish()].filter(
      (event) => event.kind !== 'rmm-call',
    ),
    openLine: lines.at(-1) ?? '',
    lastLine: lines.findLast((line) => line.trim() !== '') ?? '',
  };
}

function observe(
  events: readonly TraceEvent[] | undefined,
  text = '',
  more: Partial<Observation> = {},
  cpu: Partial<ObservedCpu> = {},
): Observation {
  return {
    title: 'Sample',
    state: 'running',
    ranFor: 60_000,
    output: [],
    recording: events === undefined ? 'off' : 'on',
    lost: 0,
    cpus: [
      { cpu: 0, ...(events === undefined ? {} : { events: storeOf(events), quietFor: 0 }), ...cpu },
    ],
    consoles: [consoleOf(text)],
    resets: [],
    guestResets: 0,
    reachedPrompt: false,
    ...more,
  };
}

const idsOf = (observation: Observation): string[] =>
  diagnose(observation).findings.map(({ id }) => id);
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

describe('a loop of exceptions', () => {
  // As recorded of a bare-metal image on virt that branches to 0x1200000000 with VBAR_EL3 unset.
  const jump = (): TraceEvent[] => [
    reset(0x41000000n),
    exception(FETCH, 0x1200000000n, { far: 0x1200000000n }),
    ...times(10, () => exception(UNKNOWN, 0x200n)),
    ...times(50, () => counted(0x200n)),
    exception(UNKNOWN, 0x200n),
  ];

  it('names the branch that led into it, and that no vector was ever set', () => {
    const { verdict, trouble, findings, paragraph, loops } = diagnose(observe(jump()));
    expect([verdict, trouble]).toEqual(['looping', true]);
    expect(findings.map(({ id }) => id)).toEqual(['branch-to-nowhere', 'vector-never-set']);
    expect(findings[0]?.text).toContain('0x1200000000');
    expect(findings[1]?.text).toContain('VBAR_EL3 is 0');
    expect(paragraph).toContain('vCPU 0 is at EL3');
    expect(loops[0]).toMatchObject({ start: 1, startKnown: true, cause: { index: 1 } });
    for (const { source, evidence } of findings) {
      expect(source).toContain('Arm ARM');
      expect(evidence.length).toBeGreaterThan(0);
    }
  });

  it('still knows how it began when those events are forgotten', () => {
    const first = diagnose(observe(jump()));
    const later = observe(
      times(100, () => exception(UNKNOWN, 0x200n)),
      '',
      { loops: first.loops },
    );
    expect(idsOf(later)).toEqual(['branch-to-nowhere', 'vector-never-set']);
    expect(idsOf({ ...later, loops: [] })).toEqual(['vector-never-set']);
  });

  it('from reset on means that there is no firmware', () => {
    const events = [
      reset(0n),
      exception(UNKNOWN, 0n),
      ...times(80, () => exception(UNKNOWN, 0x200n)),
    ];
    expect(idsOf(observe(events))).toEqual(['image-missing', 'vector-never-set']);
  });

  it('after an SMC that is UNDEFINED names the call', () => {
    const at = { to: el1 };
    const events = [
      reset(0x41000000n, el1),
      exception(UNKNOWN, 0x41000000n, at),
      ...times(80, () => exception(UNKNOWN, 0x200n, at)),
    ];
    const code = new Map([[0x41000000n, 0xd4000003]]);
    expect(idsOf(observe(events, '', {}, { code }))).toEqual([
      'call-undefined',
      'vector-never-set',
    ]);
  });

  it('whose handler returns to the fault is one when it goes on for long', () => {
    const pair = (): TraceEvent[] => [
      exception(READ, 0x4100000cn, { to: el1, far: 0x1200000000n }),
      {
        kind: 'return',
        cpu: 0,
        time: next(),
        from: el1,
        to: el1,
        elr: 0x4100000cn,
        spsr: 5n,
        x0: 0n,
        x1: 0n,
        pc: 0x41000200n,
      },
    ];
    const sums = (): TraceEvent[] => [
      counted(0x4100000cn, 'exception', 0x25n, el1),
      counted(0x41000200n, 'return', 0n, el1),
    ];
    const short = [reset(0x41000000n, el1), ...times(40, pair).flat()];
    expect(diagnose(observe(short)).trouble).toBe(false);
    const long = [...short, ...times(10, sums).flat(), ...pair()];
    expect(idsOf(observe(long))).toEqual(['ec-0x25', 'handler-returns']);
  });

  it('is none while a console goes on printing', () => {
    const observation = observe(jump());
    const consoles = [consoleOf('line\n', 300)];
    expect(diagnose({ ...observation, consoles }).trouble).toBe(false);
  });

  it('is none when calls go on from one place', () => {
    const call = (): TraceEvent =>
      exception(0x5e000000n, 0x1000n, { from: ns2, args: [0x84000000n] });
    expect(diagnose(observe(times(200, call), '=> ')).trouble).toBe(false);
  });
});

describe('what consoles print', () => {
  const abort =
    'U-Boot 2025.01 (Jan 01 2025)\n=> mw 5f000000 1\n' +
    '"Synchronous Abort" handler, esr 0x96000068, far 0x5f000000\n' +
    'elr: 0000000060000100 lr : 0000000060000200 (reloc)\n' +
    'elr: 00000000bf000100 lr : 00000000bf000200\n' +
    'x0 : 0000000000000000 x1 : 0000000000000001\n';

  it('of a delegated granule is joined with the events', () => {
    const granule: TraceEvent = {
      kind: 'granule',
      cpu: 0,
      time: next(),
      from: el3,
      base: 0x5f000000n,
      size: 4096n,
      entry: 0x99999999b9999999n,
      gpi: 0b1011,
      oldGpi: 0b1001,
      cause: 'GPT write',
      pc: 0x100n,
    };
    const gpf: TraceEvent = {
      kind: 'gpf',
      cpu: 0,
      time: next(),
      from: ns2,
      pa: 0x5f000000n,
      space: 'Non-secure',
      va: 0x5f000000n,
      pc: 0xbf000100n,
      esr: GPF,
      gpcsc: 0b001101,
      write: true,
      fetch: false,
      onWalk: false,
    };
    const taken = exception(GPF, 0xbf000100n, { to: ns2, far: 0x5f000000n });
    const found = diagnose(observe([reset(0n), granule, gpf, taken], abort));
    expect(found.verdict).toBe('crashed');
    expect(found.headline).toContain('U-Boot');
    const [first] = found.findings;
    expect(first?.id).toBe('granule-protection-fault');
    expect(first?.text).toContain('NS-EL2 wrote to physical address 0x5f000000');
    expect(first?.text).toContain('given to Realm');
    expect(found.findings.length).toBe(1);
    expect(first?.evidence.map(({ kind }) => kind)).toEqual(['event', 'event', 'console', 'event']);
  });

  it('near the stack pointer is of a stack in memory of another world', () => {
    const text = `${abort}sp : 000000005f000f80\n`;
    const gpf: TraceEvent = {
      ...{ kind: 'gpf', cpu: 0, time: next(), from: ns2, space: 'Non-secure', gpcsc: 0b001101 },
      ...{ pa: 0x5f000000n, va: 0x5f000000n, pc: 0xbf000100n, esr: GPF },
      ...{ write: true, fetch: false, onWalk: false },
    };
    const withSp = consoleOf(text);
    const events = withSp.events.map((event) =>
      event.kind === 'crash'
        ? { ...event, registers: { ...event.registers, sp: 0x5f000f80n } }
        : event,
    );
    const found = diagnose({
      ...observe([reset(0n), gpf]),
      consoles: [{ ...withSp, events }],
    });
    expect(found.findings[0]?.id).toBe('stack-in-other-world');
  });

  it.each(Object.entries(CRASHES))('by %s is told as its crash', (name, text) => {
    const found = diagnose(observe(undefined, text));
    expect([found.verdict, found.trouble]).toEqual(['crashed', true]);
    expect(found.headline).toContain(name.split(',')[0]);
    for (const { evidence, source } of found.findings) {
      expect(evidence[0]?.kind).toBe('console');
      expect(source).not.toBe('');
    }
  });

  it('says when it has started again since', () => {
    const text = `${abort}Resetting CPU ...\n\nresetting ...\nU-Boot 2025.01 (Jan 01 2025)\n=> `;
    const { headline } = diagnose(observe(undefined, text));
    expect(headline).toContain('started again since, and a prompt waits');
  });

  it('of a Linux without a root names that, without events too', () => {
    const text =
      '[    1.0] VFS: Cannot open root device "vda" or unknown-block(0,0): error -6\n' +
      '[    1.1] Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)\n';
    const found = diagnose(observe(undefined, text));
    expect(found.verdict).toBe('crashed');
    expect(found.findings.map(({ id }) => id)).toEqual(['no-root', 'console-problem']);
    expect(found.limits.join(' ')).toContain('not recorded');
  });
});

describe('a machine that rests', () => {
  const wfi = (): TraceEvent[] => [
    reset(0x41000000n),
    { kind: 'wait', cpu: 0, time: next(), from: el3, wait: 'WFI', pc: 0x41000000n },
  ];

  it('at a prompt is at no fault, whatever its vCPUs do', () => {
    for (const prompt of ['=> ', 'guest:/# ', 'Shell> ', 'debian login: ', '(qemu) > ']) {
      const found = diagnose(observe(wfi(), `U-Boot\n${prompt}`, {}, { quietFor: 60_000 }));
      expect([prompt, found.trouble]).toEqual([prompt, false]);
    }
  });

  it('in WFI with no prompt is told of, but not at once', () => {
    expect(idsOf(observe(wfi(), '', {}, { quietFor: 60_000 }))).toEqual(['waits-for-ever']);
    expect(diagnose(observe(wfi(), '', { ranFor: 5000 }, { quietFor: 5000 })).trouble).toBe(false);
    expect(diagnose(observe(wfi(), 'text\n', {}, { quietFor: 3000 })).trouble).toBe(false);
  });

  it('in a branch to itself is told of, without events too', () => {
    const cpu = {
      samples: times(6, () => 0x41000000n),
      code: new Map([[0x41000000n, 0x14000000]]),
    };
    expect(idsOf(observe(undefined, 'PANIC\n', {}, cpu))).toContain('branch-to-self');
  });

  it('behind a prompt that it has left is given more time, and needs events', () => {
    const left = { reachedPrompt: true };
    const quiet = (quietFor: number): boolean =>
      diagnose(observe(wfi(), '=> go 0\n', left, { quietFor })).trouble;
    expect([quiet(15_000), quiet(40_000)]).toEqual([false, true]);
    const asleep = { samples: times(6, () => 0x41000004n) };
    expect(diagnose(observe(undefined, '# sleep 99\n', left, asleep)).trouble).toBe(false);
  });

  it('that computes is not', () => {
    const cpu = { samples: [1n, 2n, 3n, 4n, 5n, 6n] };
    expect(diagnose(observe([reset(0n)], '', {}, cpu)).trouble).toBe(false);
  });

  it('does not grow older while it is paused', () => {
    expect(diagnose(observe(wfi(), '', { state: 'paused' })).verdict).toBe('paused');
  });

  it('after a call that nothing handles names the call', () => {
    const events: TraceEvent[] = [
      reset(0x41000000n, ns2),
      {
        kind: 'psci',
        cpu: 0,
        time: next(),
        from: ns2,
        args: [0xc4000150n, 0n, 0n, 0n],
        result: (1n << 64n) - 1n,
      },
      { kind: 'wait', cpu: 0, time: next(), from: ns2, wait: 'WFI', pc: 0x41000004n },
    ];
    expect(idsOf(observe(events, '', {}, { quietFor: 60_000 }))).toEqual([
      'waits-for-ever',
      'call-not-handled',
    ]);
  });
});

describe('a vCPU in AArch32', () => {
  const svc: Place = { el: 1, state: 'Non-secure', aarch32: true };
  const SVC_MODE = 0x1d3n;
  const T32 = 0x20n;

  it.each([
    ['A32', SVC_MODE, 0xeafffffe],
    ['T32', SVC_MODE | T32, 0xbf00e7fe],
  ])('in a branch to itself of %s is told of, with level and mode', (set, pstate, word) => {
    const at = 0x40010000n;
    const found = diagnose(
      observe(
        undefined,
        'PANIC\n',
        {},
        {
          registers: { pc: at, pstate },
          samples: times(6, () => at),
          code: new Map([[at, word]]),
        },
      ),
    );
    const finding = found.findings.find(({ id }) => id === 'branch-to-self');
    expect(finding?.evidence[0]?.text).toContain(`${set} instruction`);
    expect(found.paragraph).toContain('at EL1 (AArch32, Supervisor mode)');
  });

  it.each([
    ['A32', SVC_MODE, 4n, 0xe320f003],
    ['T32', SVC_MODE | T32, 2n, 0x0000bf30],
  ])('in WFI of %s waits', (_, pstate, behind, word) => {
    const at = 0x40010004n;
    const found = diagnose(
      observe(
        undefined,
        'text\n',
        {},
        {
          registers: { pc: at, pstate },
          samples: times(6, () => at),
          code: new Map([[at - behind, word]]),
        },
      ),
    );
    expect(found.findings.map(({ id }) => id)).toContain('waits');
  });

  it('whose vectors hold no code loops, by LR and not by ELR', () => {
    // Undefined Instruction at its own vector, 4: LR is 4 behind it in A32.
    const undefinedAt = (pc: bigint): TraceEvent => ({
      ...exception(UNKNOWN, pc + 4n, { from: svc, to: svc, vector: 4n, vectorOffset: 4 }),
      spsr: SVC_MODE,
    });
    const events = [reset(0x40000000n, svc), undefinedAt(0x40000000n)];
    const loop = times(80, () => undefinedAt(4n));
    const code = new Map([[0x40000000n, 0xe1600070]]);
    const found = diagnose(observe([...events, ...loop], '', {}, { code }));
    expect(found.findings.map(({ id }) => id)).toEqual(['call-undefined', 'vector-never-set']);
    expect(found.findings[0]?.text).toContain('0x40000000 is SMC');
    expect(found.findings[1]?.text).toContain('Undefined Instruction');
    expect(found.findings[1]?.text).toContain('VBAR is 0');
  });
});

describe('ends and resets', () => {
  it('of the guest alone count towards a loop of resets', () => {
    const by = (byGuest: boolean): Partial<Observation> => ({
      resets: times(4, () => ({ byGuest, after: 'resetting ...' })),
      guestResets: byGuest ? 1234 : 0,
    });
    const found = diagnose(observe(undefined, 'a\n', by(true)));
    expect(found.verdict).toBe('resetting');
    expect(found.headline).toContain('1,234 times');
    expect(found.findings[0]?.text).toContain('“resetting ...”');
    expect(diagnose(observe(undefined, 'a\n', by(false))).trouble).toBe(false);
  });

  it('with an error of QEMU give its last words', () => {
    const found = diagnose(
      observe(undefined, '', { state: 'ended', exitCode: 1, output: ['could not load kernel'] }),
    );
    expect(found.findings.at(-1)?.text).toContain('could not load kernel');
    expect(diagnose(observe(undefined, '', { state: 'ended', exitCode: 0 })).trouble).toBe(false);
  });
});

describe('any recording', () => {
  const bytes = fc
    .array(fc.uint8Array({ minLength: RECORD_SIZE, maxLength: RECORD_SIZE }), { maxLength: 80 })
    .map((records) => {
      // Kinds and places that there are: what is damaged otherwise is seldom decoded at all.
      for (const record of records) {
        record[0] = (record[0] ?? 0) % 16;
        for (const at of [2, 3]) record[at] = 0x80 | ((record[at] ?? 0) & 15);
        record[7] = (record[7] ?? 0) % 4;
      }
      return records;
    });
  const words = fc.constantFrom(
    '"Synchronous Abort" handler, esr 0x96000010\n',
    '=> ',
    'PANIC in EL3.\n',
    'x',
    '\n',
    'Kernel panic - not syncing: VFS: Unable to mount root fs\n',
  );

  it('and any text are judged without an exception, each reason with evidence and source', () => {
    fc.assert(
      fc.property(
        bytes,
        fc.array(words, { maxLength: 6 }),
        fc.constantFrom('running', 'paused', 'ended', 'failed'),
        (records, texts, state) => {
          const store = new EventStore(0);
          for (const record of records) {
            // Many alike: what loops are made of.
            store.append(record);
            if ((record[5] ?? 0) > 128) for (let i = 0; i < 70; i++) store.append(record);
          }
          const found = diagnose({
            ...observe([], texts.join('')),
            state,
            cpus: [{ cpu: 0, events: store, quietFor: 60_000 }],
          });
          for (const { evidence, source, text } of found.findings) {
            expect(evidence.length).toBeGreaterThan(0);
            expect(source).not.toBe('');
            expect(text).not.toMatch(/undefined|NaN/);
          }
          expect(found.paragraph).not.toMatch(/undefined|NaN/);
          const facts = {
            title: 'x',
            args: ['-M', 'virt'],
            consoles: [{ title: 'c', lines: texts }],
          };
          expect(diagnosisMarkdown(found, facts)).toContain('### vCPUs');
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('QEMU’s dumps', () => {
  it('give registers by vCPU', () => {
    const text =
      'CPU#0\n PC=0000000000000200 X00=0000001200000000 X01=0000000000000000\n' +
      'X29=0000000000000001 X30=0000000000000002  SP=0000000000000003\nPSTATE=000023cd ---- EL3h\n' +
      '\nCPU#1\n PC=0000000041000000 X00=0\n';
    const found = parseRegisterDump(text);
    expect(found.get(0)).toMatchObject({
      pc: 0x200n,
      x0: 0x1200000000n,
      x29: 1n,
      sp: 3n,
      pstate: 0x23cdn,
    });
    expect(found.get(1)?.pc).toBe(0x41000000n);
    expect(parseRegisterDump('R00=00000000 R01=00000000').size).toBe(0);
  });

  it('give those of AArch32 under their names, and sp, lr, pc and pstate too', () => {
    const text =
      'CPU#0\nR00=00000001 R01=00000002 R02=00000003 R03=00000004\n' +
      'R12=0000000d R13=7ef4a8d0 R14=7ff8a6b4 R15=7ff8a6c0\nPSR=600001d3 -ZC- A S svc32\n';
    expect(parseRegisterDump(text).get(0)).toEqual({
      ...{ r0: 1n, r1: 2n, r2: 3n, r3: 4n, r12: 13n },
      ...{ r13: 0x7ef4a8d0n, r14: 0x7ff8a6b4n, r15: 0x7ff8a6c0n },
      ...{ sp: 0x7ef4a8d0n, lr: 0x7ff8a6b4n, pc: 0x7ff8a6c0n, pstate: 0x600001d3n },
    });
  });

  it('give words of memory, or nothing', () => {
    expect(parseWord('0000000041000000: 0xd4000003\r\n')).toBe(0xd4000003);
    expect(parseWord('Cannot access memory')).toBeUndefined();
  });
});
