import { parseOptionList } from './options';
import type { Device, Machine } from './schema';

/** What of a display, and of the devices in front of it, a machine has. */
export interface Screen {
  display: boolean;
  keyboard: boolean;
  /** A tablet points at places of the picture; a mouse only tells how far it was moved. */
  pointer: 'absolute' | 'relative' | 'none';
}

/** Devices of the engine in the categories Display and Input (`info qdm`, capabilities.json). */
const displays = /^(?:ramfb|bochs-display)$/;
const keyboards = /^(?:usb-kbd|virtio-keyboard-.*)$/;
const tablets = /^(?:usb-tablet|virtio-tablet-.*)$/;
const mice = /^(?:usb-mouse|virtio-mouse-.*)$/;

function screen(board: string | undefined, drivers: readonly string[]): Screen {
  const has = (kind: RegExp): boolean => drivers.some((driver) => kind.test(driver));
  return {
    // The board has a bochs-display of its own (create_pcie in QEMU's hw/arm/sbsa-ref.c).
    display: has(displays) || board === 'sbsa-ref',
    keyboard: has(keyboards),
    pointer: has(tablets) ? 'absolute' : has(mice) ? 'relative' : 'none',
  };
}

function driverOf(argument: string): string | undefined {
  if (!argument.startsWith('{')) {
    const { entries } = parseOptionList(argument, 'driver');
    return entries.find(({ key }) => key === 'driver')?.value;
  }
  try {
    const device: unknown = JSON.parse(argument);
    const { driver } = device as { driver?: unknown };
    return typeof driver === 'string' ? driver : undefined;
  } catch {
    return undefined; // QEMU says what is wrong with it.
  }
}

/** The display of a machine, from QEMU's arguments. */
export function screenOf(args: readonly string[]): Screen {
  const drivers: string[] = [];
  let board: string | undefined;
  args.forEach((option, at) => {
    const argument = args[at + 1];
    if (argument === undefined) return;
    if (/^--?device$/.test(option)) drivers.push(driverOf(argument) ?? '');
    if (/^--?usbdevice$/.test(option)) {
      drivers.push(argument === 'keyboard' ? 'usb-kbd' : `usb-${argument}`);
    }
    if (/^--?(?:M|machine)$/.test(option)) {
      const { entries } = parseOptionList(argument, 'type');
      board = entries.find(({ key }) => key === 'type')?.value ?? board;
    }
  });
  return screen(board, drivers);
}

const controllers = /^(?:qemu-xhci|nec-usb-xhci|usb-ehci|ich9-usb-.*|pci-ohci|piix.*-usb-uhci)$/;

/** Whether the machine has a bus for USB devices: a controller, `-usb`, or the board's own. */
export function hasUsb({ board, devices = [], switches = [] }: Machine): boolean {
  return (
    board?.type === 'sbsa-ref' ||
    board?.['usb'] === 'on' ||
    switches.includes('usb') ||
    devices.some(({ driver }) => controllers.test(driver))
  );
}

/** The machine with a device on its USB, and with a controller where it has none. */
export function withUsbDevice(machine: Machine, driver: string): Machine {
  const controller: Device[] = hasUsb(machine) ? [] : [{ driver: 'qemu-xhci' }];
  return { ...machine, devices: [...(machine.devices ?? []), ...controller, { driver }] };
}

/** The machine with a keyboard and a tablet in front of its display, as far as it has none. */
export function withInput(machine: Machine): Machine {
  const { keyboard, pointer } = screen(
    machine.board?.type,
    (machine.devices ?? []).map(({ driver }) => driver),
  );
  const keyed = keyboard ? machine : withUsbDevice(machine, 'usb-kbd');
  return pointer === 'none' ? withUsbDevice(keyed, 'usb-tablet') : keyed;
}
