/** The package has types that its "exports" hide; these are the parts that are used. */
declare module 'capstone-wasm' {
  export const Const: {
    readonly CS_ARCH_ARM64: number;
    readonly CS_MODE_LITTLE_ENDIAN: number;
  };
  /** Fetches and compiles the WebAssembly: settles before anything else may be called. */
  export function loadCapstone(options: { locateFile?: (name: string) => string }): Promise<void>;
  export class Capstone {
    constructor(arch: number, mode: number);
    /** The instructions up to the first that cannot be decoded. */
    disasm(
      data: Uint8Array,
      options: { address: bigint; count: number },
    ): { mnemonic: string; opStr: string }[];
    close(): void;
  }
}
