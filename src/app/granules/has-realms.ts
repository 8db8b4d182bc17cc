import type { Run } from '../../engine/ui/run.js';

/** Whether the machine's CPU is one with the Realm Management Extension. */
export function hasRealms({ guest }: Run): boolean {
  return guest.args.some((arg) => /(?:^|,)x-rme=on(?:,|$)/.test(arg));
}
