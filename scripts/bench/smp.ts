import { createHash } from 'node:crypto';
import type { Guest } from '../../src/machine/guest';
import type { ShellLoad } from './loads';

/** Numbers of vCPUs with which the load is run, one part of it on each. */
export const vcpuCounts = [1, 2, 4] as const;

const hashed = 8 << 20;

/** The guest with so many vCPUs. @throws Error when its command line does not say how many */
export function withVcpus(guest: Guest, count: number): Guest {
  const at = guest.args.indexOf('-smp');
  if (at === -1) throw new Error(`Guest ${guest.id} has no -smp to change.`);
  const args = [...guest.args];
  args[at + 1] = String(count);
  // What it was kept with fits no other machine.
  const { snapshot, ...rest } = { ...guest, args };
  void snapshot;
  return rest;
}

/** As many hashes at once as there are vCPUs. */
export function parallelLoad(count: number): ShellLoad {
  const digest = createHash('md5').update(new Uint8Array(hashed)).digest('hex');
  const each = `head -c ${hashed} /dev/zero | busybox md5sum &`;
  const parts = Array.from({ length: count }, () => each).join(' ');
  return {
    name: String(count),
    title: `md5 of 8 MiB on each of ${count} vCPU${count === 1 ? '' : 's'}`,
    command: `$(${parts} wait)`,
    result: Array.from({ length: count }, () => digest).join(' - '),
  };
}
