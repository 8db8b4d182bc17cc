import { consoleRoles } from '../../machine/schema/devices.js';
import type { Console, Device, Drive, Machine, ScriptStep } from '../../machine/schema.js';
import { Choice, replaced, Row, setList, Text, without, withText } from './form-fields.js';
import { edit } from './model.js';

/** Lists of a machine's parts, a line each: what can be changed without knowing QEMU's options. */

const interfaces = ['virtio', 'ide', 'scsi', 'sd', 'none'] as const;
const formats = ['raw', 'qcow2'] as const;

export function Drives({ current }: { current: Machine }) {
  const drives = current.drives ?? [];
  const change = (at: number, drive: Drive): void => setList('drives', replaced(drives, at, drive));
  return (
    <fieldset>
      <legend>Drives</legend>
      <ul class="part-list">
        {drives.map((drive, at) => (
          <Row
            key={at}
            what={`drive ${String(at + 1)}`}
            onRemove={() => setList('drives', without(drives, at))}
          >
            <Text
              label="Image"
              value={drive.file ?? ''}
              onText={(text) => change(at, withText(drive, 'file', text))}
            />
            {drive.form === undefined ? (
              <>
                <Choice
                  label="Controller"
                  value={String(drive['if'] ?? '')}
                  choices={interfaces}
                  onChoice={(value) => change(at, withText(drive, 'if', value))}
                />
                <Choice
                  label="Format"
                  value={String(drive['format'] ?? '')}
                  choices={formats}
                  onChoice={(value) => change(at, withText(drive, 'format', value))}
                />
              </>
            ) : (
              <span class="quiet">-{drive.form}</span>
            )}
          </Row>
        ))}
      </ul>
      <button
        type="button"
        onClick={() =>
          setList('drives', [
            ...drives,
            { file: `image:${freeName(current, 'disk')}`, if: 'virtio', format: 'raw' },
          ])
        }
      >
        Add a drive
      </button>
    </fieldset>
  );
}

/** A name that no image of the machine and no drive has. */
function freeName(current: Machine, base: string): string {
  const text = JSON.stringify([current.images, current.drives, current.firmware]);
  let n = 0;
  while (text.includes(`${base}${String(n)}`)) n++;
  return `${base}${String(n)}`;
}

const adapters = ['virtio-net-pci', 'virtio-net-device', 'e1000e', 'e1000'] as const;
const netOf = ({ netdev }: Device): string | undefined =>
  typeof netdev === 'string' ? netdev : undefined;

export function Network({ current }: { current: Machine }) {
  const netdevs = current.netdevs ?? [];
  const devices = current.devices ?? [];
  const remove = (at: number): void => {
    const { id } = netdevs[at] ?? {};
    const next: Machine = { ...current };
    const left = without(netdevs, at);
    const plugged = devices.filter((device) => id === undefined || netOf(device) !== id);
    if (left.length === 0) Reflect.deleteProperty(next, 'netdevs');
    else next.netdevs = left;
    if (plugged.length === 0) Reflect.deleteProperty(next, 'devices');
    else next.devices = plugged;
    edit(next, 'form');
  };
  const add = (): void => {
    let n = 0;
    while (netdevs.some(({ id }) => id === `net${String(n)}`)) n++;
    const id = `net${String(n)}`;
    edit(
      {
        ...current,
        netdevs: [...netdevs, { type: 'user', id }],
        devices: [...devices, { driver: 'virtio-net-pci', netdev: id }],
      },
      'form',
    );
  };
  return (
    <fieldset>
      <legend>Network</legend>
      <ul class="part-list">
        {netdevs.map((netdev, at) => {
          const plugged = devices.findIndex(
            (device) => netdev.id !== undefined && netOf(device) === netdev.id,
          );
          const device = devices[plugged];
          return (
            <Row
              key={at}
              what={`network ${netdev.id ?? String(at + 1)}`}
              onRemove={() => remove(at)}
            >
              <span>
                {netdev.id} ({netdev.type})
              </span>
              {device !== undefined && (
                <Choice
                  label="Adapter"
                  value={device.driver}
                  choices={adapters}
                  onChoice={(driver) => {
                    if (driver === '') return;
                    setList('devices', replaced(devices, plugged, { ...device, driver }));
                  }}
                />
              )}
            </Row>
          );
        })}
      </ul>
      <button type="button" onClick={add}>
        Add a network
      </button>
    </fieldset>
  );
}

export function Serials({ current }: { current: Machine }) {
  const consoles = current.consoles ?? [];
  if (consoles.length === 0) return null;
  const change = (at: number, next: Console): void =>
    setList('consoles', replaced(consoles, at, next));
  return (
    <fieldset>
      <legend>Consoles</legend>
      <ul class="part-list">
        {consoles.map((each, at) => (
          <Row key={each.id} what={`console ${each.id}`}>
            <code>{each.id}</code>
            <Choice
              label="Role"
              value={each.role ?? ''}
              choices={consoleRoles}
              onChoice={(role) => change(at, withText(each, 'role', role))}
            />
            <Text
              label="Title"
              value={each.title ?? ''}
              onText={(text) => change(at, withText(each, 'title', text))}
            />
          </Row>
        ))}
      </ul>
    </fieldset>
  );
}

/** Escapes that a line of a form can hold: what is typed often ends in a line feed. */
const shown = (text: string): string => text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n');
const read = (text: string): string =>
  text.replace(/\\([\\n])/g, (_, character) => (character === 'n' ? '\n' : '\\'));

export function Script({ current }: { current: Machine }) {
  const steps = current.script ?? [];
  const ids = (current.consoles ?? []).map(({ id }) => id);
  const change = (at: number, step: ScriptStep): void => {
    // A step that neither waits nor types is none.
    const isEmpty = step.expect === undefined && step.send === undefined;
    setList('script', isEmpty ? without(steps, at) : replaced(steps, at, step));
  };
  return (
    <fieldset>
      <legend>Input script</legend>
      <ol class="part-list">
        {steps.map((step, at) => (
          <Row
            key={at}
            what={`step ${String(at + 1)}`}
            onRemove={() => setList('script', without(steps, at))}
          >
            <Choice
              label="Console"
              value={step.console}
              choices={ids}
              onChoice={(console) => {
                if (console !== '') change(at, { ...step, console });
              }}
            />
            <Text
              label="Wait for"
              value={shown(step.expect ?? '')}
              onText={(text) => change(at, withText(step, 'expect', read(text)))}
            />
            <Text
              label="Then type"
              value={shown(step.send ?? '')}
              onText={(text) => change(at, withText(step, 'send', read(text)))}
            />
          </Row>
        ))}
      </ol>
      <button
        type="button"
        disabled={ids.length === 0 && steps.length === 0}
        onClick={() =>
          setList('script', [
            ...steps,
            { console: steps.at(-1)?.console ?? ids[0] ?? 'serial0', send: '\n' },
          ])
        }
      >
        Add a step
      </button>
      <p class="quiet">{String.raw`\n is Enter. /…/ waits for a regular expression.`}</p>
    </fieldset>
  );
}
