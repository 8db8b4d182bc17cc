import { describe, expect, it } from 'vitest';
import { QmpClient, type QmpEvent } from './qmp.js';

function connect(): {
  qmp: QmpClient;
  sent: Record<string, unknown>[];
  events: QmpEvent[];
  say(message: unknown): void;
} {
  const sent: Record<string, unknown>[] = [];
  const events: QmpEvent[] = [];
  const qmp = new QmpClient(
    (bytes) => sent.push(JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown>),
    (event) => events.push(event),
  );
  const say = (message: unknown): void =>
    qmp.receive(new TextEncoder().encode(`${JSON.stringify(message)}\r\n`));
  return { qmp, sent, events, say };
}

const greeting = {
  QMP: { version: { qemu: { major: 10, minor: 0, micro: 0 } }, capabilities: [] },
};

describe('QmpClient', () => {
  it('answers the greeting by leaving capabilities mode, then is ready', async () => {
    const { qmp, sent, say } = connect();
    say(greeting);
    expect(sent).toEqual([{ execute: 'qmp_capabilities', id: 1 }]);
    say({ return: {}, id: 1 });
    expect(await qmp.ready).toEqual({ ok: true, value: undefined });
  });

  it('matches answers to commands by id, in any order', async () => {
    const { qmp, say, sent } = connect();
    const status = qmp.execute('query-status');
    const monitor = qmp.execute('human-monitor-command', { 'command-line': 'info version' });
    expect(sent[1]).toMatchObject({ arguments: { 'command-line': 'info version' } });
    say({ return: '10.0\r\n', id: 2 });
    say({ return: { status: 'running', running: true }, id: 1 });
    expect(await monitor).toEqual({ ok: true, value: '10.0\r\n' });
    expect(await status).toEqual({ ok: true, value: { status: 'running', running: true } });
  });

  it('gives events as they come, between answers', () => {
    const { events, say } = connect();
    say({ event: 'SHUTDOWN', data: { guest: true, reason: 'guest-shutdown' }, timestamp: {} });
    expect(events).toEqual([
      { event: 'SHUTDOWN', data: { guest: true, reason: 'guest-shutdown' } },
    ]);
  });

  it('gives an error as a value, with what QEMU says', async () => {
    const { qmp, say } = connect();
    const answer = qmp.execute('cont');
    say({ error: { class: 'GenericError', desc: 'Resetting the VM is required' }, id: 1 });
    expect(await answer).toMatchObject({
      ok: false,
      failure: { detail: 'GenericError: Resetting the VM is required' },
    });
  });

  it('takes messages in pieces, UTF-8 characters cut in two included', () => {
    const { qmp, events } = connect();
    const bytes = new TextEncoder().encode('{"event":"É"}\n');
    for (const byte of bytes) qmp.receive(Uint8Array.of(byte));
    expect(events).toEqual([{ event: 'É' }]);
  });

  it('is not upset by what is not QMP', () => {
    const { qmp, events } = connect();
    qmp.receive(new TextEncoder().encode('garbage\n[1]\n"x"\n{"return":{},"id":77}\n'));
    expect(events).toEqual([]);
  });

  it('fails what waits when QEMU ends, and refuses what comes later', async () => {
    const { qmp } = connect();
    const answer = qmp.execute('quit');
    qmp.close();
    expect(await answer).toMatchObject({ ok: false });
    expect(await qmp.execute('stop')).toMatchObject({ ok: false });
    expect(await qmp.ready).toMatchObject({ ok: false });
  });
});
