import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brotliCompress, constants } from 'node:zlib';
import * as v from 'valibot';
import { ENGINE_MODULE, ENGINE_WASM, EngineManifest } from '../../src/engine/common/manifest';

export interface EngineFacts {
  qemuVersion: string;
  rawBytes: number;
  /** By brotli of quality 11 with its usual window, each file by itself. */
  brotliBytes: number;
}

/** Reads and compresses the engine's two files. @throws Error naming the file that is missing. */
export async function engineFacts(folder: string): Promise<EngineFacts> {
  const engine = join(folder, 'engine');
  const manifest: unknown = JSON.parse(readFileSync(join(engine, 'manifest.json'), 'utf8'));
  const { qemuVersion } = v.parse(EngineManifest, manifest);
  const compress = promisify(brotliCompress);
  let rawBytes = 0;
  let brotliBytes = 0;
  for (const name of [ENGINE_MODULE, ENGINE_WASM]) {
    const bytes = readFileSync(join(engine, name));
    const params = {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    };
    rawBytes += bytes.length;
    brotliBytes += (await compress(bytes, { params })).length;
  }
  return { qemuVersion, rawBytes, brotliBytes };
}
