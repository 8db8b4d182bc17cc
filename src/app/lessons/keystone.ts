import loadKeystone from '@alexaltea/keystone-js';
import type { Assemble } from '../../lessons/exercise.js';

/** Keystone's message without its own name for it: "Invalid mnemonic (KS_ERR_…)". */
function words(text: string): string {
  const said = text.replace(/ \(KS_ERR.*$/, '');
  // What it says of a register that there is not, or an immediate that has no encoding.
  return said === 'Unknown error' || said === ''
    ? 'It cannot be encoded: no such register, or a constant too wide (ldr x0, =… loads any).'
    : `${said}.`;
}

/**
 * Keystone, which is LLVM's assembler, as WebAssembly. It takes GNU syntax with directives, macros
 * and literal pools.
 * @param wasm the address of keystone.wasm; in Node the package finds its own
 */
export async function openKeystone(wasm?: string): Promise<Assemble> {
  const module = await loadKeystone(wasm === undefined ? {} : { locateFile: () => wasm });
  return (text, address) => {
    // A new one each time: labels of a text that failed would stay.
    const keystone = new module.Keystone(module.ARCH_ARM64, module.MODE_LITTLE_ENDIAN);
    try {
      const { mc, failed } = keystone.asm(text, address);
      return failed ? { error: words(module.strerror(keystone.errno())) } : { bytes: mc };
    } finally {
      keystone.close();
    }
  };
}
