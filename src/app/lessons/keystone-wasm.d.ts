/** The package has types that its "exports" hide; these are the parts that are used. */
declare module 'keystone-wasm' {
  export const Const: {
    readonly KS_ARCH_ARM64: number;
    readonly KS_MODE_LITTLE_ENDIAN: number;
  };
  /** Fetches and compiles the WebAssembly: settles before anything else may be called. */
  export function loadKeystone(options: {
    locateFile?: (name: string) => string;
    wasmBinary?: Uint8Array;
  }): Promise<void>;
  export class Keystone {
    constructor(arch: number, mode: number);
    /** @throws Error with Keystone's message when the text cannot be assembled */
    asm(text: string, options?: { address?: number | bigint }): Uint8Array;
    close(): void;
  }
}
