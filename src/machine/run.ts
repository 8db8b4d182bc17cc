import { boardFamily, isOn } from './address-space';
import { settleBlock } from './block';
import {
  hostNetworkOptions,
  hostThings,
  isChange,
  isLocalBackend,
  localChardevs,
  localNetdevs,
  type HostThing,
} from './host';
import { splitExtra } from './qemu-options';
import type { Console, Machine } from './schema';
import { toArgs } from './to-args';

/** A console the engine has to provide: a chardev of this id, and a tab. */
export interface RunConsole {
  id: string;
  role: NonNullable<Console['role']>;
  title: string;
  /** More than one front end shares it (`mux=on`). */
  mux: boolean;
}

/** A machine as the engine runs it, in the form of a built-in guest's arguments. */
export interface RunPlan {
  /** Without chardevs of the consoles, monitor and display; files say `image:NAME`. */
  args: string[];
  consoles: RunConsole[];
  /** What was replaced or left out on the way. */
  changes: HostThing[];
  /** What a tab cannot have; the machine cannot start while there is any. */
  refused: HostThing[];
}

const titles: Record<NonNullable<Console['role']>, string> = {
  firmware: 'Firmware',
  secure: 'Secure monitor',
  host: 'Host',
  realm: 'Realm',
  guest: 'Guest',
  monitor: 'Monitor',
};

/** Role of a serial port nobody gave one: the boards' second port is the secure world's. */
function defaultRole(machine: Machine, port: number): NonNullable<Console['role']> {
  const board = boardFamily(machine.board?.type);
  const hasSecurePort =
    board === 'sbsa-ref' || (board === 'virt' && isOn(machine.board?.['secure']));
  if (port === 0) return 'firmware';
  return hasSecurePort ? 'secure' : 'guest';
}

class Consoles {
  readonly list: RunConsole[] = [];

  constructor(private readonly machine: Machine) {}

  add(id: string, role: NonNullable<Console['role']>, mux = false) {
    if (this.list.some((console) => console.id === id)) return;
    const said = this.machine.consoles?.find((console) => console.id === id);
    const settled = said?.role ?? role;
    this.list.push({ id, role: settled, title: said?.title ?? titles[settled], mux });
  }
}

/** Serial ports on chardevs: those of the machine that live in QEMU, or consoles. */
function planConsoles(
  machine: Machine,
  local: ReadonlySet<string>,
): Consoles & { serial: string[] } {
  const consoles = new Consoles(machine);
  const isImplied =
    machine.serial === undefined && machine.switches?.includes('nodefaults') !== true;
  const serial = (machine.serial ?? (isImplied ? ['stdio'] : [])).map((backend, port) => {
    const named = /^chardev:(.*)$/s.exec(backend)?.[1];
    if (named === undefined && isLocalBackend(backend)) return backend;
    const id = named ?? `serial${String(port)}`;
    if (!local.has(id)) consoles.add(id, defaultRole(machine, port));
    return `chardev:${id}`;
  });
  for (const { backend, id, mux } of machine.chardevs ?? []) {
    if (id !== undefined && !localChardevs.has(backend)) consoles.add(id, 'guest', isOn(mux));
  }
  for (const { id, role } of machine.consoles ?? []) {
    const isPort = /^serial[0-9]+$/.test(id) && !serial.includes(`chardev:${id}`);
    if (!isPort && id !== 'monitor' && !local.has(id)) consoles.add(id, role ?? 'guest');
  }
  return Object.assign(consoles, { serial });
}

function localNetwork(machine: Machine, key: 'netdevs' | 'nics' | 'net'): Machine {
  const list = machine[key];
  if (list === undefined) return machine;
  const kept = ['id', 'mac', 'macaddr', 'model', 'name'];
  const settled = list.map((backend) => {
    const isLocal = localNetdevs.has(backend.type);
    const entries = Object.entries(backend).filter(([option]) =>
      isLocal ? !(hostNetworkOptions as readonly string[]).includes(option) : kept.includes(option),
    );
    const options = Object.fromEntries(entries);
    return { ...options, type: isLocal ? backend.type : 'user' };
  });
  return { ...machine, [key]: settled };
}

function withoutSnapshot(node: NonNullable<Machine['blockdevs']>[number]): typeof node {
  const rest = { ...node };
  delete rest['snapshot'];
  return rest;
}

/** Extra arguments without those that are of the host; questions go too, QEMU would only end. */
function localExtra(machine: Machine, changes: readonly HostThing[]): string[] {
  const dropped = new Set(
    changes.filter(({ path }) => path[0] === 'extra').map(({ path }) => path[1]),
  );
  return splitExtra(machine.extra ?? [])
    .filter(({ at }) => !dropped.has(at))
    .flatMap(({ word, argument }) => (argument === undefined ? [word] : [word, argument]));
}

/**
 * Settles a machine for the engine: what belongs to a host is replaced as hostThings says.
 * The machine itself is left as it is, so that its command line stays the pasted one.
 */
export function planRun(machine: Machine): RunPlan {
  const things = hostThings(machine);
  const changes = things.filter(isChange);
  const localDevs = (machine.chardevs ?? []).filter(({ backend }) => localChardevs.has(backend));
  const local = new Set(localDevs.flatMap(({ id }) => (id === undefined ? [] : [id])));
  const { list, serial } = planConsoles(machine, local);

  let settled: Machine = settleBlock(machine);
  for (const key of ['netdevs', 'nics', 'net'] as const) settled = localNetwork(settled, key);
  const board = { ...settled.board };
  if (board['accel'] !== 'tcg') delete board['accel'];
  delete board['dumpdtb'];
  const accelerators = (settled.accelerators ?? []).filter(({ accel }) => accel === 'tcg');
  const vga = settled.display?.vga;
  const extra = localExtra(machine, changes);

  const next: Machine = { ...settled, board };
  if (machine.board === undefined) delete next.board;
  if (next.blockdevs !== undefined) next.blockdevs = next.blockdevs.map(withoutSnapshot);
  delete next.monitor;
  delete next.display;
  delete next.extra;
  delete next.chardevs;
  delete next.accelerators;
  delete next.serial;
  if (next.cpu?.model === 'host') next.cpu = { ...next.cpu, model: 'max' };
  if (accelerators.length > 0) next.accelerators = accelerators;
  if (localDevs.length > 0) next.chardevs = localDevs;
  if (serial.length > 0) next.serial = serial;
  if (vga !== undefined) next.display = { vga };
  if (extra.length > 0) next.extra = extra;
  const refused = things.filter(({ outcome }) => outcome === 'refused');
  return { args: toArgs(next, 'names'), consoles: list, changes, refused };
}
