import type { Machine } from './schema';
import { sizeInBytes } from './size';

const MiB = 2 ** 20;

/** What a board has of its own (hw/arm/sbsa-ref.c, hw/arm/virt.c), in MiB. */
export interface BoardFacts {
  defaultMemoryMiB: number;
  defaultVcpus: number;
  /** Size QEMU wants for each of the two flash images. */
  flashMiB: number;
  secureRamMiB(options: Record<string, string>): number;
}

const boards = new Map<string, BoardFacts>([
  ['sbsa-ref', { defaultMemoryMiB: 1024, defaultVcpus: 4, flashMiB: 256, secureRamMiB: () => 512 }],
  [
    'virt',
    {
      defaultMemoryMiB: 128,
      defaultVcpus: 1,
      flashMiB: 64,
      secureRamMiB: (options) => (isOn(options['secure']) ? 16 : 0),
    },
  ],
]);

export function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(?:on|yes|true|y)$/i.test(value);
}

/** `virt-10.0` is `virt` with the defaults of that version. */
export function boardFamily(type: string | undefined): string | undefined {
  return type !== undefined && /^virt-[0-9.]+$/.test(type) ? 'virt' : type;
}

export function boardFacts(machine: Machine): BoardFacts | undefined {
  return boards.get(boardFamily(machine.board?.type) ?? '');
}

/** Guest RAM in bytes: what -m says, or the board's default. */
export function memoryBytes(machine: Machine): number {
  const size = machine.memory?.size ?? machine.board?.['memory.size'];
  const unit = machine.memory?.size === undefined ? 'b' : 'm';
  const given = size === undefined ? undefined : sizeInBytes(size, unit);
  return given ?? (boardFacts(machine)?.defaultMemoryMiB ?? 128) * MiB;
}

/** vCPUs the machine may have: what is plugged in at start, and room for more. */
export function vcpuCount(machine: Machine): { cpus: number; most: number } {
  const smp = machine.smp ?? {};
  const groups = [smp.sockets, smp.dies, smp.clusters, smp.modules, smp.cores, smp.threads];
  const grouped = groups.reduce<number>((product, n) => product * (n ?? 1), 1);
  const isGrouped = groups.some((n) => n !== undefined);
  const fallback = boardFacts(machine)?.defaultVcpus ?? 1;
  const cpus = smp.cpus ?? smp.maxcpus ?? (isGrouped ? grouped : machine.smp ? 1 : fallback);
  return { cpus, most: Math.max(cpus, smp.maxcpus ?? 0) };
}

export interface AddressPart {
  what: string;
  MiB: number;
}

/** What the machine takes of a tab's address space. */
export function addressPlan(machine: Machine): { parts: AddressPart[]; totalMiB: number } {
  const facts = boardFacts(machine);
  const parts: AddressPart[] = [{ what: 'memory', MiB: Math.ceil(memoryBytes(machine) / MiB) }];
  if (facts !== undefined) {
    parts.push({ what: 'flash', MiB: 2 * facts.flashMiB });
    const secure = facts.secureRamMiB(machine.board ?? {});
    if (secure > 0) parts.push({ what: 'secure memory', MiB: secure });
  }
  return { parts, totalMiB: parts.reduce((sum, part) => sum + part.MiB, 0) };
}
