import { signal } from '@preact/signals';
import type { Failure, Result } from '../../engine/common/failure.js';
import { isOver } from '../../engine/common/run-state.js';
import type { TraceFilter } from '../../engine/common/trace.js';
import type { Run } from '../../engine/ui/run.js';
import { modelOf } from '../registers/model.js';
import { runToCrossing } from '../registers/run-to-crossing.js';
import { crossingPause } from '../settings.js';
import { nextCrossing, type Position } from './tally.js';

/** How long the machine may stand at each crossing, in seconds. */
export const PAUSES: readonly number[] = [0.25, 0.5, 1, 2, 4];

const ENDED = 'The machine has ended: this is all that was recorded of it.';

/**
 * `off`: it follows the machine, or shows one crossing. `standing`: the machine stands at a
 * crossing, and goes on after a while. `running`: on its way to the next one.
 */
export type SlowState = 'off' | 'standing' | 'running';

/**
 * The machine from crossing to crossing: what was recorded before is shown first, then the machine
 * itself runs to the next exception or exception return, and stands there for a while.
 */
export class SlowMotion {
  readonly state = signal<SlowState>('off');
  /** Undefined: live. Else the crossing that is shown. */
  readonly position = signal<Position | undefined>(undefined);
  /** Why the machine could not be slowed. */
  readonly failure = signal<Failure | undefined>(undefined);
  /** Something worth knowing about how it ended. */
  readonly note = signal<string | undefined>(undefined);
  private before: { everyEvent: boolean; filter: TraceFilter } | undefined;
  private wake: (() => void) | undefined;
  /** What is being done, until it has ended. */
  private work: Promise<void> | undefined;

  constructor(private readonly run: Run) {}

  /** Goes on by itself until `stop`; does nothing when it does already. */
  async start(): Promise<void> {
    if (this.state.value !== 'off' || this.work !== undefined) return;
    await this.alone(async () => {
      this.state.value = 'running';
      await this.enter();
      while (this.isOn()) {
        const end = await this.advance();
        if (!end || !this.isOn()) break;
        this.state.value = 'standing';
        await this.wait(crossingPause.value * 1000);
        if (this.isOn()) this.state.value = 'running';
      }
    });
  }

  /** Ends slow motion where it is; the machine stays paused. */
  stop(): void {
    if (this.state.value === 'running') modelOf(this.run).stopRunning();
    this.state.value = 'off';
    this.wake?.();
  }

  /** One crossing further: of the recording, and at its end of the machine itself. */
  async forward(): Promise<void> {
    if (this.state.value === 'standing') this.wake?.();
    if (this.state.value !== 'off' || this.work !== undefined) return;
    await this.alone(async () => {
      await this.enter();
      if (this.next() === undefined) this.state.value = 'running';
      await this.advance();
    });
  }

  /** One crossing back in the recording. */
  async back(): Promise<void> {
    await this.end();
    await this.enter();
    const { position } = this;
    position.value = nextCrossing(this.stores, position.value, -1) ?? position.value;
  }

  /** To the first crossing of the recording. */
  async first(): Promise<void> {
    await this.end();
    await this.enter();
    this.position.value = nextCrossing(this.stores, undefined, 1);
  }

  /** Follows the machine again, which goes on. */
  async goLive(): Promise<Result<unknown>> {
    await this.end();
    this.position.value = undefined;
    this.failure.value = undefined;
    this.note.value = undefined;
    this.recordAsBefore();
    if (this.run.state.name !== 'paused') return { ok: true, value: undefined };
    return this.run.resume();
  }

  /** Lets go: nothing runs the machine any more. */
  dispose(): void {
    this.stop();
    this.recordAsBefore();
  }

  private get stores() {
    return this.run.trace.stores.cpus;
  }

  private isOn(): boolean {
    return this.state.value !== 'off';
  }

  private next(): Position | undefined {
    return nextCrossing(this.stores, this.position.value, 1);
  }

  /** Stops, and waits until the machine stands and nothing of it is being read. */
  private async end(): Promise<void> {
    this.stop();
    await this.work;
  }

  private async alone(work: () => Promise<void>): Promise<void> {
    this.failure.value = undefined;
    this.note.value = undefined;
    this.work = work().finally(() => {
      this.work = undefined;
      this.state.value = 'off';
    });
    await this.work;
  }

  /** The machine waits, so that it does not run away from the picture. */
  private async enter(): Promise<void> {
    const { run } = this;
    if (run.state.name === 'running') {
      const paused = await run.pause();
      if (!paused.ok) this.failure.value = paused.failure;
      run.trace.read();
    }
    this.position.value ??= nextCrossing(this.stores, undefined, -1);
  }

  /**
   * Shows the next crossing: of the recording, or the one that the machine then comes to.
   * @returns whether there was one
   */
  private async advance(): Promise<boolean> {
    const recorded = this.next();
    if (recorded !== undefined) {
      this.position.value = recorded;
      return true;
    }
    const { run } = this;
    if (isOver(run.state)) {
      this.note.value = ENDED;
      return false;
    }
    if (run.state.name !== 'paused') {
      // The visitor has let it go on, or it has not started yet.
      this.position.value = undefined;
      this.recordAsBefore();
      return false;
    }
    // Stopped again meanwhile.
    if (this.state.value !== 'running') return false;
    this.recordAll();
    const model = modelOf(run);
    const end = await runToCrossing(model, () => {
      run.trace.read();
      return this.next() !== undefined;
    });
    run.trace.read();
    if (!end.ok) {
      this.failure.value = end.failure;
      return false;
    }
    const next = this.next();
    if (next !== undefined) this.position.value = next;
    else if (end.value === 'halted' && this.isOn()) {
      this.note.value = 'The machine was paused, or stands at a breakpoint.';
    } else if (end.value === 'over') {
      this.note.value = ENDED;
    }
    return next !== undefined;
  }

  /** Crossings that are alike come one by one here, and each is to be seen, whatever was chosen. */
  private recordAll(): void {
    const { trace } = this.run;
    if (this.before === undefined) {
      const { everyEvent } = trace;
      trace.everyEvent = false;
      this.before = { everyEvent, filter: trace.filter };
    }
    trace.filter = {};
    trace.everyEvent = true;
    trace.recording = true;
  }

  private recordAsBefore(): void {
    if (this.before === undefined) return;
    this.run.trace.filter = this.before.filter;
    this.run.trace.everyEvent = this.before.everyEvent;
    this.before = undefined;
  }

  private wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.wake?.(), milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = undefined;
        resolve();
      };
    });
  }
}
