/** Reads what QEMU prints for `help`, for what QMP does not tell. */

export interface ListedDevice {
  name: string;
  alias?: string;
  description?: string;
  bus?: string;
  category?: string;
}

/** `-device help` (qdev_print_devinfo in system/qdev-monitor.c): devices a user may add. */
export function deviceListing(text: string): ListedDevice[] {
  const devices: ListedDevice[] = [];
  let category: string | undefined;
  for (const line of text.split('\n')) {
    const heading = /^(\S.*) devices:$/.exec(line);
    if (heading !== null) category = heading[1];
    const name = /^name "([^"]+)"/.exec(line)?.[1];
    if (name === undefined) continue;
    const bus = /, bus ([^,\s]+)/.exec(line)?.[1];
    const alias = /, alias "([^"]+)"/.exec(line)?.[1];
    const description = /, desc "(.*)"(?:$|, no-user)/.exec(line)?.[1];
    devices.push({
      name,
      ...(alias === undefined ? {} : { alias }),
      ...(description === undefined ? {} : { description }),
      ...(bus === undefined ? {} : { bus }),
      ...(category === undefined ? {} : { category }),
    });
  }
  // A device of two categories is listed in each.
  return [...new Map(devices.map((device) => [device.name, device])).values()];
}

/** `-machine help`: the description of each board. */
export function boardDescriptions(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split('\n')) {
    const [, name, description] = /^(\S+)\s{2,}(\S.*)$/.exec(line) ?? [];
    if (name !== undefined && description !== undefined) found.set(name, description);
  }
  return found;
}

/** `-d help`: items and meanings. A long meaning goes on in the lines below, without a name. */
export function logItems(text: string): { name: string; description: string }[] {
  const items: { name: string; description: string }[] = [];
  const lines = text.split('\n');
  const start = lines.findIndex((line) => line.startsWith('Log items'));
  if (start === -1) return [];
  for (const line of lines.slice(start + 1)) {
    if (/^(?:trace:|Use )/.test(line)) break;
    const [, name, description] = /^([a-z][a-z0-9_:.]*)\s+(\S.*)$/.exec(line) ?? [];
    // A name's meaning starts in column 16 (qemu_print_log_usage in util/log.c).
    if (name !== undefined && description !== undefined && line.indexOf(description) >= 15) {
      items.push({ name, description });
      continue;
    }
    const last = items.at(-1);
    if (last !== undefined && line.trim() !== '') last.description += ` ${line.trim()}`;
  }
  return items;
}

/**
 * The words of an enumeration, where a property's description ends in these: `on/off/auto`, or
 * the boards' `Valid values are 2, 3, 4, host and max`.
 */
export function enumValues(description: string | undefined): string[] | undefined {
  const listed = /Valid values are ([\w., -]+)$/.exec(description?.trim() ?? '')?.[1];
  if (listed !== undefined) return listed.split(/,\s*|\s+and\s+/).filter((word) => word !== '');
  const words = /(?:^|[\s(])((?:[\w.-]+\/)+[\w.-]+)\)?$/.exec(description ?? '')?.[1];
  return words?.split('/');
}
