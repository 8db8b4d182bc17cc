import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { translators, type Translator } from '../src/engine/common/translator.js';
import type { Guest, GuestStep } from '../src/machine/guest.js';
import { publicFolder } from '../scripts/native/catalogue.js';
import { nativeChroot } from '../scripts/native/chroot.js';
import { readExceptionLog } from '../scripts/native/exceptions.js';
import { NativeMachine } from '../scripts/native/machine.js';
import type { Rootfs } from '../scripts/setup/rootfs.js';
import { builtGuests } from './catalogue.js';
import { loggedCrossings, recordedCrossings } from './engine/same-exceptions.js';
import { traceGuest } from './engine/traced-guest.js';

/** Events must be those of native QEMU's `-d int` for the same images. */
const BOOT_MS = Number(process.env.BOOTLINK_E2E_BOOT_SECONDS ?? 600) * 1000;
const FIRST = 10_000;

const folder = resolve(publicFolder('.'), 'guests');
const built = await builtGuests();
const stop = new AbortController();
let rootfs: Rootfs;

beforeAll(async () => {
  rootfs = await nativeChroot(resolve('.'), stop.signal);
});

afterAll(() => stop.abort(new Error('the tests have ended')));

function find(id: string): Guest {
  const guest = built.find((each) => each.id === id);
  if (guest === undefined) throw new Error(`Set-up has not built ${id}: it has to be there.`);
  return guest;
}

async function native(guest: Guest, steps: readonly GuestStep[]): Promise<string[]> {
  const machine = await NativeMachine.start({
    guest,
    guests: folder,
    rootfs,
    signal: stop.signal,
    logExceptions: true,
  });
  try {
    await machine.follow(steps);
    if (guest.exits !== undefined) await machine.ended;
    return loggedCrossings(readExceptionLog(machine.exceptionLog()));
  } finally {
    await machine.close();
  }
}

async function ours(
  guest: Guest,
  steps: readonly GuestStep[],
  translator: Translator,
): Promise<string[]> {
  const traced = await traceGuest(guest, { guests: folder, translator, filter: { burst: 0 } });
  try {
    await traced.follow(steps);
    if (guest.exits !== undefined) await traced.engine.exited;
  } finally {
    await traced.stop();
  }
  expect(traced.reader.lost, 'records lost').toBe(0);
  return recordedCrossings(traced.events);
}

/** Fails at the first difference, with what came before it. */
function expectSame(recorded: readonly string[], logged: readonly string[], count: number): void {
  const at = logged.slice(0, count).findIndex((line, index) => recorded[index] !== line);
  if (at >= 0) {
    const around = (lines: readonly string[]) => lines.slice(Math.max(0, at - 3), at + 3);
    expect(around(recorded), `differs at event ${at}`).toEqual(around(logged));
  }
}

describe.each(translators)('events with translator=%s', (translator) => {
  it.each(['el-walk', 'four-worlds'])(
    'of %s are those of native QEMU, all of them',
    { timeout: BOOT_MS },
    async (id) => {
      const guest = find(id);
      const logged = await native(guest, guest.boot);
      expect(logged.length).toBeGreaterThan(10);
      const recorded = await ours(guest, guest.boot, translator);
      expectSame(recorded, logged, logged.length);
      expect(recorded.length).toBe(logged.length);
    },
  );

  it(
    `of an RME boot are those of native QEMU, the first ${FIRST.toLocaleString('en')}`,
    { timeout: BOOT_MS * 2 },
    async () => {
      const { guest, steps } = rmeBoot();
      const logged = await native(guest, steps);
      expect(logged.length).toBeGreaterThan(FIRST);
      const recorded = await ours(guest, steps, translator);
      expect(recorded.length).toBeGreaterThan(FIRST);
      expectSame(recorded, logged, FIRST);
    },
  );
});

/**
 * The RME guest through firmware, its own check of granules at U-Boot's prompt (a fault and a
 * reset among them) and Linux. Addresses are not randomised, and one process does all in user
 * space: page faults of several come in an order that no two runs of native QEMU share.
 */
function rmeBoot(): { guest: Guest; steps: GuestStep[] } {
  const guest = structuredClone(find('rme'));
  const append = guest.args.indexOf('-append') + 1;
  guest.args[append] +=
    ' quiet norandmaps nokaslr rdinit=/bin/sh -- -c ' +
    '"i=0;while [ $i -lt 900 ];do echo $i>/x;i=$((i+1));done;echo counted to $i"';
  const linux = guest.check.findIndex((step) => step.send === 'run linux\r');
  expect(linux).toBeGreaterThan(0);
  return {
    guest,
    steps: [
      ...guest.boot,
      ...guest.check.slice(0, linux + 1),
      { console: 'hvc0', expect: 'counted to 900' },
    ],
  };
}
