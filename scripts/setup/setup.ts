import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { buildEngine } from '../engine/build';
import { guestStep, guestSteps } from '../guests/build';
import { instruments, recipes } from '../guests/index';
import { snapshotSteps } from '../snapshots/steps';
import { Cache, cacheFolder } from './cache';
import { CatalogueFile } from './catalogue';
import type { SetupContext, StepContext } from './context';
import { decideHost, hostFacts } from './host';
import { Report } from './report';
import { makeRootfs, type Rootfs } from './rootfs';
import { PackageStore } from './source';
import { runSteps, type StepControl, type StepResult } from './steps';
import pins from './versions.json' with { type: 'json' };

export interface SetupOptions {
  repo: string;
  signal: AbortSignal;
  say: (line: string) => void;
  /** Only these guests; all when left out. */
  only?: readonly string[];
  /** Called once, when the engine and the first guests have been dealt with. */
  firstReady?: () => void;
}

/** Guests that the page is served with at the latest; the others come while it is up. */
const firstGuests = ['el-walk', 'four-worlds', 'sbsa-ref'];

/** That this machine cannot be set up, with the ways out. */
export class HostError extends Error {
  override name = 'HostError';
}

/**
 * Builds all that `public/` serves: the chroot, the engine and the guests. What failed is in
 * the results and in the catalogue; it stops nothing else.
 *
 * @throws HostError when this machine cannot do it; Error when the chroot cannot be made; the
 * signal's reason when stopped.
 */
export async function setUp(options: SetupOptions): Promise<StepResult[]> {
  const { repo, signal, say } = options;
  const decision = decideHost(await hostFacts(repo));
  if (!decision.can) throw new HostError(decision.reason);
  const cache = new Cache(cacheFolder());
  const release = await cache.lock(say, signal);
  const report = new Report(cache.folder, say);
  say(`Cache: ${cache.folder}; logs: ${report.folder}`);
  try {
    await cache.clean();
    let rootfs: Rootfs | undefined;
    const first = await runSteps(
      [
        {
          name: 'rootfs',
          needs: [],
          run: async ({ signal, wasCached }) => {
            const made = await makeRootfs(cache, decision.arch, report.log('rootfs'), signal);
            rootfs = made.rootfs;
            if (made.hit) wasCached();
          },
        },
      ],
      runnerOf(report, signal),
    );
    if (rootfs === undefined) throw first[0]?.error ?? new Error('The chroot was not made.');
    const context: SetupContext = {
      repo,
      cache,
      rootfs,
      packages: new PackageStore(cache, rootfs, pins, (line) => say(`Warning: ${line}`)),
      jobs: availableParallelism(),
    };
    return [...first, ...(await buildAll(options, context, report))];
  } finally {
    await report.close();
    release();
  }
}

function runnerOf(report: Report, signal: AbortSignal) {
  return {
    // Two, so that one's linking and configuring does not leave the other cores idle.
    heavyAtOnce: 2,
    signal,
    started: report.started.bind(report),
    ended: report.ended.bind(report),
  };
}

async function buildAll(
  { repo, signal, only, firstReady }: SetupOptions,
  context: SetupContext,
  report: Report,
): Promise<StepResult[]> {
  const isWanted = ({ id }: { id: string }) => only === undefined || only.includes(id);
  const wanted = recipes.filter(isWanted);
  const wantedInstruments = instruments.filter(isWanted);
  const catalogue = new CatalogueFile(join(repo, 'public/guests'), wanted);
  const inStep = (name: string, control: StepControl): StepContext => ({
    ...context,
    log: report.log(name),
    signal: control.signal,
    wasCached: control.wasCached,
  });
  // Steps listed earlier start earlier: the guests that the page waits for go first.
  const isFirst = ({ id }: { id: string }) => firstGuests.includes(id);
  const ordered = [
    ...wanted.filter(isFirst),
    ...wanted.filter((guest) => !isFirst(guest)),
    ...wantedInstruments,
  ];
  const guests = guestSteps(ordered, join(repo, 'public'), catalogue, inStep);
  const snapshots = snapshotSteps(ordered, join(repo, 'public'), catalogue, inStep);
  const engine = {
    name: 'engine',
    needs: [],
    heavy: true,
    run: (control: StepControl) => buildEngine(inStep('engine', control)),
  };
  const awaited = new Set(['engine', ...firstGuests.map((id) => guestStep({ id }))]);
  for (const name of awaited) {
    if (name !== 'engine' && !guests.some((step) => step.name === name)) awaited.delete(name);
  }
  const runner = runnerOf(report, signal);
  const results = await runSteps([engine, ...guests, ...snapshots], {
    ...runner,
    ended: (result) => {
      runner.ended(result);
      const recipe = wanted.find((guest) => guestStep(guest) === result.name);
      if (recipe !== undefined && result.error !== undefined) {
        const { id, title, summary } = recipe;
        catalogue.set(id, { state: 'failed', id, title, summary, error: result.error.message });
      }
      if (awaited.delete(result.name) && awaited.size === 0) firstReady?.();
    },
  });
  catalogue.finish();
  return results;
}
