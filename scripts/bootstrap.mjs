import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Starts `scripts/main.ts COMMAND` with tsx, after installing the npm packages it needs.
 * Plain JavaScript without dependencies: this runs on a fresh clone, before anything is there.
 */
const root = fileURLToPath(new URL('..', import.meta.url));

function requireNode() {
  const wanted = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')).engines.node.slice(2);
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
  if (major < wantedMajor || (major === wantedMajor && minor < wantedMinor)) {
    process.stderr.write(
      `Bootlink needs Node ${wanted} or newer; this is Node ${process.versions.node} (${process.execPath}).\n`,
    );
    process.exit(1);
  }
}

function modified(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -1;
}

function installPackages() {
  // npm writes this file last, so an interrupted installation is noticed as well.
  const installed = modified(`${root}/node_modules/.package-lock.json`);
  if (installed >= modified(`${root}/package-lock.json`)) return;
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (status !== 0) {
    process.stderr.write('npm ci failed (see above); the npm registry has to be reachable.\n');
    process.exit(1);
  }
}

export function run(command) {
  requireNode();
  installPackages();
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', `${root}/scripts/main.ts`, command, ...process.argv.slice(2)],
    { cwd: root, stdio: 'inherit' },
  );
  // The terminal sends Ctrl-C to the whole group; a kill of this process is handed on.
  process.on('SIGINT', () => {});
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 1)));
}
