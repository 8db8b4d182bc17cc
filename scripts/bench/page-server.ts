import { accessSync, mkdtempSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildPage, previewPage } from '../../e2e/preview';

/** The built page, served by vite's preview, which counts what it sends. */
export interface PageServer {
  url: string;
  /** Bytes sent so far, headers and all, over every connection. */
  sentBytes(): number;
  close(): Promise<void>;
}

/**
 * Serves the page with the engine and guests of `publicDir`.
 *
 * @param page folder of a page that is built already; left out, it is built from the sources
 */
export async function servePage(publicDir: string, page?: string): Promise<PageServer> {
  const folder = mkdtempSync(join(tmpdir(), 'bootlink-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  try {
    const built = page ?? join(folder, 'page');
    if (page === undefined) await buildPage(built);
    else accessSync(join(page, 'index.html'));
    const before = process.listeners('SIGTERM');
    const { url, server } = await previewPage(built, publicDir);
    // vite ends the process at SIGTERM, with native QEMU and this folder left behind.
    for (const listener of process.listeners('SIGTERM')) {
      if (!before.includes(listener)) process.off('SIGTERM', listener);
    }
    const open = new Set<Socket>();
    let sent = 0;
    server.httpServer.on('connection', (socket: Socket) => {
      open.add(socket);
      socket.on('close', () => {
        open.delete(socket);
        sent += socket.bytesWritten;
      });
    });
    return {
      url,
      sentBytes: () => [...open].reduce((sum, socket) => sum + socket.bytesWritten, sent),
      async close() {
        await server.close();
        remove();
      },
    };
  } catch (error) {
    remove();
    throw error;
  }
}
