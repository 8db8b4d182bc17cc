import { resolveImages, type Guest, type GuestImage } from '../../machine/guest.js';
import { settleBlockNodes } from './block-nodes.js';
import { GDB_CHANNEL, MONITOR_CHANNEL, QMP_CHANNEL } from './console.js';
import { TRANSLATION_MIB } from './memory.js';
import { ROM_FOLDER } from './roms.js';
import { translatorPairs, type TranslatorSettings } from './translator.js';

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

/** What `-accel` is told. */
export function accelerator(translator: TranslatorSettings = {}): string {
  const settings = translatorPairs(translator).map(([name, value]) => `${name}=${value}`);
  return ['tcg', `tb-size=${TRANSLATION_MIB}`, ...settings].join();
}

/**
 * QEMU's whole argument list (without the program name): the guest's own, the chardev of each
 * console, monitor, QMP, no display and no sound.
 *
 * @param halted the machine is not to run before QMP says so
 */
export function commandLine(
  guest: Guest,
  translator?: TranslatorSettings,
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
