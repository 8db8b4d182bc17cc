import type { Guest, GuestImage } from '../../machine/guest.js';

/**
 * Block nodes of a machine say `driver=file,filename=image:NAME` (`src/machine/run.ts` leaves
 * them so, since that is what they are on a command line). In the engine an image that is a disk
 * is not a file: its node gets the driver that serves it, which takes `image=NAME`.
 *
 * `-blockdev` knows only the drivers of QEMU's schema (qapi/block-core.json), ours not among
 * them; `-drive` takes any. So a node over a disk image becomes a `-drive` with `if=none` and the
 * same node name. Those are made after every `-blockdev`, hence a node that refers to one by name
 * gets it written out in its place, and becomes a `-drive` too.
 */
export type DriverOf = (image: GuestImage) => string;

/** Options by dotted key, as QEMU flattens them (util/keyval.c). */
type Options = Map<string, string>;
type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const IMAGE = /^image:([A-Za-z0-9._-]+)$/;
/** Options of a node that name another. */
const REFERENCES = ['file', 'backing'];

/** `a=b,c.d=e`, where a comma in a value is written twice. */
function parseFlat(argument: string): Options {
  const parts = argument.split(/(?<!,),(?!,)/);
  return new Map(
    parts.map((part) => {
      const at = part.indexOf('=');
      const value = at < 0 ? 'on' : part.slice(at + 1);
      return [at < 0 ? part : part.slice(0, at), value.replaceAll(',,', ',')];
    }),
  );
}

function flatten(value: Json, prefix: string, into: Options): void {
  if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      flatten(each, prefix === '' ? key : `${prefix}.${key}`, into);
    }
  } else {
    into.set(prefix, typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value));
  }
}

/** Undefined for what is no options at all: QEMU says what is wrong with it. */
function parse(argument: string): Options | undefined {
  if (!argument.startsWith('{')) return parseFlat(argument);
  try {
    const options: Options = new Map();
    flatten(JSON.parse(argument) as Json, '', options);
    return options;
  } catch {
    return undefined;
  }
}

const format = (options: Options): string =>
  Array.from(options, ([key, value]) => `${key}=${value.replaceAll(',', ',,')}`).join(',');

/** Puts the drivers that serve disk images in place of `file`; false when there is none. */
function settle(
  options: Options,
  disks: ReadonlyMap<string, GuestImage>,
  driverOf: DriverOf,
): boolean {
  let changed = false;
  for (const [key, value] of [...options]) {
    const prefix = /^(|.*\.)filename$/.exec(key)?.[1];
    const image = disks.get(IMAGE.exec(value)?.[1] ?? '');
    if (prefix === undefined || image === undefined) continue;
    const driver = options.get(`${prefix}driver`);
    if (driver !== undefined && driver !== 'file') continue;
    options.delete(key);
    options.set(`${prefix}driver`, driverOf(image));
    options.set(`${prefix}image`, image.name);
    changed = true;
  }
  return changed;
}

/** The guest with its block nodes on the engine's drivers. */
export function settleBlockNodes(guest: Guest, driverOf: DriverOf): Guest {
  const disks = new Map(
    guest.images.filter(({ use }) => use === 'disk').map((image) => [image.name, image]),
  );
  /** Nodes that have become drives, by name; one that was written out elsewhere is gone. */
  const drives = new Map<string, { options: Options; at: number }>();
  const args: (string | undefined)[] = [...guest.args];
  for (const [i, option] of guest.args.entries()) {
    const options = parse(guest.args[i + 1] ?? '');
    if (options === undefined) continue;
    if (option === '-drive') {
      if (settle(options, disks, driverOf)) args[i + 1] = format(options);
      continue;
    }
    if (option !== '-blockdev') continue;
    let isDrive = settle(options, disks, driverOf);
    for (const reference of REFERENCES) {
      const below = drives.get(options.get(reference) ?? '');
      if (below === undefined) continue;
      options.delete(reference);
      for (const [key, value] of below.options) options.set(`${reference}.${key}`, value);
      args[below.at] = args[below.at + 1] = undefined;
      isDrive = true;
    }
    if (!isDrive) continue;
    args[i] = '-drive';
    args[i + 1] = `if=none,${format(options)}`;
    drives.set(options.get('node-name') ?? '', { options, at: i });
  }
  return { ...guest, args: args.filter((arg) => arg !== undefined) };
}
