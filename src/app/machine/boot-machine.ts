import { computed, signal } from '@preact/signals';
import type { Guest } from '../../machine/guest.js';
import { toGuest, type CannotRun, type GuestToRun } from '../../machine/to-guest.js';
import type { OwnFiles } from '../../engine/common/own-files.js';
import type { StoredDisk, StoredDisks } from '../../engine/common/stored-disks.js';
import { writableFolders } from '../../machine/block.js';
import type { Machine } from '../../machine/schema.js';
import { showPane } from '../dock/workspace-state.js';
import { boot } from '../session.js';
import { keptFolder } from './kept-folders.js';
import { localFile } from './local-files.js';
import { baseGuest, findGuest, isBuiltIn, machine, opened } from './model.js';

/** The name under which a machine that is no built-in guest runs. */
export const MACHINE_ID = 'machine';

/** Hosts that the visitor agreed to fetch images from, in this tab. */
export const agreedHosts = signal<ReadonlySet<string>>(new Set());

export function agreeTo(host: string, agreed: boolean): void {
  const others = [...agreedHosts.value].filter((each) => each !== host);
  agreedHosts.value = new Set(agreed ? [...others, host] : others);
}

/** What Boot would start, or why it cannot. */
export const plannedGuest = computed<GuestToRun | CannotRun | undefined>(() => {
  if (machine.value === undefined) return undefined;
  const { images = [] } = machine.value;
  const hosts = agreedHosts.value;
  return toGuest(
    machine.value,
    runId(),
    {
      catalogue: (id) => {
        const [guest, ...name] = id.split('/');
        return findGuest(guest ?? '')?.images.find((image) => image.name === name.join('/'));
      },
      ownFile: (name) => localFile(images.find((image) => image.name === name))?.size,
      mayFetch: (host) => hosts.has(host),
    },
    baseGuest.value,
  );
});

/** The id that a run of the machine shown has. */
export function runId(): string {
  const { key } = opened.value ?? {};
  return key?.startsWith('guest:') === true ? key.slice('guest:'.length) : MACHINE_ID;
}

/** What of the machine's images is the visitor's; undefined when it could not be kept. */
async function broughtTo(
  guest: Guest,
  current: Machine,
): Promise<{ files: OwnFiles; stored: StoredDisks } | undefined> {
  const files: Record<string, File> = {};
  const stored: Record<string, StoredDisk> = {};
  const writable = writableFolders(current);
  for (const { name } of guest.images) {
    const image = current.images?.find((each) => each.name === name);
    const file = localFile(image);
    if (image === undefined || file === undefined) continue;
    if (!writable.has(name)) {
      files[name] = file;
      continue;
    }
    const disk = await keptFolder(image, file);
    if (disk === undefined) return undefined;
    stored[name] = disk;
  }
  return { files, stored };
}

/** Boots the machine as it is now: with its changes, cold. */
export async function bootMachine(): Promise<void> {
  const planned = plannedGuest.value;
  const current = machine.value;
  if (planned?.ok !== true || current === undefined) return;
  if (opened.value !== undefined) opened.value = { ...opened.value, trusted: true };
  // What happens next is seen there; the editor that Boot was pressed in may cover it.
  showPane('console', { focus: false });
  const base = baseGuest.value;
  if (isBuiltIn.value && base !== undefined && runId() === base.id) {
    await boot(base);
    return;
  }
  const brought = await broughtTo(planned.guest, current);
  // Its failure stands there.
  if (brought === undefined) showPane('disks');
  else await boot(planned.guest, { ...brought, from: 'cold' });
}
