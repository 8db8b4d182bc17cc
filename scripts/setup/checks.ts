import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureBrowsers } from './browsers';
import { buildPage, npmProgram } from './serve';
import type { StepResult } from './steps';

/** How many checks held and how many did not. */
export interface Tally {
  passed: number;
  failed: number;
}

/** The fields of vitest's JSON report that are counted. */
export interface VitestReport {
  numPassedTests: number;
  numFailedTests: number;
  testResults: readonly { status: string; assertionResults: readonly unknown[] }[];
}

/** Counts a report. A test file that failed before its first test counts as one failure. */
export function tallyReport(report: VitestReport): Tally {
  const broken = report.testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  );
  return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
}

/** Counts set-up: one check per step. */
export function tallySteps(results: readonly StepResult[]): Tally {
  const failed = results.filter(({ error }) => error !== undefined).length;
  return { passed: results.length - failed, failed };
}

export function sumTallies(tallies: readonly Tally[]): Tally {
  return tallies.reduce((sum, next) => ({
    passed: sum.passed + next.passed,
    failed: sum.failed + next.failed,
  }));
}

/** Every check of the project, in order; the output of each goes to the terminal. */
export async function runChecks(
  repo: string,
  setup: readonly StepResult[],
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Tally> {
  const tallies = [tallySteps(setup)];
  const single = async (title: string, check: () => Promise<void>) => {
    say(`\n== ${title}`);
    try {
      await check();
      tallies.push({ passed: 1, failed: 0 });
    } catch (error) {
      signal.throwIfAborted();
      say(`${title} failed: ${(error as Error).message}`);
      tallies.push({ passed: 0, failed: 1 });
    }
  };
  const program = (argv: readonly string[]) => async () => {
    const code = await npmProgram(repo, argv, signal);
    if (code !== 0) throw new Error(`exit code ${code}`);
  };
  const vitest = async (title: string, args: readonly string[]) => {
    say(`\n== ${title}`);
    tallies.push(await runVitest(repo, args, signal, say));
  };
  await single('Types', program(['tsc', '--noEmit']));
  await single('ESLint', program(['eslint', '.', '--max-warnings', '0']));
  await single('Prettier', program(['prettier', '--check', '.']));
  await vitest('Unit tests', []);
  if (existsSync(join(repo, 'e2e/vitest.config.ts'))) {
    await single('Browsers', () => ensureBrowsers(say, signal));
    await single('Page', () => buildPage(repo, signal));
    await vitest('Tests of the built page', ['--config', 'e2e/vitest.config.ts']);
  }
  return sumTallies(tallies);
}

async function runVitest(
  repo: string,
  args: readonly string[],
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Tally> {
  const folder = mkdtempSync(join(tmpdir(), 'bootlink-test-'));
  const output = join(folder, 'report.json');
  try {
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
    const code = await npmProgram(repo, ['vitest', 'run', ...args, ...reporters], signal);
    if (!existsSync(output)) {
      say(`vitest ended with exit code ${code} and left no report.`);
      return { passed: 0, failed: 1 };
    }
    const tally = tallyReport(JSON.parse(readFileSync(output, 'utf8')) as VitestReport);
    // An error outside any test makes vitest fail without a failed test.
    return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
