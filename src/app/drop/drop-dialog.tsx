import { useSignal } from '@preact/signals';
import { writableFolders } from '../../machine/block.js';
import { imageUses } from '../../machine/files.js';
import { firmwareImages, withBios } from '../../machine/firmware.js';
import { attach } from '../attachments.js';
import { dialog } from '../dialog-state.js';
import { createFat, failure, importFile } from '../disks/actions.js';
import { showPane } from '../dock/workspace-state.js';
import { formatBytes } from '../format.js';
import { addFiles } from '../initrd/builder.js';
import { runId } from '../machine/boot-machine.js';
import { chooseFile, chooseFolder } from '../machine/local-files.js';
import { folderTitle } from '../machine/folder-drive.js';
import { edit, machine } from '../machine/model.js';
import { Modal } from '../modal.js';
import { images } from '../storage.js';
import { dropped } from './console-drop.js';

/** Asks what dropped files are for: a disk, a folder, content of the initrd, or firmware. */
export function DropDialog() {
  const what = dropped.value;
  const current = machine.value;
  const busy = useSignal(false);
  const refused = useSignal<string | undefined>(undefined);
  if (what === undefined || current === undefined) return null;
  const { files, folder } = what;
  const size = files.reduce((sum, { file }) => sum + file.size, 0);
  const isOne = folder === undefined && files.length === 1;
  const name = folder ?? (isOne ? (files[0]?.file.name ?? '') : 'files');
  const single = isOne ? files[0]?.file : undefined;
  const act = async (pane: string, work: () => Promise<string | undefined>): Promise<void> => {
    busy.value = true;
    refused.value = await work();
    busy.value = false;
    if (refused.value !== undefined) return;
    dropped.value = undefined;
    dialog.value = undefined;
    showPane(pane);
  };
  const asDisks = async (isFat: boolean): Promise<string | undefined> => {
    const made = [];
    if (isFat) made.push(await createFat(folder ?? name, what));
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
  const asFolder = async (slot: string): Promise<string | undefined> => {
    const result = await chooseFolder(slot, what, false);
    return result.ok ? undefined : result.reason;
  };
  const slots = firmwareImages(current);
  const slotsOfFolders = [...imageUses(current)].flatMap(([slot, use]) =>
    use === 'folder' ? [slot] : [],
  );
  return (
    <Modal title="What is this for?">
      <p>
        <strong>{single === undefined ? folderTitle(folder, files) : name}</strong>,{' '}
        {formatBytes(size)}. It stays in this browser; the machine has it from its next boot on.
      </p>
      <div class="drop-choices">
        {slotsOfFolders.map((slot) => (
          <div key={slot}>
            <button
              type="button"
              disabled={busy.value}
              onClick={() => void act('machine', () => asFolder(slot))}
            >
              As the folder {slot}
            </button>
            <p class="quiet">
              The machine’s command line has a FAT drive of it
              {writableFolders(current).has(slot) ? '; Disks keeps what the guest writes.' : '.'}
            </p>
          </div>
        ))}
        <div>
          <div class="actions">
            {folder === undefined && (
              <button
                type="button"
                disabled={busy.value}
                onClick={() => void act('disks', () => asDisks(false))}
              >
                {single === undefined ? 'Attach each as a disk' : 'Attach as a disk'}
              </button>
            )}
            <button
              type="button"
              disabled={busy.value}
              onClick={() => void act('disks', () => asDisks(true))}
            >
              {folder === undefined ? 'Attach on a FAT drive' : 'Attach as a FAT drive'}
            </button>
          </div>
          <p class="quiet">Kept in the library, with what the guest writes to it.</p>
        </div>
        <div>
          <button
            type="button"
            disabled={busy.value}
            onClick={() =>
              void act('initrd', async () => {
                await addFiles(what);
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
