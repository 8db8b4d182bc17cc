import { isLive, isOver } from '../../engine/common/run-state.js';
import type { Console } from '../../engine/ui/console.js';
import type { Run } from '../../engine/ui/run.js';
import { faultingAddress, instructionSet, waitBytes } from '../../inspect/aarch32.js';
import { KIND } from '../../inspect/events/layout.js';
import { exceptionClass } from '../../inspect/esr/esr.js';
import type {
  ExceptionLoop,
  Observation,
  ObservedConsole,
  ObservedCpu,
  SeenRegisters,
} from '../../inspect/diagnosis/observation.js';
import { tightLoop } from '../../inspect/diagnosis/cpu-report.js';
import { promptOn } from '../../inspect/diagnosis/console-findings.js';
import { parseRegisterDump, parseWord } from '../../inspect/diagnosis/register-dump.js';
import { MONITOR_CHANNEL } from '../../engine/common/console.js';
import { choiceInWords, recordingChoice } from '../timeline/recording-choice.js';

/** How long consoles must have been silent before the vCPUs' registers are looked at, ms. */
const LOOK_AFTER_MS = 4000;
/** Samples of the PC that are kept. */
const SAMPLES = 12;
/** Words of code that are kept. */
const CODE_LIMIT = 64;

/** Something that is asked again and again: since when it has the value it has. */
class Since {
  private value = -1;
  private at = 0;

  /** @param now running time of the machine, ms; how long the value has been this one */
  update(value: number, now: number): number {
    if (value !== this.value) {
      this.value = value;
      this.at = now;
    }
    return now - this.at;
  }
}

interface CpuNotes {
  readonly since: Since;
  samples: bigint[];
  registers: SeenRegisters | undefined;
  readonly code: Map<bigint, number>;
}

/** Watches one run, a look at a time, and tells what "What happened?" is judged by. */
export class RunObserver {
  /** Time in which the machine ran, ms: while it is paused, nothing grows old. */
  private ran = 0;
  private lookedAt: number | undefined;
  private wasRunning = false;
  private readonly consoles = new Map<string, Since>();
  private readonly cpus = new Map<number, CpuNotes>();
  private loops: readonly ExceptionLoop[] = [];

  constructor(private readonly run: Run) {}

  /** Remembers loops that were found, for how they began. */
  remember(loops: readonly ExceptionLoop[]): void {
    this.loops = loops;
  }

  /** @param reachedPrompt of the guest's recipe; @param now by the page's clock, ms */
  async look(reachedPrompt: boolean, now: number): Promise<Observation> {
    const { run } = this;
    const running = run.state.name === 'running';
    if (running && this.wasRunning && this.lookedAt !== undefined) this.ran += now - this.lookedAt;
    this.lookedAt = now;
    this.wasRunning = running;
    const consoles = this.lookAtConsoles();
    const quiet = Math.min(this.ran, ...consoles.map(({ quietFor }) => quietFor ?? this.ran));
    const isQuiet = quiet >= LOOK_AFTER_MS && promptOn(consoles) === undefined;
    if (isLive(run.state) && (isQuiet || run.state.name === 'paused')) await this.readRegisters();
    else for (const cpu of this.cpus.values()) cpu.samples = [];
    return this.compose(consoles, reachedPrompt);
  }

  private compose(consoles: ObservedConsole[], reachedPrompt: boolean): Observation {
    const { run, ran } = this;
    const { state, trace } = run;
    const left = choiceInWords(recordingChoice.value);
    return {
      title: run.guest.title,
      state:
        state.name === 'failed'
          ? 'failed'
          : isOver(state)
            ? 'ended'
            : state.name === 'paused'
              ? 'paused'
              : 'running',
      ranFor: ran,
      // How the visitor ended it says nothing about the guest.
      ...exitCodeOf(run),
      output: run.output.slice(-20).map(({ text }) => text),
      recording: recordingOf(run),
      ...(left === '' ? {} : { leftOut: left }),
      lost: trace.lost,
      cpus: this.lookAtCpus(),
      consoles,
      resets: run.resets,
      guestResets: run.guestResets,
      reachedPrompt,
      loops: this.loops,
    };
  }

  private lookAtConsoles(): ObservedConsole[] {
    const { run, ran } = this;
    return run.guest.consoles.flatMap(({ id, title }) => {
      const console = run.consoles.get(id);
      if (console === undefined || id === MONITOR_CHANNEL) return [];
      let since = this.consoles.get(id);
      if (since === undefined) this.consoles.set(id, (since = new Since()));
      const quietFor = since.update(console.log.length, ran);
      return [
        {
          ...textOf(console),
          title,
          events: run.trace.consoleEvents.get(id) ?? [],
          ...(console.log.length === 0 ? {} : { quietFor }),
        },
      ];
    });
  }

  private notesOf(cpu: number): CpuNotes {
    let notes = this.cpus.get(cpu);
    if (notes === undefined) {
      notes = { since: new Since(), samples: [], registers: undefined, code: new Map() };
      this.cpus.set(cpu, notes);
    }
    return notes;
  }

  private lookAtCpus(): ObservedCpu[] {
    const stores = this.run.trace.stores.cpus;
    const known = new Set([...stores.map(({ cpu }) => cpu), ...this.cpus.keys()]);
    return [...known]
      .sort((a, b) => a - b)
      .map((cpu) => {
        const events = stores.find((each) => each.cpu === cpu);
        const notes = this.notesOf(cpu);
        const { registers, samples, code } = notes;
        return {
          cpu,
          ...(events === undefined
            ? {}
            : { events, quietFor: notes.since.update(events.end, this.ran) }),
          ...(registers === undefined ? {} : { registers }),
          samples,
          code,
        };
      });
  }

  /** The registers of all vCPUs by QEMU's monitor, and the instructions that a reason needs. */
  private async readRegisters(): Promise<void> {
    const { run } = this;
    const answer = await run.monitor('info registers -a');
    if (!answer.ok || isOver(run.state)) return;
    for (const [cpu, registers] of parseRegisterDump(answer.value)) {
      const notes = this.notesOf(cpu);
      notes.registers = registers;
      if (registers.pc === undefined) continue;
      if (run.state.name === 'running') {
        notes.samples = [...notes.samples, registers.pc].slice(-SAMPLES);
      }
      const wanted = tightLoop({ cpu, samples: notes.samples }, 3) ?? [];
      for (const pc of wanted) {
        await this.readCode(cpu, pc);
        const set = registers.pstate === undefined ? 'A64' : instructionSet(registers.pstate);
        await this.readCode(cpu, pc - waitBytes(set));
      }
    }
    for (const { cpu, cause, sample } of this.loops) {
      const event = cause?.event ?? sample.event;
      if (exceptionClass(event.esr) === 0) await this.readCode(cpu, faultingAddress(event));
    }
  }

  private async readCode(cpu: number, address: bigint): Promise<void> {
    const { code } = this.notesOf(cpu);
    if (address < 0n || code.has(address) || code.size >= CODE_LIMIT) return;
    const answer = await this.run.monitor(`x/1wx 0x${address.toString(16)}`, cpu);
    const word = answer.ok ? parseWord(answer.value) : undefined;
    if (word !== undefined) code.set(address, word);
  }
}

function textOf({ id, log }: Console): Pick<ObservedConsole, 'id' | 'openLine' | 'lastLine'> {
  const lines = log.lastLines(20);
  return {
    id,
    openLine: lines.at(-1) ?? '',
    lastLine: lines.findLast((line) => line.trim() !== '') ?? '',
  };
}

/** Whether what is recorded begins with the machine's reset. */
function recordingOf({ trace, snapshot }: Run): Observation['recording'] {
  if (!trace.available) return 'unavailable';
  const stores = trace.stores.cpus;
  if (!trace.recording && stores.length === 0) return 'off';
  const whole =
    snapshot === undefined && stores.every((each) => each.first > 0 || each.kind(0) === KIND.reset);
  return whole ? 'on' : 'late';
}

/** QEMU's exit code when it ended by itself; one that the guest means counts as success. */
function exitCodeOf({ state, guest }: Run): { exitCode?: number } {
  if (state.name !== 'exited' || state.ending !== 'exited' || state.code === null) return {};
  return { exitCode: state.code === guest.exits ? 0 : state.code };
}
