import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'vite';
import type { PageBuild, PageFile } from '../../src/app/install/messages.js';

const ICONS = ['icon.svg', 'icon-maskable.svg'] as const;
const SERVICE_WORKER = 'service-worker.js';

/** The web app manifest (W3C, Web Application Manifest); addresses are relative to itself. */
const manifest = {
  name: 'Bootlink',
  short_name: 'Bootlink',
  description: 'Boots Arm machines in a tab: QEMU compiled to WebAssembly.',
  id: './',
  start_url: './',
  scope: './',
  display: 'standalone',
  background_color: '#0c0f0d',
  theme_color: '#14532d',
  categories: ['developer', 'education', 'utilities'],
  icons: [
    { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'any' },
    { src: 'icon-maskable.svg', sizes: 'any', type: 'image/svg+xml', purpose: 'maskable' },
  ],
};

/**
 * Makes the built page installable and gives its service worker the list of the build's files with
 * their SHA-256. Files that the entry names statically or fetches soon come first; what is left
 * (the editors, most of all) is kept after them.
 */
export function offlinePage(): Plugin {
  return {
    name: 'bootlink:offline-page',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_html, { path }) =>
        path.endsWith('/index.html')
          ? [
              {
                tag: 'link',
                attrs: { rel: 'manifest', href: './manifest.webmanifest' },
                injectTo: 'head',
              },
              {
                tag: 'meta',
                attrs: { name: 'theme-color', content: manifest.theme_color },
                injectTo: 'head',
              },
            ]
          : [],
    },
    generateBundle() {
      this.emitFile({
        type: 'asset',
        fileName: 'manifest.webmanifest',
        source: JSON.stringify(manifest, null, 2),
      });
      for (const fileName of ICONS) {
        const source = readFileSync(new URL(`../../src/app/install/${fileName}`, import.meta.url));
        this.emitFile({ type: 'asset', fileName, source });
      }
    },
    // When everything lies in the folder: the names and bytes are those that a host serves.
    writeBundle({ dir }, bundle) {
      if (dir === undefined) return;
      const first: PageFile[] = [];
      const later: PageFile[] = [];
      const names = Object.keys(bundle).sort();
      for (const name of names) {
        if (['_headers', SERVICE_WORKER].includes(name) || /embed-example|\.map$/.test(name))
          continue;
        const sha256 = createHash('sha256')
          .update(readFileSync(join(dir, name)))
          .digest('hex');
        (/monaco|editor|json\.worker|json-language|qemu-language/.test(name) ? later : first).push([
          name,
          sha256,
        ]);
      }
      const id = createHash('sha256')
        .update(JSON.stringify([first, later]))
        .digest('hex');
      const build: PageBuild = { id: id.slice(0, 16), first, later };
      const path = join(dir, SERVICE_WORKER);
      const code = readFileSync(path, 'utf8');
      if (!code.includes('__BOOTLINK_PAGE__')) {
        throw new Error(`${path} has no place for the list of the page's files.`);
      }
      writeFileSync(
        path,
        code.replaceAll('__BOOTLINK_PAGE__', () => JSON.stringify(build)),
      );
    },
  };
}
