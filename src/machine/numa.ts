import { memoryBytes, vcpuCount } from './address-space';
import type { Machine } from './schema';
import { sizeInBytes } from './size';

/** Most nodes that the form makes; QEMU takes 128. */
export const MOST_NODES = 8;
/** A node's distance to itself and to others (ACPI SLIT, section 5.2.17; QEMU's hw/core/numa.c). */
const NEAR = 10;
export const FAR = 20;

const MiB = 2 ** 20;

/** A NUMA node: its vCPUs and the memory behind it. */
export interface NumaNode {
  /** Index in the machine's `numa`. */
  at: number;
  nodeid: number;
  /** As `-numa` takes them: `0-1`, or a list. */
  cpus: string;
  /** Id of its memory backend. */
  memdev: string | undefined;
  /** Of that backend, as written. */
  size: string | undefined;
}

type Entry = NonNullable<Machine['numa']>[number];
const textOf = (value: unknown): string =>
  Array.isArray(value) ? value.join(',') : typeof value === 'string' ? value : '';

/** The machine's nodes, in the order of the command line; a node without a number counts on. */
export function numaNodes(machine: Machine): NumaNode[] {
  const backends = new Map((machine.objects ?? []).map((object) => [object.id, object]));
  let next = 0;
  return (machine.numa ?? []).flatMap((entry, at) => {
    if (entry.type !== 'node') return [];
    const nodeid = /^[0-9]+$/.test(textOf(entry['nodeid'])) ? Number(entry['nodeid']) : next;
    next = nodeid + 1;
    const memdev = textOf(entry['memdev']);
    const size = backends.get(memdev)?.['size'];
    return [
      {
        at,
        nodeid,
        cpus: textOf(entry['cpus']),
        memdev: memdev === '' ? undefined : memdev,
        size: typeof size === 'string' || typeof size === 'number' ? String(size) : undefined,
      },
    ];
  });
}

function withParts(
  machine: Machine,
  numa: Entry[],
  objects: NonNullable<Machine['objects']>,
): Machine {
  const next: Machine = { ...machine };
  if (numa.length === 0) Reflect.deleteProperty(next, 'numa');
  else next.numa = numa;
  if (objects.length === 0) Reflect.deleteProperty(next, 'objects');
  else next.objects = objects;
  return next;
}

/** The part-th of so many equal parts of a count: first and last, or nothing for an empty part. */
function range(part: number, parts: number, count: number): string {
  const first = Math.floor((part * count) / parts);
  const last = Math.floor(((part + 1) * count) / parts) - 1;
  if (last < first) return '';
  return first === last ? String(first) : `${String(first)}-${String(last)}`;
}

/**
 * The machine with its vCPUs and memory shared out evenly among so many nodes; none takes NUMA away.
 * What `-numa` said before is replaced: distances and cache tables of other nodes mean nothing here.
 */
export function withNumaNodes(machine: Machine, count: number): Machine {
  const gone = new Set(numaNodes(machine).map(({ memdev }) => memdev));
  const objects = (machine.objects ?? []).filter(({ id }) => id === undefined || !gone.has(id));
  if (count <= 0) return withParts(machine, [], objects);
  const { cpus } = vcpuCount(machine);
  const total = Math.floor(memoryBytes(machine) / MiB);
  const numa: Entry[] = [];
  for (let node = 0; node < count; node++) {
    const taken = new Set(objects.map(({ id }) => id));
    let id = `mem${String(node)}`;
    while (taken.has(id)) id = `${id}x`;
    const first = Math.floor((node * total) / count);
    const last = Math.floor(((node + 1) * total) / count);
    objects.push({ 'qom-type': 'memory-backend-ram', id, size: `${String(last - first)}M` });
    const part = range(node, count, cpus);
    numa.push({
      type: 'node',
      nodeid: String(node),
      ...(part === '' ? {} : { cpus: part }),
      memdev: id,
    });
  }
  return withParts(machine, numa, objects);
}

/** The machine with a node's vCPUs as written: `0-1`, `3`, or several separated by commas. */
export function withNodeCpus(machine: Machine, { at }: NumaNode, cpus: string): Machine {
  const numa = (machine.numa ?? []).map((entry, i): Entry => {
    if (i !== at) return entry;
    const parts = cpus
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== '');
    const [first] = parts;
    // In its place among the keys, so that the command line keeps its order.
    const next: Entry = { ...entry, cpus: parts.length === 1 ? (first ?? '') : parts };
    if (first === undefined) Reflect.deleteProperty(next, 'cpus');
    return next;
  });
  return { ...machine, numa };
}

/** The machine with another size behind a node, and the sum of all nodes as its memory. */
export function withNodeSize(machine: Machine, { memdev }: NumaNode, size: string): Machine {
  if (memdev === undefined || sizeInBytes(size) === undefined) return machine;
  const objects = (machine.objects ?? []).map((object) =>
    object.id === memdev ? { ...object, size } : object,
  );
  const next = { ...machine, objects };
  const sum = numaNodes(next).reduce((all, node) => all + (sizeInBytes(node.size ?? '') ?? 0), 0);
  if (sum % MiB !== 0) return next;
  return { ...next, memory: { ...next.memory, size: `${String(sum / MiB)}M` } };
}

/** How far one node is from another: 10 is near; QEMU takes 10 to 254, and 255 for out of reach. */
export function distance(machine: Machine, from: number, to: number): number {
  if (from === to) return NEAR;
  const found = (machine.numa ?? []).find(
    (entry) =>
      entry.type === 'dist' && Number(entry['src']) === from && Number(entry['dst']) === to,
  );
  const back = (machine.numa ?? []).find(
    (entry) =>
      entry.type === 'dist' && Number(entry['src']) === to && Number(entry['dst']) === from,
  );
  return Number((found ?? back)?.['val'] ?? FAR);
}

/** The machine with two nodes so far apart, both ways. */
export function withDistance(machine: Machine, from: number, to: number, value: number): Machine {
  const ids = numaNodes(machine).map(({ nodeid }) => nodeid);
  const pairs = ids.flatMap((src) =>
    ids.filter((dst) => dst > src).map((dst) => [src, dst] as const),
  );
  const entries = pairs.map(([src, dst]): Entry => {
    const isWanted = (src === from && dst === to) || (src === to && dst === from);
    const val = isWanted ? value : distance(machine, src, dst);
    return { type: 'dist', src: String(src), dst: String(dst), val: String(val) };
  });
  const others = (machine.numa ?? []).filter(({ type }) => type !== 'dist');
  // QEMU wants every pair as soon as one is given (validate_numa_distance, hw/core/numa.c).
  const isPlain = entries.every((entry) => entry['val'] === String(FAR));
  return { ...machine, numa: isPlain ? others : [...others, ...entries] };
}
