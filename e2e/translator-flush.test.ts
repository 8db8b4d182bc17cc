import { afterEach, expect, it } from 'vitest';
import { probe, probeArgs } from '../scripts/guests/probe/recipe.js';
import { readSymbols } from '../src/inspect/symbols/read.js';
import { debugGuest, valueOf, type DebuggedGuest } from './engine/debugged-guest.js';
import { ProbedGuest, results } from './engine/probed-guest.js';

/**
 * Whenever a debugger stops the machine, QEMU forgets all code (gdbstub/system.c,
 * gdb_vm_state_change()). The translator may be in the middle of its first module then.
 */
const STOPS = 200;
/** More than they need: each is less than a round after the one before. */
const ROUNDS = STOPS + 10;
/** Some of them; stops lie differently far apart, so that each finds the translator elsewhere. */
const OPERATIONS = 1500;
const STRIDE = 7;
const ENTRY_BYTES = 16;
const TIMEOUT_MS = 240_000;
/** What has run a few times is translated within a millisecond. */
const EAGER = 'tcg,translator=regions,translator-threshold=3,translator-linger=1';

let guest: DebuggedGuest | undefined;
afterEach(async () => {
  await guest?.stop();
  guest = undefined;
});

it(
  'computes what native QEMU does, with a debugger’s stop and flush in each round',
  { timeout: TIMEOUT_MS },
  async () => {
    const natively = new ProbedGuest(probe.id, 'probe: the end', TIMEOUT_MS, (cpus) =>
      probeArgs(cpus, ROUNDS),
    );
    const expected = await natively.native(1);
    expect(expected).toHaveLength(13);

    const debugged = await debugGuest(probe.id, ['-accel', EAGER, '-no-shutdown'], {
      // It must not end QEMU, which is still to say what was translated.
      machine: probeArgs(1, ROUNDS).filter((arg) => arg !== '-semihosting'),
    });
    guest = debugged;
    const { engine, gdb } = debugged;
    const symbols = readSymbols(debugged.image('probe.elf'));
    const table = symbols.ok ? symbols.value.named('operations') : undefined;
    if (table === undefined) throw new Error('probe.elf does not name its operations.');
    // Functions of the operations, which run in this order once a round: see struct operation.
    const entries = valueOf(await gdb.readMemory(table.address, OPERATIONS * ENTRY_BYTES));
    const view = new DataView(entries.buffer, entries.byteOffset);
    for (let stop = 1; stop <= STOPS; stop++) {
      const next = view.getBigUint64(((stop * stop * STRIDE) % OPERATIONS) * ENTRY_BYTES, true);
      valueOf(await gdb.setStop(next, true));
      await debugged.run();
      expect(valueOf(await gdb.readVcpu(0)).read('pc')).toBe(next);
      valueOf(await gdb.setStop(next, false));
    }
    valueOf(await gdb.resume(async () => ({ ok: true, value: await engine.execute('cont') })));
    const lines = results(await engine.text('uart0', /probe: the end/));
    expect(lines).toEqual(expected);
    const info = await engine.monitor('info jit');
    expect(Number(/flushes (\d+)/.exec(info)?.[1])).toBeGreaterThan(STOPS / 2);
  },
);
