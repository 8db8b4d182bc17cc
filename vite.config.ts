import { createReadStream, statSync, type Stats } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, normalize, resolve, sep } from 'node:path';
import { defineConfig, type Connect, type Plugin } from 'vite';
import { dockviewStyles } from './scripts/page/dockview-styles.js';
import { offlinePage } from './scripts/page/offline.js';
import { shippedPackages } from './scripts/page/packages.js';
import { preloadedModules } from './scripts/page/preload.js';

/**
 * Cross-origin isolation, without which there is no memory shared between threads, and the
 * content security policy, which workers take from their own response.
 */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const contentTypes: Record<string, string> = {
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.js': 'text/javascript',
  '.wasm': 'application/wasm',
};

function statFile(path: string): Stats | undefined {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() ? stats : undefined;
}

/**
 * Serves `public/engine` and `public/guests` as they are at this moment: set-up goes on
 * building guests while the page is being served already. Bytes go out as they lie on the disk;
 * no encoding is added to a compressed image.
 */
function serveBuilt(publicDir: string): Connect.NextHandleFunction {
  const root = resolve(publicDir);
  return (request: IncomingMessage, response: ServerResponse, next: () => void) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (!/^\/(engine|guests)\//.test(pathname) || !['GET', 'HEAD'].includes(request.method ?? '')) {
      next();
      return;
    }
    const path = normalize(join(root, decodeURIComponent(pathname)));
    const stats = path.startsWith(root + sep) ? statFile(path) : undefined;
    if (stats === undefined) {
      next();
      return;
    }
    const tag = `"${stats.size}-${stats.mtimeMs}"`;
    const fixed = { ...headers, ETag: tag, 'Cache-Control': 'no-cache' };
    if (request.headers['if-none-match'] === tag) {
      response.writeHead(304, fixed).end();
      return;
    }
    response.writeHead(200, {
      ...fixed,
      'Content-Type': contentTypes[extname(path)] ?? 'application/octet-stream',
      'Content-Length': stats.size,
    });
    if (request.method === 'HEAD') response.end();
    else
      createReadStream(path)
        .on('error', () => response.destroy())
        .pipe(response);
  };
}

function builtFiles(publicDir: string): Plugin {
  return {
    name: 'bootlink:built-files',
    configureServer: (server) => void server.middlewares.use(serveBuilt(publicDir)),
    configurePreviewServer: (server) => void server.middlewares.use(serveBuilt(publicDir)),
  };
}

/**
 * `_headers`, which several static hosts read: cross-origin isolation, so that the first visit needs
 * no reload, and a long life for files whose names change with their content.
 */
function headersFile(): Plugin {
  const lines = (rules: Record<string, string>): string =>
    Object.entries(rules)
      .map(([name, value]) => `  ${name}: ${value}`)
      .join('\n');
  return {
    name: 'bootlink:headers-file',
    generateBundle() {
      this.emitFile({
        type: 'asset',
        fileName: '_headers',
        source: [
          `/*\n${lines({ ...headers, 'X-Content-Type-Options': 'nosniff' })}`,
          `/assets/*\n${lines({ 'Cache-Control': 'public, max-age=31536000, immutable' })}`,
          `/service-worker.js\n${lines({ 'Cache-Control': 'no-cache' })}\n`,
        ].join('\n'),
      });
    },
  };
}

const publicDir = process.env.BOOTLINK_PUBLIC ?? 'public';
const packages = shippedPackages(import.meta.dirname);

export default defineConfig({
  // The page runs under any path of any host.
  base: './',
  // A missing file is missing, not the page.
  appType: 'mpa',
  publicDir,
  plugins: [
    builtFiles(publicDir),
    headersFile(),
    packages.page,
    offlinePage(),
    dockviewStyles(),
    preloadedModules(['src/app/page.tsx', 'src/app/terminal.ts', 'src/app/dock/dock.ts']),
  ],
  worker: { format: 'es', plugins: () => [packages.worker()] },
  server: { headers },
  preview: { headers },
  build: {
    target: 'es2023',
    // `npm run build` copies engine and guests for a static host; the tests serve them in place.
    copyPublicDir: process.env.BOOTLINK_COPY_PUBLIC !== 'no',
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: {
        index: 'index.html',
        'embed-example': 'embed-example.html',
        'service-worker': 'src/app/install/service-worker.ts',
      },
      output: {
        entryFileNames: (chunk) =>
          chunk.name === 'service-worker' ? 'service-worker.js' : 'assets/[name]-[hash].js',
      },
    },
  },
});
