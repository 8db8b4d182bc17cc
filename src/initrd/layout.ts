/** Where everything selected lies in the image, and what every image has besides. */
import { MERGED } from './archive/tree';
import { type Bytes, byName, encodeText } from './bytes';
import type { CpioEntry } from './cpio';
import type { LoadedModule } from './modules';
import type { Selection } from './selection';

export const MADE = 'the base of every image';
const EMPTY: Bytes = new Uint8Array(0);

/** Character devices an init needs before devtmpfs is there: Linux Documentation/admin-guide/devices.txt. */
const DEVICES: readonly (readonly [string, number, number, number])[] = [
  ['console', 0o600, 5, 1],
  ['kmsg', 0o644, 1, 11],
  ['null', 0o666, 1, 3],
  ['random', 0o666, 1, 8],
  ['tty', 0o666, 5, 0],
  ['ttyAMA0', 0o600, 204, 64],
  ['ttyS0', 0o600, 4, 64],
  ['urandom', 0o666, 1, 9],
  ['zero', 0o666, 1, 5],
];

const BASE_DIRECTORIES: readonly (readonly [string, number])[] = [
  ['/dev', 0o755],
  ['/etc', 0o755],
  ['/proc', 0o555],
  ['/root', 0o700],
  ['/run', 0o755],
  ['/sys', 0o555],
  ['/tmp', 0o1777],
  ['/usr', 0o755],
  ['/usr/bin', 0o755],
  ['/usr/lib', 0o755],
  ['/usr/sbin', 0o755],
];

export interface Placed {
  entry: CpioEntry;
  reasons: string[];
  origin: string;
}

function entryAt(path: string, fields: Omit<Partial<CpioEntry>, 'path'>): CpioEntry {
  const blank = { kind: 'file' as const, mode: 0o644, data: EMPTY, target: '', major: 0, minor: 0 };
  return { ...blank, ...fields, path: path.slice(1) };
}

/** Every entry of the image: what was selected over what every image has. */
export async function layOut(
  selection: Selection,
  modules: readonly LoadedModule[],
  applets: readonly string[],
  init: string,
  step: (what: string) => void,
): Promise<Placed[]> {
  const { tree } = selection;
  const placed = new Map<string, Placed>();
  const put = (
    path: string,
    fields: Omit<Partial<CpioEntry>, 'path'>,
    reasons: string[],
    origin = '',
  ): void => {
    placed.set(path, { entry: entryAt(path, fields), reasons, origin });
  };
  for (const [path, mode] of BASE_DIRECTORIES) put(path, { kind: 'directory', mode }, [MADE]);
  for (const [name, mode, major, minor] of DEVICES) {
    put(`/dev/${name}`, { kind: 'character', mode, major, minor }, [MADE]);
  }
  for (const name of applets) {
    if (name !== 'busybox') {
      put(`/usr/bin/${name}`, { kind: 'symlink', mode: 0o777, target: 'busybox' }, [
        'an applet of busybox',
      ]);
    }
  }
  const bySource = new Map(modules.map((module) => [module.source, module]));
  const under = selection.directories();
  for (const path of under) {
    const { node } = tree.lookup(path, false);
    put(path, { kind: 'directory', mode: node?.mode ?? 0o755 }, [MADE], node?.origin);
  }
  for (const [path, reasons] of selection.reasons) {
    const { node } = tree.lookup(path, false);
    if (node === undefined || path === '/') continue;
    const { mode, kind, origin } = node;
    if (kind === 'symlink') put(path, { kind, mode: 0o777, target: node.target }, reasons, origin);
    else if (kind === 'directory') put(path, { kind, mode }, reasons, origin);
    else if (kind === 'file') {
      step(`reading ${path}`);
      const module = bySource.get(path);
      const at = module?.path ?? path;
      put(at, { mode, data: module?.data ?? (await node.read()) }, reasons, origin);
    } else put(path, { kind, mode, major: node.major, minor: node.minor }, reasons, origin);
  }
  put('/init', { mode: 0o755, data: encodeText(init) }, [MADE]);
  for (const name of MERGED) {
    const used = [...placed.keys()].some((path) => `${path}/`.startsWith(`/usr/${name}/`));
    if (used)
      put(`/${name}`, { kind: 'symlink', mode: 0o777, target: `usr/${name}` }, ['merged /usr']);
  }
  return [...placed.values()].sort((a, b) => byName(a.entry.path, b.entry.path));
}
