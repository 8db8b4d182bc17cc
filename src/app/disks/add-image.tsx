import { useSignal } from '@preact/signals';
import { create, createFat, importFile, importUrl, pickedFiles } from './actions.js';

const UNITS = { MiB: 2 ** 20, GiB: 2 ** 30 } as const;

/** The ways a disk comes into the library. */
export function AddImage() {
  return (
    <div class="add-image">
      <div class="actions">
        <label class="button">
          Import a file
          <input
            type="file"
            class="visually-hidden"
            multiple
            onChange={(event) => {
              const { files } = event.currentTarget;
              for (const file of files ?? []) void importFile(file);
              event.currentTarget.value = '';
            }}
          />
        </label>
        <label class="button">
          FAT drive of a folder
          <input
            type="file"
            class="visually-hidden"
            // @ts-expect-error a property of all current browsers that the types do not know
            webkitdirectory
            onChange={(event) => {
              const content = pickedFiles(event.currentTarget.files);
              void createFat(content.folder ?? 'files', content);
              event.currentTarget.value = '';
            }}
          />
        </label>
      </div>
      <p class="quiet">
        Raw, qcow2 or ISO, plain or packed with gzip, xz or zstd; dropped here they are imported
        too. A dropped folder becomes a FAT drive; with several files you are asked. Nothing is sent
        anywhere.
      </p>
      <FromAddress />
      <NewDisk />
    </div>
  );
}

function FromAddress() {
  const url = useSignal('');
  const sha256 = useSignal('');
  return (
    <details>
      <summary>From an address</summary>
      <form
        class="disk-form"
        onSubmit={(event) => {
          event.preventDefault();
          void importUrl(url.value, sha256.value === '' ? undefined : sha256.value.toLowerCase());
        }}
      >
        <label>
          Address
          <input
            type="url"
            required
            value={url.value}
            onInput={(event) => (url.value = event.currentTarget.value)}
          />
        </label>
        <label>
          SHA-256, if you know it
          <input
            pattern="[0-9A-Fa-f]{64}"
            title="64 hexadecimal digits"
            value={sha256.value}
            onInput={(event) => (sha256.value = event.currentTarget.value)}
          />
        </label>
        <button type="submit">Fetch</button>
      </form>
    </details>
  );
}

function NewDisk() {
  const title = useSignal('disk');
  const size = useSignal('256');
  const unit = useSignal<keyof typeof UNITS>('MiB');
  return (
    <details>
      <summary>A new, empty disk</summary>
      <form
        class="disk-form"
        onSubmit={(event) => {
          event.preventDefault();
          void create(title.value, Math.round(Number(size.value) * UNITS[unit.value]));
        }}
      >
        <label>
          Name
          <input
            required
            value={title.value}
            onInput={(event) => (title.value = event.currentTarget.value)}
          />
        </label>
        <label>
          Size
          <input
            type="number"
            min="1"
            max="16384"
            required
            value={size.value}
            onInput={(event) => (size.value = event.currentTarget.value)}
          />
        </label>
        <label>
          Unit
          <select
            value={unit.value}
            onChange={(event) => (unit.value = event.currentTarget.value as keyof typeof UNITS)}
          >
            <option>MiB</option>
            <option>GiB</option>
          </select>
        </label>
        <button type="submit">Create</button>
      </form>
    </details>
  );
}
