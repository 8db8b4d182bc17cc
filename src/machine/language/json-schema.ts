import type { Capabilities, Property } from '../capabilities';
import { machineJsonSchema } from '../json-schema';

/** A JSON Schema (draft-07), as far as this folder builds one. */
export interface Schema {
  [key: string]: unknown;
}

function propertySchema(property: Property): Schema {
  const words = property.values ?? (/^bool/.test(property.type) ? ['on', 'off'] : undefined);
  const parts = [property.type, property.description].filter((part) => part !== undefined);
  return {
    description: parts.join(': '),
    ...(property.default === undefined
      ? {}
      : {
          default:
            typeof property.default === 'boolean'
              ? property.default
                ? 'on'
                : 'off'
              : String(property.default),
        }),
    // QEMU takes more words than these for some: they are offered, and the checks judge.
    ...(words === undefined ? {} : { examples: words, anyOf: [{ enum: words }, {}] }),
  };
}

/** When `key` is one of `names`, these properties are known. */
function when(key: string, names: readonly string[], properties: readonly Property[]): Schema {
  return {
    if: { properties: { [key]: { enum: names } }, required: [key] },
    then: {
      properties: Object.fromEntries(properties.map((each) => [each.name, propertySchema(each)])),
    },
  };
}

function names(types: readonly { name: string; alias?: string | undefined }[]): string[] {
  return types.flatMap(({ name, alias }) => [name, ...(alias === undefined ? [] : [alias])]);
}

function named(type: { name: string; alias?: string | undefined }): string[] {
  return names([type]);
}

/** Offers words for a key without refusing others: a device may be of another QEMU. */
function offer(words: readonly string[]): Schema {
  return { anyOf: [{ enum: words }, { type: 'string' }] };
}

/**
 * The machine's JSON Schema with what the engine knows: names of boards, models, devices and
 * objects, and for each its properties with types and defaults.
 */
export function editorSchema(known: Capabilities | undefined): Schema {
  const schema = structuredClone(machineJsonSchema()) as Schema;
  if (known === undefined) return schema;
  const parts = schema['properties'] as Record<string, Schema>;
  const add = (part: string, key: string, words: readonly string[], cases: Schema[]): void => {
    const whole = parts[part];
    const target = (whole?.['items'] as Schema | undefined) ?? whole;
    if (target === undefined) return;
    target['properties'] = { ...(target['properties'] as object | undefined), [key]: offer(words) };
    target['allOf'] = [...((target['allOf'] as Schema[] | undefined) ?? []), ...cases];
  };
  add(
    'board',
    'type',
    names(known.boards),
    known.boards.map((board) => when('type', named(board), board.properties)),
  );
  add(
    'cpu',
    'model',
    names(known.cpus),
    known.cpus.map((cpu) => when('model', [cpu.name], cpu.features)),
  );
  add(
    'devices',
    'driver',
    names(known.devices),
    known.devices.map((device) => when('driver', named(device), device.properties)),
  );
  add(
    'objects',
    'qom-type',
    names(known.objects),
    known.objects.map((object) => when('qom-type', [object.name], object.properties)),
  );
  return schema;
}
