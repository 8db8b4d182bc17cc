import { useSignal } from '@preact/signals';
import { firmwareImages, withBios } from '../../machine/firmware.js';
import { attach } from '../attachments.js';
import { dialog } from '../dialog-state.js';
import { createFat, failure, importFile } from '../disks/actions.js';
import { showPane } from '../dock/workspace-state.js';
import { formatBytes } from '../format.js';
import { addFiles } from '../initrd/builder.js';
import { runId } from '../machine/boot-machine.js';
import { chooseFile } from '../machine/local-files.js';
import { edit, machine } from '../machine/model.js';
import { Modal } from '../modal.js';
import { images } from '../storage.js';
import { dropped } from './console-drop.js';

/** Asks what dropped files are for: a disk, content of the initrd, or the machine's firmware. */
export function DropDialog() {
  const what = dropped.value;
  const current = machine.value;
  const busy = useSignal(false);
  const refused = useSignal<string | undefined>(undefined);
  if (what === undefined || current === undefined) return null;
  const { files, folder } = what;
  const size = files.reduce((sum, { file }) => sum + file.size, 0);
  const name = folder ?? files[0]?.file.name ?? '';
  const single = folder === undefined && files.length === 1 ? files[0]?.file : undefined;
  const act = async (pane: string, work: () => Promise<string | undefined>): Promise<void> => {
    busy.value = true;
    refused.value = await work();
    busy.value = false;
    if (refused.value !== undefined) return;
    dropped.value = undefined;
    dialog.value = undefined;
    showPane(pane);
  };
  const asDisks = async (): Promise<string | undefined> => {
    const made = [];
    if (single !== undefined) made.push(await importFile(single));
    else if (folder !== undefined) made.push(await createFat(folder, files));
    else for (const { file } of files) made.push(await importFile(file));
    for (const result of made) {
      const image = images.value?.find(({ id }) => id === result?.id);
      if (image === undefined) return `${failure.value?.what ?? ''} ${failure.value?.remedy ?? ''}`;
      const { id, title, readOnly } = image;
      const access = readOnly ? 'read' : 'write';
      attach({ guest: runId(), slot: undefined, disk: { id, title, size: image.size, access } });
    }
    return undefined;
  };
  const asFirmware = async (slot: string | undefined): Promise<string | undefined> => {
    if (single === undefined) return undefined;
    let place = slot;
    if (place === undefined) {
      const next = withBios(current, single.name);
      edit(next.machine, 'page');
      place = next.name;
    }
    const result = await chooseFile(place, single, false);
    return result.ok ? undefined : result.reason;
  };
  const slots = firmwareImages(current);
  return (
    <Modal title="What is this for?">
      <p>
        <strong>{name}</strong>
        {files.length > 1 && `, ${String(files.length)} files`}, {formatBytes(size)}. It stays in
        this browser; the machine has it from its next boot on.
      </p>
      <div class="drop-choices">
        <div>
          <button type="button" disabled={busy.value} onClick={() => void act('disks', asDisks)}>
            {folder === undefined ? 'Attach as a disk' : 'Attach as a FAT drive'}
          </button>
          <p class="quiet">Kept in the library, with what the guest writes to it.</p>
        </div>
        <div>
          <button
            type="button"
            disabled={busy.value}
            onClick={() =>
              void act('initrd', async () => {
                await addFiles(files, folder);
                return undefined;
              })
            }
          >
            Put into the initrd
          </button>
          <p class="quiet">
            A package or archive is opened, a program comes with the libraries it needs.
          </p>
        </div>
        {single !== undefined && (
          <div>
            {slots.map((slot) => (
              <button
                key={slot}
                type="button"
                disabled={busy.value}
                onClick={() => void act('machine', () => asFirmware(slot))}
              >
                Firmware, in place of {slot}
              </button>
            ))}
            {slots.length === 0 && (
              <button
                type="button"
                disabled={busy.value}
                onClick={() => void act('machine', () => asFirmware(undefined))}
              >
                Use as firmware (-bios)
              </button>
            )}
            <p class="quiet">Changes the machine; undo is in its pane.</p>
          </div>
        )}
      </div>
      {busy.value && <p role="status">Reading {name}…</p>}
      {refused.value !== undefined && (
        <p class="refused" role="alert">
          {refused.value}
        </p>
      )}
    </Modal>
  );
}
