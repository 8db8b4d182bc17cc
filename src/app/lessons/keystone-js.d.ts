/** The package has no types; these are the parts that are used. */
declare module '@alexaltea/keystone-js' {
  interface Keystone {
    /** `mc` is the code, unless it has `failed`; then `errno` says why. */
    asm(text: string, address?: number | bigint): { mc: Uint8Array; failed: boolean };
    errno(): number;
    close(): void;
  }
  interface KeystoneModule {
    readonly ARCH_ARM64: number;
    readonly MODE_LITTLE_ENDIAN: number;
    strerror(code: number): string;
    Keystone: new (arch: number, mode: number) => Keystone;
  }
  /** Fetches and compiles the WebAssembly: settles before anything else may be called. */
  export default function loadKeystone(options?: {
    locateFile?: (name: string) => string;
  }): Promise<KeystoneModule>;
}
