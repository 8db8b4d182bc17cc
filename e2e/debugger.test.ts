import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { Debugger } from '../src/engine/ui/debugger.js';
import { startEngine, type NodeEngine } from './engine/node-engine.js';

/** The debugger on the engine in Node, against what QEMU's own monitor says. */
let qemu: NodeEngine | undefined;

afterEach(async () => {
  await qemu?.stop();
  qemu = undefined;
});
describe('x', () => {
  it('dumps', { timeout: 60000 }, async () => {
    qemu = await startEngine([
      '-M',
      'virt,secure=on,virtualization=on',
      '-cpu',
      'max,x-rme=on',
      '-m',
      '64M',
      '-nodefaults',
      '-S',
      '-smp',
      '2',
    ]);
    const q = qemu;
    const d = new Debugger({
      send: (b) => q.send('gdbstub', new TextDecoder('latin1').decode(b)),
      isPaused: () => true,
      monitor: async (c) => ({ ok: true, value: await q.monitor(c) }),
    });
    let read = 0;
    const t = setInterval(() => {
      void q.text('gdbstub', /^/).then((all) => {
        const s = all.slice(read);
        read = all.length;
        d.receive(Uint8Array.from(s, (c) => c.charCodeAt(0)));
      });
    }, 5);
    const r = await d.readCpu(undefined);
    const t0 = performance.now();
    const r2 = await d.readCpu(d.cpus[1]);
    console.log(
      performance.now() - t0,
      d.cpus,
      r.ok ? r.value.registers.map((x) => x.name + '=' + x.value.toString(16)).join(' ') : r,
      r2.ok && r2.value.registers.length,
    );
    console.log(r.ok && [...new Set(r.value.registers.map((x) => x.feature))]);
    console.log(await d.step(d.cpus[0]), await d.readMemory(0x40000000n, 16, 'physical'));
    clearInterval(t);
  });
});
void readFileSync;
void resolve;
void expect;
