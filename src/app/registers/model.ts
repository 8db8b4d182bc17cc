import { signal } from '@preact/signals';
import type { RegisterValue, StepEnd } from '../../engine/ui/debugger.js';
import type { PhysicalMemory } from '../../engine/ui/physical-memory.js';
import type { Failure, Result } from '../../engine/common/failure.js';
import type { Run } from '../../engine/ui/run.js';
import type { RegisterReader } from '../../inspect/register-groups.js';
import type { SymbolTable } from '../../inspect/symbols/table.js';
import { parseAddress } from './address.js';

export interface LoadedSymbols {
  readonly file: string;
  readonly table: SymbolTable;
}

export interface ShownRegister {
  readonly name: string;
  readonly bits: number;
  readonly value: bigint;
  /** What it was at the last pause, when that differs. */
  readonly before: bigint | undefined;
}

function valuesOf(registers: readonly RegisterValue[]): ReadonlyMap<string, bigint> {
  return new Map(registers.map(({ name, value }) => [name, value]));
}

/** What the pane shows of one run: read when the machine stops, kept until it stops again. */
export class RegistersModel {
  readonly registers = signal<readonly ShownRegister[]>([]);
  /** Vectors and predicates, as wide as the vCPU's may be. */
  readonly vectors = signal<readonly ShownRegister[]>([]);
  readonly thread = signal<string | undefined>(undefined);
  readonly threads = signal<readonly string[]>([]);
  readonly stops = signal<readonly bigint[]>([]);
  /** RAM and ROM of the machine as it stands. */
  readonly physical = signal<PhysicalMemory | undefined>(undefined);
  readonly failure = signal<Failure | undefined>(undefined);
  /** Something worth knowing about the last stop. */
  readonly note = signal<string | undefined>(undefined);
  /** What is being done, in words; the pane's buttons wait for it. */
  readonly busy = signal<string | undefined>(undefined);
  /** Goes up when the vCPU was read: what is shown of its memory is read again. */
  readonly version = signal(0);
  /** Names of the guest's code and data, and the file that they are from. */
  readonly symbols = signal<LoadedSymbols | undefined>(undefined);
  /** Whether something runs that `stopRunning` ends. */
  readonly canStop = signal(false);
  /** Whether a step takes interrupts that are pending. */
  readonly interrupts = signal(false);
  /** By vCPU: what it held when it was last read. */
  private readonly last = new Map<string, ReadonlyMap<string, bigint>>();
  private values: ReadonlyMap<string, bigint> = new Map();
  private stopWanted = false;
  private readAt: number | undefined;

  constructor(readonly run: Run) {}

  /** The shown vCPU's registers by name. */
  readonly read: RegisterReader = (name) => this.values.get(name);

  /** The address that a text means: a symbol's, or digits of hex. */
  resolve(text: string): bigint | undefined {
    return this.symbols.value?.table.named(text.trim())?.address ?? parseAddress(text);
  }

  /** Ends what runs the machine by itself, wherever it is. */
  stopRunning(): void {
    this.stopWanted = true;
    if (!this.isPaused) void this.run.pause();
  }

  /** Whether the visitor has asked to stop; loops that run the machine look. */
  get isStopWanted(): boolean {
    return this.stopWanted;
  }

  get isPaused(): boolean {
    return this.run.state.name === 'paused';
  }

  /** Reads the vCPU if the machine has stopped since it was read last. */
  async follow(): Promise<void> {
    const paused = this.run.entered.paused;
    if (!this.isPaused || this.busy.value !== undefined || this.readAt === paused) return;
    await this.act('Reading registers', async () => {
      await this.turnToStopped();
      const read = await this.refresh();
      // It stood for a moment only, as for a snapshot: there is nothing to tell.
      return this.isPaused ? read : { ok: true, value: undefined };
    });
  }

  async choose(thread: string): Promise<void> {
    this.thread.value = thread;
    await this.act('Reading registers', () => this.refresh());
  }

  step(): Promise<void> {
    return this.act('Stepping', async () => {
      const stepped = await this.stepOnce();
      if (!stepped.ok) return stepped;
      if (stepped.value === 'waiting') {
        this.note.value = this.interrupts.value
          ? 'The vCPU waits (WFI or WFE), and no interrupt came: nothing was executed.'
          : 'The vCPU waits for an interrupt (WFI or WFE), and steps hold interrupts back. Tick “Interrupts” to let them come.';
      }
      return this.refresh();
    });
  }

  /** One instruction of the shown vCPU; registers are not read. */
  stepOnce(): Promise<Result<StepEnd>> {
    return this.run.debugger.step(this.thread.value, this.interrupts.value);
  }

  setStop(address: bigint, on: boolean): Promise<void> {
    return this.act('Setting a breakpoint', async () => {
      const set = await this.run.debugger.setStop(address, on);
      this.stops.value = this.run.debugger.stops;
      return set;
    });
  }

  /** Resumes, and resolves when the machine stands again or has ended. */
  async runToStop(): Promise<Result<unknown>> {
    this.canStop.value = true;
    const resumed = await this.run.resume();
    // The answer comes behind the event that says that it runs.
    if (resumed.ok) await this.run.untilStopped();
    await this.turnToStopped();
    return resumed;
  }

  /** Shows the vCPU that stands at a breakpoint, where another one is shown. */
  private async turnToStopped(): Promise<void> {
    const stopped = await this.run.debugger.whoStands(this.thread.value);
    if (stopped.ok && stopped.value !== undefined) this.thread.value = stopped.value;
  }

  /** Reads registers and where memory lies. The marks of what changed move on with `marks`. */
  async refresh(marks = true): Promise<Result<unknown>> {
    const paused = this.run.entered.paused;
    const state = await this.run.debugger.readCpu(this.thread.value);
    if (!state.ok) return state;
    const { thread, registers } = state.value;
    this.values = valuesOf(registers);
    this.thread.value = thread;
    if (!marks) return state;
    const physical = await this.run.physicalMemory();
    if (!physical.ok) return physical;
    const vectors = await this.run.debugger.readVectors(thread);
    if (!vectors.ok) return vectors;
    const before = this.last.get(thread);
    this.last.set(thread, valuesOf([...registers, ...vectors.value]));
    this.readAt = paused;
    this.threads.value = this.run.debugger.cpus;
    this.stops.value = this.run.debugger.stops;
    this.physical.value = physical.value;
    const shown = ({ name, bits, value }: RegisterValue): ShownRegister => {
      const old = before?.get(name);
      return { name, bits, value, before: old === value ? undefined : old };
    };
    this.registers.value = registers.map(shown);
    this.vectors.value = vectors.value.map(shown);
    this.version.value++;
    return state;
  }

  /** Resolves when nothing is being done; at once when that is so. */
  whenIdle(): Promise<void> {
    return new Promise((resolve) => {
      const stop = this.busy.subscribe((busy) => {
        if (busy !== undefined) return;
        resolve();
        // The first call comes before `subscribe` has returned.
        queueMicrotask(() => stop());
      });
    });
  }

  /** One thing at a time: the gdbstub has one vCPU in hand. */
  async act(what: string, doIt: () => Promise<Result<unknown>>): Promise<void> {
    if (this.busy.value !== undefined) return;
    this.busy.value = what;
    this.note.value = undefined;
    this.stopWanted = false;
    try {
      const result = await doIt();
      this.failure.value = result.ok ? undefined : result.failure;
    } finally {
      this.busy.value = undefined;
      this.canStop.value = false;
    }
  }
}

const models = new WeakMap<Run, RegistersModel>();

/** The model of a run, which a pane that is closed and opened again finds as it was. */
export function modelOf(run: Run): RegistersModel {
  const known = models.get(run) ?? new RegistersModel(run);
  models.set(run, known);
  return known;
}
