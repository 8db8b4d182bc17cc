import {
  checked,
  readDevice,
  readList,
  readLogItems,
  readMemory,
  readNested,
  writeDevice,
  writeList,
  writeNested,
  type Reading,
  type Value,
} from './field-grammar';
import { escapeValue } from './options';
import type { Machine } from './schema';
import { Chardev, Netdev, Nic, QemuObject, Semihosting, switches, Trace } from './schema/devices';
import { Blockdev, Drive, FwCfg, shortDriveForms } from './schema/images';
import { Accelerator, Board, Cpu, Global, Icount, Numa, Smp } from './schema/processor';
import { argumentText, type Json } from './schema/text';

/**
 * The table between options and parts of a machine, in the canonical order of the command
 * line. `read` takes an option's argument and gives the value it stands for; `place` puts the
 * value into the machine; `write` gives the options back.
 */
export type Draft = { [key: string]: Json };
export type Placed = { path: (string | number)[]; replaced: boolean };

export interface Field {
  option: string;
  aliases?: string[];
  read(argument: string): Reading;
  place(draft: Draft, value: Json): Placed;
  /** Arguments, the option's own word included, one list per option. */
  write(machine: Machine): string[][];
}

function append(draft: Draft, key: string, value: Json): Placed {
  const list = (draft[key] ??= []) as Json[];
  list.push(value);
  return { path: [key, list.length - 1], replaced: false };
}

/** A part that is a list, one element per option. */
function list<Key extends keyof Machine>(
  option: string,
  key: Key,
  read: (argument: string) => Reading,
  write: (item: NonNullable<Machine[Key]> extends readonly (infer Item)[] ? Item : never) => string,
): Field {
  type Item = Parameters<typeof write>[0];
  return {
    option,
    read,
    place: (draft, value) => append(draft, key, value),
    write: (machine) => ((machine[key] ?? []) as Item[]).map((item) => [option, write(item)]),
  };
}

/** A part that later options of the same kind add to, key by key. */
function merged(
  option: string,
  key: 'board' | 'smp' | 'memory' | 'icount',
  read: (argument: string) => Reading,
  implied: string,
): Field {
  return {
    option,
    read,
    place(draft, value) {
      draft[key] = { ...(draft[key] as Value | undefined), ...(value as Value) };
      return { path: [key], replaced: false };
    },
    write: ({ [key]: value }) => (value === undefined ? [] : [[option, writeList(value, implied)]]),
  };
}

function text(option: string, key: 'kernel' | 'initrd' | 'append' | 'dtb'): Field {
  return {
    option,
    read: (argument) => checked(argumentText, argument, []),
    place(draft, value) {
      const replaced = draft[key] !== undefined;
      draft[key] = value;
      return { path: [key], replaced };
    },
    write: ({ [key]: value }) => (value === undefined ? [] : [[option, value]]),
  };
}

/** One key of a part that several options share. */
function within(
  option: string,
  part: 'firmware' | 'display' | 'log',
  key: string,
  read: (argument: string) => Reading,
  write: (machine: Machine) => string | undefined,
): Field {
  return {
    option,
    read,
    place(draft, value) {
      const object = (draft[part] ??= {}) as Value;
      const replaced = object[key] !== undefined;
      object[key] = value;
      return { path: [part, key], replaced };
    },
    write(machine) {
      const argument = write(machine);
      return argument === undefined ? [] : [[option, argument]];
    },
  };
}

const plain = (argument: string) => checked(argumentText, argument, []);
const itself = (value: string) => value;

function placeDrive(draft: Draft, value: Json): Placed {
  const drive = value as Value;
  if (drive['if'] !== 'pflash' && drive['form'] !== 'pflash') return append(draft, 'drives', value);
  const placed = append((draft['firmware'] ??= {}) as Draft, 'flash', value);
  return { path: ['firmware', ...placed.path], replaced: false };
}

function writeDrive(drive: Record<string, string>): string[] {
  if (drive['form'] !== undefined) return [`-${drive['form']}`, drive['file'] ?? ''];
  return ['-drive', writeList(drive)];
}

function readDrive(argument: string): Reading {
  const reading = readList(Drive, argument, {});
  if (!('value' in reading) || (reading.value as Value)['form'] === undefined) return reading;
  const message = '"form" is no key of -drive.';
  return { problems: [{ severity: 'error', code: 'bad-argument', message }] };
}

const driveField: Field = {
  option: '-drive',
  read: readDrive,
  place: placeDrive,
  write: (machine) => [
    ...(machine.firmware?.flash ?? []).map(writeDrive),
    ...(machine.drives ?? []).map(writeDrive),
  ],
};

const shortDrives: Field[] = shortDriveForms.map((form) => ({
  option: `-${form}`,
  read: (argument) => checked(Drive, { form, file: argument }, []),
  place: placeDrive,
  write: () => [],
}));

const globalField = list(
  '-global',
  'globals',
  (argument) => {
    const short = /^([^.=,]+)\.([^=,]+)=(.*)$/s.exec(argument);
    if (short === null) return readList(Global, argument, {});
    const [, driver, property, value] = short;
    return checked(
      Global,
      { driver: driver ?? '', property: property ?? '', value: value ?? '' },
      [],
    );
  },
  ({ driver, property, value }) => `${driver}.${property}=${value}`,
);

const cpuField: Field = {
  option: '-cpu',
  read: (argument) => readList(Cpu, argument, { implied: 'model' }),
  place(draft, value) {
    const replaced = draft['cpu'] !== undefined;
    draft['cpu'] = value;
    return { path: ['cpu'], replaced };
  },
  write: ({ cpu }) => {
    if (cpu === undefined) return [];
    const { model, ...features } = cpu;
    const list = writeList(features);
    return [['-cpu', escapeValue(model) + (list === '' ? '' : `,${list}`)]];
  },
};

const semihostingField: Field = {
  option: '-semihosting-config',
  read: (argument) => readList(Semihosting, argument, { implied: 'enable', repeats: true }),
  place(draft, value) {
    const replaced = draft['semihosting'] !== undefined;
    draft['semihosting'] = value;
    return { path: ['semihosting'], replaced };
  },
  write: ({ semihosting }) => {
    if (semihosting === undefined) return [];
    return Object.keys(semihosting).length === 0
      ? [['-semihosting']]
      : [['-semihosting-config', writeList(semihosting, 'enable')]];
  },
};

/** Key that an option's first word stands for when it has no `=`, for the editor. */
export const impliedKeys: Readonly<Record<string, string>> = {
  machine: 'type',
  accel: 'accel',
  cpu: 'model',
  smp: 'cpus',
  m: 'size',
  object: 'qom-type',
  numa: 'type',
  blockdev: 'driver',
  chardev: 'backend',
  netdev: 'type',
  nic: 'type',
  net: 'type',
  display: 'type',
  device: 'driver',
  fw_cfg: 'name',
  'semihosting-config': 'enable',
  icount: 'shift',
  trace: 'enable',
};

/** Canonical order: the processor, firmware, storage, back ends, devices, the rest. */
export const fields: readonly Field[] = [
  {
    ...merged('-machine', 'board', (a) => readList(Board, a, { implied: 'type' }), 'type'),
    aliases: ['-M'],
  },
  list(
    '-accel',
    'accelerators',
    (a) => readList(Accelerator, a, { implied: 'accel' }),
    (value) => writeList(value, 'accel'),
  ),
  cpuField,
  merged('-smp', 'smp', (a) => readList(Smp, a, { implied: 'cpus', numbers: true }), 'cpus'),
  merged('-m', 'memory', (a) => readMemory(a), 'size'),
  list(
    '-object',
    'objects',
    (a) => readNested(QemuObject, a, 'qom-type'),
    (value) => writeNested(value, 'qom-type'),
  ),
  list(
    '-numa',
    'numa',
    (a) => readList(Numa, a, { implied: 'type', repeats: true }),
    (value) => writeList(value, 'type'),
  ),
  within('-bios', 'firmware', 'bios', plain, (machine) => machine.firmware?.bios),
  text('-kernel', 'kernel'),
  text('-initrd', 'initrd'),
  text('-append', 'append'),
  text('-dtb', 'dtb'),
  list(
    '-blockdev',
    'blockdevs',
    (a) => readNested(Blockdev, a, 'driver'),
    (value) => writeNested(value, 'driver'),
  ),
  driveField,
  ...shortDrives,
  list(
    '-chardev',
    'chardevs',
    (a) => readList(Chardev, a, { implied: 'backend' }),
    (value) => writeList(value, 'backend'),
  ),
  list('-serial', 'serial', plain, itself),
  list('-monitor', 'monitor', plain, itself),
  list('-netdev', 'netdevs', (a) => readNetdev(a), writeNetdev),
  list('-nic', 'nics', (a) => readList(Nic, a, { implied: 'type', repeats: true }), writeNetdev),
  list('-net', 'net', (a) => readList(Nic, a, { implied: 'type', repeats: true }), writeNetdev),
  within('-vga', 'display', 'vga', plain, (machine) => machine.display?.vga),
  within(
    '-display',
    'display',
    'display',
    (a) => readList(Nic, a, { implied: 'type' }),
    (machine) =>
      machine.display?.display === undefined
        ? undefined
        : writeList(machine.display.display, 'type'),
  ),
  list('-device', 'devices', readDevice, writeDevice),
  globalField,
  list(
    '-fw_cfg',
    'fwCfg',
    (a) => readList(FwCfg, a, { implied: 'name' }),
    (value) => writeList(value, 'name'),
  ),
  semihostingField,
  merged('-icount', 'icount', (a) => readList(Icount, a, { implied: 'shift' }), 'shift'),
  within('-d', 'log', 'items', readLogItems, (machine) => machine.log?.items?.join(',')),
  within('-dfilter', 'log', 'filter', plain, (machine) => machine.log?.filter),
  list(
    '-trace',
    'trace',
    (a) => readList(Trace, a, { implied: 'enable' }),
    (value) => writeList(value, 'enable'),
  ),
];

/** Flags -> the part they set. */
export const flagFields: readonly Field[] = [
  flag(
    '-nographic',
    (draft) => {
      ((draft['display'] ??= {}) as Value)['nographic'] = true;
      return ['display', 'nographic'];
    },
    (machine) => machine.display?.nographic === true,
  ),
  flag(
    '-semihosting',
    (draft) => {
      draft['semihosting'] ??= {};
      return ['semihosting'];
    },
    () => false,
  ),
  flag(
    '-enable-kvm',
    (draft) => append(draft, 'accelerators', { accel: 'kvm' }).path,
    () => false,
  ),
  ...switches.map((name) => ({
    ...flag(
      `-${name}`,
      (draft) => append(draft, 'switches', name).path,
      (machine) => (machine.switches ?? []).includes(name),
    ),
    // The older name, gone since QEMU 9.
    ...(name === 'one-insn-per-tb' ? { aliases: ['-singlestep'] } : {}),
  })),
];

function flag(
  option: string,
  place: (draft: Draft) => (string | number)[],
  isSet: (machine: Machine) => boolean,
): Field {
  return {
    option,
    read: () => ({ value: true, problems: [] }),
    place: (draft) => ({ path: place(draft), replaced: false }),
    write: (machine) => (isSet(machine) ? [[option]] : []),
  };
}

function readNetdev(argument: string): Reading {
  return readList(Netdev, argument, { implied: 'type', repeats: true });
}

function writeNetdev(value: object): string {
  return writeList(value, 'type');
}
