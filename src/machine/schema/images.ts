import * as v from 'valibot';
import {
  argumentText,
  count,
  emptyMessage,
  hasKeys,
  identifier,
  nestedOptions,
  optionList,
} from './text';

/** Name of an image inside a machine; arguments refer to it as `image:NAME`. */
export const imageName = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z0-9._-]+$/, 'An image name is letters, digits and "._-".'),
);

export const sha256 = v.pipe(
  v.string(),
  v.regex(/^[0-9a-f]{64}$/, 'A SHA-256 is 64 lower-case hexadecimal digits.'),
);

const webUrl = v.pipe(
  v.string(),
  v.url('An image’s URL is an absolute https: or http: address.'),
  v.regex(/^https?:\/\//, 'An image’s URL is an absolute https: or http: address.'),
  v.regex(/^[a-z]+:\/\/[^/@]*(?:\/|$)/, 'An image’s URL carries no user name or password.'),
);

/**
 * An image, named by what it holds: a catalogue entry (`GUEST/IMAGE`) or a SHA-256. With
 * neither it is a slot still to be filled, and `path` says what the pasted line called it.
 */
export const Image = v.pipe(
  v.strictObject({
    name: imageName,
    catalogue: v.exactOptional(
      v.pipe(
        v.string(),
        v.regex(/^[a-z][a-z0-9-]*\/[A-Za-z0-9._-]+$/, 'A catalogue image is GUEST/IMAGE.'),
      ),
    ),
    sha256: v.exactOptional(sha256),
    /** Bytes the guest sees. */
    size: v.exactOptional(count(0, Number.MAX_SAFE_INTEGER)),
    url: v.exactOptional(webUrl),
    path: v.exactOptional(v.pipe(argumentText, v.nonEmpty())),
  }),
  v.check(
    (image) => image.url === undefined || image.sha256 !== undefined,
    'An image with a URL needs its SHA-256, so that a wrong download can be refused.',
  ),
  v.description('Bytes the machine uses, named by content; arguments say image:NAME.'),
);

/** Options of QEMU that are drives of a fixed place and take a file name alone. */
export const shortDriveForms = [
  'hda',
  'hdb',
  'hdc',
  'hdd',
  'cdrom',
  'fda',
  'fdb',
  'mtdblock',
  'sd',
  'pflash',
] as const;

/**
 * `-drive`, or with `form` one of the short options (`-hda FILE`, `-cdrom FILE`, …), which
 * have a `file` and nothing else.
 */
export const Drive = v.pipe(
  optionList({
    form: v.exactOptional(v.picklist(shortDriveForms)),
    file: v.exactOptional(argumentText),
  }),
  v.check(
    (drive) =>
      drive.form === undefined || (drive.file !== undefined && Object.keys(drive).length === 2),
    'A drive with a "form" has a "file" and nothing else.',
  ),
  v.description('A drive (-drive, -hda, -cdrom, …), with QEMU’s keys.'),
);

export function isFlash(drive: v.InferOutput<typeof Drive>): boolean {
  return drive.form === 'pflash' || drive['if'] === 'pflash';
}

/** `-blockdev`: a node of the block graph, as in QMP's blockdev-add. */
export const Blockdev = v.pipe(
  nestedOptions({
    driver: v.pipe(argumentText, v.nonEmpty()),
    'node-name': v.exactOptional(argumentText),
  }),
  v.description('A block node (-blockdev), with QEMU’s keys.'),
);

/** `bios` (-bios), or flash drives: `-pflash FILE` and `-drive if=pflash` in the order of their units. */
export const Firmware = v.pipe(
  v.strictObject({
    bios: v.exactOptional(argumentText),
    flash: v.exactOptional(v.pipe(v.array(Drive), v.minLength(1))),
  }),
  v.check((value) => hasKeys(value), emptyMessage),
  v.check(
    (firmware) => (firmware.flash ?? []).every(isFlash),
    'A flash drive has "if": "pflash" or "form": "pflash".',
  ),
  v.description(
    'Firmware: a bios, or flash drives. A pair may also be blockdevs named by the board’s pflash0 and pflash1.',
  ),
);

/** `-fw_cfg`: a named item for the firmware. */
export const FwCfg = optionList({
  name: v.exactOptional(argumentText),
  file: v.exactOptional(argumentText),
  string: v.exactOptional(argumentText),
  gen_id: v.exactOptional(identifier),
});
