import * as v from 'valibot';
import {
  Chardev,
  Console,
  Device,
  Display,
  Log,
  Netdev,
  Nic,
  QemuObject,
  Semihosting,
  switches,
  Trace,
} from './schema/devices';
import { Blockdev, Drive, Firmware, FwCfg, Image, isFlash } from './schema/images';
import { Accelerator, Board, Cpu, Global, Icount, Memory, Numa, Smp } from './schema/processor';
import { ScriptStep } from './schema/script';
import { argumentText } from './schema/text';

/** Version of this schema; a machine of another one is refused by name. */
export const machineFormat = 1;

/** A list that is left out when it has nothing in it. */
function some<Item extends v.GenericSchema>(item: Item) {
  return v.exactOptional(v.pipe(v.array(item), v.minLength(1)));
}

/**
 * A machine: everything needed to run a guest and to hand it to somebody. Keys inside the
 * parts are QEMU's own, so that its documentation applies. A part that is left out is not on
 * the command line. Every place that QEMU reads a file from says `image:NAME`.
 */
export const Machine = v.strictObject({
  format: v.literal(machineFormat),
  /** The built-in guest this machine was made from: what "reset" goes back to. */
  guest: v.exactOptional(
    v.pipe(v.string(), v.regex(/^[a-z][a-z0-9-]*$/, 'A guest is lower-case letters, digits, "-".')),
  ),
  title: v.exactOptional(v.string()),
  /** Markdown. */
  notes: v.exactOptional(v.string()),

  board: v.exactOptional(Board),
  accelerators: some(Accelerator),
  cpu: v.exactOptional(Cpu),
  smp: v.exactOptional(Smp),
  memory: v.exactOptional(Memory),
  objects: some(QemuObject),
  numa: some(Numa),

  firmware: v.exactOptional(Firmware),
  kernel: v.exactOptional(argumentText),
  initrd: v.exactOptional(argumentText),
  append: v.exactOptional(argumentText),
  dtb: v.exactOptional(argumentText),

  blockdevs: some(Blockdev),
  drives: some(
    v.pipe(
      Drive,
      v.check((drive) => !isFlash(drive), 'A flash drive belongs in firmware.flash.'),
    ),
  ),
  chardevs: some(Chardev),
  /** `-serial`, in order of the board's ports. */
  serial: some(argumentText),
  /** `-monitor`. */
  monitor: some(argumentText),
  netdevs: some(Netdev),
  nics: some(Nic),
  /** `-net`. */
  net: some(Nic),
  display: v.exactOptional(Display),
  devices: some(Device),

  globals: some(Global),
  fwCfg: some(FwCfg),
  semihosting: v.exactOptional(Semihosting),
  icount: v.exactOptional(Icount),
  log: v.exactOptional(Log),
  trace: some(Trace),
  switches: v.exactOptional(
    v.pipe(
      v.array(v.picklist(switches)),
      v.minLength(1),
      v.transform((names) => switches.filter((name) => names.includes(name))),
    ),
  ),
  /** Arguments that have no place above, as they stand on the command line. */
  extra: some(argumentText),

  images: v.exactOptional(
    v.pipe(
      v.array(Image),
      v.minLength(1),
      v.check(
        (images) => new Set(images.map((image) => image.name)).size === images.length,
        'Two images have the same name.',
      ),
    ),
  ),
  consoles: v.exactOptional(
    v.pipe(
      v.array(Console),
      v.minLength(1),
      v.check(
        (consoles) => new Set(consoles.map((console) => console.id)).size === consoles.length,
        'Two consoles have the same id.',
      ),
    ),
  ),
  script: some(ScriptStep),
});

export type Machine = v.InferOutput<typeof Machine>;
export type Image = v.InferOutput<typeof Image>;
export type Drive = v.InferOutput<typeof Drive>;
export type Console = v.InferOutput<typeof Console>;
export type ScriptStep = v.InferOutput<typeof ScriptStep>;
export type Device = v.InferOutput<typeof Device>;
