import { addressPlan, boardFacts } from './address-space';
import { settleBlock } from './block';
import { fileTexts, imageNamed, imageUses } from './files';
import type { Guest, GuestConsole, GuestImage } from './guest';
import { isChange, hostThings, type HostThing } from './host';
import { planRun } from './run';
import type { Image, Machine } from './schema';
import { isFlash } from './schema/images';
import type { Json } from './schema/text';

const MiB = 2 ** 20;

/** Where the bytes of images come from. */
export interface ImageSupply {
  /** An image of the catalogue by `GUEST/IMAGE`. */
  catalogue(id: string): GuestImage | undefined;
  /** Bytes of the reader's own file for the image of this name. */
  ownFile(name: string): number | undefined;
  /** Whether the reader agreed to fetch from this host. */
  mayFetch(host: string): boolean;
}

export interface GuestToRun {
  ok: true;
  guest: Guest;
  /** What was replaced or left out because a tab is no host. */
  changes: HostThing[];
}

/** Whole sentences: why the machine cannot be started, and what to do. */
export interface CannotRun {
  ok: false;
  reasons: string[];
  /** Images that the reader has to give a file for. */
  missing: Image[];
}

/** Names of images that are flash: their size is the board's. */
export function flashImages(machine: Machine): Set<string> {
  const nodes = new Set([machine.board?.['pflash0'], machine.board?.['pflash1']]);
  const drives = [...(machine.firmware?.flash ?? []), ...(machine.drives ?? [])];
  const texts = [
    ...drives.filter(isFlash).map(({ file }) => file),
    ...(machine.blockdevs ?? [])
      .filter((node) => node['node-name'] !== undefined && nodes.has(node['node-name']))
      .map(
        (node) => node['filename'] ?? (node['file'] as { filename?: Json } | undefined)?.filename,
      ),
  ];
  return new Set(
    texts.flatMap((text) => (typeof text === 'string' ? imageNamed(text) : undefined) ?? []),
  );
}

/** What a block node comes down to: an image, and the format over it. */
interface NodeOnImage {
  image: string;
  format: string;
  options: Record<string, string>;
}

/** Formats that -drive takes over a file, besides raw itself. */
const formats = new Set(['raw', 'qcow2', 'vmdk', 'vdi', 'vpc', 'vhdx', 'qed', 'qcow', 'parallels']);

/** Options of a node that -drive has too, under its own names. */
const driveNames: Record<string, string> = {
  'read-only': 'readonly',
  discard: 'discard',
  'detect-zeroes': 'detect-zeroes',
};

/** Follows a node down to its image; undefined where something else is in between. */
function onImage(
  node: Json | undefined,
  nodes: ReadonlyMap<string, Json>,
): NodeOnImage | undefined {
  if (typeof node === 'string') {
    // No node is met twice, so that a ring of them ends.
    const others = new Map([...nodes].filter(([name]) => name !== node));
    return onImage(nodes.get(node), others);
  }
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return undefined;
  const driver = node['driver'] ?? 'file';
  const options: Record<string, string> = {};
  for (const [key, name] of Object.entries(driveNames)) {
    const value = node[key];
    if (typeof value === 'string' || typeof value === 'boolean') {
      options[name] = value === true ? 'on' : value === false ? 'off' : value;
    }
  }
  const { filename } = node;
  if (driver === 'file' && typeof filename === 'string') {
    const image = imageNamed(filename);
    return image === undefined ? undefined : { image, format: 'raw', options };
  }
  if (typeof driver !== 'string' || !formats.has(driver)) return undefined;
  const below = onImage(node['file'], nodes);
  if (below === undefined) return undefined;
  // "raw" over another format passes it on.
  const format = driver === 'raw' ? below.format : driver;
  return { image: below.image, format, options: { ...below.options, ...options } };
}

/**
 * Block nodes on images become drives of the same name: -blockdev checks drivers against QAPI,
 * where Bootlink's is not, and devices and boards take a drive's id like a node's name.
 */
function settle(machine: Machine): Machine {
  const { blockdevs, ...rest } = machine;
  if (blockdevs === undefined) return machine;
  const nodes = new Map(
    blockdevs.flatMap((node): [string, Json][] =>
      node['node-name'] === undefined ? [] : [[node['node-name'], node]],
    ),
  );
  // A node that another one is over is part of that one.
  const inner = new Set(blockdevs.flatMap(({ file }) => (typeof file === 'string' ? file : [])));
  const drives: Record<string, string>[] = [];
  const kept = blockdevs.filter((node) => {
    const found = onImage(node, nodes);
    const id = node['node-name'];
    if (found === undefined || id === undefined) return true;
    if (inner.has(id)) return false;
    const { image, format, options } = found;
    drives.push({ if: 'none', id, file: `image:${image}`, format, ...options });
    return false;
  });
  return {
    ...rest,
    ...(kept.length === 0 ? {} : { blockdevs: kept }),
    ...(drives.length === 0 ? {} : { drives: [...drives, ...(machine.drives ?? [])] }),
  };
}

interface Needed {
  image: Image;
  use: GuestImage['use'];
  isFlash: boolean;
}

function neededImages(machine: Machine): Needed[] {
  const uses = imageUses(machine);
  const flash = flashImages(machine);
  return (machine.images ?? []).flatMap((image): Needed[] => {
    const use = uses.get(image.name);
    if (use === undefined) return [];
    return [{ image, use: use === 'file' ? 'file' : 'disk', isFlash: flash.has(image.name) }];
  });
}

function supply(
  { image, use, isFlash }: Needed,
  flashBytes: number | undefined,
  from: ImageSupply,
): GuestImage | string | undefined {
  const { name, catalogue, url, sha256, size } = image;
  const own = from.ownFile(name);
  const plain = { name, use, encoding: 'identity' as const, readOnly: false };
  if (own !== undefined) {
    const bytes = isFlash ? Math.max(flashBytes ?? own, own) : own;
    return { ...plain, url: '', sha256: sha256 ?? '', size: bytes, wireBytes: own };
  }
  if (catalogue !== undefined) {
    const found = from.catalogue(catalogue);
    return found === undefined
      ? `The image “${name}” (${catalogue}) is not in this catalogue, or is not built yet.`
      : { ...found, name, use };
  }
  if (url !== undefined && sha256 !== undefined) {
    const { host } = new URL(url);
    if (!from.mayFetch(host))
      return `“${name}” comes from ${host}; agree to that, or choose a file.`;
    if (size === undefined)
      return `The size of “${name}” is not known; give "size" beside its URL.`;
    return { ...plain, url, sha256, size, wireBytes: size };
  }
  return undefined;
}

function consoleRole(role: string): GuestConsole['role'] {
  return role === 'monitor' ? 'guest' : (role as GuestConsole['role']);
}

/**
 * The machine as the engine runs it.
 *
 * @param base the built-in guest it was made from, for its steps up to the prompt
 */
export function toGuest(
  machine: Machine,
  id: string,
  from: ImageSupply,
  base?: Guest,
): GuestToRun | CannotRun {
  const plan = planRun(settle(settleBlock(machine)));
  const reasons = plan.refused.map(({ message }) => message);
  const missing: Image[] = [];
  const images: GuestImage[] = [];
  const facts = boardFacts(machine);
  const flashBytes = facts === undefined ? undefined : facts.flashMiB * MiB;
  if (machine.board?.type === undefined) reasons.push('No board is named; choose one.');
  const named = new Set((machine.images ?? []).map(({ name }) => name));
  for (const { name } of fileTexts(machine)) {
    const image = imageNamed(name);
    if (image === undefined) continue;
    if (!named.has(image)) {
      reasons.push(`The machine names an image “${image}” that it does not have.`);
    }
  }
  const uses = imageUses(machine);
  for (const needed of neededImages(machine)) {
    const found = supply(needed, flashBytes, from);
    if (found === undefined) {
      missing.push(needed.image);
      const what = uses.get(needed.image.name) === 'folder' ? 'folder' : 'file';
      reasons.push(`“${needed.image.name}” needs a ${what}${whichFile(needed.image)}.`);
    } else if (typeof found === 'string') reasons.push(found);
    else images.push(found);
  }
  if (reasons.length > 0) return { ok: false, reasons, missing };
  const consoles = plan.consoles.map(({ id: name, role, title, mux }) => ({
    id: name,
    role: consoleRole(role),
    title,
    ...(mux ? { mux } : {}),
  }));
  const ids = new Set(consoles.map((console) => console.id));
  const steps = machine.script?.map(({ console, expect, send }) => ({
    console,
    ...(expect === undefined ? {} : { expect }),
    ...(send === undefined ? {} : { send }),
  }));
  const inherited = base?.boot.every((step) => ids.has(step.console)) === true ? base.boot : [];
  const guest: Guest = {
    id,
    title: machine.title ?? base?.title ?? 'A machine',
    summary: base?.summary ?? summaryOf(machine),
    description: machine.notes ?? base?.description ?? '',
    tryThis: base?.tryThis ?? [],
    args: plan.args,
    consoles,
    images,
    addressSpaceMiB: addressPlan(machine).totalMiB,
    boot: steps ?? inherited,
    check: [],
    packages: [],
    ...(base?.exits === undefined ? {} : { exits: base.exits }),
  };
  return { ok: true, guest, changes: hostThings(machine).filter(isChange) };
}

function whichFile({ path, sha256 }: Image): string {
  if (sha256 !== undefined) return ` whose SHA-256 is ${sha256.slice(0, 12)}…`;
  return path === undefined ? '' : ` (${path})`;
}

/** One line for a machine without a summary of its own. */
export function summaryOf(machine: Machine): string {
  const parts = [machine.board?.type, machine.cpu?.model, machine.memory?.size];
  return parts.filter((part) => part !== undefined).join(', ');
}
