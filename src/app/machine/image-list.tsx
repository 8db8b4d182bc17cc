import { useSignal } from '@preact/signals';
import { writableFolders } from '../../machine/block.js';
import { imageUses } from '../../machine/files.js';
import { isUnfilled } from '../../machine/image-slots.js';
import type { Image } from '../../machine/schema.js';
import { flashImages } from '../../machine/to-guest.js';
import { pickedFiles } from '../disks/actions.js';
import { formatBytes } from '../format.js';
import { agreedHosts, agreeTo } from './boot-machine.js';
import { chooseFile, chooseFolder, hashing, localFile, type Chosen } from './local-files.js';
import { machine } from './model.js';

/** The images that the machine uses: what each is, and a file of the visitor's for those that need one. */
export function ImageList() {
  const current = machine.value;
  if (current === undefined) return null;
  const uses = imageUses(current);
  const used = (current.images ?? []).filter(({ name }) => uses.has(name));
  if (used.length === 0) return <p class="quiet">This machine uses no images.</p>;
  const flash = flashImages(current);
  return (
    <ul class="image-list">
      {used.map((image) => (
        <ImageRow
          key={image.name}
          image={image}
          use={flash.has(image.name) ? 'flash' : (uses.get(image.name) ?? 'disk')}
        />
      ))}
    </ul>
  );
}

const useText = {
  flash: 'flash',
  file: 'read at start',
  disk: 'disk',
  folder: 'FAT drive of a folder',
};

type ImageUse = keyof typeof useText;

function ImageRow({ image, use }: { image: Image; use: ImageUse }) {
  const refused = useSignal<string | undefined>(undefined);
  const { name } = image;
  const file = localFile(image);
  // What a link names by its content is exactly that; a catalogue's image may be replaced.
  const exact = image.sha256 !== undefined && image.catalogue === undefined && file === undefined;
  const choose = async (work: Promise<Chosen>): Promise<void> => {
    refused.value = undefined;
    const result = await work;
    if (!result.ok) refused.value = result.reason;
  };
  const missing = file === undefined && image.catalogue === undefined && image.url === undefined;
  return (
    <li class={missing ? 'missing' : ''}>
      <div class="image-head">
        <code>{name}</code>
        <span class="quiet">
          {useText[use]}
          {image.size === undefined ? '' : `, ${formatBytes(image.size)}`}
        </span>
      </div>
      <p class="image-what">{whatItIs(image, use, file)}</p>
      {image.url !== undefined && file === undefined && <HostConsent url={image.url} />}
      {use === 'folder' ? (
        <FolderChoice image={image} missing={missing} exact={exact} choose={choose} />
      ) : (
        <label class="file-choice">
          <span>{missing ? 'Which image is this?' : 'Use another file'}</span>
          <input
            type="file"
            aria-label={`File for ${name}`}
            onChange={(event) => {
              const chosen = event.currentTarget.files?.[0];
              if (chosen !== undefined) void choose(chooseFile(name, chosen, exact));
            }}
          />
        </label>
      )}
      {hashing.value.has(name) && <p role="status">Reading and hashing…</p>}
      {refused.value !== undefined && (
        <p class="refused" role="alert">
          {refused.value}
        </p>
      )}
    </li>
  );
}

/** A folder, or some files, of which a FAT drive is made. */
function FolderChoice(props: {
  image: Image;
  missing: boolean;
  exact: boolean;
  choose: (work: Promise<Chosen>) => Promise<void>;
}) {
  const { image, missing, exact, choose } = props;
  const isWritable = machine.value !== undefined && writableFolders(machine.value).has(image.name);
  const picked = (list: FileList | null): void => {
    const content = pickedFiles(list);
    if (content.files.length > 0) void choose(chooseFolder(image.name, content, exact));
  };
  return (
    <>
      <label class="file-choice">
        <span>{missing ? 'Which folder is this?' : 'Use another folder'}</span>
        <input
          type="file"
          aria-label={`Folder for ${image.name}`}
          // @ts-expect-error a property of all current browsers that the types do not know
          webkitdirectory
          onChange={(event) => picked(event.currentTarget.files)}
        />
      </label>
      <label class="file-choice">
        <span>Or some files</span>
        <input
          type="file"
          multiple
          aria-label={`Files for ${image.name}`}
          onChange={(event) => picked(event.currentTarget.files)}
        />
      </label>
      <p class="quiet">
        {isWritable
          ? 'From its first boot on it is in Disks too, with what the guest writes there: the same folder is the same disk again.'
          : 'The guest may not write there: fat:rw: on the command line lets it.'}
      </p>
    </>
  );
}

function whatItIs(image: Image, use: ImageUse, file: File | undefined): string {
  const hash = image.sha256 === undefined ? '' : `, SHA-256 ${image.sha256.slice(0, 16)}…`;
  if (file !== undefined) {
    const kind = use === 'folder' ? 'A FAT drive of yours:' : 'Your file';
    return `${kind} ${file.name}, ${formatBytes(file.size)}${hash}`;
  }
  if (image.catalogue !== undefined) return `From the catalogue: ${image.catalogue}`;
  if (image.url !== undefined) return `From ${image.url}${hash}`;
  if (isUnfilled(image)) return image.path === undefined ? 'To be chosen' : `Named ${image.path}`;
  const path = image.path === undefined ? '' : `, once ${image.path}`;
  return `Exactly the file with this SHA-256: ${image.sha256 ?? ''}${path}`;
}

function HostConsent({ url }: { url: string }) {
  const { host } = new URL(url);
  return (
    <label class="consent">
      <input
        type="checkbox"
        checked={agreedHosts.value.has(host)}
        onChange={(event) => agreeTo(host, event.currentTarget.checked)}
      />{' '}
      Fetch from <strong>{host}</strong>: it learns this browser’s address.
    </label>
  );
}
