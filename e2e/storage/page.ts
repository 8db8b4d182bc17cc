import * as Comlink from 'comlink';
import { openDB } from 'idb';
import { DATABASE } from '../../src/storage/common/records.js';
import type { EngineStorage, OpenedDisk, Trouble } from '../../src/storage/common/service.js';
import { MailboxDriver } from '../../src/storage/testing/driver.js';
import { StorageClient } from '../../src/storage/ui/client.js';

/** A page with the storage worker and, in place of QEMU, the block driver's side in TypeScript. */

const client = new StorageClient(
  () =>
    new Worker(new URL('../../src/storage/worker/index.ts', import.meta.url), {
      type: 'module',
      name: 'storage',
    }),
);
const troubles: Trouble[] = [];
const kept: unknown[] = [];

async function open(id: string, access: 'write' | 'read') {
  const session = client.startSession((trouble) => void troubles.push(trouble));
  const engine = Comlink.wrap<EngineStorage>(session.port);
  kept.push(engine);
  const result = await engine.open(id, access);
  if (!result.ok) {
    await session.end();
    return { ok: false as const, failure: result.failure };
  }
  const driver = new MailboxDriver();
  await engine.serve(result.value.disk, driver.memory, driver.mailbox, driver.wake);
  const opened: OpenedDisk = result.value;
  return { ok: true as const, driver, opened, end: () => session.end() };
}

const tested = {
  client,
  proxy: <T extends object>(value: T) => Comlink.proxy(value),
  service: client.service,
  open,
  troubles,
  openDB,
  database: DATABASE,
};
export type Tested = typeof tested;
Object.defineProperty(globalThis, 'tested', { value: tested });
