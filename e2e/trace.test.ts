import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TraceEvent } from '../src/inspect/events/event.js';
import { KIND } from '../src/inspect/events/layout.js';
import type { Guest } from '../src/machine/guest.js';
import { publicFolder } from '../scripts/native/catalogue.js';
import { builtGuests } from './catalogue.js';
import { traceGuest, type TracedGuest, type TracedGuestOptions } from './engine/traced-guest.js';

const BOOT_MS = Number(process.env.BOOTLINK_E2E_BOOT_SECONDS ?? 600) * 1000;
const folder = resolve(publicFolder('.'), 'guests');
const built = await builtGuests();

function find(id: string): Guest {
  const guest = built.find((each) => each.id === id);
  if (guest === undefined) throw new Error(`Set-up has not built ${id}: it has to be there.`);
  return guest;
}

/** Boots a guest to its prompt, or its end, and on until an event of this kind has been seen. */
async function boot(
  guest: Guest,
  { until, ...options }: Omit<TracedGuestOptions, 'guests'> & { until?: TraceEvent['kind'] },
): Promise<TracedGuest> {
  const traced = await traceGuest(guest, { guests: folder, translator: 'regions', ...options });
  try {
    await traced.follow(guest.boot);
    if (guest.exits !== undefined) await traced.engine.exited;
    while (until !== undefined && !traced.events.some(({ kind }) => kind === until)) {
      await traced.untilEvents(traced.events.length + 1);
    }
  } finally {
    await traced.stop();
  }
  return traced;
}

function only<K extends TraceEvent['kind']>(
  { events }: TracedGuest,
  kind: K,
): Extract<TraceEvent, { kind: K }>[] {
  return events.filter((event): event is Extract<TraceEvent, { kind: K }> => event.kind === kind);
}

describe('what is recorded of el-walk', () => {
  it('starts with the reset, and the first instruction of an image', async () => {
    const base = 0x40200000n;
    const traced = await boot(find('el-walk'), { images: [{ base, size: 0x100000n }] });
    expect(traced.events.slice(0, 2)).toMatchObject([
      { kind: 'reset', reset: 'cold', to: { el: 3, state: 'Secure' }, pc: base },
      { kind: 'image', image: 0, base, pc: base, to: { el: 3 } },
    ]);
    expect(only(traced, 'image').length).toBe(1);
  });

  it('has the arguments of each call', async () => {
    const traced = await boot(find('el-walk'), {});
    const calls = only(traced, 'exception');
    expect(calls.length).toBe(6);
    for (const call of calls) expect(call.args?.length).toBe(8);
  });

  it('is of the kinds and between the places that the filter names', async () => {
    const places = { nonSecureEl1: 5, nonSecureEl2: 6 };
    const filter = {
      kinds: [KIND.exception],
      pairs: [[places.nonSecureEl1, places.nonSecureEl2]] as const,
    };
    const traced = await boot(find('el-walk'), { filter });
    expect(traced.events.map((event) => event.kind)).toEqual(['exception', 'exception']);
    for (const { from, to } of only(traced, 'exception')) expect([from.el, to.el]).toEqual([1, 2]);
  });

  it('is nothing while recording is off', async () => {
    const traced = await boot(find('el-walk'), { record: false });
    expect(traced.events).toEqual([]);
  });

  it('is in guest time and instructions with -icount', async () => {
    const traced = await boot(find('el-walk'), { args: ['-icount', 'shift=0'] });
    const counts = traced.events.map((event) => event.icount ?? -1n);
    expect(counts.every((count) => count >= 0n)).toBe(true);
    expect(counts).toEqual(counts.toSorted((a, b) => (a < b ? -1 : 1)));
    // One nanosecond an instruction, from where the clock stood when the machine was let go.
    const offsets = traced.events.map((event) => event.time - (event.icount ?? 0n));
    expect(new Set(offsets).size).toBe(1);
  });
});

it('granules, their faults and world switches of four-worlds are recorded', async () => {
  const traced = await boot(find('four-worlds'), {});
  const granules = only(traced, 'granule');
  expect(granules.map(({ cause }) => cause)).toContain('GPT write');
  const delegated = granules.find(({ base, gpi }) => base === 0x48001000n && gpi === 0xb);
  expect(delegated).toMatchObject({ oldGpi: 0x9, size: 0x1000n, cause: 'TLBI by PA' });
  const worlds = only(traced, 'world-switch').map(({ from, to }) => `${from.state}>${to.state}`);
  for (const way of ['Secure>Non-secure', 'Non-secure>Realm', 'Realm>Secure']) {
    expect(worlds).toContain(way);
  }
  const fault = only(traced, 'gpf').find(({ from }) => from.state === 'Non-secure');
  expect(fault).toMatchObject({ pa: 0x48000000n, space: 'Non-secure', gpcsc: 0x0d });
  expect(fault?.entry).toBeDefined();
  expect(only(traced, 'mmu').some(({ enabled }) => enabled)).toBe(true);
});

/** A machine that runs words in RAM from the first of them on, and says nothing. */
function bareWords(machine: string[], address: number, words: readonly number[]): Guest {
  const guest = structuredClone(find('el-walk'));
  delete guest.exits;
  const at = (n: number): string => `0x${(address + 4 * n).toString(16)}`;
  return {
    ...guest,
    images: [],
    boot: [],
    args: [
      ...machine,
      ...['-m', '64M', '-net', 'none', '-vga', 'none', '-serial', 'chardev:uart0'],
      ...words.flatMap((word, n) => [
        '-device',
        `loader,addr=${at(n)},data=0x${word.toString(16)},data-len=4`,
      ]),
      ...['-device', `loader,addr=${at(0)},cpu-num=0`],
    ],
  };
}

describe('bare metal', () => {
  // wfe; b . - 4
  const waits = [0xd503205f, 0x17ffffff];

  it.each(['1', '2'])('that waits by WFE, on a machine of %s vCPUs', async (smp) => {
    const machine = ['-M', 'virt', '-cpu', 'cortex-a57', '-smp', smp];
    const traced = await boot(bareWords(machine, 0x41000000, waits), { until: 'wait' });
    expect(only(traced, 'wait')[0]).toMatchObject({
      wait: 'WFE',
      pc: 0x41000000n,
      from: { el: 1, state: 'Non-secure' },
    });
  });

  /** A32: VBAR to the words before it, down to User mode by an exception return, up by SVC. */
  const aarch32 = [
    0xe3a01441, // mov r1, #0x41000000
    0xee0c1f10, // mcr p15, 0, r1, c12, c0, 0: VBAR
    0xe3a000d0, // mov r0, #0xd0: User mode, IRQ and FIQ masked
    0xe16ff000, // msr spsr_fsxc, r0
    0xe28fe000, // add lr, pc, #0: the word behind the next
    0xe1b0f00e, // movs pc, lr
    0xef000005, // svc #5
    0xe320f003, // wfi
    0xeafffffe, // b .
  ];

  it('in AArch32: its first instruction, a call, and the way down', async () => {
    const base = 0x41000020;
    const machine = ['-M', 'virt', '-cpu', 'cortex-a15', '-smp', '1'];
    const guest = bareWords(machine, base, aarch32);
    // movs pc, lr in the vector of SVC
    guest.args.push('-device', 'loader,addr=0x41000008,data=0xe1b0f00e,data-len=4');
    const images = [{ base: 0x41000000n, size: 0x1000n }];
    const traced = await boot(guest, { images, until: 'wait' });
    const [el0, el1] = [0, 1].map((el) => ({ el, state: 'Non-secure', aarch32: true }));
    expect(traced.events.slice(0, 6)).toMatchObject([
      { kind: 'reset', to: el1 },
      { kind: 'image', image: 0, pc: BigInt(base), to: el1 },
      { kind: 'return', from: el1, to: el0, elr: BigInt(base + 0x18), spsr: 0xd0n },
      { kind: 'exception', from: el0, to: el1, vectorOffset: 8, args: { length: 8 } },
      { kind: 'return', from: el1, to: el0, elr: BigInt(base + 0x1c) },
      { kind: 'wait', wait: 'WFI', from: el0 },
    ]);
    expect(only(traced, 'exception')[0]?.esr).toBe(0x46000005n);
  });
});

describe('which interrupt it was', () => {
  it('is known of a GICv2 too', { timeout: BOOT_MS }, async () => {
    const guest = structuredClone(find('virt-linux'));
    guest.args[guest.args.indexOf('-M') + 1] = 'virt,gic-version=2';
    const traced = await boot(guest, {});
    // The virtual timer's, PPI 27.
    expect(only(traced, 'interrupt').map(({ intid }) => intid)).toContain(27n);
  });

  it('is known of the virtual ones of a guest of Xen', { timeout: BOOT_MS }, async () => {
    const traced = await boot(find('xen'), {});
    const virtual = only(traced, 'interrupt').filter(({ interrupt }) => interrupt === 'vIRQ');
    expect(virtual.length).toBeGreaterThan(0);
    expect(virtual.map(({ intid }) => intid)).toContain(27n);
    expect(virtual.filter(({ intid }) => intid === undefined)).toEqual([]);
  });
});

describe('a Linux boot', () => {
  it(
    'is summarised where events are alike, and nothing is lost of the count',
    { timeout: BOOT_MS },
    async () => {
      const traced = await boot(find('virt-linux'), {
        filter: { burst: 2 },
        // Nothing waits before the prompt when the boot is quick; then the shell does.
        until: 'wait',
      });
      const summaries = only(traced, 'summary');
      expect(summaries.length).toBeGreaterThan(0);
      for (const { count, since, time } of summaries) {
        expect(count).toBeGreaterThan(0n);
        expect(time).toBeGreaterThan(since);
      }
      const written = only(traced, 'exception').length;
      const counted = summaries.filter((each) => each.of === 'exception');
      const total = counted.reduce((sum, each) => sum + Number(each.count), written);
      // As many went in as came out, but for those in hand when it was stopped.
      const interrupts = summaries
        .filter((each) => each.of === 'interrupt')
        .reduce((sum, each) => sum + Number(each.count), only(traced, 'interrupt').length);
      const returns = summaries
        .filter((each) => each.of === 'return')
        .reduce((sum, each) => sum + Number(each.count), only(traced, 'return').length);
      expect(Math.abs(total + interrupts - returns)).toBeLessThan(20);
      // The timer's, which Linux on virt takes as PPI 27, and QEMU's own PSCI.
      expect(only(traced, 'interrupt').map(({ intid }) => intid)).toContain(27n);
      expect(only(traced, 'psci').map(({ args }) => args[0])).toContain(0x84000000n);
      expect(only(traced, 'wait').length).toBeGreaterThan(0);
    },
  );

  it(
    'is not held up by a full ring, which counts what it loses',
    { timeout: BOOT_MS },
    async () => {
      const traced = await boot(find('virt-linux'), {
        filter: { burst: 0 },
        ringBytes: 4096,
        readMilliseconds: 200,
      });
      expect(traced.reader.lost).toBeGreaterThan(0);
      const dropped = only(traced, 'dropped');
      expect(dropped.length).toBeGreaterThan(0);
      const lost = dropped.reduce((sum, each) => sum + each.lost, 0n);
      expect(lost).toBe(dropped.at(-1)?.total);
      expect(Number(lost)).toBeLessThanOrEqual(traced.reader.lost);
    },
  );

  it('shows a second vCPU being switched on', { timeout: BOOT_MS }, async () => {
    const guest = structuredClone(find('virt-linux'));
    guest.args[guest.args.indexOf('-smp') + 1] = '2';
    const traced = await boot(guest, {});
    const on = only(traced, 'psci').find(({ args }) => args[0] === 0xc4000003n);
    expect(on?.result).toBe(0n);
    const reset = only(traced, 'reset').find(({ cpu }) => cpu === 1);
    expect(reset).toMatchObject({ reset: 'CPU_ON', pc: on?.args[2], to: { el: 1 } });
  });
});
