/** An entry of query-qmp-schema; types are referred to by numbers in text. */
export interface SchemaEntry {
  name: string;
  'meta-type': string;
  'arg-type'?: string;
  tag?: string;
  variants?: { case: string; type: string }[];
  members?: { name?: string; type: string }[];
  values?: string[];
}

/**
 * The words that a command's argument takes for its tag: the drivers of blockdev-add, say.
 * The tag is a member of the argument, or one level below it (chardev-add's `backend`).
 */
export function schemaCases(
  schema: readonly SchemaEntry[],
  command: string,
  member: string,
): string[] {
  const byName = new Map(schema.map((entry) => [entry.name, entry]));
  const argument = byName.get(byName.get(command)?.['arg-type'] ?? '');
  const found = argument?.members?.find(({ name }) => name === member);
  const type = byName.get(found?.type ?? '');
  const tag = type?.members?.find(({ name }) => name === type.tag);
  const enumeration = tag === undefined ? type : byName.get(tag.type);
  const values =
    enumeration?.values ??
    enumeration?.members?.flatMap(({ name }) => name ?? []) ??
    argument?.variants?.map((variant) => variant.case) ??
    [];
  return [...values].sort();
}
