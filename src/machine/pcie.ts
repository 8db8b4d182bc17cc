import { readDevice, writeDevice } from './field-grammar';
import type { Device, Machine } from './schema';

/**
 * PCI Express as QEMU builds it (docs/pcie.txt): devices plug into the root complex `pcie.0`, or
 * into the bus of a root port, a switch's downstream port or a bridge, which has that device's id.
 * A device stands after the one whose bus it is on.
 */
export const ROOT_BUS = 'pcie.0';

const ROOT_PORT = 'pcie-root-port';
const UPSTREAM = 'x3130-upstream';
const DOWNSTREAM = 'xio3130-downstream';
const BRIDGE = 'pcie-pci-bridge';
const ports = new Set([ROOT_PORT, DOWNSTREAM]);
const busMakers = new Set([ROOT_PORT, UPSTREAM, DOWNSTREAM, BRIDGE, 'pxb-pcie', 'ioh3420']);

/** A PCI device where it is plugged in. */
export interface PciPlug {
  /** Index in the machine's devices. */
  at: number;
  device: Device;
  /** `pcie.0` where it does not say. */
  bus: string;
  /** 0 on the root complex. */
  depth: number;
}

const busOf = ({ bus }: Device): string =>
  // A port's own id is the name of its bus; QEMU also takes `ID.0` for devices with several.
  bus === undefined || bus === '' ? ROOT_BUS : bus;

/** Ids of devices whose bus is this device's. */
function childrenOf(devices: readonly Device[], id: string | undefined): number[] {
  if (id === undefined) return [];
  return devices.flatMap(({ bus }, at) => (bus === id ? [at] : []));
}

/**
 * The machine's PCI devices as a tree, a line each, those on a port's bus behind that port.
 *
 * @param isPci tells drivers that plug into PCI (capabilities: bus `PCI`)
 */
export function pciPlugs(machine: Machine, isPci: (driver: string) => boolean): PciPlug[] {
  const devices = machine.devices ?? [];
  const seen = new Set<number>();
  const plugs: PciPlug[] = [];
  const add = (at: number, depth: number): void => {
    const device = devices[at];
    if (device === undefined || seen.has(at)) return;
    seen.add(at);
    plugs.push({ at, device, bus: busOf(device), depth });
    for (const child of childrenOf(devices, device.id)) {
      if (isPci(devices[child]?.driver ?? '')) add(child, depth + 1);
    }
  };
  const known = new Set(devices.filter(({ driver }) => isPci(driver)).map(({ id }) => id));
  devices.forEach((device, at) => {
    // One on a bus that nothing here makes stands at the root, so that it can be seen and moved.
    if (isPci(device.driver) && !known.has(busOf(device))) add(at, 0);
  });
  return plugs;
}

/** Everything on the bus of a device, and on the buses there; the device itself comes first. */
function subtree(devices: readonly Device[], at: number): number[] {
  const found: number[] = [];
  const visit = (index: number): void => {
    if (found.includes(index)) return;
    found.push(index);
    for (const child of childrenOf(devices, devices[index]?.id)) visit(child);
  };
  visit(at);
  return found;
}

/** The buses that a device could be moved to: not one of its own, and of the right kind. */
export function busesFor(machine: Machine, at: number): string[] {
  const devices = machine.devices ?? [];
  const driver = devices[at]?.driver;
  const own = new Set(subtree(devices, at));
  const makers = devices.filter(
    (each, index) => !own.has(index) && busMakers.has(each.driver) && each.id !== undefined,
  );
  const ids = (wanted: (driver: string) => boolean): string[] =>
    makers.filter((each) => wanted(each.driver)).map(({ id }) => id ?? '');
  // A switch's downstream ports sit on its upstream port's bus, and nothing else does.
  if (driver === DOWNSTREAM) return ids((each) => each === UPSTREAM);
  if (driver === ROOT_PORT || driver === 'pxb-pcie')
    return [ROOT_BUS, ...ids((each) => each === 'pxb-pcie')];
  if (driver === UPSTREAM) return ids((each) => ports.has(each));
  return [ROOT_BUS, ...ids((each) => each !== UPSTREAM)];
}

function withDevices(machine: Machine, devices: Device[]): Machine {
  const next: Machine = { ...machine };
  if (devices.length === 0) Reflect.deleteProperty(next, 'devices');
  else next.devices = devices;
  return next;
}

/** Moves a device, with all that hangs on it, to another bus. */
export function plugInto(machine: Machine, at: number, bus: string): Machine {
  const devices = machine.devices ?? [];
  const device = devices[at];
  if (device === undefined || busOf(device) === bus) return machine;
  const { driver, id, bus: before, ...rest } = device;
  // Its place on the old bus says nothing about the new one.
  if (before !== undefined) Reflect.deleteProperty(rest, 'addr');
  const moved: Device = {
    driver,
    ...(id === undefined ? {} : { id }),
    ...(bus === ROOT_BUS ? {} : { bus }),
    ...rest,
  };
  const maker = devices.findIndex(({ id }) => id === bus);
  if (maker <= at)
    return withDevices(
      machine,
      devices.map((each, i) => (i === at ? moved : each)),
    );
  const along = subtree(devices, at);
  const others = devices.filter((_, i) => !along.includes(i));
  const inOrder = [...along].sort((a, b) => a - b);
  return withDevices(machine, [
    ...others,
    ...inOrder.flatMap((i) => (i === at ? [moved] : (devices[i] ?? []))),
  ]);
}

/** Takes a device out, with all that hangs on it. */
export function unplug(machine: Machine, at: number): Machine {
  const devices = machine.devices ?? [];
  const gone = new Set(subtree(devices, at));
  return withDevices(
    machine,
    devices.filter((_, i) => !gone.has(i)),
  );
}

/** An id that nothing in the machine has: `port1`, `port2`, … */
function freeId(machine: Machine, base: string): string {
  const taken = new Set((machine.devices ?? []).map(({ id }) => id));
  let n = 1;
  while (taken.has(`${base}${String(n)}`)) n++;
  return `${base}${String(n)}`;
}

/** A chassis number that no port has: two ports of one chassis and slot are refused by QEMU. */
function freeChassis(machine: Machine): string {
  const taken = new Set((machine.devices ?? []).map(({ chassis }) => String(chassis)));
  let n = 1;
  while (taken.has(String(n))) n++;
  return String(n);
}

function plugged(machine: Machine, device: Device): Machine {
  return withDevices(machine, [...(machine.devices ?? []), device]);
}

export function addRootPort(machine: Machine): Machine {
  const id = freeId(machine, 'port');
  return plugged(machine, { driver: ROOT_PORT, id, chassis: freeChassis(machine) });
}

/** A switch with two ports, behind a root port of its own: PCI Express allows it nowhere else. */
export function addSwitch(machine: Machine): Machine {
  const withPort = addRootPort(machine);
  const port = withPort.devices?.at(-1)?.id ?? '';
  const upstream = freeId(withPort, 'switch');
  let next = plugged(withPort, { driver: UPSTREAM, id: upstream, bus: port });
  for (let slot = 0; slot < 2; slot++) {
    next = plugged(next, {
      driver: DOWNSTREAM,
      id: freeId(next, 'down'),
      bus: upstream,
      chassis: freeChassis(next),
    });
  }
  return next;
}

/** A device on the root complex. */
export function addPciDevice(machine: Machine, driver: string): Machine {
  const needsId = busMakers.has(driver);
  return plugged(machine, { driver, ...(needsId ? { id: freeId(machine, 'bridge') } : {}) });
}

/** What a device has besides its driver, id and bus, as QEMU writes it: `serial=1,drive=d0`. */
export function propertiesOf(device: Device): string {
  const { driver: _driver, id: _id, bus: _bus, ...rest } = device;
  void [_driver, _id, _bus];
  const text = writeDevice({ driver: 'x', ...rest });
  return text === 'x' ? '' : text.replace(/^x,/, '');
}

/**
 * The device with other properties; its driver, id and bus stay.
 *
 * @returns a sentence when the text is not one that QEMU could read
 */
export function withProperties(device: Device, text: string): Device | string {
  const trimmed = text.trim();
  const { driver, id, bus } = device;
  const base: Device = {
    driver,
    ...(id === undefined ? {} : { id }),
    ...(bus === undefined ? {} : { bus }),
  };
  if (trimmed === '') return base;
  const reading = readDevice(trimmed.startsWith('{') ? trimmed : `x,${trimmed}`);
  if (!('value' in reading)) return reading.problems[0]?.message ?? 'This is no list of key=value.';
  const { driver: _driver, id: _id, bus: _bus, ...rest } = reading.value as Device;
  void [_driver, _id, _bus];
  return { ...base, ...rest };
}
