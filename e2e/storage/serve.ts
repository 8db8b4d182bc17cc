import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { previewPage } from '../preview.js';

/** Builds and serves the page with the storage worker alone, at `e2e/storage/` below `url`. */
export async function serveStorage(): Promise<{ url: string; close(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'bootlink-storage-'));
  await build({
    logLevel: 'error',
    build: {
      outDir: folder,
      copyPublicDir: false,
      rolldownOptions: { input: { storage: resolve('e2e/storage/index.html') } },
    },
  });
  const { url, server } = await previewPage(folder, folder);
  return {
    url: new URL('e2e/storage/', url).href,
    close: async () => {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}
