import { signal } from '@preact/signals';
import type { AddressSpace } from '../../engine/ui/debugger.js';
import type { Failure, Result } from '../../engine/common/failure.js';
import { isOver } from '../../engine/common/run-state.js';
import type { Run } from '../../engine/ui/run.js';
import {
  architecturalName,
  placeOfRegisters,
  vectorEntries,
  type RegisterReader,
} from '../../inspect/register-groups.js';

/** Bytes of memory shown at once. */
export const MEMORY_BYTES = 256;
/** How often the run is looked at while the machine goes to its next stop, ms. */
const LOOK_MS = 30;

export interface ShownRegister {
  readonly name: string;
  readonly bits: number;
  readonly value: bigint;
  /** What it was at the last pause, when that differs. */
  readonly before: bigint | undefined;
}

export interface ShownMemory {
  readonly address: bigint;
  readonly space: AddressSpace;
  readonly bytes: Uint8Array;
}

/** What the pane shows of one run: read when the machine stops, kept until it stops again. */
export class RegistersModel {
  readonly registers = signal<readonly ShownRegister[]>([]);
  readonly thread = signal<string | undefined>(undefined);
  readonly threads = signal<readonly string[]>([]);
  readonly stops = signal<readonly bigint[]>([]);
  readonly memory = signal<ShownMemory | undefined>(undefined);
  readonly failure = signal<Failure | undefined>(undefined);
  /** What is being done, in words; the pane's buttons wait for it. */
  readonly busy = signal<string | undefined>(undefined);
  /** By vCPU: what it held when it was last read. */
  private readonly last = new Map<string, ReadonlyMap<string, bigint>>();
  private readAt: number | undefined;

  constructor(readonly run: Run) {}

  /** The shown vCPU's registers by name. */
  readonly read: RegisterReader = (name) =>
    this.registers.value.find((each) => each.name === name)?.value;

  get isPaused(): boolean {
    return this.run.state.name === 'paused';
  }

  /** Reads the vCPU if the machine has stopped since it was read last. */
  async follow(): Promise<void> {
    const paused = this.run.entered.paused;
    if (!this.isPaused || this.busy.value !== undefined || this.readAt === paused) return;
    await this.act('Reading registers', () => this.refresh());
  }

  async choose(thread: string): Promise<void> {
    this.thread.value = thread;
    await this.act('Reading registers', () => this.refresh());
  }

  step(): Promise<void> {
    return this.act('Stepping', async () => {
      const stepped = await this.run.debugger.step(this.thread.value);
      return stepped.ok ? this.refresh() : stepped;
    });
  }

  setStop(address: bigint, on: boolean): Promise<void> {
    return this.act('Setting a stop', async () => {
      const set = await this.run.debugger.setStop(address, on);
      this.stops.value = this.run.debugger.stops;
      return set;
    });
  }

  showMemory(address: bigint, space: AddressSpace): Promise<void> {
    return this.act('Reading memory', () => this.readMemory(address, space));
  }

  /**
   * Runs until an exception is taken: to the next entry of the vector tables as they are now. A
   * stop of the visitor's, or a pause, ends it too.
   */
  nextException(): Promise<void> {
    return this.act('Running to the next exception', async () => {
      const entries = vectorEntries(this.read);
      if (entries.length === 0) return { ok: false, failure: noVectors };
      const own = new Set(this.run.debugger.stops);
      const added = new Set(entries.map(({ address }) => address).filter((at) => !own.has(at)));
      let result: Result<unknown> = { ok: true, value: undefined };
      for (const address of added) {
        result = await this.run.debugger.setStop(address, true);
        if (!result.ok) break;
      }
      while (result.ok) {
        result = await this.runToStop();
        if (!result.ok) break;
        result = await this.refresh();
        const pc = this.read('pc');
        const el = placeOfRegisters(this.read)?.el;
        const here = entries.filter(({ address }) => address === pc);
        // Other code may stand where a table of another level is: that is no exception.
        if (here.length === 0 || here.some((entry) => entry.el === el)) break;
      }
      for (const address of added) {
        const removed = await this.run.debugger.setStop(address, false);
        if (!removed.ok && result.ok) result = removed;
      }
      return result;
    });
  }

  /** Resumes, and resolves when the machine stands again or has ended. */
  private async runToStop(): Promise<Result<unknown>> {
    const resumed = await this.run.resume();
    if (!resumed.ok) return resumed;
    // The answer comes behind the event that says that it runs.
    while (!this.isPaused && !isOver(this.run.state)) {
      await new Promise((again) => setTimeout(again, LOOK_MS));
    }
    return { ok: true, value: undefined };
  }

  private async refresh(): Promise<Result<unknown>> {
    const paused = this.run.entered.paused;
    const state = await this.run.debugger.readCpu(this.thread.value);
    if (!state.ok) return state;
    const { thread, registers } = state.value;
    const before = this.last.get(thread);
    const shown = registers.map(({ name, bits, value }) => {
      const known = architecturalName(name);
      const old = before?.get(known);
      return { name: known, bits, value, before: old === value ? undefined : old };
    });
    this.last.set(thread, new Map(shown.map(({ name, value }) => [name, value])));
    this.readAt = paused;
    this.thread.value = thread;
    this.threads.value = this.run.debugger.cpus;
    this.stops.value = this.run.debugger.stops;
    this.registers.value = shown;
    const { value: memory } = this.memory;
    return memory === undefined ? state : this.readMemory(memory.address, memory.space);
  }

  private async readMemory(address: bigint, space: AddressSpace): Promise<Result<unknown>> {
    const thread = this.thread.value;
    const bytes = await this.run.debugger.readMemory(address, MEMORY_BYTES, space, thread);
    this.memory.value = bytes.ok ? { address, space, bytes: bytes.value } : undefined;
    return bytes;
  }

  /** One thing at a time: the gdbstub has one vCPU in hand. */
  private async act(what: string, doIt: () => Promise<Result<unknown>>): Promise<void> {
    if (this.busy.value !== undefined) return;
    this.busy.value = what;
    try {
      const result = await doIt();
      this.failure.value = result.ok ? undefined : result.failure;
    } finally {
      this.busy.value = undefined;
    }
  }
}

const noVectors: Failure = {
  what: 'No vector table is set up yet: VBAR_EL1, VBAR_EL2 and VBAR_EL3 are 0.',
  remedy: 'Let the machine run a little further, or stop at an address.',
};

const models = new WeakMap<Run, RegistersModel>();

/** The model of a run, which a pane that is closed and opened again finds as it was. */
export function modelOf(run: Run): RegistersModel {
  const known = models.get(run) ?? new RegistersModel(run);
  models.set(run, known);
  return known;
}

/** An address as it is written: 0x… or digits of hex. Undefined for anything else. */
export function parseAddress(text: string): bigint | undefined {
  const match = /^\s*(?:0x)?([0-9a-f_]{1,20})\s*$/i.exec(text);
  const digits = match?.[1]?.replaceAll('_', '') ?? '';
  if (digits === '' || digits.length > 16) return undefined;
  return BigInt(`0x${digits}`);
}
