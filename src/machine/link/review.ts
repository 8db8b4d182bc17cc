import { addressPlan, memoryBytes, vcpuCount } from '../address-space';
import { imageUses } from '../files';
import type { Guest } from '../guest';
import type { HostThing } from '../host';
import { isUnfilled } from '../image-slots';
import { planRun } from '../run';
import type { Image, Machine, ScriptStep } from '../schema';
import { checkBoard } from '../validate-board';
import type { FindGuest } from './encode';
import { checkPolicy } from './policy';

export interface Fetch {
  image: string;
  /** Host and port for a URL of the link; undefined for this site's own catalogue. */
  host: string | undefined;
  url: string | undefined;
  /** Bytes that travel, where the link or the catalogue says. */
  bytes: number | undefined;
  sha256: string | undefined;
}

export interface WantedFile {
  image: string;
  sha256: string | undefined;
  bytes: number | undefined;
  /** What the pasted line called it. */
  path: string | undefined;
}

/** What the receiver of a link is shown before anything is fetched, typed or started. */
export interface Review {
  title: string | undefined;
  notes: string | undefined;
  guest: string | undefined;
  board: string | undefined;
  cpu: string | undefined;
  vcpus: number;
  memoryBytes: number;
  addressSpaceMiB: number;
  fetches: Fetch[];
  /** Bytes to fetch, as far as they are known, and whether all are. */
  fetchBytes: number;
  fetchBytesComplete: boolean;
  /** Hosts other than this site's that consent is needed for. */
  hosts: string[];
  /** Files the receiver has to give: exactly those bytes, or any file for an empty slot. */
  files: WantedFile[];
  /** What would be typed, and where. */
  typed: ScriptStep[];
  /** Arguments that have no part of their own. */
  extra: string[];
  /** What is replaced or left out because a tab is not a host. */
  changes: HostThing[];
  /** Sentences: why it cannot be started as it is. */
  blocked: string[];
}

function fetchOf(image: Image, findGuest: FindGuest): Fetch | undefined {
  const { name, catalogue, url, size, sha256 } = image;
  if (catalogue !== undefined) {
    const [id, file] = catalogue.split('/');
    const guest: Guest | undefined = id === undefined ? undefined : findGuest(id);
    const entry = guest?.images.find((one) => one.name === file);
    return { image: name, host: undefined, url: undefined, bytes: entry?.wireBytes, sha256 };
  }
  if (url === undefined) return undefined;
  return { image: name, host: new URL(url).host, url, bytes: size, sha256 };
}

/** Only images that the machine uses are fetched or asked for. */
export function review(machine: Machine, findGuest: FindGuest = () => undefined): Review {
  const uses = imageUses(machine);
  const used = (machine.images ?? []).filter(({ name }) => uses.has(name));
  const fetches = used.flatMap((image) => fetchOf(image, findGuest) ?? []);
  const files = used
    .filter((image) => isUnfilled(image) || (image.catalogue ?? image.url) === undefined)
    .map(({ name, sha256, size, path }) => ({ image: name, sha256, bytes: size, path }));
  const plan = planRun(machine);
  const caps = checkBoard(machine).filter(
    ({ code }) => code === 'address-space' || code === 'vcpus',
  );
  const policy = checkPolicy(machine).map((reason) => `A link may not carry this: ${reason}.`);
  return {
    title: machine.title,
    notes: machine.notes,
    guest: machine.guest,
    board: machine.board?.type,
    cpu: machine.cpu?.model,
    vcpus: vcpuCount(machine).cpus,
    memoryBytes: memoryBytes(machine),
    addressSpaceMiB: addressPlan(machine).totalMiB,
    fetches,
    fetchBytes: fetches.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    fetchBytesComplete: fetches.every(({ bytes }) => bytes !== undefined),
    hosts: [...new Set(fetches.flatMap(({ host }) => host ?? []))],
    files,
    typed: (machine.script ?? []).filter(({ send }) => send !== undefined),
    extra: machine.extra ?? [],
    changes: plan.changes,
    blocked: [...caps, ...plan.refused].map(({ message }) => message).concat(policy),
  };
}
