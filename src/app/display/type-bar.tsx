import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import type { Run } from '../../engine/ui/run.js';
import { typeText, untypable } from './type-text.js';

/** A line that is typed on the guest's keyboard: for phones, and to paste. */
export function TypeBar({ run, onClose }: { run: Run; onClose: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const said = useSignal('');
  const stop = useRef(new AbortController());
  useEffect(() => {
    field.current?.focus();
    return () => stop.current.abort();
  }, []);
  const type = async (end: string): Promise<void> => {
    const text = field.current?.value ?? '';
    const missing = untypable(text);
    if (missing.length > 0) {
      said.value = `Not on a US keyboard: ${missing.join(' ')}`;
      return;
    }
    if (field.current !== null) field.current.value = '';
    said.value = 'Typing';
    await typeText(run, text + end, stop.current.signal);
    said.value = '';
  };
  return (
    <form
      class="find-bar"
      aria-label="Type into the display"
      onSubmit={(event) => {
        event.preventDefault();
        void type('\n');
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose();
      }}
    >
      <input
        ref={field}
        type="text"
        aria-label="Text to type into the display, as on a US keyboard"
        placeholder="Text, as on a US keyboard"
        autocapitalize="off"
        autocomplete="off"
        spellcheck={false}
      />
      <button type="submit">Type and press Enter</button>
      <button type="button" onClick={() => void type('')}>
        Type
      </button>
      <span role="status" class="quiet">
        {said.value}
      </span>
      <button type="button" onClick={onClose}>
        Close
      </button>
    </form>
  );
}
