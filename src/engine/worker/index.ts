import * as Comlink from 'comlink';
import { failureOf } from '../common/failure.js';
import type { EngineEvents, EngineService } from '../common/protocol.js';
import { passMilestone } from '../common/milestones.js';
import { boot } from './boot.js';
import { Preparation } from './preparation.js';
import { SnapshotTaker } from './take-snapshot.js';
import { SnapshotRefused, type SnapshotRestorer } from './snapshot.js';

const AGAIN = 'Take the snapshot again; the machine itself goes on.';
const RETRY = 'Boot again. When it happens every time, report it with the text below.';

/**
 * The page's event functions. Kept for as long as this worker lives: a Comlink proxy that is
 * collected while a call is on its way leaves that call hanging (comlink issue 692).
 */
let keptEvents: Comlink.Remote<EngineEvents> | undefined;

/** Calls the page without waiting for it; a page that has gone away needs no answer. */
function callPage(remote: Comlink.Remote<EngineEvents>): EngineEvents {
  const ignore = (call: Promise<void>): void => void call.catch(() => undefined);
  return {
    planned: (plan) => ignore(remote.planned(plan)),
    progress: (files) => ignore(remote.progress(files)),
    fetched: () => ignore(remote.fetched()),
    output: (lines) => ignore(remote.output(lines)),
    exited: (code) => ignore(remote.exited(code)),
    failed: (failure) => ignore(remote.failed(failure)),
    snapshotRefused: (failure) => ignore(remote.snapshotRefused(failure)),
  };
}

/** Of a boot from a snapshot, until the machine runs. */
let restorer: SnapshotRestorer | undefined;
let taker: SnapshotTaker | undefined;

let preparation: Preparation | undefined;
/** Whether the page has said that the engine may be compiled. */
let mayCompile = false;

/** What was prepared, or is from now on. */
function preparationFor(engineUrl: string): Preparation {
  if (preparation?.engineUrl !== engineUrl) preparation = new Preparation(engineUrl);
  if (mayCompile) preparation.compile();
  return preparation;
}

const service: EngineService = {
  prepare(engineUrl) {
    preparationFor(engineUrl);
  },
  compile() {
    mayCompile = true;
    preparation?.compile();
  },
  async boot(request, remoteEvents) {
    keptEvents = remoteEvents as unknown as Comlink.Remote<EngineEvents>;
    const events = callPage(keptEvents);
    // A trap in one of QEMU's threads arrives here as an error of this worker.
    addEventListener('error', (event) => {
      events.failed({
        what: 'A thread of QEMU stopped because of an error in itself.',
        input: request.guest.title,
        remedy: RETRY,
        detail: [event.message, (event.error as Error | undefined)?.stack].join('\n').trim(),
      });
    });
    addEventListener('unhandledrejection', (event) => {
      events.failed(failureOf(event.reason, RETRY));
    });
    try {
      const started = await boot(request, preparationFor(request.engineUrl), events);
      restorer = started.restorer;
      taker = await SnapshotTaker.of(started.running);
      passMilestone('qemu-started');
      const { channels } = started;
      return { ok: true, value: { channels, fromSnapshot: restorer !== undefined } };
    } catch (error) {
      if (error instanceof SnapshotRefused) events.snapshotRefused(error.failure);
      return { ok: false, failure: failureOf(error, RETRY) };
    }
  },
  async restore(ramBlocks) {
    try {
      if (restorer === undefined) throw new Error('There is no snapshot to restore.');
      return { ok: true, value: await restorer.restore(ramBlocks) };
    } catch (error) {
      return { ok: false, failure: failureOf(error, RETRY) };
    }
  },
  capture(wanted) {
    try {
      if (taker === undefined) throw new Error('There is no machine to take a snapshot of.');
      return { ok: true, value: taker.capture(wanted) };
    } catch (error) {
      return { ok: false, failure: failureOf(error, AGAIN) };
    }
  },
  async keep() {
    try {
      if (taker === undefined) throw new Error('There is no machine to take a snapshot of.');
      return { ok: true, value: await taker.keep() };
    } catch (error) {
      return { ok: false, failure: failureOf(error, AGAIN) };
    }
  },
  restored() {
    restorer?.release();
    restorer = undefined;
  },
};

Comlink.expose(service);
