import { existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { spawn } from 'node:child_process';
import { killGroup } from './process';

/** Runs one of the checkout's npm programs with the terminal's output; gives its exit code. */
export function npmProgram(
  repo: string,
  argv: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn('npx', ['--no-install', ...argv], {
      cwd: repo,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: true,
    });
    const abort = () => killGroup(child, 'SIGTERM');
    signal.addEventListener('abort', abort, { once: true });
    child.on('error', reject);
    child.on('close', (code) => {
      signal.removeEventListener('abort', abort);
      if (signal.aborted) reject(signal.reason as Error);
      else resolve(code ?? 1);
    });
  });
}

/**
 * Builds the page into dist/, with links to public/engine and public/guests in place of the
 * copies that vite makes: guests that come later are then served as well.
 *
 * @throws Error when there is no page to build or the build fails.
 */
export async function buildPage(repo: string, signal: AbortSignal): Promise<void> {
  if (!existsSync(join(repo, 'vite.config.ts'))) {
    throw new Error(`There is no page to build: ${repo}/vite.config.ts is missing.`);
  }
  const code = await npmProgram(repo, ['vite', 'build', '--logLevel', 'warn'], signal);
  if (code !== 0) throw new Error(`vite build failed with exit code ${code} (see above).`);
  for (const name of ['engine', 'guests']) {
    const built = join(repo, 'dist', name);
    rmSync(built, { recursive: true, force: true });
    mkdirSync(join(repo, 'public', name), { recursive: true });
    symlinkSync(join('..', 'public', name), built);
  }
}

/** Serves dist/ until stopped. `args` go to `vite preview`, such as `--host` or `--port 8080`. */
export async function servePage(repo: string, args: readonly string[], signal: AbortSignal) {
  const code = await npmProgram(repo, ['vite', 'preview', ...args], signal);
  if (code !== 0) throw new Error(`vite preview failed with exit code ${code} (see above).`);
}
