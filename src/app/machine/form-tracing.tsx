import { useSignal } from '@preact/signals';
import type { Machine } from '../../machine/schema.js';
import { capabilities } from './capabilities.js';
import { replaced, Row, setList, Text, without, withText } from './form-fields.js';
import { edit } from './model.js';

/** Items of `-d` that people who debug a boot use; the others are typed. */
const commonItems = [
  'int',
  'guest_errors',
  'unimp',
  'mmu',
  'in_asm',
  'exec',
  'nochain',
  'cpu_reset',
];

type Log = NonNullable<Machine['log']>;
type Icount = NonNullable<Machine['icount']>;

function withPart<Key extends 'log' | 'icount'>(
  current: Machine,
  key: Key,
  part: NonNullable<Machine[Key]>,
): Machine {
  const next: Machine = { ...current };
  if (Object.keys(part).length === 0) Reflect.deleteProperty(next, key);
  else next[key] = part;
  return next;
}

/** What QEMU writes to its log, which events of its devices it names, and how its time goes. */
export function Tracing({ current }: { current: Machine }) {
  return (
    <fieldset>
      <legend>Tracing</legend>
      <LogItems current={current} />
      <Events current={current} />
      <Counting current={current} />
    </fieldset>
  );
}

function LogItems({ current }: { current: Machine }) {
  const items = current.log?.items ?? [];
  const known = capabilities.value?.logItems ?? [];
  const shown = [...new Set([...commonItems, ...items])];
  const more = known.filter(({ name }) => !shown.includes(name));
  const take = (log: Log): void => void edit(withPart(current, 'log', log), 'form');
  const setItems = (next: string[]): void => {
    const { items: _before, ...rest } = current.log ?? {};
    void _before;
    take(next.length === 0 ? rest : { ...rest, items: next });
  };
  const meaning = (item: string): string | undefined =>
    known.find(({ name }) => name === item)?.description;
  return (
    <>
      <div class="field field-wide" role="group" aria-label="QEMU’s log">
        <span class="field-label">QEMU’s log (-d)</span>
        <div class="checks">
          {shown.map((item) => (
            <label key={item} class="check" title={meaning(item)}>
              <input
                type="checkbox"
                checked={items.includes(item)}
                onChange={({ currentTarget: { checked } }) =>
                  setItems(checked ? [...items, item] : items.filter((each) => each !== item))
                }
              />
              <code>{item}</code>
            </label>
          ))}
        </div>
        {more.length > 0 && (
          <label>
            <span class="visually-hidden">Another item of the log</span>
            <select
              value=""
              onChange={({ currentTarget }) => {
                if (currentTarget.value !== '') setItems([...items, currentTarget.value]);
                currentTarget.value = '';
              }}
            >
              <option value="">Another item…</option>
              {more.map(({ name, description }) => (
                <option key={name} value={name}>
                  {name}: {description}
                </option>
              ))}
            </select>
          </label>
        )}
        <span class="field-help quiet">
          Goes to the Log pane. in_asm and exec slow the guest down a hundredfold: give them a
          range.
        </span>
      </div>
      <div class="field">
        <Text
          label="Only at these addresses (-dfilter)"
          value={current.log?.filter ?? ''}
          onText={(text) => take(withText(current.log ?? {}, 'filter', text.trim()))}
        />
        <span class="field-help quiet">0x40000000..0x4000ffff, or 0x40000000+0x1000</span>
      </div>
    </>
  );
}

function Events({ current }: { current: Machine }) {
  const patterns = current.trace ?? [];
  const adding = useSignal('');
  const add = (): void => {
    const enable = adding.value.trim();
    if (enable === '') return;
    setList('trace', [...patterns, { enable }]);
    adding.value = '';
  };
  const typed = adding.value.trim();
  // Four thousand names: offered from the third letter on.
  const offered =
    typed.length < 3
      ? []
      : (capabilities.value?.traceEvents ?? []).filter((name) => name.includes(typed)).slice(0, 50);
  return (
    <div class="field field-wide" role="group" aria-label="Trace events">
      <span class="field-label">Events of QEMU’s devices (-trace)</span>
      <ul class="part-list">
        {patterns.map((pattern, at) => (
          <Row
            key={at}
            what={`trace ${pattern.enable ?? String(at + 1)}`}
            onRemove={() => setList('trace', without(patterns, at))}
          >
            <Text
              label="Name or pattern"
              value={pattern.enable ?? ''}
              onText={(text) =>
                setList(
                  'trace',
                  text.trim() === ''
                    ? without(patterns, at)
                    : replaced(patterns, at, { ...pattern, enable: text.trim() }),
                )
              }
            />
          </Row>
        ))}
      </ul>
      <div class="part-buttons">
        <label>
          <span class="visually-hidden">Event to trace</span>
          <input
            type="text"
            list="trace-events"
            placeholder="gicv3_*, pl011_read, …"
            spellcheck={false}
            value={adding.value}
            onInput={({ currentTarget: { value } }) => (adding.value = value)}
            onKeyDown={(event) => {
              if (event.key === 'Enter') add();
            }}
          />
          <datalist id="trace-events">
            {offered.map((name) => (
              <option key={name} value={name} />
            ))}
          </datalist>
        </label>
        <button type="button" disabled={typed === ''} onClick={add}>
          Trace this
        </button>
      </div>
    </div>
  );
}

const shifts = ['auto', ...Array.from({ length: 11 }, (_, i) => String(i))];

function Counting({ current }: { current: Machine }) {
  const icount = current.icount;
  const shift = icount === undefined ? '' : (icount.shift ?? 'auto');
  const take = (next: Icount): void => void edit(withPart(current, 'icount', next), 'form');
  return (
    <>
      <div class="field">
        <label>
          <span class="field-label">Instruction counting (-icount)</span>
          <select
            value={shift}
            onChange={({ currentTarget: { value } }) =>
              take(withText(value === '' ? {} : (icount ?? {}), 'shift', value))
            }
          >
            <option value="">off: guest time is the clock’s</option>
            {[...new Set([...shifts, shift])]
              .filter((each) => each !== '')
              .map((each) => (
                <option key={each} value={each}>
                  {each === 'auto' ? 'auto' : `${each}: ${String(2 ** Number(each))} ns each`}
                </option>
              ))}
          </select>
        </label>
        <span class="field-help quiet">
          Time follows the instructions; the same run every time.
        </span>
      </div>
      {icount !== undefined && (
        <div class="field">
          <label>
            <span class="field-label">When the guest waits (sleep)</span>
            <select
              value={icount['sleep'] ?? ''}
              onChange={({ currentTarget: { value } }) => take(withText(icount, 'sleep', value))}
            >
              <option value="">default</option>
              <option value="on">on: wait for the clock</option>
              <option value="off">off: go on at once</option>
            </select>
          </label>
        </div>
      )}
    </>
  );
}
