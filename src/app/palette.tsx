import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { commands, type Command } from './commands.js';
import { dialog } from './dialog-state.js';
import { matching } from './match-commands.js';

/** All that can be done, found by name (WAI-ARIA's combobox with a list). */
export function Palette() {
  const element = useRef<HTMLDialogElement>(null);
  const query = useSignal('');
  const at = useSignal(0);
  useEffect(() => element.current?.showModal(), []);
  const found = matching(query.value, commands());
  const chosen = Math.min(at.value, found.length - 1);
  const run = (command: Command | undefined): void => {
    if (command === undefined) return;
    // Closed first: a command may open a dialog, or move the focus.
    element.current?.close();
    dialog.value = undefined;
    command.run();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      at.value = Math.max(0, Math.min(found.length - 1, chosen + step));
      document.getElementById(`command-${String(at.value)}`)?.scrollIntoView({ block: 'nearest' });
    } else if (event.key === 'Enter') {
      event.preventDefault();
      run(found[chosen]);
    }
  };
  return (
    <dialog
      ref={element}
      class="palette"
      aria-label="Commands"
      onClose={() => {
        if (dialog.value === 'palette') dialog.value = undefined;
      }}
    >
      <input
        type="text"
        role="combobox"
        aria-expanded="true"
        aria-controls="command-list"
        aria-autocomplete="list"
        aria-activedescendant={found.length === 0 ? undefined : `command-${String(chosen)}`}
        aria-label="Command"
        placeholder="What do you want to do?"
        value={query.value}
        onInput={(event) => {
          query.value = event.currentTarget.value;
          at.value = 0;
        }}
        onKeyDown={onKeyDown}
      />
      <ul id="command-list" role="listbox" aria-label="Commands">
        {found.map((command, index) => (
          <li
            key={command.title}
            id={`command-${String(index)}`}
            role="option"
            aria-selected={index === chosen}
            onClick={() => run(command)}
          >
            <span>{command.title}</span>
            {command.keys !== undefined && <kbd>{command.keys}</kbd>}
          </li>
        ))}
      </ul>
      {found.length === 0 && <p class="quiet">Nothing of that name.</p>}
    </dialog>
  );
}
