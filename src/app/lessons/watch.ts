import { isMet, type Check, type Observed } from '../../lessons/check.js';
import type { Step } from '../../lessons/lesson.js';
import type { TraceEvent } from '../../inspect/events/event.js';
import type { RegisterReader } from '../../inspect/register-groups.js';
import type { Run } from '../../engine/ui/run.js';
import { granulesOf } from '../granules/model.js';
import { run } from '../session.js';

/** How often a step's checks are looked at, ms. */
export const LOOK_MS = 250;
/** Characters of a console that a check sees. */
const SEEN_CHARACTERS = 256 * 1024;
/** Events decoded in one look at most, so that a look stays short. */
const EVENTS_A_LOOK = 4000;

/** Which run is of an exercise, and of which step. */
export const exerciseRuns = new WeakMap<Run, string>();

/** Watches one step: from when it was opened, over whatever machines run meanwhile. */
export class StepWatch {
  private run: Run | undefined;
  private readonly texts = new Map<string, number>();
  private readonly met = new Set<Check>();
  /** By check and vCPU: the next event to look at. */
  private readonly read = new Map<Check, Map<number, number>>();
  private readonly begins = new Map<number, number>();
  /** By vCPU, at the last pause that was looked at, and when that was. */
  private registers: readonly RegisterReader[] = [];
  private pausedAt: number | undefined;

  constructor(private readonly step: Step) {
    this.begin(run.value, step.fresh);
  }

  private begin(current: Run | undefined, fresh: boolean): void {
    this.run = current;
    this.texts.clear();
    this.met.clear();
    this.read.clear();
    this.begins.clear();
    this.registers = [];
    // A pause of before the step says nothing about it.
    this.pausedAt = fresh ? current?.entered.paused : undefined;
    if (!fresh || current === undefined) return;
    for (const [id, { log }] of current.consoles) this.texts.set(id, log.textLength);
    for (const store of current.trace.stores.cpus) this.begins.set(store.cpu, store.end);
  }

  /** Which checks are met now. One that was met stays so until another machine runs. */
  look(): readonly boolean[] {
    const current = run.value;
    // A machine that was started after the step was opened counts from its beginning.
    if (current !== this.run) this.begin(current, false);
    if (current !== undefined && this.counts(current)) {
      if (this.step.checks.some(({ kind }) => kind === 'register')) this.readRegisters(current);
      for (const check of this.step.checks) {
        if (!this.met.has(check) && isMet(check, this.observe(current, check))) this.met.add(check);
      }
    }
    return this.step.checks.map((check) => this.met.has(check));
  }

  /** Reads all vCPUs once a pause; the next look sees them. */
  private readRegisters(current: Run): void {
    const { paused } = current.entered;
    if (current.state.name !== 'paused' || paused === this.pausedAt) return;
    this.pausedAt = paused;
    const read = async (): Promise<void> => {
      const found: RegisterReader[] = [];
      do {
        const state = await current.debugger.readVcpu(found.length);
        // It was resumed meanwhile, or has ended: the next pause is read again.
        if (!state.ok) return;
        found.push(state.value.read);
      } while (found.length < current.debugger.cpus.length);
      if (this.run === current && this.pausedAt === paused) this.registers = found;
    };
    void read();
  }

  /** A step with an exercise looks at that exercise, another at anything else. */
  private counts(current: Run): boolean {
    const of = exerciseRuns.get(current);
    return this.step.exercise === undefined ? of === undefined : of === this.step.id;
  }

  private observe(current: Run, check: Check): Observed {
    return {
      guest: current.guest.id,
      console: (id) => {
        const log = current.consoles.get(id)?.log;
        if (log === undefined) return undefined;
        return log.text(Math.max(this.texts.get(id) ?? 0, log.textLength - SEEN_CHARACTERS));
      },
      registers: () => this.registers,
      owner: (address) => ownerOf(current, address),
      events: () => this.events(current, check),
    };
  }

  /** Events that this check has not seen yet. */
  private *events(current: Run, check: Check): Generator<TraceEvent> {
    let seen = this.read.get(check);
    if (seen === undefined) this.read.set(check, (seen = new Map<number, number>()));
    let left = EVENTS_A_LOOK;
    for (const store of current.trace.stores.cpus) {
      const from = seen.get(store.cpu) ?? this.begins.get(store.cpu) ?? 0;
      let at = Math.max(from, store.first);
      for (; at < store.end && left > 0; at++, left--) {
        const event = store.event(at);
        if (event === undefined) continue;
        seen.set(store.cpu, at + 1);
        yield event;
      }
      seen.set(store.cpu, at);
    }
  }
}

/** By the tables as they are now; the first look stops a running machine for a moment. */
function ownerOf(current: Run, address: bigint): string | undefined {
  const model = granulesOf(current);
  void model.look(performance.now());
  return model.ownerAt(address);
}
