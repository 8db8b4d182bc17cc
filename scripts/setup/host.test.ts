import { describe, expect, it } from 'vitest';
import { decideHost, type HostFacts } from './host';

const good: HostFacts = {
  platform: 'linux',
  debian: true,
  root: true,
  canMount: true,
  arch: 'amd64',
  containerEngine: undefined,
  checkout: '/home/ada/bootlink',
};

describe('what the host can do', () => {
  it('goes ahead as root on Debian, whatever else is installed', () => {
    expect(decideHost(good)).toEqual({ can: true, arch: 'amd64' });
    expect(decideHost({ ...good, arch: 'arm64', containerEngine: 'docker' })).toEqual({
      can: true,
      arch: 'arm64',
    });
  });

  it.each([
    ['not root', { root: false, canMount: false }, 'it does not run as root'],
    ['not Debian', { debian: false, arch: undefined }, 'not a Debian-based machine'],
    ['not Linux', { platform: 'darwin', debian: false }, 'not a Debian-based machine'],
    ['no mounts', { canMount: false }, 'mounts are not allowed here'],
    ['another architecture', { arch: 'riscv64' }, 'its architecture is riscv64'],
  ])('says why when it cannot, and names both ways out: %s', (_, facts, why) => {
    const decision = decideHost({ ...good, ...facts });
    if (decision.can) throw new Error('It should have been refused.');
    expect(decision.reason).toContain(why);
    expect(decision.reason).toContain('sudo npm start');
    expect(decision.reason).toContain(`-v '/home/ada/bootlink':/bootlink`);
  });

  it('gives the container command for the engine that is there', () => {
    const decision = decideHost({ ...good, root: false, containerEngine: 'docker' });
    if (decision.can) throw new Error('It should have been refused.');
    expect(decision.reason).toMatch(/^ {5}docker run --rm -it --privileged /m);
    expect(decision.reason).not.toContain('install podman');
  });
});
