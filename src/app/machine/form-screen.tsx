import type { Device, Machine } from '../../machine/schema.js';
import { hasUsb, withUsbDevice } from '../../machine/screen.js';
import { setList } from './form-fields.js';
import { edit } from './model.js';

const displays = [
  ['ramfb', 'ramfb: drawn by UEFI firmware'],
  ['bochs-display', 'bochs-display: a PCI device'],
] as const;

const usbDevices = [
  ['usb-kbd', 'Keyboard'],
  ['usb-tablet', 'Tablet: a pointer that knows its place'],
  ['usb-mouse', 'Mouse'],
] as const;

/** The machine's display, and what stands in front of it. */
export function ScreenAndUsb({ current }: { current: Machine }) {
  const devices = current.devices ?? [];
  const has = (driver: string): boolean => devices.some((device) => device.driver === driver);
  const without = (driver: string): Device[] => devices.filter((each) => each.driver !== driver);
  const ownDisplay = current.board?.type === 'sbsa-ref';
  const shown = displays.find(([driver]) => has(driver))?.[0] ?? '';
  return (
    <fieldset>
      <legend>Display and USB</legend>
      <div class="field">
        <label>
          <span class="field-label">Display</span>
          <select
            value={shown}
            onChange={({ currentTarget: { value } }) => {
              const others = devices.filter(({ driver }) => driver !== shown);
              setList('devices', value === '' ? others : [...others, { driver: value }]);
            }}
          >
            <option value="">{ownDisplay ? 'the board’s own' : 'none'}</option>
            {displays.map(([driver, meaning]) => (
              <option key={driver} value={driver}>
                {meaning}
              </option>
            ))}
          </select>
        </label>
        <span class="field-help quiet">Shown in a pane of its own.</span>
      </div>
      <div class="field" role="group" aria-label="USB devices">
        <span class="field-label">USB</span>
        {usbDevices.map(([driver, meaning]) => (
          <label key={driver} class="check">
            <input
              type="checkbox"
              checked={has(driver)}
              onChange={({ currentTarget: { checked } }) => {
                if (checked) edit(withUsbDevice(current, driver), 'form');
                else setList('devices', without(driver));
              }}
            />
            {meaning}
          </label>
        ))}
        <span class="field-help quiet">
          {hasUsb(current) ? '' : 'Comes with a controller (qemu-xhci).'}
        </span>
      </div>
    </fieldset>
  );
}
