import * as Comlink from 'comlink';
import type { Guest } from '../../machine/guest.js';
import { GDB_CHANNEL, MONITOR_CHANNEL, QMP_CHANNEL } from '../common/console.js';
import { deferred } from '../common/deferred.js';
import type { Failure, Result } from '../common/failure.js';
import type { MemoryPlan } from '../common/memory.js';
import type {
  Booted,
  EngineEvents,
  EngineService,
  FileProgress,
  OutputLine,
  SnapshotSource,
} from '../common/protocol.js';
import type { TranslatorSettings } from '../common/translator.js';
import type { OwnFiles } from '../common/own-files.js';
import type { StoredDisks } from '../common/stored-disks.js';
import type { KeptSnapshot } from '../../snapshots/store.js';
import {
  isLive,
  isOver,
  nextState,
  type RunEvent,
  type RunState,
  type RunStateName,
} from '../common/run-state.js';
import { Console } from './console.js';
import { Debugger } from './debugger.js';
import { QmpClient, type QmpEvent } from './qmp.js';
import { openPhysicalMemory, type PhysicalMemory } from './physical-memory.js';
import { restoreMachine } from './restore.js';
import { takeSnapshot, type SnapshotWish } from './take-snapshot.js';
import { Display, type InputEvent } from './display.js';
import { Trace } from './trace.js';
import type { TraceFilter } from '../common/trace.js';

/** Hands on what a console prints, in order. */
function follow(console: Console, take: (bytes: Uint8Array) => void): void {
  let read = 0;
  console.onOutput(() => {
    const { bytes, next } = console.log.raw(read, Number.MAX_SAFE_INTEGER);
    read = next;
    take(bytes);
  });
}

/** How long QEMU may take to end after `quit` before its worker is ended, in ms. */
const QUIT_PATIENCE_MS = 4000;
/** Lines of QEMU's own output that are kept. */
const OUTPUT_LIMIT = 2000;

/** Resets that are kept. */
const RESETS_LIMIT = 32;

/** A reset of the running machine. */
export interface MachineReset {
  /** The guest asked for it, by PSCI or a device; else the visitor did. */
  readonly byGuest: boolean;
  /** The newest line, not empty, of the first console that has one. */
  readonly after: string;
}

/** What a run needs of the storage worker. */
export interface RunStorage {
  port: MessagePort;
  /** Flushes and closes the run's disks. */
  end(): Promise<void>;
}

/**
 * A worker that was started for a run, and its service. The service's proxy is kept for as long as
 * the worker: comlink issue 692.
 */
export interface EngineWorker {
  worker: Worker;
  service: Comlink.Remote<EngineService>;
}

export interface RunOptions {
  guest: Guest;
  /** Absolute URL of the engine's folder, with a slash at its end. */
  engineUrl: string;
  /** Absolute URL of the catalogue, which the images' URLs are relative to. */
  imageBase: string;
  /** The visitor's own files in place of images. */
  ownFiles?: OwnFiles;
  /** Images of the visitor's library, in place of images of the guest. */
  disks?: StoredDisks;
  /** Opens the storage worker's side of this run; called when there are disks. */
  openStorage?: () => RunStorage;
  translator?: TranslatorSettings | undefined;
  /** Whether events are recorded from reset on. */
  record?: boolean;
  /** Which of them. */
  traceFilter?: TraceFilter;
  /** What to go on from, in place of a cold boot. */
  snapshot?: SnapshotSource | undefined;
  /** Whether a cold boot stands at its reset, paused. */
  halted?: boolean;
  createWorker(): EngineWorker;
  /** Is called after anything that `Run` shows has changed. */
  onChange(): void;
}

/**
 * One run of QEMU, from the click to its end. It owns the engine worker (and with it every
 * thread of QEMU and its memory) and gives all of it back when it ends, however it ends.
 * A run is used once.
 */
export class Run {
  state: RunState = { name: 'idle' };
  /** When each state was entered, by `performance.now()`. */
  readonly entered: Partial<Record<RunStateName, number>> = {};
  plan: MemoryPlan | undefined;
  files: readonly FileProgress[] = [];
  output: readonly OutputLine[] = [];
  /** Why the run's snapshot could not be opened: the run has then failed. */
  snapshotRefused: Failure | undefined;
  readonly guest: Guest;
  readonly ownFiles: OwnFiles;
  readonly disks: StoredDisks;
  /** What it goes on from, or undefined for a cold boot. */
  readonly snapshot: SnapshotSource | undefined;
  /** The guest's consoles, in the guest's order, and then the monitor. */
  readonly consoles: ReadonlyMap<string, Console>;
  /** What the vCPUs did. */
  readonly trace: Trace;
  /** The newest resets of the machine. */
  readonly resets: MachineReset[] = [];
  /** Resets that the guest asked for, all of them. */
  guestResets = 0;

  /** Registers, memory and steps of the paused machine. */
  readonly debugger: Debugger;
  /** The machine's picture. */
  readonly display = new Display();

  private readonly qmpConsole = new Console(QMP_CHANNEL);
  private readonly gdbConsole = new Console(GDB_CHANNEL);
  private readonly qmp: QmpClient;
  /** Who waits for the machine to stand. */
  private stopped: (() => void)[] = [];
  private memory: ArrayBufferLike | undefined;
  private worker: Worker | undefined;
  private storage: RunStorage | undefined;
  /** Kept while the machine lives, as are the events: comlink issue 692. */
  private service: Comlink.Remote<EngineService> | undefined;
  private events: EngineEvents | undefined;
  private mayCompile = false;
  private isTaking = false;
  private quitTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly over = deferred<RunState>();

  constructor(private readonly options: RunOptions) {
    this.guest = options.guest;
    this.ownFiles = options.ownFiles ?? {};
    this.disks = options.disks ?? {};
    this.snapshot = options.snapshot;
    const ids = [...options.guest.consoles.map((each) => each.id), MONITOR_CHANNEL];
    this.consoles = new Map(ids.map((id) => [id, new Console(id)]));
    this.trace = new Trace(options.record ?? false, options.traceFilter);
    for (const each of options.guest.consoles) {
      const console = this.consoles.get(each.id);
      if (console !== undefined) this.trace.listen(console);
    }
    this.qmp = new QmpClient(
      (bytes) => this.qmpConsole.send(bytes),
      (event) => this.takeQmpEvent(event),
    );
    this.debugger = new Debugger({
      send: (bytes) => this.gdbConsole.send(bytes),
      monitor: (command) => this.monitor(command),
      isPaused: () => this.state.name === 'paused',
      pause: () => this.pause(),
      // Events of QMP come before the answer to what was asked after them.
      settle: () => this.qmp.execute('query-status'),
    });
    follow(this.qmpConsole, (bytes) => this.qmp.receive(bytes));
    follow(this.gdbConsole, (bytes) => this.debugger.receive(bytes));
  }

  /** Resolves with the last state, when everything is given back. */
  get finished(): Promise<RunState> {
    return this.over.promise;
  }

  /** Fetches and boots. Progress and failures show in the state. */
  start(): void {
    if (!this.dispatch({ type: 'start' })) return;
    const { worker, service } = this.options.createWorker();
    this.worker = worker;
    this.service = service;
    worker.addEventListener('error', (event) => {
      this.fail('The engine’s worker stopped because of an error.', event.message);
    });
    worker.addEventListener('messageerror', () => {
      this.fail('A message of the engine’s worker could not be read.', undefined);
    });
    if (this.mayCompile) this.compileEngine();
    this.events = Comlink.proxy(this.createEvents());
    const { guest, engineUrl, imageBase, translator, snapshot } = this.options;
    const { ownFiles, disks } = this;
    if (Object.keys(disks).length > 0) this.storage = this.options.openStorage?.();
    const storage = this.storage?.port;
    const { recording: record, filter: traceFilter } = this.trace;
    const paths = { engineUrl, imageBase };
    const halted = this.options.halted ?? false;
    const boot = {
      ...paths,
      guest,
      ownFiles,
      disks,
      storage,
      translator,
      record,
      traceFilter,
      snapshot,
      halted,
    };
    const request = Comlink.transfer(boot, storage === undefined ? [] : [storage]);
    this.service.boot(request, this.events).then(
      (result) => {
        if (isOver(this.state)) return;
        if (result.ok) this.attach(result.value);
        else this.dispatch({ type: 'failed', failure: result.failure });
      },
      (error: unknown) => this.fail('The engine’s worker did not answer.', String(error)),
    );
  }

  /**
   * Lets the engine be compiled, which the boot waits for: to be called when the page has made
   * what it shows of the run.
   */
  compileEngine(): void {
    this.mayCompile = true;
    // A worker that is being ended does not answer.
    this.service?.compile().catch(() => undefined);
  }

  /** Ends the run: gives up a boot that has not started QEMU, quits one that has. */
  stop(): void {
    const before = this.state.name;
    if (!this.dispatch({ type: 'stop' })) return;
    if (before === 'fetching' || before === 'starting') {
      this.dispatch({ type: 'ended', ending: 'cancelled' });
      return;
    }
    this.quitTimer = setTimeout(() => {
      this.dispatch({ type: 'ended', ending: 'forced' });
    }, QUIT_PATIENCE_MS);
    // A failure to quit needs no word of its own: the timer ends the run.
    void this.qmp.execute('quit');
  }

  pause(): Promise<Result<object>> {
    return this.qmp.execute('stop');
  }

  resume(): Promise<Result<object>> {
    return this.debugger.resume(() => this.qmp.execute('cont'));
  }

  /** Resolves when the machine stands, or has ended; at once when it does. */
  untilStopped(): Promise<void> {
    if (this.state.name === 'paused' || isOver(this.state)) return Promise.resolve();
    return new Promise((resolve) => this.stopped.push(resolve));
  }

  /** RAM and ROM by physical address, as the machine's memory is laid out now. */
  physicalMemory(): Promise<Result<PhysicalMemory>> {
    return openPhysicalMemory(
      (command) => this.monitor(command),
      () => this.memory,
    );
  }

  /** Presses the machine's reset. */
  reset(): Promise<Result<object>> {
    return this.qmp.execute('system_reset');
  }

  /** Presses the machine's power button: the guest's software decides what follows. */
  powerOff(): Promise<Result<object>> {
    return this.qmp.execute('system_powerdown');
  }

  /** Gives the guest keys and movements of the pointer; refused while it is paused. */
  sendInput(events: readonly InputEvent[]): Promise<Result<object>> {
    return this.qmp.execute('input-send-event', { events });
  }

  /** Presses keys together, by QEMU's names, each for so many ms of guest time. */
  pressKeys(keys: readonly string[], holdMs: number): Promise<Result<object>> {
    return this.qmp.execute('send-key', {
      keys: keys.map((data) => ({ type: 'qcode', data })),
      'hold-time': holdMs,
    });
  }

  /** Takes a snapshot and keeps it in this browser; the machine goes on as it was. */
  async takeSnapshot(wish: SnapshotWish): Promise<Result<KeptSnapshot>> {
    const { service } = this;
    if (service === undefined || !isLive(this.state) || this.isTaking) {
      return {
        ok: false,
        failure: {
          what: this.isTaking
            ? 'A snapshot of this machine is being taken already.'
            : 'There is no machine to take a snapshot of.',
          input: this.guest.title,
          remedy: 'Wait until the machine runs and nothing else is being kept.',
        },
      };
    }
    this.isTaking = true;
    try {
      return await takeSnapshot(wish, service, this.qmp, this.consoles, (work) =>
        this.debugger.inTurn(work),
      );
    } finally {
      this.isTaking = false;
    }
  }

  private createEvents(): EngineEvents {
    const changed = (): void => this.options.onChange();
    return {
      planned: (plan) => {
        this.plan = plan;
        changed();
      },
      progress: (files) => {
        this.files = files;
        changed();
      },
      fetched: () => void this.dispatch({ type: 'fetched' }),
      output: (lines) => {
        this.output = [...this.output, ...lines].slice(-OUTPUT_LIMIT);
        changed();
      },
      exited: (code) => void this.dispatch({ type: 'exited', code }),
      failed: (failure) => void this.dispatch({ type: 'failed', failure }),
      snapshotRefused: (failure) => (this.snapshotRefused = failure),
    };
  }

  private attach({ channels: map, fromSnapshot }: Booted): void {
    const { memory, wake, channels, trace, programs, display } = map;
    this.memory = memory;
    this.trace.attach(memory, trace, programs);
    this.display.attach(memory, display);
    for (const each of [...this.consoles.values(), this.qmpConsole, this.gdbConsole]) {
      const address = channels[each.id];
      if (address !== undefined) each.attach(memory, address, wake);
    }
    void this.qmp.ready.then(async (ready) => {
      if (isOver(this.state)) return;
      if (!ready.ok) {
        this.dispatch({ type: 'failed', failure: ready.failure });
        return;
      }
      if (fromSnapshot && this.service !== undefined) {
        // The worker says it too, on another port, whose message may come after this answer.
        const arrived = (): void => void this.dispatch({ type: 'fetched' });
        const { service, qmp, consoles } = this;
        const restored = await restoreMachine(service, qmp, consoles, arrived);
        if (isOver(this.state)) return;
        if (!restored.ok) {
          this.snapshotRefused = restored.failure;
          this.dispatch({ type: 'failed', failure: restored.failure });
          return;
        }
      }
      this.dispatch({ type: 'started' });
      // A machine may start halted (-S), or have stopped before anybody listened.
      const status = await this.qmp.execute('query-status');
      if (status.ok && !status.value.running) this.dispatch({ type: 'paused' });
    });
  }

  /** Runs a command of QEMU's monitor on a vCPU, also while the machine runs; what it printed. */
  monitor(command: string, cpu = 0): Promise<Result<string>> {
    return this.qmp.execute('human-monitor-command', {
      'command-line': command,
      'cpu-index': cpu,
    });
  }

  private takeQmpEvent({ event, data }: QmpEvent): void {
    if (event === 'STOP') this.dispatch({ type: 'paused' });
    else if (event === 'RESUME') this.dispatch({ type: 'resumed' });
    else if (event === 'RESET') this.addReset(data?.guest === true);
  }

  private addReset(byGuest: boolean): void {
    const lines = [...this.consoles.values()]
      .filter(({ id }) => id !== MONITOR_CHANNEL)
      .flatMap(({ log }) =>
        log
          .lastLines(3)
          .filter((line) => line.trim() !== '')
          .slice(-1),
      );
    this.resets.push({ byGuest, after: lines[0] ?? '' });
    if (byGuest) this.guestResets++;
    if (this.resets.length > RESETS_LIMIT) this.resets.shift();
    this.options.onChange();
  }

  private fail(what: string, detail: string | undefined): void {
    const failure: Failure = {
      what,
      input: this.guest.title,
      remedy: 'Boot again. When it happens every time, report it with the text below.',
      ...(detail === undefined ? {} : { detail }),
    };
    this.dispatch({ type: 'failed', failure });
  }

  private dispatch(event: RunEvent): boolean {
    const next = nextState(this.state, event);
    if (next === undefined) return false;
    this.state = next;
    this.entered[next.name] = performance.now();
    if (isOver(next)) this.release();
    this.options.onChange();
    if (next.name === 'paused' || isOver(next)) {
      for (const resolve of this.stopped.splice(0)) resolve();
    }
    if (isOver(next)) {
      // A run is finished when its disks are closed too: the next may open the same.
      const closed = this.storage?.end() ?? Promise.resolve();
      void closed.catch(() => undefined).then(() => this.over.resolve(next));
    }
    return true;
  }

  /** Gives back threads, memory and ports. What was printed stays to be read. */
  private release(): void {
    clearTimeout(this.quitTimer);
    for (const each of this.consoles.values()) each.detach();
    this.trace.detach();
    this.memory = undefined;
    this.display.detach();
    this.qmpConsole.detach();
    this.gdbConsole.detach();
    this.qmp.close();
    this.debugger.close();
    this.worker?.terminate();
    this.service?.[Comlink.releaseProxy]();
    this.worker = undefined;
    this.service = undefined;
    this.events = undefined;
  }
}
