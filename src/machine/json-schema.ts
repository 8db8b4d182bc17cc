import { toJsonSchema } from '@valibot/to-json-schema';
import { Machine } from './schema';

/**
 * JSON Schema (draft-07) of a machine as a person may write it, for the editor's completion,
 * hover and errors. Checks that JSON Schema cannot say are left to the schema itself.
 */
export function machineJsonSchema(): ReturnType<typeof toJsonSchema> {
  return toJsonSchema(Machine, { typeMode: 'input', errorMode: 'ignore' });
}
