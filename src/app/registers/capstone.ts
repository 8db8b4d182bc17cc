import loadCapstone from '@alexaltea/capstone-js';
import { hex } from '../../inspect/field.js';

/** An instruction of A64, or a word that is none. */
export interface Instruction {
  readonly address: bigint;
  readonly word: number;
  readonly text: string;
}

export type Disassemble = (bytes: Uint8Array, address: bigint) => Instruction[];

const BYTES = 4;

/**
 * Capstone as WebAssembly.
 * @param wasm the address of capstone.wasm; in Node the package finds its own
 */
export async function openCapstone(wasm?: string): Promise<Disassemble> {
  const module = await loadCapstone(wasm === undefined ? {} : { locateFile: () => wasm });
  const capstone = new module.Capstone(module.ARCH_ARM64, module.MODE_LITTLE_ENDIAN);
  /** One instruction; undefined for a word that is none, at which Capstone throws. */
  const textOf = (bytes: Uint8Array, address: bigint): string | undefined => {
    try {
      const [first] = capstone.disasm(bytes, address, 1);
      return first && `${first.mnemonic} ${first.op_str}`.trim();
    } catch {
      return undefined;
    }
  };
  return (bytes, address) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const found: Instruction[] = [];
    for (let at = 0; at + BYTES <= bytes.length; at += BYTES) {
      const word = view.getUint32(at, true);
      const here = address + BigInt(at);
      const text = textOf(bytes.slice(at, at + BYTES), here) ?? `.inst ${hex(word, 8)}`;
      found.push({ address: here, word, text });
    }
    return found;
  };
}
