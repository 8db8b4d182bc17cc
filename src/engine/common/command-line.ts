import { resolveImages, type Guest, type GuestImage } from '../../machine/guest.js';
import { settleBlockNodes } from './block-nodes.js';
import { GDB_CHANNEL, MONITOR_CHANNEL, QMP_CHANNEL } from './console.js';
import { TRANSLATION_MIB } from './memory.js';
import { ROM_FOLDER } from './roms.js';

/** Folder of the engine's file system that holds images with `use: 'file'`. */
export const IMAGE_FOLDER = '/images';

const noneStored: ReadonlySet<string> = new Set();

/** QEMU's block driver that serves a disk: of memory, or of the visitor's library. */
function blockDriver(image: GuestImage, stored: ReadonlySet<string>): string {
  return stored.has(image.name) ? 'bootlink-storage' : 'bootlink';
}

/**
 * How QEMU's arguments name an image inside the engine; `stored` has the names of those that the
 * storage worker serves.
 */
export function imageReference(image: GuestImage, stored = noneStored): string {
  return image.use === 'file'
    ? `${IMAGE_FOLDER}/${image.name}`
    : `${blockDriver(image, stored)}:${image.name}`;
}

/** How hot guest code is run: see `wasm/translator.md`. The engine's own default is `regions`. */
export const translators = ['off', 'blocks', 'regions'] as const;
export type Translator = (typeof translators)[number];

/** What `-accel` is told. */
export function accelerator(translator: Translator | undefined): string {
  const bounded = `tcg,tb-size=${TRANSLATION_MIB}`;
  return translator === undefined ? bounded : `${bounded},translator=${translator}`;
}

/**
 * QEMU's whole argument list (without the program name): the guest's own, the chardev of each
 * console, monitor, QMP, no display and no sound.
 *
 * @param halted the machine is not to run before QMP says so
 */
export function commandLine(
  guest: Guest,
  translator?: Translator,
  { stored = noneStored, halted = false }: { stored?: typeof noneStored; halted?: boolean } = {},
): string[] {
  const settled = settleBlockNodes(guest, (image) => blockDriver(image, stored));
  const chardevs = [
    ...guest.consoles.map(({ id, mux }) => (mux === true ? `${id},mux=on` : id)),
    ...[MONITOR_CHANNEL, QMP_CHANNEL, GDB_CHANNEL],
  ];
  return [
    ...chardevs.flatMap((id) => ['-chardev', `bootlink,id=${id}`]),
    ...['-mon', `chardev=${MONITOR_CHANNEL},mode=readline`],
    ...['-mon', `chardev=${QMP_CHANNEL},mode=control`],
    ...['-display', 'none'],
    // Sound cards want somewhere to play.
    ...['-audio', 'driver=none'],
    ...['-L', ROM_FOLDER],
    ...(halted ? ['-S'] : []),
    ...(guest.args.includes('-accel') ? [] : ['-accel', accelerator(translator)]),
    ...resolveImages(settled, (image) => imageReference(image, stored)),
  ];
}
