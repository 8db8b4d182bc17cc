import type { Property } from '../../../src/machine/capabilities';
import { enumValues } from './help-text';

/** As qom-list-properties and device-list-properties give it. */
export interface QmpProperty {
  name: string;
  type: string;
  description?: string;
  'default-value'?: unknown;
}

/** QOM's plumbing, which no argument sets: links between parts, children, states. */
const internal =
  /^(?:type|parent_bus|realized|hotplugged|hotpluggable|memory|legacy-.*|unnamed-gpio-.*|.*\[[0-9*]+\])$/;

/** Links that are set on the command line, by the id or node name of what they point to. */
const settable = new Set(['link<confidential-guest-support>', 'link<memory-backend>']);

function plain(value: unknown): string | number | boolean | undefined {
  return ['string', 'number', 'boolean'].includes(typeof value)
    ? (value as string | number | boolean)
    : undefined;
}

/**
 * What of a type's properties an argument may set, by name, with QEMU's default or, for a CPU
 * model, the value it expands to.
 */
export function properties(
  listed: readonly QmpProperty[],
  expanded: Record<string, unknown> = {},
): Property[] {
  return listed
    .filter(({ name, type }) => {
      if (internal.test(name) && !(name === 'memory' && !type.startsWith('link'))) return false;
      if (type.startsWith('child<')) return false;
      // `-device` takes an id for every link (set_link in qom/object.c).
      return !/^link<(?:irq|memory-region|bus)>$/.test(type) || settable.has(type);
    })
    .map((one): Property => {
      const fallback = plain(expanded[one.name]) ?? plain(one['default-value']);
      const values = /^bool/.test(one.type) ? undefined : enumValues(one.description);
      return {
        name: one.name,
        type: one.type,
        ...(one.description === undefined ? {} : { description: one.description.trim() }),
        ...(fallback === undefined ? {} : { default: fallback }),
        ...(values === undefined ? {} : { values }),
      };
    })
    .sort((a, b) => a.name.localeCompare(b.name));
}

/** `cortex-a57-arm-cpu` as -cpu takes it. */
export function cpuName(typename: string | undefined): string | undefined {
  return typename?.replace(/-(?:arm|aarch64)-cpu$/, '');
}
