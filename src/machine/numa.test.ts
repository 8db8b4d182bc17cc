import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryBytes } from './address-space';
import { fromArgs } from './from-args';
import {
  distance,
  numaNodes,
  withDistance,
  withNodeCpus,
  withNodeSize,
  withNumaNodes,
} from './numa';
import type { Machine } from './schema';
import { sizeInBytes } from './size';
import { toArgs } from './to-args';
import { validate } from './validate';

const virt: Machine = {
  format: 1,
  board: { type: 'virt' },
  smp: { cpus: 4 },
  memory: { size: '513M' },
  objects: [{ 'qom-type': 'rng-random', id: 'mem0' }],
};
const reread = (machine: Machine): Machine => fromArgs(toArgs(machine)).machine;
const numaProblems = (machine: Machine) =>
  validate(machine).filter(({ code }) => code === 'numa-memory' || code === 'unknown-reference');

describe('NUMA in the form', () => {
  it('shares vCPUs and memory out, and takes all of it back', () => {
    const machine = withNumaNodes(virt, 2);
    expect(numaNodes(machine)).toMatchObject([
      { nodeid: 0, cpus: '0-1', memdev: 'mem0x', size: '256M' },
      { nodeid: 1, cpus: '2-3', memdev: 'mem1', size: '257M' },
    ]);
    expect(numaProblems(machine)).toEqual([]);
    expect(withNumaNodes(machine, 0)).toEqual(virt);
  });

  it('leaves nodes without vCPUs where there are more nodes', () => {
    const machine = withNumaNodes({ ...virt, smp: { cpus: 1 } }, 3);
    expect(numaNodes(machine).map(({ cpus }) => cpus)).toEqual(['', '', '0']);
  });

  it('reads nodes as people write them', () => {
    const { machine } = fromArgs([
      ...['-object', 'memory-backend-ram,id=m0,size=64M', '-numa', 'node,cpus=0-1,memdev=m0'],
      ...['-numa', 'node,nodeid=3,cpus=2,cpus=3'],
    ]);
    expect(numaNodes(machine)).toMatchObject([
      { nodeid: 0, cpus: '0-1', size: '64M' },
      { nodeid: 3, cpus: '2,3', memdev: undefined },
    ]);
  });

  it('makes the machine’s memory the sum of its nodes', () => {
    const machine = withNumaNodes(virt, 2);
    const [first] = numaNodes(machine);
    if (first === undefined) throw new Error('No node.');
    const next = withNodeSize(machine, first, '1G');
    expect(memoryBytes(next)).toBe((1024 + 257) * 2 ** 20);
    expect(numaProblems(next)).toEqual([]);
    expect(withNodeSize(machine, first, 'much')).toEqual(machine);
    expect(numaNodes(withNodeCpus(machine, first, '0, 2'))[0]?.cpus).toBe('0,2');
    expect(numaNodes(withNodeCpus(machine, first, ''))[0]?.cpus).toBe('');
  });

  it('gives every pair a distance as soon as one has another than the usual', () => {
    const three = withNumaNodes(virt, 3);
    expect(distance(three, 0, 1)).toBe(20);
    const next = withDistance(three, 2, 0, 40);
    expect([distance(next, 0, 2), distance(next, 2, 0), distance(next, 0, 1)]).toEqual([
      40, 40, 20,
    ]);
    expect(next.numa?.filter(({ type }) => type === 'dist')).toHaveLength(3);
    expect(withDistance(next, 0, 2, 20)).toEqual(three);
  });

  it('holds all vCPUs and all memory, and says the same on the command line', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 16, max: 4096 }),
        (nodes, cpus, size) => {
          const machine = withNumaNodes(
            { ...virt, smp: { cpus }, memory: { size: `${String(size)}M` } },
            nodes,
          );
          const sizes = numaNodes(machine).map((node) => sizeInBytes(node.size ?? '') ?? 0);
          expect(sizes.reduce((a, b) => a + b, 0)).toBe(memoryBytes(machine));
          expect(reread(machine)).toEqual(machine);
          expect(toArgs(reread(machine))).toEqual(toArgs(machine));
        },
      ),
    );
  });
});
