import {
  addressPlan,
  boardFacts,
  boardFamily,
  isOn,
  memoryBytes,
  vcpuCount,
} from './address-space';
import type { Diagnostic, MachinePath } from './diagnostics';
import { imageNamed } from './files';
import { limits } from './limits';
import type { Drive, Machine } from './schema';
import { showSize, sizeInBytes } from './size';

const MiB = 2 ** 20;

/** Image behind each flash drive, from -drive if=pflash and from the board's pflash0 and pflash1. */
export function flashImages(machine: Machine): { path: MachinePath; image: string | undefined }[] {
  const named = (file: string | undefined) => (file === undefined ? undefined : imageNamed(file));
  const drives = (machine.firmware?.flash ?? []).map((drive: Drive, i) => ({
    path: ['firmware', 'flash', i],
    image: named(drive.file),
  }));
  const nodes = (['pflash0', 'pflash1'] as const).flatMap((key) => {
    const name = machine.board?.[key];
    const index = (machine.blockdevs ?? []).findIndex((node) => node['node-name'] === name);
    if (name === undefined || index === -1) return [];
    return [{ path: ['blockdevs', index], image: named(fileBelow(machine, index)) }];
  });
  return [...drives, ...nodes];
}

/** File name of a node, or of the node it stands on. */
function fileBelow(machine: Machine, index: number, hops = 0): string | undefined {
  const node = machine.blockdevs?.[index];
  const filename = node?.['filename'];
  const file = node?.['file'];
  if (typeof filename === 'string') return filename;
  if (typeof file === 'string' && hops < 8) {
    const below = (machine.blockdevs ?? []).findIndex((other) => other['node-name'] === file);
    return below === -1 ? undefined : fileBelow(machine, below, hops + 1);
  }
  const nested = typeof file === 'object' && !Array.isArray(file) ? file?.['filename'] : undefined;
  return typeof nested === 'string' ? nested : undefined;
}

function checkFlash(machine: Machine): Diagnostic[] {
  const facts = boardFacts(machine);
  if (facts === undefined) return [];
  const wanted = facts.flashMiB * MiB;
  const found = flashImages(machine);
  const problems: Diagnostic[] = found.slice(2).map(({ path }) => ({
    severity: 'error',
    code: 'too-many-flash-drives',
    message: 'Both Arm boards have two flash drives; this is one too many.',
    path,
  }));
  for (const { path, image } of found) {
    const size = (machine.images ?? []).find(({ name }) => name === image)?.size;
    if (size === undefined || size === wanted) continue;
    const isLarger = size > wanted;
    const advice = isLarger
      ? 'Use a firmware built for this board.'
      : 'Pad it with zeroes to that size: the image list does it.';
    problems.push({
      severity: 'error',
      code: 'flash-size',
      message: `Flash image "${image ?? ''}" has ${showSize(size)}; ${machine.board?.type ?? 'this board'} wants exactly ${showSize(wanted)}. ${advice}`,
      path,
    });
  }
  return problems;
}

function checkRealm(machine: Machine): Diagnostic[] {
  const { board, cpu } = machine;
  if (cpu === undefined || !isOn(cpu['x-rme'])) return [];
  const problems: Diagnostic[] = [];
  if (cpu.model !== 'max' && cpu.model !== 'host') {
    problems.push({
      severity: 'error',
      code: 'rme-cpu',
      message: `CPU model "${cpu.model}" has no Realm Management Extension; "x-rme" is a feature of -cpu max.`,
      path: ['cpu', 'x-rme'],
    });
  }
  if (boardFamily(board?.type) !== 'virt') return problems;
  for (const key of ['secure', 'virtualization'] as const) {
    if (isOn(board?.[key])) continue;
    problems.push({
      severity: 'warning',
      code: 'rme-board',
      message: `x-rme=on without ${key}=on: the Realm Management Extension needs EL3 and EL2, which the virt board has with secure=on and virtualization=on.`,
      path: ['board'],
    });
  }
  const hasFirmware = machine.firmware !== undefined || board?.['pflash0'] !== undefined;
  if (hasFirmware && memoryBytes(machine) <= 512 * MiB) {
    problems.push({
      severity: 'error',
      code: 'rme-memory',
      message: `TF-A with RME needs more than 512 MiB of memory, and this machine has ${showSize(memoryBytes(machine))}: BL33 loads at 0x60000000, and with less BL2 hangs without a word. 640M is enough.`,
      path: ['memory'],
    });
  }
  return problems;
}

function checkSize(machine: Machine): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const { parts, totalMiB } = addressPlan(machine);
  if (totalMiB > limits.addressSpaceMiB) {
    const sum = parts.map(({ what, MiB: size }) => `${what} ${String(size)}`).join(', ');
    problems.push({
      severity: 'error',
      code: 'address-space',
      message: `The machine takes ${String(totalMiB)} MiB (${sum}); a tab has room for ${String(limits.addressSpaceMiB)} MiB. Give it less memory.`,
      path: ['memory'],
    });
  }
  const { most } = vcpuCount(machine);
  if (most > limits.vcpus) {
    problems.push({
      severity: 'error',
      code: 'vcpus',
      message: `The machine has ${String(most)} vCPUs; a tab runs at most ${String(limits.vcpus)}.`,
      path: ['smp'],
    });
  }
  const { smp, memory } = machine;
  const maxmem = memory?.maxmem === undefined ? undefined : sizeInBytes(memory.maxmem, 'm');
  if (maxmem !== undefined && maxmem < memoryBytes(machine)) {
    problems.push({
      severity: 'error',
      code: 'maxmem',
      message: `maxmem (${memory?.maxmem ?? ''}) is less than the memory at start.`,
      path: ['memory', 'maxmem'],
    });
  }
  if (smp?.maxcpus !== undefined && smp.cpus !== undefined && smp.maxcpus < smp.cpus) {
    problems.push({
      severity: 'error',
      code: 'maxcpus',
      message: `maxcpus (${String(smp.maxcpus)}) is less than cpus (${String(smp.cpus)}).`,
      path: ['smp', 'maxcpus'],
    });
  }
  return problems;
}

/** NUMA nodes must hold all of the memory, as QEMU checks in hw/core/numa.c. */
function checkNuma(machine: Machine): Diagnostic[] {
  const backends = new Map((machine.objects ?? []).map((object) => [object.id, object]));
  let total = 0;
  for (const node of machine.numa ?? []) {
    const memdev = node['memdev'];
    if (node.type !== 'node' || typeof memdev !== 'string') continue;
    const size = backends.get(memdev)?.['size'];
    total += (typeof size === 'string' ? sizeInBytes(size) : undefined) ?? 0;
  }
  if (total === 0 || total === memoryBytes(machine)) return [];
  return [
    {
      severity: 'error',
      code: 'numa-memory',
      message: `The NUMA nodes’ memory backends hold ${showSize(total)}, the machine has ${showSize(memoryBytes(machine))}: QEMU wants them equal.`,
      path: ['numa'],
    },
  ];
}

/** What the board and the tab ask of a machine. */
export function checkBoard(machine: Machine): Diagnostic[] {
  return [
    ...checkSize(machine),
    ...checkFlash(machine),
    ...checkRealm(machine),
    ...checkNuma(machine),
  ];
}
