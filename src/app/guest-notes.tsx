import { useSignal } from '@preact/signals';
import type { OwnFiles } from '../engine/common/own-files.js';
import { isLive } from '../engine/common/run-state.js';
import type { Run } from '../engine/ui/run.js';
import type { Guest } from '../machine/guest.js';
import { fetchedBytes } from './catalogue.js';
import { formatBytes } from './format.js';
import { Markdown } from './markdown.js';
import { KeepOffline } from './offline/keep-button.js';
import { RoleTag } from './role-tag.js';
import { OwnFilesChooser } from './own-files.js';
import { activeConsole, boot, runVersion, terminals } from './session.js';

/** A guest that has not been booted: what it is, and the button. */
export function GuestSheet({ guest }: { guest: Guest }) {
  const ownFiles = useSignal<OwnFiles>({});
  return (
    <div class="sheet">
      <h1>{guest.title}</h1>
      <p class="lead">{guest.summary}</p>
      <p class="figures">
        <span>{formatBytes(fetchedBytes(guest))} to fetch</span>
        <span>{guest.addressSpaceMiB} MiB of guest memory</span>
      </p>
      <p class="roles">
        {guest.consoles.map((each) => (
          <RoleTag key={each.id} role={each.role} label={each.title} />
        ))}
      </p>
      <div class="actions">
        <button
          type="button"
          class="primary"
          onClick={() => void boot(guest, { files: ownFiles.value })}
        >
          Boot
        </button>
        {guest.snapshot !== undefined && (
          <button
            type="button"
            onClick={() => void boot(guest, { files: ownFiles.value, from: 'cold' })}
          >
            Boot cold
          </button>
        )}
      </div>
      {guest.snapshot !== undefined && (
        <p class="quiet">
          Boot opens a snapshot at the prompt, with the output of its boot. Boot cold starts from
          reset, as it always is with files of your own.
        </p>
      )}
      <KeepOffline guest={guest} />
      <Markdown text={guest.description} />
      <TryThis guest={guest} />
      <OwnFilesChooser guest={guest} files={ownFiles} />
      <CommandLine guest={guest} />
    </div>
  );
}

/** The same beside the consoles of a machine, with what to try at its prompt. */
export function GuestNotes({ guest, run }: { guest: Guest; run: Run | undefined }) {
  void runVersion.value;
  const live = run !== undefined && isLive(run.state);
  return (
    <section class="notes" aria-label="Notes on this guest" tabIndex={0}>
      <TryThis
        guest={guest}
        {...(run !== undefined && live
          ? {
              onType: (text: string) => {
                const id = guest.consoles.some((each) => each.id === activeConsole.value)
                  ? activeConsole.value
                  : guest.consoles[0]?.id;
                run.consoles.get(id ?? '')?.type(`${text.trimEnd()}\n`);
                terminals.value.get(id ?? '')?.focus();
              },
            }
          : {})}
      />
      <h3>About</h3>
      <Markdown text={guest.description} />
      <CommandLine guest={guest} />
    </section>
  );
}

function TryThis({ guest, onType }: { guest: Guest; onType?: (text: string) => void }) {
  if (guest.tryThis.length === 0) return null;
  return (
    <>
      <h3>Try this</h3>
      <ul class="try">
        {guest.tryThis.map(({ text, type }) => (
          <li key={text}>
            <Markdown text={text} />
            {type !== undefined && (
              <p class="try-line">
                <code>{type.trimEnd()}</code>
                {onType && (
                  <button
                    type="button"
                    aria-label={`Type it: ${type.trimEnd()}`}
                    onClick={() => onType(type)}
                  >
                    Type it
                  </button>
                )}
              </p>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}

function CommandLine({ guest }: { guest: Guest }) {
  return (
    <details>
      <summary>QEMU command line</summary>
      <pre class="wrap">qemu-system-aarch64 {guest.args.map(quote).join(' ')}</pre>
    </details>
  );
}

/** An argument as a POSIX shell would read it. */
function quote(argument: string): string {
  return /^[\w./:=,+@%-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
}
