import * as v from 'valibot';

/**
 * What the built engine knows, as set-up reads it over QMP into
 * `public/engine/capabilities.json`. Nobody keeps such a list by hand.
 */

/** From qom-list-properties, device-list-properties or query-cpu-model-expansion. */
export const Property = v.object({
  name: v.string(),
  /** QEMU's name of the type: `bool`, `uint32`, `str`, `OnOffAuto`, `link<…>`. */
  type: v.string(),
  description: v.optional(v.string()),
  /** As QMP gives it. */
  default: v.optional(v.union([v.string(), v.number(), v.boolean()])),
  /** The words an enumeration takes, where QMP tells (qom-list-types of the enum, or its text). */
  values: v.optional(v.array(v.string())),
});

export const BoardCapability = v.object({
  name: v.string(),
  alias: v.optional(v.string()),
  description: v.optional(v.string()),
  /** query-machines: cpu-max. */
  maxCpus: v.number(),
  defaultCpu: v.optional(v.string()),
  properties: v.array(Property),
});

export const CpuCapability = v.object({
  /** As -cpu takes it, without `-arm-cpu`. */
  name: v.string(),
  features: v.array(Property),
});

export const TypeCapability = v.object({
  name: v.string(),
  alias: v.optional(v.string()),
  description: v.optional(v.string()),
  /** The bus it plugs into, from `-device help`. */
  bus: v.optional(v.string()),
  category: v.optional(v.string()),
  properties: v.array(Property),
});

export const Capabilities = v.object({
  /** query-version, such as `10.0.13`. */
  version: v.string(),
  boards: v.array(BoardCapability),
  cpus: v.array(CpuCapability),
  devices: v.array(TypeCapability),
  objects: v.array(TypeCapability),
  /** trace-event-get-state of `*`. */
  traceEvents: v.array(v.string()),
  /** `-d help`: name and meaning. */
  logItems: v.optional(v.array(v.object({ name: v.string(), description: v.string() })), []),
  /** Enumerations of the QAPI schema: netdev types, block drivers, chardev back ends. */
  netdevTypes: v.optional(v.array(v.string()), []),
  blockDrivers: v.optional(v.array(v.string()), []),
  chardevBackends: v.optional(v.array(v.string()), []),
});

export type Property = v.InferOutput<typeof Property>;
export type TypeCapability = v.InferOutput<typeof TypeCapability>;
export type BoardCapability = v.InferOutput<typeof BoardCapability>;
export type Capabilities = v.InferOutput<typeof Capabilities>;
