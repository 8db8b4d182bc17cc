import type { ComponentChildren } from 'preact';
import { boardFacts, memoryBytes, vcpuCount } from '../../machine/address-space.js';
import type { Machine } from '../../machine/schema.js';
import { capabilities } from './capabilities.js';
import { Numa } from './form-numa.js';
import { Drives, Network, Script, Serials } from './form-parts.js';
import { Pcie } from './form-pcie.js';
import { ScreenAndUsb } from './form-screen.js';
import { Tracing } from './form-tracing.js';
import { ImageList } from './image-list.js';
import { edit, machine } from './model.js';

/** Changes a part of the machine; undefined takes it away. */
function set<Key extends keyof Machine>(key: Key, value: Machine[Key] | undefined): void {
  const current = machine.value;
  if (current === undefined) return;
  const next: Machine = { ...current };
  if (value === undefined) Reflect.deleteProperty(next, key);
  else next[key] = value;
  edit(next, 'form');
}

function Field({
  label,
  help,
  children,
}: {
  label: string;
  help?: string;
  children: ComponentChildren;
}) {
  return (
    <div class="field">
      <label>
        <span class="field-label">{label}</span>
        {children}
      </label>
      {help !== undefined && help !== '' && <span class="field-help quiet">{help}</span>}
    </div>
  );
}

/** The common part of a machine, for people who write neither JSON nor command lines. */
export function MachineForm() {
  const current = machine.value;
  if (current === undefined) return null;
  const board = current.board?.type ?? '';
  return (
    <div class="machine-form" tabIndex={-1}>
      <fieldset>
        <legend>Machine</legend>
        <Field label="Title">
          <input
            type="text"
            data-pane-focus
            value={current.title ?? ''}
            onInput={({ currentTarget: { value } }) =>
              set('title', value === '' ? undefined : value)
            }
          />
        </Field>
        <Board current={current} board={board} />
        <Processor current={current} />
        <Memory current={current} />
      </fieldset>
      <BoardOptions current={current} board={board} />
      <fieldset>
        <legend>Kernel</legend>
        <Field
          label="Kernel command line"
          help={current.kernel === undefined ? 'Used with a kernel that QEMU loads itself.' : ''}
        >
          <textarea
            rows={2}
            value={current.append ?? ''}
            spellcheck={false}
            onInput={({ currentTarget: { value } }) =>
              set('append', value === '' ? undefined : value)
            }
          />
        </Field>
      </fieldset>
      <fieldset>
        <legend>Images</legend>
        <ImageList />
      </fieldset>
      <Drives current={current} />
      <Network current={current} />
      <ScreenAndUsb current={current} />
      <Pcie current={current} />
      <Numa current={current} />
      <Serials current={current} />
      <Script current={current} />
      <Tracing current={current} />
      <fieldset>
        <legend>Notes</legend>
        <Field label="Notes (Markdown)" help="Travel with the link.">
          <textarea
            rows={4}
            value={current.notes ?? ''}
            onInput={({ currentTarget: { value } }) =>
              set('notes', value === '' ? undefined : value)
            }
          />
        </Field>
      </fieldset>
      <p class="quiet">
        Everything else (objects, chardevs, -global, fw_cfg) is in the command line and in the JSON.
      </p>
    </div>
  );
}

function Board({ current, board }: { current: Machine; board: string }) {
  const known = capabilities.value?.boards.flatMap(({ name, alias }) =>
    // Versions of a board are for those who write them.
    /-[0-9.]+$/.test(name) ? (alias === undefined ? [] : [alias]) : [name],
  );
  const names = [...new Set([...(known ?? ['virt', 'sbsa-ref']), board])].filter(
    (name) => name !== '' && name !== 'none',
  );
  return (
    <Field label="Board">
      <select
        value={board}
        onChange={({ currentTarget: { value } }) => set('board', { ...current.board, type: value })}
      >
        {board === '' && <option value="">Choose a board</option>}
        {names.map((name) => (
          <option key={name} value={name}>
            {name}
          </option>
        ))}
      </select>
    </Field>
  );
}

function Processor({ current }: { current: Machine }) {
  const model = current.cpu?.model ?? '';
  const names = [
    ...new Set([...(capabilities.value?.cpus ?? []).map(({ name }) => name), model]),
  ].filter((name) => name !== '');
  const fallback = capabilities.value?.boards.find(
    ({ name, alias }) => name === current.board?.type || alias === current.board?.type,
  )?.defaultCpu;
  return (
    <>
      <Field label="CPU model">
        <select
          value={model}
          onChange={({ currentTarget: { value } }) =>
            set('cpu', value === '' ? undefined : { ...current.cpu, model: value })
          }
        >
          <option value="">
            {fallback === undefined ? 'The board’s default' : `The board’s default (${fallback})`}
          </option>
          {names.map((name) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </Field>
      <Field label="vCPUs" help="One thread of this tab each.">
        <input
          type="number"
          min={1}
          max={16}
          value={vcpuCount(current).cpus}
          onInput={({ currentTarget: { value, validity } }) => {
            if (value === '' || !validity.valid) return;
            set('smp', { ...current.smp, cpus: Number(value) });
          }}
        />
      </Field>
    </>
  );
}

const memorySizes = ['64M', '128M', '256M', '512M', '640M', '1G', '1536M', '2G'];

function Memory({ current }: { current: Machine }) {
  const size = current.memory?.size ?? '';
  const fallback = boardFacts(current)?.defaultMemoryMiB ?? 128;
  return (
    <Field
      label="Memory"
      help={`${String(Math.round(memoryBytes(current) / 2 ** 20))} MiB; the board’s default is ${String(fallback)} MiB.`}
    >
      <input
        type="text"
        list="memory-sizes"
        pattern="[0-9]+(\.[0-9]+)?[bkmgtBKMGT]?"
        placeholder={`${String(fallback)}M`}
        value={size}
        onInput={({ currentTarget: { value, validity } }) => {
          if (!validity.valid) return;
          const { size: _before, ...rest } = current.memory ?? {};
          void _before;
          const next = value === '' ? rest : { ...rest, size: value };
          set('memory', Object.keys(next).length === 0 ? undefined : next);
        }}
      />
      <datalist id="memory-sizes">
        {memorySizes.map((each) => (
          <option key={each} value={each} />
        ))}
      </datalist>
    </Field>
  );
}

/** Options of the board that most machines here are about. */
const switches = [
  ['virtualization', 'EL2: the guest can be a hypervisor'],
  ['secure', 'EL3 and the secure world'],
  ['mte', 'Memory tagging'],
  ['acpi', 'ACPI tables'],
] as const;

function BoardOptions({ current, board }: { current: Machine; board: string }) {
  const known = capabilities.value?.boards.find(
    ({ name, alias }) => name === board || alias === board,
  );
  const offered = switches.filter(([name]) =>
    known === undefined ? board === 'virt' : known.properties.some((each) => each.name === name),
  );
  const gic = known?.properties.find(({ name }) => name === 'gic-version');
  if (offered.length === 0 && gic === undefined) return null;
  const setOption = (name: string, value: string): void => {
    const { [name]: _before, ...rest } = current.board ?? {};
    void _before;
    set(
      'board',
      (value === '' ? rest : { ...rest, [name]: value }) as NonNullable<Machine['board']>,
    );
  };
  return (
    <fieldset>
      <legend>Options of the board</legend>
      {offered.map(([name, meaning]) => (
        <Field key={name} label={name} help={meaning}>
          <select
            value={current.board?.[name] ?? ''}
            onChange={({ currentTarget: { value } }) => setOption(name, value)}
          >
            <option value="">default</option>
            <option value="on">on</option>
            <option value="off">off</option>
          </select>
        </Field>
      ))}
      {gic?.values !== undefined && (
        <Field label="gic-version" help="Interrupt controller">
          <select
            value={current.board?.['gic-version'] ?? ''}
            onChange={({ currentTarget: { value } }) => setOption('gic-version', value)}
          >
            <option value="">default</option>
            {gic.values
              .filter((value) => value !== 'host')
              .map((value) => (
                <option key={value} value={value}>
                  {value}
                </option>
              ))}
          </select>
        </Field>
      )}
    </fieldset>
  );
}
