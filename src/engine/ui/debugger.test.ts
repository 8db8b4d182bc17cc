import { describe, expect, it } from 'vitest';
import { encodePacket, PacketReader } from '../common/gdb-packet.js';
import { Debugger, type DebuggedMachine } from './debugger.js';

const PC = 0x4020_0000n;
const FEATURE =
  '<feature name="org.gnu.gdb.aarch64.core"><reg name="x0" bitsize="64" regnum="0"/><reg name="pc" bitsize="64" regnum="32"/><reg name="cpsr" bitsize="32"/></feature>';

/** A gdbstub of one vCPU, which answers later, and is disturbed by bytes while the machine runs. */
function machine() {
  const reader = new PacketReader();
  const state = { paused: true, disturbed: false, servers: 0 };
  const asked: string[] = [];
  const answers: [RegExp, string][] = [
    [/^qSupported/, 'PacketSize=1000;qXfer:features:read+'],
    [/^qXfer:features:read:target.xml:0/, 'l<target><xi:include href="core.xml"/></target>'],
    [/^qXfer:features:read:core.xml:0/, `l${FEATURE}`],
    [/^qfThreadInfo/, 'm01'],
    [/^qsThreadInfo/, 'l'],
    [/^p0$/, '2a00000000000000'],
    [/^p20$/, '0000204000000000'],
    [/^p21$/, 'cd030000'],
    [/^m/, 'E14'],
    [/^(H|Q|Z|z)/, 'OK'],
    [/^vCont;s/, 'T05thread:01;'],
  ];
  const link: DebuggedMachine = {
    send: (bytes) => {
      if (!state.paused) state.disturbed = true;
      for (const message of reader.push(bytes)) {
        if (message.kind !== 'packet') continue;
        asked.push(message.payload);
        const found = answers.find(([pattern]) => pattern.test(message.payload));
        setTimeout(() => gdb.receive(encodePacket(found?.[1] ?? '')));
      }
    },
    monitor: (command) => {
      expect(command).toBe('gdbserver chardev:gdbstub');
      state.servers++;
      return Promise.resolve({ ok: true, value: '' });
    },
    isPaused: () => state.paused,
    pause: () => Promise.resolve({ ok: true, value: undefined }),
    settle: () => Promise.resolve({ ok: true, value: undefined }),
  };
  const gdb = new Debugger(link);
  const go = async () => {
    await new Promise((later) => setTimeout(later));
    state.paused = false;
    return { ok: true as const, value: undefined };
  };
  return { gdb, state, asked, go };
}

describe('the debugger', () => {
  it('reads registers under their names in the Arm ARM', async () => {
    const { gdb } = machine();
    const read = await gdb.readVcpu(0);
    expect(read.ok && read.value.registers.map(({ name }) => name)).toEqual(['x0', 'pc', 'PSTATE']);
    expect(read.ok && read.value.read('pc')).toBe(PC);
    expect((await gdb.readVcpu(1)).ok).toBe(false);
  });

  it('sends nothing once the machine was let go, whatever was asked at the same time', async () => {
    const { gdb, state, go } = machine();
    const results = await Promise.all([
      gdb.readVcpu(0),
      gdb.resume(go),
      gdb.readVcpu(0),
      gdb.readMemory(PC, 4),
    ]);
    expect(results.map(({ ok }) => ok)).toEqual([true, true, false, false]);
    expect(state.disturbed).toBe(false);
    const [, , late] = results;
    expect(late.ok ? '' : late.failure.remedy).toBe('Pause it.');
  });

  it('steps off a breakpoint before it lets the machine go', async () => {
    const { gdb, asked, go } = machine();
    await gdb.setStop(PC, true);
    expect(gdb.stops).toEqual([PC]);
    await gdb.resume(go);
    expect(asked.filter((each) => /^(Z|vCont)/.test(each))).toEqual([
      'Z1,40200000,4',
      'vCont;s:01',
    ]);
  });

  it('starts the gdbstub on the first use, and never twice', async () => {
    const { gdb, state } = machine();
    expect(state.servers).toBe(0);
    await gdb.readVcpu(0);
    await gdb.readMemory(PC, 4);
    await gdb.step();
    expect(state.servers).toBe(1);
  });

  it('says where there is no memory, and that the machine must stand', async () => {
    const { gdb, state } = machine();
    const missing = await gdb.readMemory(0x1000n, 4);
    expect(missing.ok ? '' : missing.failure.what).toContain('0x1000');
    state.paused = false;
    const running = await gdb.readVcpu(0);
    expect(running.ok ? '' : running.failure.what).toContain('while the machine is paused');
  });
});
