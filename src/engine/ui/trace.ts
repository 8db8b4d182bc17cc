import { ConsoleRecogniser } from '../../inspect/console/recogniser.js';
import type { ConsoleEvent, PhaseEvent } from '../../inspect/console/event.js';
import { EventStores } from '../../inspect/events/store.js';
import { TraceControl, TraceReader, type TraceFilter } from '../common/trace.js';
import type { Console } from './console.js';

/** How often the rings are emptied. A ring of 1 MiB holds 16,384 records. */
const READ_MS = 40;

/** What is kept of what each console's lines mark: the newest. */
const CONSOLE_EVENTS = 400;

/** A line of a console that marks a phase of the boot, in guest time. */
export interface TimedPhase {
  readonly console: string;
  /** Guest time, ns: of the newest event when the line was read, so a little late at most. */
  readonly time: number;
  readonly phase: PhaseEvent;
}

/**
 * The events of one run, from before QEMU runs until after. Reading is cheap (records are copied
 * and indexed, not decoded), so it is done here and not in a worker.
 */
export class Trace {
  readonly stores = new EventStores();
  readonly phases: TimedPhase[] = [];
  /** What the lines of each console mark: phases, problems and crashes, by the console's id. */
  readonly consoleEvents = new Map<string, ConsoleEvent[]>();
  /** False for an engine that cannot record. */
  available = true;
  private control: TraceControl | undefined;
  private reader: TraceReader | undefined;
  private timer: ReturnType<typeof setInterval> | undefined;
  private readonly stops: (() => void)[] = [];
  private wanted: boolean;
  private every = false;
  private chosen: TraceFilter;
  private lostBefore = 0;
  /** Guest time minus the page's, ns, as the newest event shows it. */
  private offset: number | undefined;
  /** Goes up with every event and phase that has come. */
  version = 0;

  constructor(recording: boolean, filter: TraceFilter = {}) {
    this.wanted = recording;
    this.chosen = filter;
  }

  /** Records that full rings have lost. */
  get lost(): number {
    return this.reader?.lost ?? this.lostBefore;
  }

  get recording(): boolean {
    return this.wanted;
  }

  /** Switches recording on or off, also while the machine runs. */
  set recording(on: boolean) {
    this.wanted = on;
    if (this.control !== undefined) this.control.on = on;
  }

  /** Whether what is alike and frequent is recorded too, and not only counted. */
  get everyEvent(): boolean {
    return this.every;
  }

  set everyEvent(on: boolean) {
    this.every = on;
    this.control?.setFilter(this.filter);
  }

  /** What QEMU records; what it leaves out costs next to nothing. */
  get filter(): TraceFilter {
    return this.every ? { ...this.chosen, burst: 0 } : this.chosen;
  }

  /** May be changed while the machine runs. */
  set filter(filter: TraceFilter) {
    this.chosen = filter;
    this.control?.setFilter(this.filter);
  }

  /**
   * Connects to QEMU.
   *
   * @param address of the control block, 0 if the engine has none
   * @param programs names of the images that QEMU watches for, by their numbers
   */
  attach(memory: SharedArrayBuffer, address: number, programs: readonly string[]): void {
    this.stores.imageNames = programs;
    if (address === 0) {
      this.available = false;
      return;
    }
    this.control = new TraceControl(memory, address);
    this.reader = new TraceReader(memory, this.control);
    this.control.setFilter(this.filter);
    this.control.on = this.wanted;
    this.timer = setInterval(() => this.read(), READ_MS);
  }

  /** Listens to a console for lines that mark a phase. */
  listen(console: Console): void {
    const recogniser = new ConsoleRecogniser();
    const decoder = new TextDecoder();
    let at = 0;
    this.stops.push(
      console.onOutput(() => {
        const { bytes, next } = console.log.raw(at, Number.MAX_SAFE_INTEGER);
        at = next;
        for (const event of recogniser.push(decoder.decode(bytes, { stream: true }))) {
          if (event.kind === 'phase') this.addPhase(console.id, event);
          if (event.kind !== 'rmm-call') this.keep(console.id, event);
        }
      }),
    );
  }

  private keep(console: string, event: ConsoleEvent): void {
    let kept = this.consoleEvents.get(console);
    if (kept === undefined) this.consoleEvents.set(console, (kept = []));
    // A crash comes again as more of its dump is read.
    const before =
      event.kind === 'crash'
        ? kept.findLastIndex((each) => each.kind === 'crash' && each.id === event.id)
        : -1;
    if (before >= 0) kept[before] = event;
    else kept.push(event);
    if (kept.length > CONSOLE_EVENTS) kept.shift();
  }

  private addPhase(console: string, phase: PhaseEvent): void {
    this.read();
    const time = this.guestTime ?? 0;
    this.phases.push({ console, time, phase });
    this.version++;
  }

  /** Guest time now, ns, as far as events tell; undefined before the first. */
  get guestTime(): number | undefined {
    return this.offset === undefined ? undefined : performance.now() * 1e6 + this.offset;
  }

  /** Takes what the rings hold now; it comes by itself a little later. */
  read(): void {
    let some = false;
    this.reader?.read((cpu, records) => {
      this.stores.append(cpu, records);
      some = true;
    });
    if (!some) return;
    this.version++;
    const newest = this.stores.range?.end;
    if (newest !== undefined) this.offset = newest - performance.now() * 1e6;
  }

  /** Reads what is still there, then lets go of QEMU's memory. What was recorded stays. */
  detach(): void {
    clearInterval(this.timer);
    this.read();
    this.lostBefore = this.lost;
    this.control = undefined;
    this.reader = undefined;
    for (const stop of this.stops) stop();
  }
}
