import { fileTexts, imageNamed } from '../files';
import { hostThings, isLocalBackend } from '../host';
import { linkLimits } from '../limits';
import { optionFact, splitExtra } from '../qemu-options';
import type { Machine } from '../schema';
import type { Json } from '../schema/text';

/**
 * What a machine from elsewhere may not have. A tab gives QEMU nothing of the host anyway;
 * this holds the line a second time, so that nobody has to reason about every QEMU option.
 */

/** Raw arguments that may stand in a link: about the machine alone, with no file in them. */
const allowedOptions = new Set(
  `boot name uuid rtc k smbios action watchdog-action msg compat seed set prom-env overcommit
   no-fd-bootchk no-hpet no-acpi win2k-hack usbdevice rotate portrait audio audiodev`.split(/\s+/),
);

/** Keys of any part that would name something of a host, whatever the device or object. */
const hostKeys =
  /^(?:path|mem-path|host|hostdev|hostaddr|hostbus|hostport|sysfsdev|logfile|rrfile|events|socket|sock|fd|fds|vhostfd|vhostdev|script|downscript|helper|evdev|dir|tls-.*|dumpdtb|smb|tftp|bootfile|guestfwd)$/;

function* keysOf(value: Json, path: string): Generator<[path: string, key: string, value: Json]> {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [i, element] of value.entries()) yield* keysOf(element, `${path}.${String(i)}`);
    return;
  }
  for (const [key, below] of Object.entries(value)) {
    yield [`${path}.${key}`, key.split('.').at(-1) ?? key, below];
    yield* keysOf(below, `${path}.${key}`);
  }
}

function checkExtra(machine: Machine): string[] {
  return splitExtra(machine.extra ?? []).flatMap(({ word, name, argument }) => {
    const shown = JSON.stringify(word.slice(0, 60));
    if (name === undefined || optionFact(name) === undefined) {
      return [`it has the argument ${shown}, which QEMU does not know`];
    }
    if (!allowedOptions.has(name)) {
      return [`it has the argument ${shown}, which a link may not carry`];
    }
    const namesFile = /(?:^|,)(?:file|data|path|server|dev)=/.test(argument ?? '');
    return namesFile ? [`its argument ${shown} names a file or socket of the host`] : [];
  });
}

function checkNames(machine: Machine): string[] {
  const problems: string[] = [];
  const named = new Set<string>();
  for (const { name, path } of fileTexts(machine)) {
    if (imageNamed(name) === undefined) {
      problems.push(`"${path.join('.')}" names a file of the host`);
    }
    named.add(path.join('.'));
  }
  const parts = [
    'objects',
    'devices',
    'blockdevs',
    'drives',
    'chardevs',
    'netdevs',
    'nics',
    'net',
    'trace',
    'icount',
    'semihosting',
    'board',
  ] as const;
  for (const part of parts) {
    for (const [path, key, value] of keysOf((machine[part] ?? null) as Json, part)) {
      const isOwnNetwork = key === 'host' && ['netdevs', 'nics', 'net'].includes(part);
      const isTraceFile = part === 'trace' && key === 'file';
      if (named.has(path) || typeof value !== 'string' || isOwnNetwork) continue;
      if (hostKeys.test(key) || isTraceFile) problems.push(`"${path}" names something of the host`);
      // A file name that fileTexts does not take for an image: another driver's, or a device's.
      else if (key === 'filename') problems.push(`"${path}" names something of the host`);
    }
  }
  for (const [i, backend] of (machine.serial ?? []).entries()) {
    const isPlain =
      isLocalBackend(backend) || /^(?:mon:)?(?:stdio|vc(?::[0-9x]+)?|pty)$/.test(backend);
    if (!isPlain) problems.push(`"serial.${String(i)}" names a file or socket of the host`);
  }
  for (const [i, backend] of (machine.monitor ?? []).entries()) {
    if (!/^(?:none|null|stdio|vc|pty|chardev:[\w.-]+)$/.test(backend)) {
      problems.push(`"monitor.${String(i)}" names a file or socket of the host`);
    }
  }
  for (const [i, { backend }] of (machine.chardevs ?? []).entries()) {
    if (!/^(?:null|ringbuf|memory|mux|bootlink|stdio|vc|pty)$/.test(backend)) {
      problems.push(`"chardevs.${String(i)}" names a file, device or socket of the host`);
    }
  }
  return problems;
}

function checkScript(machine: Machine): string[] {
  const steps = machine.script ?? [];
  const characters = steps.reduce(
    (sum, { expect, send }) => sum + (expect?.length ?? 0) + (send?.length ?? 0),
    0,
  );
  if (steps.length > linkLimits.scriptSteps) {
    return [`its input script has more than ${String(linkLimits.scriptSteps)} steps`];
  }
  if (characters > linkLimits.scriptCharacters) {
    return [`its input script has more than ${String(linkLimits.scriptCharacters)} characters`];
  }
  return [];
}

/**
 * Parts of a sentence ("This link cannot be opened: …."), none when the machine may pass.
 * Memory and vCPUs are capped where the machine is started: see review.
 */
export function checkPolicy(machine: Machine): string[] {
  const problems = [...checkScript(machine), ...checkExtra(machine), ...checkNames(machine)];
  for (const thing of hostThings(machine)) {
    // An object that only KVM has, or a drive of several nodes, is shown, and keeps the machine from
    // being started.
    const isShown = thing.code === 'host-object' || thing.code === 'several-nodes';
    if (thing.outcome === 'refused' && !isShown) {
      problems.push(`"${thing.path.join('.')}" reaches a host`);
    }
  }
  return problems;
}
