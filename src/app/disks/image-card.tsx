import { useSignal } from '@preact/signals';
import { attach, attachments, detach, slotSize } from '../attachments.js';
import { formatBytes } from '../format.js';
import { guestOfRoute } from '../session.js';
import { storage } from '../storage.js';
import type { StoredImage } from '../../storage/common/records.js';
import { done, exportImage, findings, look } from './actions.js';

type Question = 'rename' | 'resize' | 'clone' | 'snapshot' | 'reset' | 'delete' | undefined;

/** One image of the library, with all that can be done to it. */
export function ImageCard({ image }: { image: StoredImage }) {
  const question = useSignal<Question>(undefined);
  const finding = findings.value[image.id];
  const ask = (what: Question) => () =>
    (question.value = question.value === what ? undefined : what);
  return (
    <li class="image-card">
      <h3>{image.title}</h3>
      <p class="quiet">
        {formatBytes(image.size)}, {formatBytes(image.stored)} stored
        {image.readOnly && ', read-only'}
        {image.changed && ', changed'}
        {image.busy && ', in use'}
      </p>
      <Attach image={image} />
      <div class="actions">
        <button type="button" onClick={() => void exportImage(image, 'raw')} disabled={image.busy}>
          Export raw
        </button>
        <button
          type="button"
          onClick={() => void exportImage(image, 'qcow2')}
          disabled={image.busy}
        >
          Export qcow2
        </button>
        <button type="button" onClick={ask('rename')}>
          Rename
        </button>
        <button type="button" onClick={ask('resize')} disabled={image.busy}>
          Resize
        </button>
        <button type="button" onClick={ask('clone')} disabled={image.busy}>
          Clone
        </button>
        <button type="button" onClick={ask('snapshot')} disabled={image.busy}>
          Snapshot
        </button>
        <button type="button" onClick={ask('reset')} disabled={image.busy || !image.changed}>
          Reset
        </button>
        <button type="button" onClick={ask('delete')} disabled={image.busy}>
          Delete
        </button>
        <button type="button" onClick={() => void look(image.id)}>
          What is it?
        </button>
      </div>
      <Answer image={image} question={question.value} close={() => (question.value = undefined)} />
      {finding !== undefined && (
        <div class="finding" role="status">
          <p>
            <strong>{finding.kind}.</strong> {finding.advice.join(' ')}
          </p>
          {finding.parts.length > 0 && (
            <ul>
              {finding.parts.map((part) => (
                <li key={part.where}>
                  {part.where}: {formatBytes(part.length)}, {part.fileSystem ?? 'unknown content'}
                  {part.label !== undefined && part.label !== '' && ` “${part.label}”`}
                  {part.esp && ', EFI System Partition'}
                </li>
              ))}
            </ul>
          )}
        </div>
      )}
      <Snapshots image={image} />
      {image.origin !== undefined && (
        <details>
          <summary>Where it came from</summary>
          <p>
            {image.origin.from} ({image.origin.format}, {formatBytes(image.origin.bytes)})
          </p>
          <code class="hash">{image.origin.sha256}</code>
        </details>
      )}
    </li>
  );
}

function Attach({ image }: { image: StoredImage }) {
  const slot = useSignal('');
  const entry = guestOfRoute.value;
  const guest = entry?.state === 'ready' ? entry.guest : undefined;
  if (guest === undefined) return <p class="quiet">Open a guest to attach this disk to it.</p>;
  const attached = attachments.value.find(
    (each) => each.guest === guest.id && each.disk.id === image.id,
  );
  if (attached !== undefined) {
    return (
      <p role="status">
        Attached to {guest.title}
        {attached.slot !== undefined && ` in place of ${attached.slot}`}, from its next boot on.{' '}
        <button type="button" onClick={() => detach(guest.id, image.id)}>
          Detach
        </button>
      </p>
    );
  }
  const put = async (access: 'write' | 'read'): Promise<void> => {
    const place = slot.value === '' ? undefined : slot.value;
    const wanted = slotSize(guest, place);
    let { size } = image;
    if (wanted !== undefined && wanted > size) {
      // Flash is as large as the board says: filled up with zeroes.
      const result = await storage.service.resize(image.id, wanted);
      // Also when it went well: its card says its size.
      await done(Promise.resolve(result));
      if (!result.ok) return;
      size = wanted;
    }
    const disk = { id: image.id, title: image.title, size, access };
    attach({ guest: guest.id, slot: place, disk });
  };
  return (
    <div class="disk-form">
      <label>
        Attach to {guest.title} as
        <select value={slot.value} onChange={(event) => (slot.value = event.currentTarget.value)}>
          <option value="">a disk more</option>
          {guest.images.map(({ name }) => (
            <option key={name} value={name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="button" onClick={() => void put(image.readOnly ? 'read' : 'write')}>
        Attach
      </button>
      {!image.readOnly && (
        <button type="button" onClick={() => void put('read')}>
          Attach read-only
        </button>
      )}
    </div>
  );
}

function Answer(props: { image: StoredImage; question: Question; close: () => void }) {
  const { image, question, close } = props;
  const text = useSignal('');
  if (question === undefined) return null;
  const { id, title } = image;
  const { service } = storage;
  const isSure = question === 'reset' || question === 'delete';
  const words = {
    rename: ['New name', title],
    clone: ['Name of the clone', `${title} (copy)`],
    snapshot: ['Name of the snapshot', new Date().toISOString().slice(0, 16).replace('T', ' ')],
    resize: ['Size in MiB', String(Math.ceil(image.size / 2 ** 20))],
    reset: ['All that was written since the import is lost.', ''],
    delete: ['The image and its snapshots are lost.', ''],
  } as const;
  const [label, initial] = words[question];
  const value = text.value === '' ? initial : text.value;
  const act = async (): Promise<void> => {
    if (question === 'rename') await done(service.rename(id, value));
    else if (question === 'clone') await done(service.clone(id, value));
    else if (question === 'snapshot') await done(service.snapshot(id, value));
    else if (question === 'resize')
      await done(service.resize(id, Math.round(Number(value) * 2 ** 20)));
    else if (question === 'reset') await done(service.reset(id));
    else await done(service.delete(id));
    text.value = '';
    close();
  };
  return (
    <form
      class="disk-form"
      onSubmit={(event) => {
        event.preventDefault();
        void act();
      }}
    >
      {isSure ? (
        <p>{label}</p>
      ) : (
        <label>
          {label}
          <input
            required
            type={question === 'resize' ? 'number' : 'text'}
            min="1"
            value={value}
            onInput={(event) => (text.value = event.currentTarget.value)}
          />
        </label>
      )}
      <button type="submit">{question[0]?.toUpperCase() + question.slice(1)}</button>
      <button type="button" onClick={close}>
        Cancel
      </button>
    </form>
  );
}

function Snapshots({ image }: { image: StoredImage }) {
  if (image.snapshots.length === 0) return null;
  const { service } = storage;
  return (
    <details>
      <summary>{image.snapshots.length} snapshots</summary>
      <ul>
        {image.snapshots.map(({ id, title }) => (
          <li key={id}>
            {title}{' '}
            <button
              type="button"
              disabled={image.busy}
              onClick={() => void done(service.revert(image.id, id))}
            >
              Go back to it
            </button>{' '}
            <button
              type="button"
              disabled={image.busy}
              onClick={() => void done(service.deleteSnapshot(image.id, id))}
            >
              Delete it
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
