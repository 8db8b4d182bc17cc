import { useSignal } from '@preact/signals';
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
  type PciPlug,
} from '../../machine/pcie.js';
import type { Machine } from '../../machine/schema.js';
import { capabilities } from './capabilities.js';
import { replaced, Row, setList, Text } from './form-fields.js';
import { edit } from './model.js';

/** Without the engine's own word: names of PCI devices by their habit. */
const looksPci = /-pci$|^pcie?-|3130-|^(?:nvme|e1000e?|ich9-ahci|qemu-xhci|bochs-display|edu|pxb)/;

/** Whether a driver plugs into PCI, as the engine says. */
function isPci(driver: string): boolean {
  const known = capabilities.value?.devices.find(
    ({ name, alias }) => name === driver || alias === driver,
  );
  return known === undefined ? looksPci.test(driver) : known.bus === 'PCI';
}

/** The machine's PCI devices, each behind the port that it is plugged into. */
export function Pcie({ current }: { current: Machine }) {
  const plugs = pciPlugs(current, isPci);
  const adding = useSignal('');
  const take = (next: Machine): void => void edit(next, 'form');
  const offered = (capabilities.value?.devices ?? [])
    .filter(({ bus }) => bus === 'PCI')
    .map(({ name }) => name);
  const add = (): void => {
    const driver = adding.value.trim();
    if (driver === '') return;
    take(addPciDevice(current, driver));
    adding.value = '';
  };
  return (
    <fieldset>
      <legend>PCI Express</legend>
      <ul class="part-list">
        {plugs.map((plug) => (
          <Plug key={plug.at} current={current} plug={plug} />
        ))}
      </ul>
      <div class="part-buttons">
        <button type="button" onClick={() => take(addRootPort(current))}>
          Add a root port
        </button>
        <button type="button" onClick={() => take(addSwitch(current))}>
          Add a switch
        </button>
        <label>
          <span class="visually-hidden">Device to add</span>
          <input
            type="text"
            list="pci-devices"
            placeholder="nvme, e1000e, …"
            spellcheck={false}
            value={adding.value}
            onInput={({ currentTarget: { value } }) => (adding.value = value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') add();
            }}
          />
          <datalist id="pci-devices">
            {offered.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </label>
        <button type="button" disabled={adding.value.trim() === ''} onClick={add}>
          Add this device
        </button>
      </div>
    </fieldset>
  );
}

function Plug({ current, plug }: { current: Machine; plug: PciPlug }) {
  const { at, device, bus, depth } = plug;
  const refused = useSignal<string | undefined>(undefined);
  const what = `${device.driver}${device.id === undefined ? '' : ` ${device.id}`}`;
  const buses = [...new Set([...busesFor(current, at), bus])];
  return (
    <Row what={what} depth={depth} onRemove={() => edit(unplug(current, at), 'form')}>
      <span class="part-name">
        <code>{device.driver}</code> {device.id}
      </span>
      <label>
        <span>Bus</span>
        <select
          value={bus}
          onChange={({ currentTarget: { value } }) => edit(plugInto(current, at, value), 'form')}
        >
          {buses.map((each) => (
            <option key={each} value={each}>
              {each === ROOT_BUS ? 'root complex' : each}
            </option>
          ))}
        </select>
      </label>
      <Text
        label="Properties"
        value={propertiesOf(device)}
        onText={(text) => {
          const next = withProperties(device, text);
          refused.value = typeof next === 'string' ? next : undefined;
          if (typeof next !== 'string') {
            setList('devices', replaced(current.devices ?? [], at, next));
          }
        }}
      />
      {refused.value !== undefined && (
        <span class="refused" role="alert">
          {refused.value}
        </span>
      )}
    </Row>
  );
}
