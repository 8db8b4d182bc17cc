import { Capstone, Const, loadCapstone } from 'capstone-wasm';
// By its path: the package’s "exports" do not name the file.
import capstoneUrl from '../../../node_modules/capstone-wasm/dist/capstone.wasm?url';
import { hex } from '../../inspect/field.js';

/** An instruction of A64, or a word that is none. */
export interface Instruction {
  readonly address: bigint;
  readonly word: number;
  readonly text: string;
}

export type Disassemble = (bytes: Uint8Array, address: bigint) => Instruction[];

const BYTES = 4;

/** The disassembler, fetched with the first look at code (1.8 MB): Capstone, as WebAssembly. */
async function load(): Promise<Disassemble> {
  await loadCapstone({ locateFile: () => capstoneUrl });
  const capstone = new Capstone(Const.CS_ARCH_ARM64, Const.CS_MODE_LITTLE_ENDIAN);
  /** One instruction; undefined for a word that is none, at which Capstone throws. */
  const textOf = (bytes: Uint8Array, address: bigint): string | undefined => {
    try {
      const [first] = capstone.disasm(bytes, { address, count: 1 });
      return first && `${first.mnemonic} ${first.opStr}`.trim();
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

let loading: Promise<Disassemble> | undefined;

export function loadDisassembler(): Promise<Disassemble> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined; // The next look fetches it again.
    throw error;
  });
  return loading;
}
