import { createReadStream, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join } from 'node:path';

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

export interface PlainHost {
  url: string;
  /** How often the page itself was asked for. */
  pageLoads(): number;
  close(): Promise<void>;
}

interface HostOptions {
  /** Files that this host has not got. */
  hidden?: string[];
  /** Files of which this host sends the first half, and then nothing until it is closed. */
  stuck?: string[];
  /** Sends the headers of cross-origin isolation with every file. */
  isolates?: boolean;
}

const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

/**
 * A static host as the simplest ones are, with the page in a sub-folder.
 *
 * @param folders that are laid over one another, the first one that has a file serves it
 */
export async function plainHost(
  folders: string[],
  { hidden = [], stuck = [], isolates = false }: HostOptions = {},
): Promise<PlainHost> {
  const prefix = '/tools/bootlink/';
  let loads = 0;
  const server: Server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    let name = pathname.startsWith(prefix) ? pathname.slice(prefix.length) : undefined;
    if (name === '') {
      name = 'index.html';
      loads++;
    }
    const path = folders
      .map((folder) => join(folder, name ?? ''))
      .find((each) => statSync(each, { throwIfNoEntry: false })?.isFile());
    if (name === undefined || path === undefined || hidden.includes(name)) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      'Content-Type': types[extname(path)] ?? 'application/octet-stream',
      ...(isolates ? isolation : {}),
    });
    if (stuck.includes(name)) {
      const half = Math.floor(statSync(path).size / 2);
      createReadStream(path, { end: half - 1 }).pipe(response, { end: false });
    } else createReadStream(path).pipe(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The host has no port.');
  return {
    url: `http://127.0.0.1:${address.port}${prefix}`,
    pageLoads: () => loads,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
