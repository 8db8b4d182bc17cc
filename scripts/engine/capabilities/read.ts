import { writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { startEngine, type NodeEngine } from '../../../e2e/engine/node-engine';
import { Capabilities } from '../../../src/machine/capabilities';
import { boardDescriptions, deviceListing, logItems, type ListedDevice } from './help-text';
import { schemaCases } from './qmp-schema';
import { cpuName, properties, type QmpProperty } from './properties';

/**
 * Asks the built engine, over QMP and by its help texts, what it knows, and writes that as
 * `capabilities.json`. Run as a process of its own: QEMU's threads end with it.
 *
 * Arguments: the file to write. The engine is the one in `BOOTLINK_PUBLIC`.
 */

/** What a `help` argument prints before QEMU ends. */
async function helpText(option: string): Promise<string> {
  try {
    const engine = await startEngine([option, 'help']);
    await engine.stop();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  throw new Error(`QEMU did not end after ${option} help.`);
}

interface MachineInfo {
  name: string;
  alias?: string;
  'cpu-max': number;
  'default-cpu-type'?: string;
  deprecated?: boolean;
}

class Reader {
  constructor(private readonly engine: NodeEngine) {}

  private ask<Answer>(command: string, args?: object): Promise<Answer> {
    return this.engine.execute(command, args) as Promise<Answer>;
  }

  async version(): Promise<string> {
    const { qemu } = await this.ask<{ qemu: Record<'major' | 'minor' | 'micro', number> }>(
      'query-version',
    );
    return `${String(qemu.major)}.${String(qemu.minor)}.${String(qemu.micro)}`;
  }

  async boards(descriptions: ReadonlyMap<string, string>) {
    const machines = await this.ask<MachineInfo[]>('query-machines');
    const boards = [];
    for (const machine of machines.sort((a, b) => a.name.localeCompare(b.name))) {
      const typename = `${machine.name}-machine`;
      const listed = await this.ask<QmpProperty[]>('qom-list-properties', { typename });
      boards.push({
        name: machine.name,
        ...(machine.alias === undefined ? {} : { alias: machine.alias }),
        ...optional('description', descriptions.get(machine.name)),
        maxCpus: machine['cpu-max'],
        ...optional('defaultCpu', cpuName(machine['default-cpu-type'])),
        properties: properties(listed),
      });
    }
    return boards;
  }

  async cpus() {
    const models = await this.ask<{ name: string; typename: string }[]>('query-cpu-definitions');
    const cpus = [];
    for (const { name, typename } of models.sort((a, b) => a.name.localeCompare(b.name))) {
      const listed = await this.ask<QmpProperty[]>('qom-list-properties', { typename });
      cpus.push({ name, features: properties(listed, await this.expanded(name)) });
    }
    return cpus;
  }

  /** Values that the model sets itself; QEMU expands only those models that can be. */
  private async expanded(name: string): Promise<Record<string, unknown>> {
    try {
      const { model } = await this.ask<{ model: { props?: Record<string, unknown> } }>(
        'query-cpu-model-expansion',
        { type: 'full', model: { name } },
      );
      return model.props ?? {};
    } catch {
      return {};
    }
  }

  async devices(listing: readonly ListedDevice[]) {
    const devices = [];
    for (const device of [...listing].sort((a, b) => a.name.localeCompare(b.name))) {
      const listed = await this.ask<QmpProperty[]>('device-list-properties', {
        typename: device.name,
      });
      devices.push({ ...device, properties: properties(listed) });
    }
    return devices;
  }

  async objects() {
    const types = await this.ask<{ name: string }[]>('qom-list-types', {
      implements: 'user-creatable',
      abstract: false,
    });
    const objects = [];
    for (const { name } of types.sort((a, b) => a.name.localeCompare(b.name))) {
      const listed = await this.ask<QmpProperty[]>('qom-list-properties', { typename: name });
      objects.push({ name, properties: properties(listed) });
    }
    return objects;
  }

  async traceEvents(): Promise<string[]> {
    const events = await this.ask<{ name: string }[]>('trace-event-get-state', { name: '*' });
    return events.map(({ name }) => name).sort();
  }

  async cases() {
    const schema = await this.ask<Parameters<typeof schemaCases>[0]>('query-qmp-schema');
    return {
      netdevTypes: schemaCases(schema, 'netdev_add', 'type'),
      blockDrivers: schemaCases(schema, 'blockdev-add', 'driver'),
      chardevBackends: schemaCases(schema, 'chardev-add', 'backend'),
    };
  }
}

function optional<Key extends string>(key: Key, value: string | undefined) {
  return value === undefined ? {} : ({ [key]: value } as Record<Key, string>);
}

async function read(file: string): Promise<void> {
  const listing = deviceListing(await helpText('-device'));
  const descriptions = boardDescriptions(await helpText('-machine'));
  const items = logItems(await helpText('-d'));
  const engine = await startEngine(['-M', 'none', '-nodefaults']);
  const reader = new Reader(engine);
  const capabilities = v.parse(Capabilities, {
    version: await reader.version(),
    boards: await reader.boards(descriptions),
    cpus: await reader.cpus(),
    devices: await reader.devices(listing),
    objects: await reader.objects(),
    traceEvents: await reader.traceEvents(),
    logItems: items,
    ...(await reader.cases()),
  });
  for (const list of ['boards', 'cpus', 'devices', 'objects', 'traceEvents', 'logItems'] as const) {
    if (capabilities[list].length === 0) throw new Error(`QEMU named no ${list}.`);
  }
  writeFileSync(file, `${JSON.stringify(capabilities)}\n`);
  await engine.stop();
}

const [file] = process.argv.slice(2);
if (file === undefined) throw new Error('The file to write is missing.');
await read(file);
process.exit(0);
