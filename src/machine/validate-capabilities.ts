import { boardFamily } from './address-space';
import type { Capabilities, Property, TypeCapability } from './capabilities';
import type { Diagnostic, MachinePath } from './diagnostics';
import { similarName } from './qemu-options';
import type { Machine } from './schema';
import type { Json } from './schema/text';

/** Keys of a device or object that are not among its properties. */
const commonKeys = new Set(['driver', 'qom-type', 'id', 'bus', 'failover_pair_id']);

function unknown(what: string, name: string, names: string[], path: MachinePath): Diagnostic {
  const similar = similarName(name, names);
  const hint = similar === undefined ? '' : ` Did you mean "${similar}"?`;
  const message = `Bootlink’s engine has no ${what} "${name}".${hint}`;
  return { severity: 'error', code: `unknown-${what.replaceAll(' ', '-')}`, message, path };
}

/** What is wrong with a value of a property, if QEMU would refuse it. */
function valueProblem(property: Property, value: Json): string | undefined {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (property.values !== undefined && property.values.length > 0) {
    const words = property.values;
    return words.includes(text) ? undefined : `takes one of ${words.join(', ')}`;
  }
  if (/^bool(?:ean)?$/.test(property.type)) {
    // qapi_bool_parse in qapi/qapi-util.c.
    return /^(?:on|off|yes|no|true|false|y|n)$/.test(text) ? undefined : 'takes on or off';
  }
  if (/^u?int(?:8|16|32|64)?$/.test(property.type)) {
    return /^-?(?:0x[0-9A-Fa-f]+|[0-9]+)$/.test(text) ? undefined : 'takes a whole number';
  }
  return undefined;
}

function checkProperties(
  owner: string,
  properties: readonly Property[],
  values: Record<string, Json>,
  path: MachinePath,
): Diagnostic[] {
  return Object.entries(values).flatMap(([key, value]): Diagnostic[] => {
    // Array elements (`prop[0]`, `len-prop`) and nested keys are not listed one by one.
    if (commonKeys.has(key) || /[.[]|^len-/.test(key)) return [];
    const property = properties.find(({ name }) => name === key);
    const here = [...path, key];
    if (property === undefined) {
      const similar = similarName(
        key,
        properties.map(({ name }) => name),
      );
      const hint = similar === undefined ? '' : ` Did you mean "${similar}"?`;
      const message = `"${owner}" has no property "${key}".${hint}`;
      return [{ severity: 'error', code: 'unknown-property', message, path: here }];
    }
    const problem = valueProblem(property, value);
    if (problem === undefined) return [];
    const message = `"${key}" of "${owner}" ${problem}, not "${String(value)}".`;
    return [{ severity: 'error', code: 'bad-value', message, path: here }];
  });
}

function findType(types: readonly TypeCapability[], name: string) {
  return types.find((type) => type.name === name || type.alias === name);
}

function checkTypes(
  what: 'device' | 'object type',
  types: readonly TypeCapability[],
  used: { name: string; values: Record<string, Json>; path: MachinePath; key: string }[],
): Diagnostic[] {
  return used.flatMap(({ name, values, path, key }) => {
    const type = findType(types, name);
    if (type === undefined) {
      return [
        unknown(
          what,
          name,
          types.map((one) => one.name),
          [...path, key],
        ),
      ];
    }
    return checkProperties(name, type.properties, values, path);
  });
}

function checkProcessor({ board, cpu }: Machine, known: Capabilities): Diagnostic[] {
  const problems: Diagnostic[] = [];
  const { type, ...options } = board ?? {};
  if (type !== undefined) {
    const found = known.boards.find(({ name, alias }) => name === type || alias === type);
    if (found === undefined) {
      const names = known.boards.flatMap(({ name, alias }) => [name, ...(alias ? [alias] : [])]);
      const family = boardFamily(type);
      const path = ['board', 'type'];
      problems.push(unknown('board', family === type ? type : (family ?? type), names, path));
    } else if (found.properties.length > 0) {
      problems.push(...checkProperties(type, found.properties, options, ['board']));
    }
  }
  if (cpu !== undefined && cpu.model !== 'host') {
    const { model, ...features } = cpu;
    const found = known.cpus.find(({ name }) => name === model);
    const names = known.cpus.map(({ name }) => name);
    if (found === undefined) problems.push(unknown('CPU model', model, names, ['cpu', 'model']));
    else if (found.features.length > 0) {
      problems.push(...checkProperties(model, found.features, features, ['cpu']));
    }
  }
  return problems;
}

/** `ich9*` as QEMU's trace code matches it (g_pattern_match_simple): `*` and `?`. */
function matches(pattern: string, name: string): boolean {
  let p = 0;
  let n = 0;
  let star = -1;
  let resume = 0;
  while (n < name.length) {
    if (pattern[p] === '*') {
      star = p++;
      resume = n;
    } else if (pattern[p] === '?' || pattern[p] === name[n]) {
      p++;
      n++;
    } else if (star !== -1) {
      p = star + 1;
      n = ++resume;
    } else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}

function checkTracing({ trace, log, globals }: Machine, known: Capabilities): Diagnostic[] {
  const problems: Diagnostic[] = [];
  for (const [i, { enable }] of (trace ?? []).entries()) {
    const pattern = enable?.replace(/^-/, '');
    if (pattern === undefined || known.traceEvents.some((name) => matches(pattern, name))) continue;
    problems.push({
      ...unknown('trace event', pattern, known.traceEvents, ['trace', i]),
      severity: 'warning',
    });
  }
  for (const [i, item] of (log?.items ?? []).entries()) {
    const names = known.logItems.map(({ name }) => name);
    if (names.length === 0 || item.startsWith('trace:') || names.includes(item)) continue;
    problems.push(unknown('log item', item, names, ['log', 'items', i]));
  }
  for (const [i, { driver, property }] of (globals ?? []).entries()) {
    const type = findType(known.devices, driver);
    // QEMU ignores a -global for a type that is not in use, such as a CPU's.
    if (type === undefined || type.properties.some(({ name }) => name === property)) continue;
    const message = `"${driver}" has no property "${property}".`;
    problems.push({ severity: 'warning', code: 'unknown-property', message, path: ['globals', i] });
  }
  return problems;
}

/** What of the machine the engine does not have. */
export function checkCapabilities(machine: Machine, known: Capabilities): Diagnostic[] {
  const devices = (machine.devices ?? []).map((device, i) => ({
    name: device.driver,
    values: device as Record<string, Json>,
    path: ['devices', i],
    key: 'driver',
  }));
  const objects = (machine.objects ?? []).map((object, i) => ({
    name: object['qom-type'],
    values: object as Record<string, Json>,
    path: ['objects', i],
    key: 'qom-type',
  }));
  return [
    ...checkProcessor(machine, known),
    ...checkTypes('device', known.devices, devices),
    ...checkTypes('object type', known.objects, objects),
    ...checkTracing(machine, known),
  ];
}
