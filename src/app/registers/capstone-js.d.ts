/** The package has no types; these are the parts that are used. */
declare module '@alexaltea/capstone-js' {
  interface Capstone {
    /**
     * The instructions up to the first that cannot be decoded.
     * @throws a string when the first cannot
     */
    disasm(
      bytes: Uint8Array,
      address: bigint,
      count: number,
    ): { mnemonic: string; op_str: string }[];
    close(): void;
  }
  interface CapstoneModule {
    readonly ARCH_ARM64: number;
    readonly MODE_LITTLE_ENDIAN: number;
    Capstone: new (arch: number, mode: number) => Capstone;
  }
  /** Fetches and compiles the WebAssembly: settles before anything else may be called. */
  export default function loadCapstone(options?: {
    locateFile?: (name: string) => string;
  }): Promise<CapstoneModule>;
}
