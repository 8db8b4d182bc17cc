import { existsSync } from 'node:fs';
import { answer } from './process';

/** What set-up wants to know of the machine it runs on. */
export interface HostFacts {
  platform: string;
  /** apt-get and dpkg are there. */
  debian: boolean;
  root: boolean;
  /** Private mount namespaces work; they do not in an unprivileged container. */
  canMount: boolean;
  /** Debian's name of the architecture, such as `amd64`. */
  arch: string | undefined;
  containerEngine: 'podman' | 'docker' | undefined;
  /** The checkout, to be named in the command of the way out. */
  checkout: string;
}

export type HostDecision = { can: true; arch: string } | { can: false; reason: string };

const architectures = ['amd64', 'arm64'];

/** The container command that sets up and serves from the same checkout. */
export function containerCommand(engine: string, checkout: string): string {
  return (
    `${engine} run --rm -it --privileged -p 4173:4173 -v bootlink-cache:/root/.cache/bootlink ` +
    `-v '${checkout}':/bootlink -w /bootlink node:20-bookworm npm start -- --host`
  );
}

/**
 * Whether set-up can run here. It keeps Debian packages in a chroot of its own, so it needs
 * apt, root and mounts; otherwise the reason names the two ways out.
 */
export function decideHost(facts: HostFacts): HostDecision {
  const missing: string[] = [];
  if (facts.platform !== 'linux' || !facts.debian) {
    missing.push('this is not a Debian-based machine (apt-get and dpkg are missing)');
  }
  if (!facts.root) missing.push('it does not run as root');
  if (missing.length === 0 && !facts.canMount) {
    missing.push('mounts are not allowed here (a container without --privileged)');
  }
  if (missing.length === 0) {
    if (facts.arch !== undefined && architectures.includes(facts.arch)) {
      return { can: true, arch: facts.arch };
    }
    missing.push(
      `its architecture is ${facts.arch ?? 'unknown'}, and only ${architectures.join(' and ')} are known to work`,
    );
  }
  const engine = facts.containerEngine;
  const container =
    `run it in a Debian container${engine === undefined ? ' (install podman or docker first)' : ''}:\n` +
    `     ${containerCommand(engine ?? 'podman', facts.checkout)}`;
  const asRoot = facts.debian
    ? 'run it as root: sudo npm start'
    : 'run it as root on a Debian-based machine: sudo npm start';
  return {
    can: false,
    reason:
      `Bootlink's set-up cannot run here: ${missing.join('; ')}.\n` +
      `It builds QEMU and the guests in a Debian chroot of its own. Two ways out:\n` +
      `  1. ${asRoot}\n` +
      `  2. ${container}`,
  };
}

/** Asks this machine. */
export async function hostFacts(checkout: string): Promise<HostFacts> {
  const there = async (...argv: string[]) => (await answer(argv)) !== undefined;
  const debian = (await there('apt-get', '--version')) && (await there('dpkg', '--version'));
  const root = process.getuid?.() === 0;
  let containerEngine: HostFacts['containerEngine'];
  for (const engine of ['podman', 'docker'] as const) {
    if (containerEngine === undefined && (await there(engine, '--version'))) {
      containerEngine = engine;
    }
  }
  return {
    platform: process.platform,
    debian,
    root,
    canMount:
      root && existsSync('/proc') && (await there('unshare', '--mount', '--pid', '--fork', 'true')),
    arch: debian ? (await answer(['dpkg', '--print-architecture']))?.trim() : undefined,
    containerEngine,
    checkout,
  };
}
