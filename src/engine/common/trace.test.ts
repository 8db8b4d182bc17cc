import { describe, expect, it } from 'vitest';
import { encodeEvent } from '../../inspect/events/encode.js';
import type { TraceEvent } from '../../inspect/events/event.js';
import { KIND, RECORD_SIZE } from '../../inspect/events/layout.js';
import { Ring, RING_BYTES } from './ring.js';
import { TRACE_CONTROL_BYTES, TraceControl, TraceReader } from './trace.js';

const CONTROL = 64;
const RING = CONTROL + TRACE_CONTROL_BYTES;
const DATA = 2048;

function control(): { memory: ArrayBuffer; view: DataView; control: TraceControl } {
  const memory = new ArrayBuffer(8192);
  return {
    memory,
    view: new DataView(memory, CONTROL, TRACE_CONTROL_BYTES),
    control: new TraceControl(memory, CONTROL),
  };
}

function wait(cpu: number, time: bigint): TraceEvent {
  return {
    kind: 'wait',
    cpu,
    time,
    from: { el: 1, state: 'Non-secure', aarch32: false },
    wait: 'WFI',
    pc: 0x1000n,
  };
}

describe('TraceControl', () => {
  it('switches recording on and off', () => {
    const { control: each, view } = control();
    expect(each.on).toBe(false);
    each.on = true;
    expect(view.getUint32(0, true)).toBe(1);
    expect(each.on).toBe(true);
  });

  it('wants everything unless told otherwise', () => {
    const { control: each, view } = control();
    each.setFilter({});
    expect(view.getUint32(4, true)).toBe(0xffffffff);
    for (let place = 0; place < 16; place++) {
      expect(view.getUint16(32 + 2 * place, true)).toBe(0xffff);
    }
  });

  it('says which kinds and which pairs of places are wanted', () => {
    const { control: each, view } = control();
    // Non-secure EL2 is place 6, EL3 of a machine with RME is place 11.
    each.setFilter({ kinds: [KIND.exception, KIND.gpf], pairs: [[6, 11]], burst: 3 });
    expect(view.getUint32(4, true)).toBe((1 << KIND.exception) | (1 << KIND.gpf));
    expect(view.getUint32(8, true)).toBe(3);
    expect(view.getUint16(32 + 2 * 6, true)).toBe(1 << 11);
    expect(view.getUint16(32 + 2 * 11, true)).toBe(0);
  });

  it('names images, and says that they have changed', () => {
    const { control: each, view } = control();
    each.setImages([{ base: 0x1_0000_0000n, size: 0x2000n }]);
    expect(view.getUint32(24, true)).toBe(1);
    expect(view.getBigUint64(320, true)).toBe(0x1_0000_0000n);
    expect(view.getBigUint64(328, true)).toBe(0x2000n);
    expect(view.getUint32(20, true)).toBe(1);
  });

  it('refuses a ring size that is no power of two', () => {
    const { control: each } = control();
    expect(() => each.setRingSize(3 << 12)).toThrow('power of two');
    expect(() => each.setRingSize(64)).toThrow('64 bytes');
  });
});

describe('TraceReader', () => {
  function withRing(size: number) {
    const made = control();
    const ring = Ring.create(made.memory, RING, size, DATA);
    const reader = new TraceReader(made.memory, made.control);
    /** QEMU publishes a vCPU's ring with its first record. */
    const publish = (cpu: number) => made.view.setUint32(64 + 4 * cpu, RING, true);
    return { ...made, ring, reader, publish };
  }

  it('reads whole records of the vCPUs that have a ring', () => {
    const { ring, reader, publish } = withRing(4 * RECORD_SIZE);
    const read: [number, number][] = [];
    const take = (cpu: number, records: Uint8Array) => read.push([cpu, records.length]);
    reader.read(take);
    expect(read).toEqual([]);
    publish(2);
    ring.write(encodeEvent(wait(2, 5n)));
    ring.write(encodeEvent(wait(2, 6n)));
    reader.read(take);
    reader.read(take);
    expect(read).toEqual([[2, 2 * RECORD_SIZE]]);
  });

  it('takes no part of a record when told how much to take', () => {
    const { ring, reader, publish } = withRing(4 * RECORD_SIZE);
    publish(0);
    ring.write(encodeEvent(wait(0, 5n)));
    ring.write(encodeEvent(wait(0, 6n)));
    const sizes: number[] = [];
    reader.read((_, records) => sizes.push(records.length), RECORD_SIZE + 10);
    expect(sizes).toEqual([RECORD_SIZE]);
  });

  it('counts the records that a full ring has lost', () => {
    const { memory, reader, publish } = withRing(4 * RECORD_SIZE);
    publish(0);
    reader.read(() => undefined);
    new DataView(memory).setUint32(RING + RING_BYTES - 8, 3 * RECORD_SIZE, true);
    expect(reader.lost).toBe(3);
  });
});
