import { describe, expect, it } from 'vitest';
import type { Machine } from './schema';
import { hasUsb, screenOf, withInput } from './screen';

describe('the screen of a machine', () => {
  it('is there with a display device, in every way of writing it', () => {
    const has = (...args: string[]) => screenOf(args).display;
    expect(has('-device', 'ramfb')).toBe(true);
    expect(has('-device', 'bochs-display,id=d,xres=640')).toBe(true);
    expect(has('-device', 'driver=ramfb,id=d')).toBe(true);
    expect(has('-device', '{"driver":"ramfb"}')).toBe(true);
    expect(has('--device', 'ramfb')).toBe(true);
    expect(has('-M', 'virt', '-device', 'virtio-rng-pci')).toBe(false);
    expect(has('-device', 'virtio-rng-pci,id=ramfb')).toBe(false);
    expect(has('-device', '{"driver":')).toBe(false);
    expect(has('-device')).toBe(false);
  });

  it('is part of sbsa-ref itself', () => {
    expect(screenOf(['-M', 'sbsa-ref']).display).toBe(true);
    expect(screenOf(['-machine', 'type=sbsa-ref,acpi=on']).display).toBe(true);
    expect(screenOf(['-M', 'virt']).display).toBe(false);
  });

  it('has what stands in front of it', () => {
    expect(screenOf(['-device', 'usb-kbd', '-device', 'usb-tablet'])).toMatchObject({
      keyboard: true,
      pointer: 'absolute',
    });
    expect(screenOf(['-usbdevice', 'mouse'])).toMatchObject({
      keyboard: false,
      pointer: 'relative',
    });
    expect(screenOf([])).toEqual({ display: false, keyboard: false, pointer: 'none' });
  });
});

describe('a keyboard and a tablet', () => {
  const virt: Machine = { format: 1, board: { type: 'virt' } };

  it('come with a controller where there is none', () => {
    const next = withInput(virt);
    expect(next.devices?.map(({ driver }) => driver)).toEqual([
      ...['qemu-xhci', 'usb-kbd', 'usb-tablet'],
    ]);
    expect(hasUsb(next)).toBe(true);
    expect(withInput(next)).toEqual(next);
  });

  it('use the controller that is there', () => {
    const sbsa: Machine = {
      format: 1,
      board: { type: 'sbsa-ref' },
      devices: [{ driver: 'usb-kbd' }],
    };
    expect(withInput(sbsa).devices?.map(({ driver }) => driver)).toEqual(['usb-kbd', 'usb-tablet']);
  });
});
