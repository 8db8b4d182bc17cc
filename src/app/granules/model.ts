import { signal } from '@preact/signals';
import { isLive, isOver } from '../../engine/common/run-state.js';
import type { Failure, Result } from '../../engine/common/failure.js';
import type { PhysicalMemory } from '../../engine/ui/physical-memory.js';
import type { Run } from '../../engine/ui/run.js';
import type { Result as Inspected } from '../../inspect/error.js';
import { decodeGpccr, gptConfig, type GptConfig } from '../../inspect/gpt/gpccr.js';
import {
  changeOwner,
  readGranuleMap,
  regionAt,
  rereadRange,
  type GranuleMap,
  type MapOwner,
} from '../../inspect/gpt/granule-map.js';
import { granuleAt, type GranuleLookup, type ReadMemory } from '../../inspect/gpt/walk.js';
import type { GranuleEvent } from '../../inspect/events/event.js';
import { ownerOfGpi } from '../../inspect/gpt/entry.js';
import { GranuleHistory, type Seen } from './history.js';

/** Between two looks at what has changed, ms: a bare-metal guest lives for a second or two. */
export const LOOK_MS = 100;
/** Between two walks of the whole map: what was not recorded shows then. */
const WALK_MS = 2000;
/** How long after a look that found checks off the next one is, ms, each time longer. */
const AGAIN_MS = [500, 1000, 2000, 4000, 8000];
/** How long a change stays marked, ms. */
export const MARKED_MS = 3000;

/** A range that has changed lately. */
export interface Mark {
  readonly base: bigint;
  readonly size: bigint;
  /** By the page's clock. */
  readonly at: number;
}

/** What the pane shows of one run. */
export class GranulesModel {
  readonly map = signal<GranuleMap | undefined>(undefined);
  /** Why there is no map. */
  readonly failure = signal<Failure | undefined>(undefined);
  /** GPCCR_EL3 in words, and how long the machine stood for its being read, ms. */
  readonly configured = signal<{ summary: string; stoodFor: number } | undefined>(undefined);
  readonly selected = signal<bigint | undefined>(undefined);
  readonly marks = signal<readonly Mark[]>([]);
  readonly history = new GranuleHistory();
  /** Goes up when the map or the history has changed. */
  readonly version = signal(0);

  private physical: PhysicalMemory | undefined;
  private busy = false;
  private walkedAt = 0;
  private epoch = '';
  private tries = 0;
  private nextTry = 0;
  private endedTooSoon = false;

  constructor(readonly run: Run) {}

  private readonly read: ReadMemory = (pa, length) => this.physical?.read(pa, length, 'Root');

  /** Looks at what has changed; to be called again and again while the map is in sight. */
  async look(now: number): Promise<void> {
    const { run } = this;
    const fresh = this.history.update(run.trace.stores.cpus);
    if (fresh.length > 0) this.version.value++;
    this.follow();
    if (isOver(run.state)) {
      this.applyLast(fresh, now);
      return;
    }
    if (this.busy || !isLive(run.state)) return;
    if (this.map.value === undefined) {
      if (this.tries <= AGAIN_MS.length && now >= this.nextTry) await this.open();
      return;
    }
    let map = this.map.value;
    for (const { event } of fresh) map = rereadRange(map, event.base, event.size, this.read);
    if (now - this.walkedAt >= WALK_MS) {
      this.walkedAt = now;
      for (const { base, size } of map.stretches) map = rereadRange(map, base, size, this.read);
    }
    if (map !== this.map.value)
      this.take(
        map,
        fresh.map(({ event }) => event),
        now,
      );
  }

  /** The memory of a machine that has ended is gone: what it did last is known by its events. */
  private applyLast(fresh: readonly Seen<GranuleEvent>[], now: number): void {
    let map = this.map.value;
    if (map === undefined) {
      if (!this.endedTooSoon) this.failure.value = endedTooSoon(this.run);
      this.endedTooSoon = true;
      return;
    }
    for (const { event } of fresh) {
      const owner = ownerOfGpi(event.gpi, map.config);
      if (owner !== undefined) map = changeOwner(map, event.base, event.size, owner);
    }
    if (map !== this.map.value)
      this.take(
        map,
        fresh.map(({ event }) => event),
        now,
      );
  }

  private take(
    map: GranuleMap,
    changed: readonly { base: bigint; size: bigint }[],
    now: number,
  ): void {
    this.map.value = map;
    const old = this.marks.value.filter(({ at }) => now - at < MARKED_MS);
    const marks = changed.slice(-200).map(({ base, size }) => ({ base, size, at: now }));
    this.marks.value = [...old, ...marks];
    this.version.value++;
  }

  /** The registers hold for as long as the machine is not reset and its firmware says nothing. */
  private follow(): void {
    const { run, history } = this;
    const enabled = run.trace.phases.filter(({ phase }) =>
      /granule protection checks on/.test(phase.label),
    ).length;
    const first = history.changeCount > 0 && this.map.value === undefined;
    const epoch = `${run.resets.length.toString()} ${enabled.toString()} ${String(first)} ${
      run.state.name === 'paused' ? (run.entered.paused ?? 0).toString() : ''
    }`;
    if (epoch === this.epoch) return;
    const wasReset = this.epoch !== '' && epoch.split(' ')[0] !== this.epoch.split(' ')[0];
    this.epoch = epoch;
    this.tries = 0;
    this.nextTry = 0;
    if (wasReset) this.map.value = undefined;
  }

  /** Reads the two registers and walks the tables. A machine that runs stands for that long. */
  async open(): Promise<void> {
    if (this.busy || !isLive(this.run.state)) return;
    this.busy = true;
    try {
      const config = await this.readConfig();
      if (!config.ok) {
        this.fail(config.failure);
        return;
      }
      const physical = await this.run.physicalMemory();
      if (!physical.ok) {
        this.fail(physical.failure);
        return;
      }
      this.physical = physical.value;
      this.walkedAt = performance.now();
      this.failure.value = undefined;
      this.map.value = readGranuleMap(config.value, physical.value.ranges('Root'), this.read);
      this.version.value++;
    } finally {
      this.busy = false;
    }
  }

  private fail(failure: Failure): void {
    this.nextTry = performance.now() + (AGAIN_MS[this.tries] ?? Number.POSITIVE_INFINITY);
    this.tries++;
    // The last map of a machine that has ended stays.
    if (isOver(this.run.state)) return;
    this.map.value = undefined;
    this.configured.value = undefined;
    this.failure.value = failure;
  }

  private async readConfig(): Promise<Result<GptConfig>> {
    const { run } = this;
    const began = performance.now();
    const wasRunning = run.state.name === 'running';
    if (wasRunning) {
      const paused = await run.pause();
      if (!paused.ok) return paused;
      await run.untilStopped();
    }
    const vcpu = await run.debugger.readVcpu(0);
    if (wasRunning) await run.resume();
    const stoodFor = wasRunning ? performance.now() - began : 0;
    if (!vcpu.ok) return vcpu;
    const gpccr = vcpu.value.read('GPCCR_EL3');
    const gptbr = vcpu.value.read('GPTBR_EL3');
    if (gpccr === undefined || gptbr === undefined) {
      return {
        ok: false,
        failure: {
          what: 'This machine’s CPU has no granule protection tables: it has no Realm Management Extension.',
          input: 'GPCCR_EL3 and GPTBR_EL3 of vCPU 0',
          remedy: 'Boot a machine whose -cpu has x-rme=on.',
        },
      };
    }
    const found = gptConfig(gpccr, gptbr);
    if (!found.ok) return { ok: false, failure: failureOf(found) };
    this.configured.value = { summary: decodeGpccr(gpccr).summary, stoodFor };
    return { ok: true, value: found.value };
  }

  /** Who owns the granule at an address, by the map as it was read last. */
  ownerAt(pa: bigint): MapOwner | undefined {
    const map = this.map.value;
    return map && regionAt(map, pa)?.owner;
  }

  /** What the tables say of a granule now; undefined when the machine has ended. */
  lookUp(pa: bigint): Inspected<GranuleLookup> | undefined {
    const config = this.map.value?.config;
    if (config === undefined || this.physical === undefined || isOver(this.run.state))
      return undefined;
    return granuleAt(config, pa, this.read);
  }
}

function endedTooSoon({ guest }: Run): Failure {
  return {
    what: 'The machine has ended before its granule protection tables were read.',
    input: guest.title,
    remedy:
      'Boot it again with this pane in sight. The Timeline has the changes that were recorded.',
  };
}

function failureOf({ error }: { error: { name: string; message: string } }): Failure {
  return {
    what: error.message,
    input: 'GPCCR_EL3 and GPTBR_EL3 of vCPU 0',
    remedy:
      error.name === 'gpt-off'
        ? 'Firmware at EL3 turns them on early in its boot. The map comes by itself when it does.'
        : 'See which code wrote the registers: the Registers pane and the Timeline show it.',
  };
}

const models = new WeakMap<Run, GranulesModel>();

/** The model of a run, which a pane that is closed and opened again finds as it was. */
export function granulesOf(run: Run): GranulesModel {
  let model = models.get(run);
  if (model === undefined) models.set(run, (model = new GranulesModel(run)));
  return model;
}
