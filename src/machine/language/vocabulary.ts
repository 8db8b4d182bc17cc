import type { Capabilities, Property, TypeCapability } from '../capabilities';
import type { Machine } from '../schema';
import { optionDoc } from './option-docs';
import type { ArgumentPlace } from './place';

/** A word that may be written somewhere, and what there is to say about it. */
export interface Term {
  name: string;
  /** A few words beside it in the list. */
  detail?: string;
  /** Markdown. */
  documentation?: string;
}

/** What completion and hover know beside the text: the engine, and the machine being edited. */
export interface Knowledge {
  capabilities: Capabilities | undefined;
  machine: Machine;
}

function describeType(type: TypeCapability): Term {
  const facts = [
    type.description,
    type.alias === undefined ? undefined : `Alias: \`${type.alias}\`.`,
    type.bus === undefined ? undefined : `Plugs into: ${type.bus}.`,
  ];
  return {
    name: type.name,
    ...(type.category === undefined ? {} : { detail: type.category }),
    documentation: facts.filter((fact) => fact !== undefined).join('\n\n'),
  };
}

/** `type = default` of a property, as the list shows it. */
export function propertyDetail(property: Property): string {
  const fallback = property.default === undefined ? '' : ` = ${plainValue(property.default)}`;
  return property.type + fallback;
}

function plainValue(value: string | number | boolean): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}

export function describeProperty(property: Property): Term {
  const parts = [
    property.description,
    property.values === undefined
      ? undefined
      : `One of ${property.values.map((value) => `\`${value}\``).join(', ')}.`,
    property.default === undefined ? undefined : `Default: \`${plainValue(property.default)}\`.`,
  ];
  return {
    name: property.name,
    detail: propertyDetail(property),
    documentation: parts.filter((part) => part !== undefined && part !== '').join('\n\n'),
  };
}

function findType(types: readonly TypeCapability[] | undefined, name: string | undefined) {
  return types?.find((type) => type.name === name || type.alias === name);
}

/** The first words an option's argument may begin with. */
export function heads(option: string, { capabilities, machine }: Knowledge): Term[] {
  const words = (names: readonly string[] | undefined): Term[] =>
    (names ?? []).map((name) => ({ name }));
  switch (option) {
    case 'machine':
      return (capabilities?.boards ?? []).flatMap(({ name, alias, description, maxCpus }) =>
        [name, ...(alias === undefined ? [] : [alias])].map((each) => ({
          name: each,
          detail: `up to ${String(maxCpus)} vCPUs`,
          ...(description === undefined ? {} : { documentation: description }),
        })),
      );
    case 'cpu':
      return (capabilities?.cpus ?? []).map(({ name, features }) => ({
        name,
        detail: `${String(features.length)} features`,
      }));
    case 'device':
      return (capabilities?.devices ?? []).map(describeType);
    case 'object':
      return (capabilities?.objects ?? []).map(describeType);
    case 'netdev':
    case 'nic':
      return words(capabilities?.netdevTypes);
    case 'blockdev':
      return words(capabilities?.blockDrivers);
    case 'chardev':
      return words(capabilities?.chardevBackends);
    case 'd':
      return (capabilities?.logItems ?? []).map(({ name, description }) => ({
        name,
        documentation: description,
      }));
    case 'trace':
      return words(capabilities?.traceEvents);
    case 'accel':
      return words(['tcg']);
    case 'numa':
      return words(['node', 'dist', 'cpu', 'hmat-lb', 'hmat-cache']);
    case 'vga':
      return words(['std', 'virtio', 'none']);
    case 'net':
      return words(['none', 'user', 'nic']);
    case 'serial':
      return words(['stdio', 'null', 'none', ...consoleIds(machine).map((id) => `chardev:${id}`)]);
    case 'global':
      return (capabilities?.devices ?? []).map((type) => ({
        ...describeType(type),
        name: `${type.name}.`,
      }));
    case 'bios':
    case 'pflash':
    case 'kernel':
    case 'initrd':
    case 'dtb':
    case 'hda':
    case 'hdb':
    case 'hdc':
    case 'hdd':
    case 'cdrom':
      return images(machine);
    default:
      return [];
  }
}

function consoleIds(machine: Machine): string[] {
  return (machine.consoles ?? []).map(({ id }) => id);
}

function images(machine: Machine): Term[] {
  return (machine.images ?? []).map(({ name, catalogue, sha256, path }) => ({
    name: `image:${name}`,
    detail: catalogue ?? sha256?.slice(0, 12) ?? path ?? 'a slot to fill',
  }));
}

/** Properties that an argument may set: those of what it names first, and of the option. */
export function propertiesOf(
  option: string,
  head: string | undefined,
  { capabilities }: Knowledge,
): readonly Property[] {
  const own = optionDoc(option)?.keys ?? [];
  const others = ((): readonly Property[] => {
    switch (option) {
      case 'machine':
        return (
          capabilities?.boards.find(({ name, alias }) => name === head || alias === head)
            ?.properties ?? []
        );
      case 'cpu':
        return capabilities?.cpus.find(({ name }) => name === head)?.features ?? [];
      case 'device':
        return findType(capabilities?.devices, head)?.properties ?? [];
      case 'object':
        return findType(capabilities?.objects, head)?.properties ?? [];
      default:
        return [];
    }
  })();
  const named = new Set(own.map(({ name }) => name));
  return [...own, ...others.filter(({ name }) => !named.has(name))];
}

/** Ids of the machine that a property's value may name. */
function references(key: string, machine: Machine): Term[] {
  const terms = (what: string, ids: readonly (string | undefined)[]): Term[] =>
    ids.flatMap((id) => (id === undefined || id === '' ? [] : [{ name: id, detail: what }]));
  switch (key) {
    case 'drive':
    case 'pflash0':
    case 'pflash1':
      return [
        ...terms(
          'drive',
          (machine.drives ?? []).map((drive) => drive['id']),
        ),
        ...terms(
          'block node',
          (machine.blockdevs ?? []).map((node) => node['node-name']),
        ),
      ];
    case 'netdev':
      return terms(
        'netdev',
        (machine.netdevs ?? []).map(({ id }) => id),
      );
    case 'chardev':
      return [
        ...terms(
          'chardev',
          (machine.chardevs ?? []).map(({ id }) => id),
        ),
        ...terms('console', consoleIds(machine)),
      ];
    case 'memdev':
    case 'memory-backend':
      return terms(
        'object',
        (machine.objects ?? []).map(({ id }) => id),
      );
    case 'bus':
      return terms('device', ['pcie.0', ...(machine.devices ?? []).map(({ id }) => id)]);
    case 'file':
    case 'filename':
      return images(machine);
    default:
      return [];
  }
}

/** What the value of a key may be, as far as it is known. */
export function values(place: ArgumentPlace, knowledge: Knowledge): Term[] {
  const { key, option, head } = place;
  if (key === undefined) return [];
  const property = propertiesOf(option, head, knowledge).find(({ name }) => name === key);
  const named = references(key, knowledge.machine);
  if (named.length > 0) return named;
  const words = property?.values ?? (/^bool/.test(property?.type ?? '') ? ['on', 'off'] : []);
  return words.map((name) => ({
    name,
    ...(property?.default !== undefined && plainValue(property.default) === name
      ? { detail: 'the default' }
      : {}),
  }));
}
