import { join } from 'node:path';
import { Cache, cacheFolder } from '../setup/cache';
import { decideHost, hostFacts } from '../setup/host';
import { LogFile } from '../setup/process';
import { makeRootfs, type Rootfs } from '../setup/rootfs';

/**
 * Set-up's chroot, in which native QEMU is; made now when set-up has not.
 *
 * @throws Error with the ways out when this machine cannot have one
 */
export async function nativeChroot(repo: string, signal: AbortSignal): Promise<Rootfs> {
  const decision = decideHost(await hostFacts(repo));
  if (!decision.can) throw new Error(decision.reason);
  const cache = new Cache(cacheFolder());
  const log = new LogFile(join(cache.folder, 'logs/native.log'));
  try {
    return (await makeRootfs(cache, decision.arch, log, signal)).rootfs;
  } finally {
    await log.close();
  }
}
