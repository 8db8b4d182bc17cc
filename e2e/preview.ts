import { build, preview, type PreviewServer } from 'vite';

/** Builds the page into a folder, without engine and guests: those are served in place. */
export async function buildPage(outDir: string): Promise<void> {
  await build({ logLevel: 'error', build: { outDir, copyPublicDir: false, emptyOutDir: true } });
}

/** Serves a built page by vite's preview, on a free port of this machine alone. */
export async function previewPage(
  outDir: string,
  publicDir: string,
): Promise<{ url: string; server: PreviewServer }> {
  // vite.config.ts reads it; the tests themselves look at what was set before.
  const before = process.env.BOOTLINK_PUBLIC;
  process.env.BOOTLINK_PUBLIC = publicDir;
  const server = await preview({
    logLevel: 'error',
    build: { outDir },
    preview: { port: 0, host: '127.0.0.1' },
  });
  if (before === undefined) delete process.env.BOOTLINK_PUBLIC;
  else process.env.BOOTLINK_PUBLIC = before;
  const address = server.httpServer.address();
  if (address === null || typeof address === 'string') throw new Error('The preview has no port.');
  return { url: `http://127.0.0.1:${address.port}/`, server };
}
