import { readFile } from 'node:fs/promises';
import * as v from 'valibot';
import { Capabilities } from '../../src/machine/capabilities';
import { Catalogue, type Guest } from '../../src/machine/guest';
import { UsageError, type CliIo } from './command';

const built = new URL('../../public/', import.meta.url);

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** A file's text, or standard input's for `-`. */
export async function readInput(name: string, io: CliIo): Promise<string> {
  if (name === '-') return io.stdin();
  try {
    return await readFile(name, 'utf8');
  } catch (error) {
    throw new UsageError(
      `cannot read ${name}: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

/** What set-up has built, undefined before it has run. */
async function readBuilt<Schema extends v.GenericSchema>(
  path: string,
  schema: Schema,
): Promise<v.InferOutput<Schema> | undefined> {
  const url = new URL(path, built);
  let text: string;
  try {
    text = await readFile(url, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  const result = v.safeParse(schema, JSON.parse(text));
  if (result.success) return result.output;
  throw new UsageError(
    `public/${path} is not as expected (${result.issues[0].message}); run npm start once`,
  );
}

export function readCapabilities(): Promise<Capabilities | undefined> {
  return readBuilt('engine/capabilities.json', Capabilities);
}

/** The built-in guests that are ready, by id. */
export async function readGuests(): Promise<(id: string) => Guest | undefined> {
  const catalogue = await readBuilt('guests/index.json', Catalogue);
  const guests = new Map<string, Guest>();
  for (const entry of catalogue?.guests ?? []) {
    if (entry.state === 'ready') guests.set(entry.guest.id, entry.guest);
  }
  return (id) => guests.get(id);
}
