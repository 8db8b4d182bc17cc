import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runChecks } from './setup/checks';
import { buildPage, npmProgram, servePage } from './setup/serve';
import { setUp } from './setup/setup';

const repo = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const stop = new AbortController();
const say = (line: string) => process.stdout.write(`${line}\n`);

function stopOn(signal: NodeJS.Signals) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(130);
    say(`\nStopping (${signal}); once more ends at once.`);
    stop.abort(new Error(`stopped by ${signal}`));
  });
}

/** Sets up, and serves the page from the moment the engine and the first guests are there. */
async function start(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      only: { type: 'string' },
      host: { type: 'boolean' },
      port: { type: 'string' },
      'set-up-only': { type: 'boolean' },
    },
  });
  const preview = [
    ...(values.host === true ? ['--host'] : []),
    ...(values.port === undefined ? [] : ['--port', values.port]),
  ];
  let serving: Promise<void> | undefined;
  let serveError: Error | undefined;
  const serve = () => {
    serving = buildPage(repo, stop.signal)
      .then(() => servePage(repo, preview, stop.signal))
      .catch((error: unknown) => {
        serveError = error as Error;
      });
  };
  const results = await setUp({
    repo,
    signal: stop.signal,
    say,
    ...(values.only === undefined ? {} : { only: values.only.split(',') }),
    ...(values['set-up-only'] === true ? {} : { firstReady: serve }),
  });
  const failed = results.filter(({ error }) => error !== undefined);
  for (const { name, error } of failed) say(`\n${name}: ${error?.message}`);
  say(failed.length === 0 ? 'Set-up is complete.' : `Set-up ended; ${failed.length} steps failed.`);
  await serving;
  if (serveError !== undefined) throw serveError;
  return failed.length === 0 ? 0 : 1;
}

async function test(): Promise<number> {
  const results = await setUp({ repo, signal: stop.signal, say });
  const { passed, failed } = await runChecks(repo, results, say, stop.signal);
  say(`\n${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** The instruction probe in its full size and in every way that the engine can run it. */
async function probe(): Promise<number> {
  await setUp({ repo, signal: stop.signal, say });
  process.env.BOOTLINK_PROBE = 'full';
  const files = ['e2e/probe.test.ts', 'e2e/probe-linux.test.ts'];
  const how = ['--config', 'e2e/vitest.config.ts', '--reporter=verbose'];
  return npmProgram(repo, ['vitest', 'run', ...how, ...files], stop.signal);
}

stopOn('SIGINT');
stopOn('SIGTERM');
const [name, ...rest] = process.argv.slice(2);
try {
  if (name === 'start') process.exitCode = await start(rest);
  else if (name === 'test') process.exitCode = await test();
  else if (name === 'probe') process.exitCode = await probe();
  else if (name === 'bench') {
    // With it come vite and Playwright, which a start has no use for.
    const { runBench } = await import('./bench/main');
    process.exitCode = await runBench({ repo, args: rest, signal: stop.signal, say });
  } else throw new Error(`scripts/main.ts knows start, test, probe and bench, not "${name}".`);
} catch (error) {
  process.stderr.write(`\n${(error as Error).message}\n`);
  process.exitCode = stop.signal.aborted ? 130 : 1;
}
