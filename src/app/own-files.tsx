import { useSignal, type Signal } from '@preact/signals';
import { isFlash, ownImageSize, type OwnFiles } from '../engine/common/own-files.js';
import type { Failure } from '../engine/common/failure.js';
import type { Guest, GuestImage } from '../machine/guest.js';
import { formatBytes } from './format.js';

/** A visitor's own firmware, kernel or disk in place of any image of a guest. */
export function OwnFilesChooser({ guest, files }: { guest: Guest; files: Signal<OwnFiles> }) {
  if (guest.images.length === 0) return null;
  return (
    <details class="own-files">
      <summary>Use your own files</summary>
      <p>
        They are read here and go nowhere. What a guest writes to them stays in this tab and is gone
        when it ends.
      </p>
      <ul>
        {guest.images.map((image) => (
          <li key={image.name}>
            <OwnFile guest={guest} image={image} files={files} />
          </li>
        ))}
      </ul>
    </details>
  );
}

function OwnFile(props: { guest: Guest; image: GuestImage; files: Signal<OwnFiles> }) {
  const { guest, image, files } = props;
  const refused = useSignal<Failure | undefined>(undefined);
  const chosen = files.value[image.name];
  const choose = (file: File | undefined) => {
    const others = Object.fromEntries(
      Object.entries(files.value).filter(([name]) => name !== image.name),
    );
    const size = file === undefined ? undefined : ownImageSize(guest, image, file.size);
    refused.value = size?.ok === false ? size.failure : undefined;
    files.value =
      file !== undefined && size?.ok === true ? { ...others, [image.name]: file } : others;
  };
  return (
    <>
      <label>
        <span>
          <code>{image.name}</code>
          {isFlash(guest, image) && ` (flash, ${formatBytes(image.size)}; shorter is filled up)`}
        </span>
        <input
          type="file"
          aria-label={`Your own file for ${image.name}`}
          onChange={(event) => choose(event.currentTarget.files?.[0])}
        />
      </label>
      {chosen !== undefined && (
        <p class="quiet" role="status">
          {chosen.name}, {formatBytes(chosen.size)}, takes the place of {image.name}.
        </p>
      )}
      {refused.value !== undefined && (
        <p class="refused" role="alert">
          {refused.value.what} {refused.value.remedy}
        </p>
      )}
    </>
  );
}
