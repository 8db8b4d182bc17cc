import { FailureError } from '../common/failure.js';
import { ENGINE_MODULE, ENGINE_WASM, EngineManifest, engineFileUrl } from '../common/manifest.js';
import { passMilestone } from '../common/milestones.js';
import * as v from 'valibot';

/** The part of Emscripten's file system (MEMFS) that Bootlink uses. */
export interface EngineFileSystem {
  mkdirTree(path: string): void;
  writeFile(path: string, data: Uint8Array, options?: { canOwn?: boolean }): void;
  readFile(path: string): Uint8Array<ArrayBuffer>;
  unlink(path: string): void;
}

/**
 * The engine as Emscripten's factory gives it. Names, addresses and handles are 32-bit: the
 * module is linked with MEMORY64=2, so that C's 64-bit pointers are plain numbers out here.
 */
export interface EngineModule {
  FS: EngineFileSystem;
  callMain(args: string[]): void;
  _malloc(bytes: number): number;
  _free(address: number): void;
  /** Claims a console channel; gives the address of its struct, 0 when there is no memory. */
  _bootlink_channel(name: number, outSize: number, inSize: number, flags: number): number;
  /** Makes an empty memory-backed image; gives its handle, or -1. Flag bit 0: read-only. */
  _bootlink_image(name: number, sizeLow: number, sizeHigh: number, flags: number): number;
  /** Address of a range of an image that lies within one chunk of 1 MiB, 0 without memory. */
  _bootlink_image_data(handle: number, low: number, high: number, length: number): number;
  /** Announces an image of the storage worker; gives its mailbox's address, or 0. */
  _bootlink_storage(name: number, sizeLow: number, sizeHigh: number, readOnly: number): number;
  /** Address of an image's chunk, 0 where nothing was ever written. While QEMU is stopped. */
  _bootlink_image_peek(handle: number, chunk: number): number;
  /** Address of the word on which QEMU's pollers sleep. */
  _bootlink_wake_word(): number;
  /** Address of the trace's control block (`trace.ts`); an engine of before has none. */
  _bootlink_trace_control?(): number;
  /** Address of the display's block (`display.ts`); an engine of before has none. */
  _bootlink_display?(): number;
}

export interface EngineOptions {
  noInitialRun: true;
  wasmMemory: WebAssembly.Memory;
  mainScriptUrlOrBlob: string;
  locateFile(path: string): string;
  instantiateWasm(
    imports: WebAssembly.Imports,
    done: (instance: WebAssembly.Instance, module: WebAssembly.Module) => void,
  ): object;
  print(text: string): void;
  printErr(text: string): void;
  onExit(code: number): void;
  onAbort(reason: unknown): void;
}

export type EngineFactory = (options: EngineOptions) => Promise<EngineModule>;

/** The engine's two files. Its script may start while the other is compiled. */
export interface LoadedEngine {
  factory: EngineFactory;
  wasm: Promise<WebAssembly.Module>;
  scriptUrl: string;
}

const REBUILD = 'Run set-up again (npm start), or check that the host serves the engine folder.';

/** Fetches and checks the engine's manifest. */
export async function fetchManifest(engineUrl: string): Promise<EngineManifest> {
  const url = new URL('manifest.json', engineUrl).href;
  let json: unknown;
  try {
    const response = await fetch(url, { cache: 'no-cache' });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    json = await response.json();
  } catch (error) {
    throw new FailureError({
      what: 'The engine (QEMU for WebAssembly) could not be fetched.',
      input: url,
      remedy: `It may still be being built. ${REBUILD}`,
      detail: String(error),
    });
  }
  const parsed = v.safeParse(EngineManifest, json);
  if (parsed.success) return parsed.output;
  throw new FailureError({
    what: 'The engine’s manifest is not one that this page understands.',
    input: url,
    remedy: REBUILD,
    detail: parsed.issues.map((issue) => `${v.getDotPath(issue)}: ${issue.message}`).join('\n'),
  });
}

/** Counts the bytes of a response as they pass, without keeping them. */
async function countBytes(response: Response, onBytes: (loaded: number) => void): Promise<void> {
  let loaded = 0;
  const reader = response.body?.getReader();
  if (!reader) return;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    loaded += value.length;
    onBytes(loaded);
  }
}

/**
 * Compiles while the bytes arrive, once that is allowed; they are asked for at once. The response
 * is handed over as it came, not as a stream of our own, since the browser keeps compiled code only
 * for responses it knows.
 */
async function compile(
  url: string,
  mayCompile: Promise<unknown>,
  onBytes: (loaded: number) => void,
): Promise<WebAssembly.Module> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  // Reads: what comes while the compilation has to wait is not left to the network.
  const counted = countBytes(response.clone(), onBytes);
  counted.catch(() => undefined);
  await mayCompile;
  passMilestone('compile-begun');
  const isWasm = response.headers.get('content-type')?.startsWith('application/wasm') === true;
  const module = isWasm
    ? await WebAssembly.compileStreaming(response)
    : await WebAssembly.compile(await response.arrayBuffer());
  passMilestone('engine-compiled');
  await counted;
  return module;
}

/**
 * Fetches the engine and compiles it.
 *
 * @param mayCompile resolves when the compilation may begin
 * @param onBytes is told the bytes of wasm that have arrived so far
 * @returns when the script is there and the compilation may begin
 */
export async function loadEngine(
  manifest: EngineManifest,
  engineUrl: string,
  mayCompile: Promise<unknown>,
  onBytes: (loaded: number) => void,
): Promise<LoadedEngine> {
  const scriptUrl = engineFileUrl(manifest, engineUrl, ENGINE_MODULE);
  const wasmUrl = engineFileUrl(manifest, engineUrl, ENGINE_WASM);
  const refuse = (error: unknown): never => {
    throw new FailureError({
      what: 'The engine (QEMU for WebAssembly) could not be loaded.',
      input: `${scriptUrl}\n${wasmUrl}`,
      remedy: REBUILD,
      detail: String(error),
    });
  };
  const wasm = compile(wasmUrl, mayCompile, onBytes).catch(refuse);
  // Whoever instantiates it is told; when the script is missing nobody does.
  wasm.catch(() => undefined);
  const loading = import(/* @vite-ignore */ scriptUrl) as Promise<{ default: EngineFactory }>;
  const [script] = await Promise.all([loading.catch(refuse), mayCompile]);
  return { factory: script.default, wasm, scriptUrl };
}

/** Fetches one of the option ROMs that lie beside the engine. */
export async function fetchRom(
  manifest: EngineManifest,
  engineUrl: string,
  name: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const url = engineFileUrl(manifest, engineUrl, name);
  try {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    return new Uint8Array(await response.arrayBuffer());
  } catch (error) {
    throw new FailureError({
      what: 'An option ROM of the engine could not be fetched.',
      input: url,
      remedy: REBUILD,
      detail: String(error),
    });
  }
}
