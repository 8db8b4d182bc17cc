import { findNodeAtLocation, parseTree, type Node } from 'jsonc-parser';
import type { Diagnostic, SourceRange } from '../../machine/diagnostics.js';
import { editorSchema } from '../../machine/language/json-schema.js';
import { canonical, parseJson, readMachine } from '../../machine/machine-json.js';
import type { Machine } from '../../machine/schema.js';
import { validate } from '../../machine/validate.js';
import type { Capabilities } from '../../machine/capabilities.js';
import { jsonDefaults } from './monaco.js';

/** The one model that the schema is for. */
export const MACHINE_URI = 'inmemory://machine/machine.json';

/** Gives Monaco's JSON service the machine's schema; nothing is ever fetched for it. */
export function setMachineSchema(known: Capabilities | undefined): void {
  jsonDefaults.setDiagnosticsOptions({
    validate: true,
    allowComments: false,
    enableSchemaRequest: false,
    schemas: [
      {
        uri: 'inmemory://schema/machine.schema.json',
        fileMatch: [MACHINE_URI],
        schema: editorSchema(known),
      },
    ],
  });
}

export function printMachine(machine: Machine): string {
  return `${JSON.stringify(canonical(machine), null, 2)}\n`;
}

export interface ReadText {
  machine: Machine | undefined;
  diagnostics: Diagnostic[];
}

/** The nearest part of the text that a path names. */
function rangeOf(root: Node | undefined, path: readonly (string | number)[]): SourceRange {
  for (let length = path.length; root !== undefined && length > 0; length--) {
    const node = findNodeAtLocation(root, path.slice(0, length));
    if (node !== undefined) return { start: node.offset, end: node.offset + node.length };
  }
  return { start: 0, end: 1 };
}

/** A machine's JSON text -> the machine, and what there is to say about it, in places of the text. */
export function readMachineText(text: string, known: Capabilities | undefined): ReadText {
  const parsed = parseJson(text);
  // Faults of the JSON itself are Monaco's to show.
  if (!parsed.ok) return { machine: undefined, diagnostics: [] };
  const read = readMachine(parsed.value);
  const root = parseTree(text);
  if (!read.ok) {
    const path = /^"([^"]+)"/.exec(read.reason)?.[1]?.split('.') ?? [];
    const numbered = path.map((part) => (/^[0-9]+$/.test(part) ? Number(part) : part));
    const range = rangeOf(root, numbered);
    return {
      machine: undefined,
      diagnostics: [{ severity: 'error', code: 'schema', message: read.reason, range }],
    };
  }
  const diagnostics = validate(read.machine, known).map((each) => ({
    ...each,
    range: rangeOf(root, each.path ?? []),
  }));
  return { machine: read.machine, diagnostics };
}
