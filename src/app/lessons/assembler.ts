import keystoneUrl from '@alexaltea/keystone-js/dist/keystone.wasm?url';
import type { Assemble } from '../../lessons/exercise.js';
import { openKeystone } from './keystone.js';

let loading: Promise<Assemble> | undefined;

/** The assembler, fetched with the first exercise (4.3 MB). */
export function loadAssembler(): Promise<Assemble> {
  loading ??= openKeystone(keystoneUrl).catch((error: unknown) => {
    loading = undefined; // The next try fetches it again.
    throw error;
  });
  return loading;
}
