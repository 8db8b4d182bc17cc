import type { ComponentChildren } from 'preact';
import type { Machine } from '../../machine/schema.js';
import { edit, machine } from './model.js';

/** What the form's lists of parts are made of. */

type ListKey = 'drives' | 'netdevs' | 'consoles' | 'script' | 'devices' | 'trace';

/** Takes a list in; an empty one is left out of the machine. */
export function setList<Key extends ListKey>(key: Key, list: NonNullable<Machine[Key]>): void {
  const current = machine.value;
  if (current === undefined) return;
  const next: Machine = { ...current };
  if (list.length === 0) Reflect.deleteProperty(next, key);
  else next[key] = list;
  edit(next, 'form');
}

export const replaced = <T,>(list: readonly T[], at: number, item: T): T[] =>
  list.map((each, index) => (index === at ? item : each));
export const without = <T,>(list: readonly T[], at: number): T[] =>
  list.filter((_, index) => index !== at);

/** An object with a key set, or left out when the text is empty. */
export function withText<T extends object>(part: T, key: string, text: string): T {
  const next = { ...part, [key]: text };
  if (text === '') Reflect.deleteProperty(next, key);
  return next;
}

export function Row({
  what,
  depth = 0,
  onRemove,
  children,
}: {
  what: string;
  /** How far it stands to the right: behind how many ports it is. */
  depth?: number;
  onRemove?: () => void;
  children: ComponentChildren;
}) {
  return (
    <li
      class="part-row"
      aria-label={what}
      data-depth={depth === 0 ? undefined : Math.min(depth, 4)}
    >
      {children}
      {onRemove !== undefined && (
        <button type="button" aria-label={`Remove ${what}`} onClick={onRemove}>
          Remove
        </button>
      )}
    </li>
  );
}

export function Text(props: { label: string; value: string; onText: (text: string) => void }) {
  return (
    <label>
      <span>{props.label}</span>
      <input
        type="text"
        spellcheck={false}
        value={props.value}
        // On leaving: half a word must not become part of a machine.
        onChange={({ currentTarget: { value } }) => props.onText(value)}
      />
    </label>
  );
}

export function Choice(props: {
  label: string;
  value: string;
  choices: readonly string[];
  onChoice: (value: string) => void;
}) {
  const { value } = props;
  const all = [...new Set([...props.choices, value])].filter((each) => each !== '');
  return (
    <label>
      <span>{props.label}</span>
      <select value={value} onChange={({ currentTarget }) => props.onChoice(currentTarget.value)}>
        <option value="">default</option>
        {all.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}
