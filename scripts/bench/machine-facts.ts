import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os';

/** The machine that the bench ran on. */
export interface MachineFacts {
  cpu: string;
  cores: number;
  memoryMiB: number;
  kernel: string;
}

export function machineFacts(): MachineFacts {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryMiB: Math.round(totalmem() / 2 ** 20),
    kernel: release(),
  };
}

/** Load averages of 1, 5 and 15 minutes. */
export function load(): number[] {
  return loadavg().map((value) => Math.round(value * 100) / 100);
}
