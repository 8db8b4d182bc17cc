import type { Diagnostic, MachinePath } from './diagnostics';
import { fileTexts, imageNamed } from './files';
import { isUnfilled } from './image-slots';
import { optionFact, splitExtra } from './qemu-options';
import type { Machine } from './schema';

/** Ids that something else of the machine may name, by kind. */
function ids(machine: Machine) {
  const present = (list: (string | undefined)[]) =>
    new Set(list.filter((id): id is string => id !== undefined));
  return {
    drives: present([
      ...(machine.drives ?? []).map((drive) => drive['id']),
      ...(machine.blockdevs ?? []).map((node) => node['node-name']),
      ...(machine.drives ?? []).map((drive) => drive['node-name']),
    ]),
    netdevs: present((machine.netdevs ?? []).map(({ id }) => id)),
    chardevs: present([
      ...(machine.chardevs ?? []).map(({ id }) => id),
      ...(machine.consoles ?? []).map(({ id }) => id),
    ]),
    objects: present((machine.objects ?? []).map(({ id }) => id)),
    devices: present((machine.devices ?? []).map(({ id }) => id)),
  };
}

function missing(what: string, id: string, path: MachinePath, how: string): Diagnostic {
  const message = `There is no ${what} "${id}"; ${how}`;
  return { severity: 'error', code: 'unknown-reference', message, path };
}

function checkIds(machine: Machine): Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const key of ['devices', 'objects', 'netdevs', 'chardevs', 'drives'] as const) {
    const seen = new Set<unknown>();
    for (const [i, item] of (machine[key] ?? []).entries()) {
      const id = (item as { id?: unknown }).id;
      if (id !== undefined && seen.has(id)) {
        const message = `The id "${String(id)}" is taken twice in ${key}.`;
        problems.push({ severity: 'error', code: 'duplicate-id', message, path: [key, i, 'id'] });
      }
      seen.add(id);
    }
  }
  return problems;
}

function checkDevices(machine: Machine): Diagnostic[] {
  const known = ids(machine);
  const problems: Diagnostic[] = [];
  for (const [i, device] of (machine.devices ?? []).entries()) {
    const at = ['devices', i] as const;
    const { drive, netdev, chardev, bus } = device;
    if (typeof drive === 'string' && !known.drives.has(drive)) {
      problems.push(missing('drive', drive, [...at, 'drive'], `add -drive id=${drive},if=none,…`));
    }
    if (typeof netdev === 'string' && !known.netdevs.has(netdev)) {
      problems.push(missing('netdev', netdev, [...at, 'netdev'], `add -netdev user,id=${netdev}.`));
    }
    if (typeof chardev === 'string' && !known.chardevs.has(chardev)) {
      const how = 'add a console of that id, or a chardev.';
      problems.push(missing('chardev', chardev, [...at, 'chardev'], how));
    }
    // A bus is a device's id, or `NAME.N` for one that a board or a device made itself.
    if (bus !== undefined && !known.devices.has(bus) && !/\.[0-9]+$/.test(bus)) {
      const how = 'add the device that has it before this one.';
      problems.push(missing('bus', bus, [...at, 'bus'], how));
    }
  }
  for (const [i, node] of (machine.numa ?? []).entries()) {
    const memdev = node['memdev'];
    if (typeof memdev !== 'string' || known.objects.has(memdev)) continue;
    const how = `add -object memory-backend-ram,id=${memdev},size=….`;
    problems.push(missing('memory backend', memdev, ['numa', i, 'memdev'], how));
  }
  for (const key of ['pflash0', 'pflash1'] as const) {
    const node = machine.board?.[key];
    if (node === undefined || known.drives.has(node)) continue;
    const how = `add -blockdev node-name=${node},….`;
    problems.push(missing('block node', node, ['board', key], how));
  }
  for (const [i, backend] of (machine.serial ?? []).entries()) {
    const id = /^chardev:(.*)$/s.exec(backend)?.[1];
    if (id === undefined || known.chardevs.has(id)) continue;
    const how = 'add a console of that id, or a chardev.';
    problems.push(missing('chardev', id, ['serial', i], how));
  }
  return problems;
}

function checkImages(machine: Machine): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const images = machine.images ?? [];
  const reported = new Set<string>();
  for (const { name, path } of fileTexts(machine)) {
    const wanted = imageNamed(name);
    if (wanted === undefined) {
      const message = `"${name}" is a path; a machine names its files image:NAME.`;
      problems.push({ severity: 'error', code: 'path', message, path });
      continue;
    }
    const index = images.findIndex((image) => image.name === wanted);
    const image = images[index];
    if (image === undefined) {
      problems.push(missing('image', wanted, path, 'add it to the machine’s images.'));
    } else if (isUnfilled(image) && !reported.has(wanted)) {
      reported.add(wanted);
      const was = image.path === undefined ? '' : ` (${image.path} on the pasted line)`;
      const message = `Image "${wanted}"${was} is not chosen yet: drop the file here, or pick one from the library.`;
      problems.push({ severity: 'warning', code: 'empty-slot', message, path: ['images', index] });
    }
  }
  return problems;
}

function checkExtra(machine: Machine): Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const { word, name, at } of splitExtra(machine.extra ?? [])) {
    if (name !== undefined && optionFact(name) !== undefined) continue;
    const message = `"${word}" is no option of QEMU 10.0.`;
    problems.push({ severity: 'error', code: 'unknown-option', message, path: ['extra', at] });
  }
  return problems;
}

/** Console ids of the machine: those it names, and `serialN` for ports without a chardev. */
export function consoleIds(machine: Machine): Set<string> {
  const found = new Set((machine.consoles ?? []).map(({ id }) => id));
  for (const { id } of machine.chardevs ?? []) if (id !== undefined) found.add(id);
  for (const i of (machine.serial ?? ['stdio']).keys()) found.add(`serial${String(i)}`);
  return found.add('monitor');
}

function checkScript(machine: Machine): Diagnostic[] {
  const known = consoleIds(machine);
  return (machine.script ?? []).flatMap((step, i) => {
    const problems: Diagnostic[] = [];
    if (!known.has(step.console)) {
      const how = `consoles are ${[...known].join(', ')}.`;
      problems.push(missing('console', step.console, ['script', i, 'console'], how));
    }
    const pattern = /^\/(.*)\/$/s.exec(step.expect ?? '')?.[1];
    if (pattern !== undefined) {
      try {
        new RegExp(pattern);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        problems.push({
          severity: 'error',
          code: 'bad-pattern',
          message,
          path: ['script', i, 'expect'],
        });
      }
    }
    return problems;
  });
}

/** Names inside the machine that nothing has, names that two things have, empty slots. */
export function checkReferences(machine: Machine): Diagnostic[] {
  return [
    ...checkIds(machine),
    ...checkDevices(machine),
    ...checkImages(machine),
    ...checkExtra(machine),
    ...checkScript(machine),
  ];
}
