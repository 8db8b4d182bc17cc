import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromArgs } from './from-args';
import {
  addPciDevice,
  addRootPort,
  addSwitch,
  busesFor,
  pciPlugs,
  plugInto,
  propertiesOf,
  ROOT_BUS,
  unplug,
  withProperties,
} from './pcie';
import type { Device, Machine } from './schema';
import { toArgs } from './to-args';

const virt: Machine = { format: 1, board: { type: 'virt' } };
const isPci = (driver: string) => !/^usb-/.test(driver);
const drivers = ({ devices = [] }: Machine): string[] => devices.map(({ driver }) => driver);
const tree = (machine: Machine) =>
  pciPlugs(machine, isPci).map(({ device, depth }) => `${' '.repeat(depth)}${device.driver}`);

/** Every device stands behind the one whose bus it is on, as QEMU wants it. */
function isInOrder({ devices = [] }: Machine): boolean {
  return devices.every(
    ({ bus }, at) =>
      bus === undefined || bus === ROOT_BUS || devices.findIndex(({ id }) => id === bus) < at,
  );
}

const reread = (machine: Machine): Machine => fromArgs(toArgs(machine)).machine;

describe('PCI Express in the form', () => {
  it('makes a switch where one may be: behind a root port, with ports of chassis of their own', () => {
    const machine = addSwitch(addRootPort(virt));
    expect(tree(machine)).toEqual([
      'pcie-root-port',
      'pcie-root-port',
      ' x3130-upstream',
      '  xio3130-downstream',
      '  xio3130-downstream',
    ]);
    const chassis = (machine.devices ?? []).flatMap((device) => device['chassis'] ?? []);
    expect(new Set(chassis).size).toBe(chassis.length);
    expect(isInOrder(machine)).toBe(true);
  });

  it('moves a device behind a port that comes later, and back', () => {
    const machine = addRootPort(addPciDevice(virt, 'nvme'));
    const moved = plugInto(machine, 0, 'port1');
    expect(drivers(moved)).toEqual(['pcie-root-port', 'nvme']);
    expect(moved.devices?.[1]).toEqual({ driver: 'nvme', bus: 'port1' });
    expect(plugInto(moved, 1, ROOT_BUS).devices?.[1]).toEqual({ driver: 'nvme' });
  });

  it('offers only buses of the right kind, and none of a device’s own', () => {
    const machine = addPciDevice(addSwitch(virt), 'pcie-pci-bridge');
    const at = (driver: string) => drivers(machine).indexOf(driver);
    expect(busesFor(machine, at('pcie-pci-bridge'))).toEqual([ROOT_BUS, 'port1', 'down1', 'down2']);
    expect(busesFor(machine, at('xio3130-downstream'))).toEqual(['switch1']);
    expect(busesFor(machine, at('x3130-upstream'))).toEqual(['port1']);
    expect(busesFor(machine, at('pcie-root-port'))).toEqual([ROOT_BUS]);
  });

  it('takes a port away with all that hangs on it', () => {
    const machine = plugInto(addPciDevice(addSwitch(virt), 'e1000e'), 4, 'down2');
    expect(unplug(machine, 0).devices).toBeUndefined();
  });

  it('keeps properties as they were written', () => {
    const device: Device = { driver: 'nvme', id: 'n', bus: 'port1', serial: 'a,b', drive: 'd0' };
    expect(propertiesOf(device)).toBe('serial=a,,b,drive=d0');
    expect(withProperties(device, propertiesOf(device))).toEqual(device);
    expect(withProperties(device, '')).toEqual({ driver: 'nvme', id: 'n', bus: 'port1' });
    expect(withProperties(device, '{"')).toMatch(/JSON/);
    // Nobody changes what a device is by its properties.
    expect(withProperties(device, 'serial=1,bus=pcie.0')).toMatchObject({ bus: 'port1' });
  });

  it('gives command lines that say the same, whatever was clicked', () => {
    const click = fc.oneof(
      fc.constant(addRootPort),
      fc.constant(addSwitch),
      fc
        .constantFrom('nvme', 'e1000e', 'pcie-pci-bridge', 'usb-kbd')
        .map((driver) => (machine: Machine) => addPciDevice(machine, driver)),
      fc.tuple(fc.nat(), fc.nat()).map(([which, where]) => (machine: Machine) => {
        const count = machine.devices?.length ?? 0;
        if (count === 0) return machine;
        const buses = busesFor(machine, which % count);
        return plugInto(machine, which % count, buses[where % buses.length] ?? ROOT_BUS);
      }),
      fc.nat().map((which) => (machine: Machine) => unplug(machine, which % 7)),
    );
    fc.assert(
      fc.property(fc.array(click, { maxLength: 12 }), (clicks) => {
        const machine = clicks.reduce((before, each) => each(before), virt);
        expect(isInOrder(machine)).toBe(true);
        expect(reread(machine)).toEqual(machine);
        expect(toArgs(reread(machine))).toEqual(toArgs(machine));
        const shown = pciPlugs(machine, isPci).length;
        expect(shown).toBe(drivers(machine).filter(isPci).length);
      }),
    );
  });
});
