import { Const, Keystone, loadKeystone } from 'keystone-wasm';
// By its path: the package’s "exports" do not name the file.
import keystoneUrl from '../../../node_modules/keystone-wasm/dist/keystone.wasm?url';
import type { Assemble } from '../../lessons/exercise.js';

/** Keystone's message without its own name for it: "Invalid mnemonic". */
function words(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const said = /error: (.*?)(?: \(KS_ERR|$)/.exec(text)?.[1] ?? text;
  // What it says of a register that there is not, or an immediate that has no encoding.
  return said === 'Unknown error'
    ? 'It cannot be encoded: no such register, or a constant too wide (ldr x0, =… loads any).'
    : `${said}.`;
}

/**
 * The assembler, fetched with the first exercise (3 MB): Keystone, which is LLVM's, as
 * WebAssembly. It takes GNU syntax with directives, macros and literal pools.
 */
async function load(): Promise<Assemble> {
  await loadKeystone({ locateFile: () => keystoneUrl });
  return (text, address) => {
    // A new one each time: labels of a text that failed would stay.
    const keystone = new Keystone(Const.KS_ARCH_ARM64, Const.KS_MODE_LITTLE_ENDIAN);
    try {
      return { bytes: keystone.asm(text, { address }).slice() };
    } catch (error) {
      return { error: words(error) };
    } finally {
      keystone.close();
    }
  };
}

let loading: Promise<Assemble> | undefined;

export function loadAssembler(): Promise<Assemble> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined; // The next try fetches it again.
    throw error;
  });
  return loading;
}
