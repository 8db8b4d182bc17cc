import { GDB_CHANNEL } from '../common/console.js';
import type { Failure, Result } from '../common/failure.js';
import { bytesOfHex, numberOf } from '../common/gdb-packet.js';
import type { GdbRegister } from '../common/gdb-target.js';
import { architecturalName, type RegisterReader } from '../../inspect/register-groups.js';
import { GdbClient } from './gdb.js';
import { readTarget, unexpected } from './gdb-target.js';

/** QEMU's packets hold 4096 bytes, two digits for each byte of memory (gdbstub/internals.h). */
const MEMORY_AT_ONCE = 1024;
/** Register requests that are on their way at once: under the 64 KiB of the ring, far. */
const REGISTERS_AT_ONCE = 128;
/** What `readCpu` reads; vectors are wider, and predicates belong to them. */
const WIDEST_BITS = 64;

function isVector({ name, bits }: GdbRegister): boolean {
  return bits > WIDEST_BITS || /^([vzp]\d+|ffr)$/.test(name);
}

/** A step that has not ended by then is one of a vCPU that waits for an interrupt, in ms. */
const STEP_MS = 1500;

export interface RegisterValue {
  /** As in the Arm ARM: `PSTATE`, `SCTLR_EL1`; general registers in lower case. */
  readonly name: string;
  readonly feature: string;
  readonly bits: number;
  readonly value: bigint;
}

/** What a stopped vCPU holds. */
export interface CpuState {
  readonly thread: string;
  readonly registers: readonly RegisterValue[];
  /** A register's value by its name. */
  readonly read: RegisterReader;
}

/** How a step ended: done, or given up on a vCPU that waits for an interrupt (WFI, WFE). */
export type StepEnd = 'stepped' | 'waiting';

/** What a debugger needs of a run. */
export interface DebuggedMachine {
  send(bytes: Uint8Array): void;
  monitor(command: string): Promise<Result<string>>;
  isPaused(): boolean;
  /** Stops a running machine. */
  pause(): Promise<Result<unknown>>;
  /** Resolves when `isPaused` tells what QEMU's state is now. */
  settle(): Promise<Result<unknown>>;
}

/** Number of the program counter in org.gnu.gdb.aarch64.core: after x0 to x30 and sp. */
const PC_NUMBER = 32;

/**
 * A stopped machine through QEMU's gdbstub: registers, memory, breakpoints, steps. The gdbstub is
 * started when it is first used; before that it costs the machine nothing.
 */
export class Debugger {
  private readonly client: GdbClient;
  /** Whether QEMU's gdbstub listens. */
  private served = false;
  private started: Promise<Result<undefined>> | undefined;
  private registers: readonly GdbRegister[] = [];
  private threads: readonly string[] = [];
  private readonly breakpoints = new Set<bigint>();
  /** Ends when all that was asked so far is done. */
  private last: Promise<unknown> = Promise.resolve();

  /** @param stepMs how long a step may take until the vCPU counts as waiting */
  constructor(
    private readonly machine: DebuggedMachine,
    private readonly stepMs = STEP_MS,
  ) {
    this.client = new GdbClient((bytes) => machine.send(bytes));
  }

  receive(bytes: Uint8Array): void {
    this.client.receive(bytes);
  }

  close(): void {
    this.client.close();
  }

  /** Where the machine stops, in ascending order. */
  get stops(): readonly bigint[] {
    return [...this.breakpoints].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  }

  /** The vCPUs, as the gdbstub names its threads; empty before the first use. */
  get cpus(): readonly string[] {
    return this.threads;
  }

  /** All registers of a vCPU but vectors and predicates. */
  readCpu(thread: string | undefined): Promise<Result<CpuState>> {
    return this.inTurn(() => this.readRegisters(thread));
  }

  /** The same of the vCPU of that number; counted from 0. */
  readVcpu(index: number): Promise<Result<CpuState>> {
    return this.inTurn(async () => {
      const started = await this.start();
      if (!started.ok) return started;
      const thread = this.threads[index];
      return thread === undefined
        ? { ok: false, failure: unexpected('qfThreadInfo', `no vCPU ${index}`) }
        : this.readRegisters(thread);
    });
  }

  /** Vectors and predicates of a vCPU: V0 to V31, or Z0 to Z31, P0 to P15 and FFR. */
  readVectors(thread: string | undefined): Promise<Result<readonly RegisterValue[]>> {
    return this.inTurn(async () => {
      const chosen = await this.choose(thread);
      return chosen.ok ? this.readAll(this.registers.filter(isVector)) : chosen;
    });
  }

  private async readRegisters(thread: string | undefined): Promise<Result<CpuState>> {
    const chosen = await this.choose(thread);
    if (!chosen.ok) return chosen;
    // FPCR and FPSR are told twice: as part of the floating-point unit, and as system registers.
    const known = new Set<string>();
    const scalar = this.registers.filter((each) => {
      const name = architecturalName(each.name);
      if (isVector(each) || known.has(name)) return false;
      known.add(name);
      return true;
    });
    const all = await this.readAll(scalar);
    if (!all.ok) return all;
    const registers = all.value;
    const values = new Map(registers.map(({ name, value }) => [name, value]));
    const read: RegisterReader = (name) => values.get(name);
    return { ok: true, value: { thread: chosen.value, registers, read } };
  }

  /** Registers of the vCPU that is chosen. */
  private async readAll(wanted: readonly GdbRegister[]): Promise<Result<RegisterValue[]>> {
    const registers: RegisterValue[] = [];
    for (let at = 0; at < wanted.length; at += REGISTERS_AT_ONCE) {
      const some = wanted.slice(at, at + REGISTERS_AT_ONCE);
      const answers = await Promise.all(
        some.map(({ number }) => this.request(`p${number.toString(16)}`)),
      );
      for (const [index, answer] of answers.entries()) {
        if (!answer.ok) return answer;
        const register = some[index];
        const bytes = bytesOfHex(answer.value);
        // E14: a register that this vCPU does not let itself be asked for.
        if (register === undefined || bytes === undefined || bytes.length === 0) continue;
        const { name, feature, bits } = register;
        registers.push({ name: architecturalName(name), feature, bits, value: numberOf(bytes) });
      }
    }
    return { ok: true, value: registers };
  }

  /** Memory by virtual address, as QEMU's page walk for the chosen vCPU finds it. */
  readMemory(address: bigint, length: number, thread?: string): Promise<Result<Uint8Array>> {
    return this.inTurn(() => this.readVirtual(address, length, thread));
  }

  private async readVirtual(
    address: bigint,
    length: number,
    thread: string | undefined,
  ): Promise<Result<Uint8Array>> {
    const chosen = await this.choose(thread);
    if (!chosen.ok) return chosen;
    const memory = new Uint8Array(length);
    for (let at = 0; at < length; at += MEMORY_AT_ONCE) {
      const size = Math.min(MEMORY_AT_ONCE, length - at);
      const where = (address + BigInt(at)) & 0xffff_ffff_ffff_ffffn;
      const answer = await this.request(`m${where.toString(16)},${size.toString(16)}`);
      if (!answer.ok) return answer;
      const bytes = bytesOfHex(answer.value);
      if (bytes?.length !== size) return { ok: false, failure: noMemory(where, answer.value) };
      memory.set(bytes, at);
    }
    return { ok: true, value: memory };
  }

  /** Sets or takes away a breakpoint on a virtual address. */
  setStop(address: bigint, on: boolean): Promise<Result<undefined>> {
    return this.inTurn(() => this.changeStop(address, on));
  }

  private async changeStop(address: bigint, on: boolean): Promise<Result<undefined>> {
    const started = await this.start();
    if (!started.ok) return started;
    const answer = await this.acknowledged(`${on ? 'Z' : 'z'}1,${address.toString(16)},4`);
    if (answer.ok) {
      if (on) this.breakpoints.add(address);
      else this.breakpoints.delete(address);
    }
    return answer;
  }

  /**
   * Runs one instruction of a vCPU while the others stand.
   *
   * @param interrupts whether pending interrupts are taken and the virtual clock goes on; QEMU
   *   holds both back otherwise (sstep bits NOIRQ and NOTIMER, gdbstub/gdbstub.c)
   */
  step(thread?: string, interrupts = false): Promise<Result<StepEnd>> {
    return this.inTurn(() => this.runOne(thread, interrupts));
  }

  private async runOne(thread: string | undefined, interrupts: boolean): Promise<Result<StepEnd>> {
    const chosen = await this.choose(thread);
    if (!chosen.ok) return chosen;
    const how = await this.acknowledged(`Qqemu.sstep:${interrupts ? 1 : 7}`);
    if (!how.ok) return how;
    let end: StepEnd = 'stepped';
    const patience = setTimeout(() => {
      end = 'waiting';
      void this.machine.pause();
    }, this.stepMs);
    // Not `s`: that lets the other vCPUs run meanwhile (gdbstub/gdbstub.c, handle_step).
    const stop = await this.request(`vCont;s:${chosen.value}`);
    clearTimeout(patience);
    if (!stop.ok) return stop;
    const settled = await this.machine.settle();
    return settled.ok ? { ok: true, value: end } : settled;
  }

  /**
   * Lets the machine go on, in turn with what else is asked: a byte for the gdbstub that comes while
   * the machine runs would stop it.
   *
   * @param go makes it run; called when no vCPU stands at a stop, where it would stop at once
   */
  resume<T>(go: () => Promise<Result<T>>): Promise<Result<T>> {
    return this.inTurn(async () => {
      const left = this.machine.isPaused() ? await this.leaveStops() : undefined;
      return left === undefined || left.ok ? go() : left;
    });
  }

  /**
   * Steps each vCPU that stands at a stop. One that waits for an interrupt stands behind its
   * instruction, and needs no step.
   */
  private async leaveStops(): Promise<Result<undefined>> {
    if (this.breakpoints.size === 0) return { ok: true, value: undefined };
    for (const thread of this.threads) {
      const pc = await this.programCounter(thread);
      if (!pc.ok) return pc;
      if (!this.breakpoints.has(pc.value)) continue;
      const stepped = await this.runOne(thread, false);
      if (!stepped.ok) return stepped;
    }
    return { ok: true, value: undefined };
  }

  /** A vCPU that stands at a stop, `first` before others; undefined when none does. */
  whoStands(first: string | undefined): Promise<Result<string | undefined>> {
    return this.inTurn(() => this.findStanding(first));
  }

  /** Where each vCPU stands. */
  programCounters(): Promise<Result<ReadonlyMap<string, bigint>>> {
    return this.inTurn(async () => {
      const started = await this.start();
      if (!started.ok) return started;
      const found = new Map<string, bigint>();
      for (const thread of this.threads) {
        const pc = await this.programCounter(thread);
        if (!pc.ok) return pc;
        found.set(thread, pc.value);
      }
      return { ok: true, value: found };
    });
  }

  private async findStanding(first: string | undefined): Promise<Result<string | undefined>> {
    const none = { ok: true, value: undefined } as const;
    if (this.breakpoints.size === 0 || this.threads.length < 2) return none;
    const order = [...this.threads].sort((a, b) => Number(b === first) - Number(a === first));
    for (const thread of order) {
      const pc = await this.programCounter(thread);
      if (!pc.ok) return pc;
      if (this.breakpoints.has(pc.value)) return { ok: true, value: thread };
    }
    return none;
  }

  /**
   * One thing after the other: the gdbstub has one vCPU in hand at a time, and whoever stops the
   * machine for a moment must not let it go on under a request's hands.
   */
  inTurn<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
    const next = this.last.then(work);
    this.last = next.catch(() => undefined);
    return next;
  }

  private async programCounter(thread: string): Promise<Result<bigint>> {
    const chosen = await this.choose(thread);
    if (!chosen.ok) return chosen;
    const answer = await this.request(`p${PC_NUMBER.toString(16)}`);
    if (!answer.ok) return answer;
    const bytes = bytesOfHex(answer.value);
    return bytes === undefined
      ? { ok: false, failure: unexpected('p20', answer.value) }
      : { ok: true, value: numberOf(bytes) };
  }

  private async choose(thread: string | undefined): Promise<Result<string>> {
    const started = await this.start();
    if (!started.ok) return started;
    const first = this.threads[0];
    const chosen = thread !== undefined && this.threads.includes(thread) ? thread : first;
    if (chosen === undefined) {
      return { ok: false, failure: unexpected('qfThreadInfo', 'no vCPU') };
    }
    const answer = await this.acknowledged(`Hg${chosen}`);
    return answer.ok ? { ok: true, value: chosen } : answer;
  }

  private start(): Promise<Result<undefined>> {
    this.started ??= this.connect().then((result) => {
      // A failure holds for this time only.
      if (!result.ok) this.started = undefined;
      return result;
    });
    return this.started;
  }

  private async connect(): Promise<Result<undefined>> {
    // Starting the gdbstub stops the machine, so the visitor does that first.
    if (!this.machine.isPaused()) return { ok: false, failure: notPaused('gdbserver') };
    // Never twice: QEMU would delete the chardev that it is about to use (gdbserver_start).
    if (!this.served) {
      const server = await this.machine.monitor(`gdbserver chardev:${GDB_CHANNEL}`);
      if (!server.ok) return server;
      this.served = true;
    }
    const target = await readTarget((request) => this.request(request));
    if (!target.ok) return target;
    this.registers = target.value.registers;
    this.threads = target.value.threads;
    return { ok: true, value: undefined };
  }

  private async acknowledged(request: string): Promise<Result<undefined>> {
    const answer = await this.request(request);
    if (!answer.ok) return answer;
    return answer.value === 'OK'
      ? { ok: true, value: undefined }
      : { ok: false, failure: unexpected(request, answer.value) };
  }

  private request(request: string): Promise<Result<string>> {
    if (!this.machine.isPaused()) {
      return Promise.resolve({ ok: false, failure: notPaused(request) });
    }
    return this.client.request(request);
  }
}

function notPaused(request: string): Failure {
  return {
    what: 'Registers and memory are read while the machine is paused, and it runs.',
    input: request,
    remedy: 'Pause it.',
  };
}

function noMemory(address: bigint, answer: string): Failure {
  return {
    what: `There is no memory at virtual address 0x${address.toString(16)}.`,
    remedy: 'It is not mapped where the vCPU is now. Try a physical address, or another vCPU.',
    ...(answer === '' ? {} : { detail: answer }),
  };
}
