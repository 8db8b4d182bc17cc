import capstoneUrl from '@alexaltea/capstone-js/dist/capstone.wasm?url';
import { openCapstone, type Disassemble } from './capstone.js';

export type { Instruction } from './capstone.js';

let loading: Promise<Disassemble> | undefined;

/** The disassembler, fetched with the first look at code (3.3 MB). */
export function loadDisassembler(): Promise<Disassemble> {
  loading ??= openCapstone(capstoneUrl).catch((error: unknown) => {
    loading = undefined; // The next look fetches it again.
    throw error;
  });
  return loading;
}
