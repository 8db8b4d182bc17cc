import { useSignal } from '@preact/signals';
import type { ConsoleTerminal } from './terminal.js';

const keys = [
  ['Escape', 'Esc', 'Esc'],
  ['Tab', 'Tab', 'Tab'],
  ['ArrowUp', '↑', 'Up'],
  ['ArrowDown', '↓', 'Down'],
  ['ArrowLeft', '←', 'Left'],
  ['ArrowRight', '→', 'Right'],
] as const;

/** Keys that a phone's keyboard has not got. Shown where the pointer is coarse. */
export function KeyBar({ terminal }: { terminal: ConsoleTerminal | undefined }) {
  const control = useSignal(false);
  const keepFocus = (event: Event): void => event.preventDefault();
  return (
    <div class="key-bar" role="toolbar" aria-label="Keys for the console">
      <button
        type="button"
        aria-pressed={control.value}
        onPointerDown={keepFocus}
        onClick={() => {
          control.value = !control.value;
          if (terminal) {
            terminal.controlNext = control.value;
            terminal.onControlUsed = () => (control.value = false);
          }
          terminal?.focus();
        }}
      >
        Ctrl
      </button>
      {keys.map(([key, label, name]) => (
        <button
          key={key}
          type="button"
          aria-label={name}
          onPointerDown={keepFocus}
          onClick={() => {
            terminal?.sendKey(key);
            terminal?.focus();
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
