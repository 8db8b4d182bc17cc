import { useSignal } from '@preact/signals';
import { listingText } from '../../initrd/index.js';
import { attachedInitrd } from '../attachments.js';
import { CopyButton } from '../copy-button.js';
import { droppedFiles } from '../disks/actions.js';
import { FailureView } from '../failure-view.js';
import { useFirstSight } from '../first-sight.js';
import { formatBytes } from '../format.js';
import { guestOfRoute } from '../session.js';
import {
  addFiles,
  build,
  building,
  built,
  choices,
  choose,
  failure,
  parts,
  releases,
  removePart,
} from './builder.js';
import '../styles/disks.css';

/** A tiny initrd: what goes in, what is in it, what is missing, and where it goes. */
export function InitrdPane() {
  const over = useSignal(false);
  const section = useFirstSight<HTMLElement>(() => {
    if (built.value === undefined) void build();
  });
  const drop = async (transfer: DataTransfer): Promise<void> => {
    await addFiles(await droppedFiles(transfer));
  };
  return (
    <section
      ref={section}
      class={over.value ? 'initrd over' : 'initrd'}
      aria-label="Tiny initrd"
      onDragOver={(event) => {
        event.preventDefault();
        over.value = true;
      }}
      onDragLeave={() => (over.value = false)}
      onDrop={(event) => {
        event.preventDefault();
        over.value = false;
        if (event.dataTransfer !== null) void drop(event.dataTransfer);
      }}
    >
      <Sources />
      <Chosen />
      {failure.value !== undefined && <FailureView failure={failure.value} />}
      <Result />
      <Contents />
      <Init />
    </section>
  );
}

function Sources() {
  return (
    <div class="initrd-sources">
      <label class="button">
        Add packages, archives or files
        <input
          type="file"
          multiple
          class="visually-hidden"
          onChange={(event) => {
            const files = Array.from(event.currentTarget.files ?? []);
            const chosen = files.map((file) => ({ path: file.name, file }));
            void addFiles({ files: chosen, emptyFolders: [], folder: undefined });
            event.currentTarget.value = '';
          }}
        />
      </label>
      <p class="quiet">
        BusyBox is in it already. Drop .deb, .tar.*, an older initrd, a folder laid out like a root,
        or single programs: libraries that they need are looked for in all of these.
      </p>
      <ul>
        {parts.value.map((part) => (
          <li key={part.name}>
            {part.name}{' '}
            <button
              type="button"
              aria-label={`Take away ${part.name}`}
              onClick={() => removePart(part)}
            >
              Take away
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function Chosen() {
  const { programs, copy, modules, run, release, compression } = choices.value;
  return (
    <div class="disk-form initrd-choices">
      <label>
        Programs
        <input
          value={programs}
          placeholder="bash lspci"
          onChange={(event) => choose({ programs: event.currentTarget.value })}
        />
      </label>
      <label>
        Run instead of a shell
        <input
          value={run}
          placeholder="cat /proc/cpuinfo"
          onChange={(event) => choose({ run: event.currentTarget.value })}
        />
      </label>
      <label>
        Copy these files
        <textarea
          rows={2}
          value={copy}
          placeholder="/etc/os-release"
          onChange={(event) => choose({ copy: event.currentTarget.value })}
        />
      </label>
      <label>
        Kernel modules, in order
        <textarea
          rows={2}
          value={modules}
          placeholder="nvme"
          onChange={(event) => choose({ modules: event.currentTarget.value })}
        />
      </label>
      {releases.value.length > 1 && (
        <label>
          Kernel release
          <select
            value={release}
            onChange={(event) => choose({ release: event.currentTarget.value })}
          >
            <option value="">choose one</option>
            {releases.value.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </select>
        </label>
      )}
      <label>
        Compression
        <select
          value={compression}
          onChange={(event) =>
            choose({ compression: event.currentTarget.value === 'none' ? 'none' : 'gzip' })
          }
        >
          <option value="gzip">gzip</option>
          <option value="none">none</option>
        </select>
      </label>
    </div>
  );
}

function Result() {
  const result = built.value;
  const entry = guestOfRoute.value;
  const guest = entry?.state === 'ready' ? entry.guest : undefined;
  if (result === undefined) return <p role="status">{building.value ?? ''}</p>;
  const fileName = result.unpackedSize === result.image.length ? 'initrd.cpio' : 'initrd.cpio.gz';
  const file = (): File => new File([result.image], fileName);
  const save = (): void => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(file());
    link.download = fileName;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  };
  return (
    <div class="initrd-result">
      <p role="status" class="initrd-size">
        {building.value ??
          `${formatBytes(result.image.length)} (${formatBytes(result.unpackedSize)} unpacked), built in ${result.ms.toFixed(0)} ms`}
      </p>
      {result.missing.length > 0 && (
        <div role="alert">
          <h3>Missing</h3>
          <ul>
            {result.missing.map(({ what, neededBy, advice }) => (
              <li key={what + neededBy}>
                <strong>{what}</strong>, needed by {neededBy}. {advice}.
              </li>
            ))}
          </ul>
        </div>
      )}
      {result.notes.map((note) => (
        <p key={note} class="quiet">
          {note}
        </p>
      ))}
      <div class="actions">
        <button type="button" onClick={save}>
          Download
        </button>
        {guest !== undefined && (
          <button
            type="button"
            class="primary"
            onClick={() => (attachedInitrd.value = { guest: guest.id, file: file() })}
          >
            Attach to {guest.title}
          </button>
        )}
        {attachedInitrd.value !== undefined && (
          <button type="button" onClick={() => (attachedInitrd.value = undefined)}>
            Detach
          </button>
        )}
      </div>
      {attachedInitrd.value !== undefined && (
        <p role="status">
          An initrd of {formatBytes(attachedInitrd.value.file.size)} is attached, from the machine’s
          next boot on.
        </p>
      )}
    </div>
  );
}

function Contents() {
  const result = built.value;
  if (result === undefined) return null;
  return (
    <details>
      <summary>{result.listing.length} entries</summary>
      <CopyButton label="Copy the list" text={() => listingText(result)} />
      <pre class="listing" tabIndex={0} aria-label="Contents of the initrd">
        {listingText(result)}
      </pre>
    </details>
  );
}

function Init() {
  const result = built.value;
  const own = choices.value.init;
  if (result === undefined) return null;
  return (
    <details>
      <summary>/init</summary>
      <textarea
        aria-label="Text of /init"
        spellcheck={false}
        value={own ?? result.init}
        onChange={(event) => choose({ init: event.currentTarget.value })}
      />
      {own !== undefined && (
        <button type="button" onClick={() => choose({ init: undefined })}>
          Back to the one that is written for these choices
        </button>
      )}
    </details>
  );
}
