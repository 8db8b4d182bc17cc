import { useSignal } from '@preact/signals';
import { fromFile, machineFileSuffix } from '../../machine/file.js';
import type { Machine } from '../../machine/schema.js';
import { navigate } from '../session.js';
import { machineView } from '../settings.js';
import { linkOf } from './address.js';

let made = 0;

/** Shows a machine that is the visitor's own, or one of a file, which is looked at first. */
function open(machine: Machine, own: boolean): void {
  const link = linkOf(machine);
  const key = `own:${String(Date.now())}-${String(++made)}`;
  navigate({ guest: undefined, link, boot: false, ...(own ? { own, key } : {}) });
}

/** On the gallery: a machine of one's own, from a command line or a file. */
export function OwnMachine() {
  const refused = useSignal<string | undefined>(undefined);
  const read = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const result = fromFile(await file.text());
    if (result.ok) open(result.machine, false);
    else refused.value = `${file.name} cannot be opened: ${result.reason}.`;
  };
  return (
    <section class="own-machine" aria-label="Your own machine">
      <h2>Your own machine</h2>
      <p>
        Paste a QEMU command line from a post or a script, or open a machine that somebody saved.
      </p>
      <div class="actions">
        <button
          type="button"
          onClick={() => {
            machineView.value = 'args';
            open({ format: 1, title: 'My machine', board: { type: 'virt' } }, true);
          }}
        >
          Paste a command line
        </button>
        <label class="file-button">
          Open a {machineFileSuffix} file
          <input
            type="file"
            class="visually-hidden"
            accept=".json,application/json"
            onChange={(event) => void read(event.currentTarget.files?.[0])}
          />
        </label>
      </div>
      {refused.value !== undefined && (
        <p class="refused" role="alert">
          {refused.value}
        </p>
      )}
    </section>
  );
}
