import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import type { KeptSnapshot } from '../../snapshots/store.js';
import { isLive } from '../../engine/common/run-state.js';
import { dialog } from '../dialog-state.js';
import { FailureView } from '../failure-view.js';
import { formatBytes } from '../format.js';
import { Modal } from '../modal.js';
import { run, runVersion } from '../session.js';
import {
  busy,
  defaultName,
  download,
  failure,
  importFile,
  keepsAway,
  kept,
  open,
  refresh,
  remove,
  rename,
  take,
} from './state.js';

/** The visitor's snapshots: take one, go on from one, and what else can be done with them. */
export function SnapshotsDialog() {
  void runVersion.value;
  useEffect(() => void refresh(), []);
  const current = run.value;
  return (
    <Modal title="Snapshots">
      <p>
        A snapshot is the whole machine: memory, devices and what was written to its disks. It stays
        in this browser, and opens with the build of the engine that took it.
      </p>
      {current !== undefined && isLive(current.state) && <TakeForm key={current.guest.id} />}
      {busy.value !== undefined && <p role="status">{busy.value}</p>}
      {failure.value !== undefined && <FailureView failure={failure.value} />}
      {kept.value?.length === 0 && <p class="quiet">There is none yet.</p>}
      <ul class="snapshots">
        {kept.value?.map((about) => (
          <li key={about.id}>
            <SnapshotRow about={about} />
          </li>
        ))}
      </ul>
      <label class="snapshot-import">
        Import a file:{' '}
        <input
          type="file"
          aria-label="Import a snapshot"
          disabled={busy.value !== undefined}
          onChange={(event) => {
            const [file] = event.currentTarget.files ?? [];
            event.currentTarget.value = '';
            if (file !== undefined) void importFile(file);
          }}
        />
      </label>
    </Modal>
  );
}

function TakeForm() {
  const name = useSignal(defaultName());
  return (
    <>
      <form
        class="snapshot-take"
        onSubmit={(event) => {
          event.preventDefault();
          void take(name.value.trim() === '' ? defaultName() : name.value.trim());
        }}
      >
        <label>
          Name{' '}
          <input
            type="text"
            value={name.value}
            maxLength={120}
            onInput={(event) => (name.value = event.currentTarget.value)}
          />
        </label>
        <button type="submit" class="primary" disabled={busy.value !== undefined}>
          Take a snapshot
        </button>
      </form>
      <label>
        <input
          type="checkbox"
          checked={keepsAway.value}
          onChange={(event) => (keepsAway.value = event.currentTarget.checked)}
        />{' '}
        Keep this machine whenever this page goes out of sight
      </label>
    </>
  );
}

function SnapshotRow({ about }: { about: KeptSnapshot }) {
  const isAsking = useSignal(false);
  const newName = useSignal<string | undefined>(undefined);
  const { name, created, guest, bytes, automatic } = about;
  return (
    <>
      <span>
        <strong>{name}</strong>
        <span class="quiet">
          {' '}
          {guest.title}, {new Date(created).toLocaleString()}, {formatBytes(bytes)}
          {automatic && ', kept by itself'}
        </span>
      </span>
      <span class="actions">
        <button
          type="button"
          aria-label={`Open ${name}`}
          onClick={() => {
            dialog.value = undefined;
            void open(about);
          }}
        >
          Open
        </button>
        <button type="button" aria-label={`Export ${name}`} onClick={() => void download(about)}>
          Export
        </button>
        <button
          type="button"
          aria-label={`Rename ${name}`}
          onClick={() => (newName.value = newName.value === undefined ? name : undefined)}
        >
          Rename
        </button>
        <button
          type="button"
          aria-label={isAsking.value ? `Really delete ${name}` : `Delete ${name}`}
          onClick={() => {
            if (isAsking.value) void remove(about);
            isAsking.value = true;
          }}
        >
          {isAsking.value ? 'Really delete' : 'Delete'}
        </button>
      </span>
      {newName.value !== undefined && (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            const next = newName.value?.trim() ?? '';
            if (next !== '') void rename(about, next);
            newName.value = undefined;
          }}
        >
          <input
            type="text"
            aria-label={`New name of ${name}`}
            value={newName.value}
            maxLength={120}
            onInput={(event) => (newName.value = event.currentTarget.value)}
          />
          <button type="submit">Rename</button>
        </form>
      )}
    </>
  );
}
