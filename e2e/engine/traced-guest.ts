import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { imageReference } from '../../src/engine/common/command-line.js';
import type { Translator } from '../../src/engine/common/translator.js';
import {
  TRACE_CONTROL_BYTES,
  TraceControl,
  TraceReader,
  type TraceFilter,
  type TraceImage,
} from '../../src/engine/common/trace.js';
import { placeImage } from '../../src/engine/worker/placing.js';
import { decodeRecords } from '../../src/inspect/events/decode.js';
import type { TraceEvent } from '../../src/inspect/events/event.js';
import { resolveImages, type Guest, type GuestStep } from '../../src/machine/guest.js';
import { expectation } from '../../src/machine/steps.js';
import { startEngine, type NodeEngine } from './node-engine.js';

/** Of the ring of each vCPU: what a busy guest records while this process does something else. */
const AMPLE = 1 << 24;
const READ_MS = 2;

export interface TracedGuestOptions {
  /** The folder of index.json. */
  guests: string;
  filter?: TraceFilter;
  /** Memory whose first instruction is an event. */
  images?: readonly TraceImage[];
  translator?: Translator;
  /** Arguments of QEMU in front of the guest's. */
  args?: readonly string[];
  /** False: not recorded, to compare with. */
  record?: boolean;
  /** Of the ring of each vCPU, and how often it is read. */
  ringBytes?: number;
  readMilliseconds?: number;
}

/** A guest of the catalogue in this process, its events recorded from reset on. */
export interface TracedGuest {
  engine: NodeEngine;
  /** What was recorded so far, of all vCPUs as it was read. */
  events: TraceEvent[];
  reader: TraceReader;
  control: TraceControl;
  /** Takes what has not been taken yet. */
  read(): void;
  /** Plays steps; returns when each was met, in seconds since QEMU was let go. */
  follow(steps: readonly GuestStep[]): Promise<number[]>;
  /** Resolves when there are so many events, or QEMU has ended. */
  untilEvents(count: number): Promise<void>;
  stop(): Promise<void>;
}

export async function traceGuest(
  guest: Guest,
  {
    guests,
    filter,
    images = [],
    translator,
    args = [],
    record = true,
    ringBytes = AMPLE,
    readMilliseconds = READ_MS,
  }: TracedGuestOptions,
): Promise<TracedGuest> {
  const events: TraceEvent[] = [];
  const left = new Map<number, Uint8Array>();
  let control: TraceControl | undefined;
  let reader: TraceReader | undefined;
  const accelerator = `tcg,tb-size=64${translator === undefined ? '' : `,translator=${translator}`}`;
  const engine = await startEngine(
    ['-S', '-accel', accelerator, ...args, ...resolveImages(guest, imageReference)],
    {
      consoles: guest.consoles.map(({ id }) => id),
      memoryMiB: guest.addressSpaceMiB + 700,
      prepare(module, memory) {
        for (const image of guest.images) {
          const wire = readFileSync(resolve(guests, image.url));
          const bytes = image.encoding === 'gzip' ? gunzipSync(wire) : wire;
          placeImage(module, memory, image, new Uint8Array(bytes));
        }
        const address = module._bootlink_trace_control?.();
        if (address === undefined && record) {
          throw new Error('This engine cannot record events: run set-up again.');
        }
        // An engine of before, to compare with: a control block that nothing reads.
        control =
          address === undefined
            ? new TraceControl(new ArrayBuffer(TRACE_CONTROL_BYTES), 0)
            : new TraceControl(memory.buffer, address >>> 0);
        control.setRingSize(ringBytes);
        if (filter !== undefined) control.setFilter(filter);
        control.setImages(images);
        control.on = record;
        reader = new TraceReader(memory.buffer, control);
      },
    },
  );
  if (control === undefined || reader === undefined) throw new Error('The engine was not started.');
  const from = reader;
  const read = (): void => {
    from.read((cpu, records) => {
      const before = left.get(cpu) ?? new Uint8Array();
      const all = new Uint8Array(before.length + records.length);
      all.set(before);
      all.set(records, before.length);
      const decoded = decodeRecords(all);
      if (decoded.errors.length > 0) throw new Error(decoded.errors[0]?.message);
      for (const event of decoded.events) events.push(event);
      left.set(cpu, all.slice(decoded.consumed));
    });
  };
  const timer = setInterval(read, readMilliseconds);
  let ended = false;
  void engine.exited.then(() => (ended = true));
  const start = performance.now();
  await engine.execute('cont');
  const seen = new Map<string, number>();
  return {
    engine,
    events,
    reader,
    control,
    read,
    async follow(steps) {
      const met: number[] = [];
      for (const step of steps) {
        if (step.expect !== undefined) {
          const at = seen.get(step.console) ?? 0;
          const wanted = expectation(step.expect);
          const behind = new RegExp(`^[^]{${at}}[^]*?(?:${wanted.source})`, wanted.flags);
          const text = await engine.text(step.console, behind);
          seen.set(step.console, behind.exec(text)?.[0].length ?? at);
        }
        met.push((performance.now() - start) / 1000);
        if (step.send !== undefined) engine.send(step.console, step.send);
      }
      return met;
    },
    async untilEvents(count) {
      while (events.length < count && !ended) {
        await new Promise((again) => setTimeout(again, READ_MS));
      }
    },
    async stop() {
      clearInterval(timer);
      read();
      await engine.stop();
      read();
    },
  };
}
