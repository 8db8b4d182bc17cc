import { GDB_CHANNEL } from '../common/console.js';
import type { Failure, Result } from '../common/failure.js';
import { bytesOfHex, numberOf } from '../common/gdb-packet.js';
import { includedFiles, registersOf, type GdbRegister } from '../common/gdb-target.js';
import { architecturalName, type RegisterReader } from '../../inspect/register-groups.js';
import { GdbClient } from './gdb.js';

/** QEMU's packets hold 4096 bytes, two digits for each byte of memory (gdbstub/internals.h). */
const MEMORY_AT_ONCE = 1024;
/** Register requests that are on their way at once: under the 64 KiB of the ring, far. */
const REGISTERS_AT_ONCE = 128;
/** Vectors and predicates are wider, and are left out. */
const WIDEST_BITS = 64;

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
  private started: Promise<Result<undefined>> | undefined;
  private registers: readonly GdbRegister[] = [];
  private threads: readonly string[] = [];
  private readonly breakpoints = new Set<bigint>();

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

  /** All registers of a vCPU that fit in 64 bits. */
  async readCpu(thread: string | undefined): Promise<Result<CpuState>> {
    const chosen = await this.choose(thread);
    if (!chosen.ok) return chosen;
    const wanted = this.registers.filter(({ bits }) => bits <= WIDEST_BITS);
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
    const values = new Map(registers.map(({ name, value }) => [name, value]));
    const read: RegisterReader = (name) => values.get(name);
    return { ok: true, value: { thread: chosen.value, registers, read } };
  }

  /** All registers of the vCPU of that number that fit in 64 bits; counted from 0. */
  async readVcpu(index: number): Promise<Result<CpuState>> {
    const started = await this.start();
    if (!started.ok) return started;
    const thread = this.threads[index];
    return thread === undefined
      ? { ok: false, failure: unexpected('qfThreadInfo', `no vCPU ${index}`) }
      : this.readCpu(thread);
  }

  /** Memory by virtual address, as QEMU's page walk for the chosen vCPU finds it. */
  async readMemory(address: bigint, length: number, thread?: string): Promise<Result<Uint8Array>> {
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
  async setStop(address: bigint, on: boolean): Promise<Result<undefined>> {
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
  async step(thread?: string, interrupts = false): Promise<Result<StepEnd>> {
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
   * Steps each vCPU that stands at a stop, so that the machine can go on from there. One that waits
   * for an interrupt stands behind its instruction, and needs no step.
   */
  async leaveStops(): Promise<Result<undefined>> {
    if (this.breakpoints.size === 0) return { ok: true, value: undefined };
    for (const thread of this.threads) {
      const pc = await this.programCounter(thread);
      if (!pc.ok) return pc;
      if (!this.breakpoints.has(pc.value)) continue;
      const stepped = await this.step(thread);
      if (!stepped.ok) return stepped;
    }
    return { ok: true, value: undefined };
  }

  /** A vCPU that stands at a stop, `first` before others; undefined when none does. */
  async whoStands(first: string | undefined): Promise<Result<string | undefined>> {
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
    const server = await this.machine.monitor(`gdbserver chardev:${GDB_CHANNEL}`);
    if (!server.ok) return server;
    const features = await this.request('qSupported:qXfer:features:read+');
    if (!features.ok) return features;
    const target = await this.file('target.xml');
    if (!target.ok) return target;
    const registers: GdbRegister[] = [];
    for (const name of includedFiles(target.value)) {
      const file = await this.file(name);
      if (!file.ok) return file;
      const next = registers.reduce((top, { number }) => Math.max(top, number + 1), 0);
      registers.push(...registersOf(file.value, next));
    }
    if (registers.length === 0) {
      return { ok: false, failure: unexpected('target.xml', target.value.slice(0, 200)) };
    }
    this.registers = registers;
    return this.readThreads();
  }

  /** `m1,2` and then more of them, until `l` (GDB manual, "General Query Packets"). */
  private async readThreads(): Promise<Result<undefined>> {
    const threads: string[] = [];
    for (let request = 'qfThreadInfo'; ; request = 'qsThreadInfo') {
      const answer = await this.request(request);
      if (!answer.ok) return answer;
      if (!answer.value.startsWith('m')) break;
      threads.push(...answer.value.slice(1).split(','));
    }
    this.threads = threads;
    return { ok: true, value: undefined };
  }

  /** A file of the target description, read in pieces. */
  private async file(name: string): Promise<Result<string>> {
    let text = '';
    for (;;) {
      const request = `qXfer:features:read:${name}:${text.length.toString(16)},ffb`;
      const answer = await this.request(request);
      if (!answer.ok) return answer;
      const kind = answer.value[0];
      if (kind !== 'm' && kind !== 'l') {
        return { ok: false, failure: unexpected(request, answer.value) };
      }
      text += answer.value.slice(1);
      if (kind === 'l' || answer.value.length === 1) return { ok: true, value: text };
    }
  }

  private async acknowledged(request: string): Promise<Result<undefined>> {
    const answer = await this.request(request);
    if (!answer.ok) return answer;
    return answer.value === 'OK'
      ? { ok: true, value: undefined }
      : { ok: false, failure: unexpected(request, answer.value) };
  }

  private request(request: string): Promise<Result<string>> {
    if (this.machine.isPaused()) return this.client.request(request);
    return Promise.resolve({ ok: false, failure: notPaused(request) });
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

function unexpected(request: string, answer: string): Failure {
  return {
    what: 'QEMU’s gdbstub gave an answer that Bootlink does not expect.',
    input: request,
    remedy: 'Report it with the text below.',
    detail: answer === '' ? 'an empty answer: not supported' : answer,
  };
}
