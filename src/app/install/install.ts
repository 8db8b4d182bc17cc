import { computed, effect, signal } from '@preact/signals';
import * as v from 'valibot';
import { deferred } from '../../engine/common/deferred.js';
import type { Result } from '../../engine/common/failure.js';
import { EngineManifest, engineFileUrl } from '../../engine/common/manifest.js';
import { run, runVersion } from '../session.js';
import type { Kept, ToServiceWorker } from './messages.js';

/**
 * The page as something installed: kept for visits without a network, updated when the visitor
 * says so. The service worker does the keeping; this asks it to, when no machine is booting.
 */

/** A newer build that waits to be taken; undefined while there is none. */
export const updateReady = signal<ServiceWorker | undefined>(undefined);
/** What a visit without a network would find. */
export const offline = signal<'nothing' | 'page' | 'page and engine'>('nothing');
/** Whether guests can be kept: the page has a service worker, or will have one. */
export const canKeep = signal(false);
/** Lets the browser ask whether to install the page; undefined where it does not offer that. */
export const askToInstall = signal<(() => void) | undefined>(undefined);

const UPDATE_MS = 3_600_000;
/** The slowest guest of the catalogue is at its prompt this long after its engine has started. */
const QUIET_MS = 10_000;

const stateName = computed(() => {
  void runVersion.value;
  return run.value?.state.name;
});

/** `beforeinstallprompt` (Web App Manifest, incubated): not among the DOM's types. */
interface InstallPromptEvent extends Event {
  prompt(): Promise<unknown>;
}

/** Addresses of what set-up has built and a boot or an editor asks for, guests' images aside. */
async function builtUrls(): Promise<string[]> {
  const engine = new URL('engine/', document.baseURI).href;
  const manifestUrl = new URL('manifest.json', engine).href;
  const response = await fetch(manifestUrl, { cache: 'no-cache' });
  const manifest = v.parse(EngineManifest, await response.json());
  return [
    manifestUrl,
    new URL('guests/index.json', document.baseURI).href,
    new URL('capabilities.json', engine).href,
    ...Object.keys(manifest.files)
      .filter((name) => name !== 'capabilities.json')
      .map((name) => engineFileUrl(manifest, engine, name)),
  ];
}

/** Whether the engine that the host has now, or had last, was kept on a visit before. */
async function isEngineKept(): Promise<boolean> {
  const kept = await Promise.all(
    (await builtUrls()).map((url) => caches.match(url, { ignoreVary: true })),
  );
  return kept.every((response) => response !== undefined);
}

/** The worker that keeps the page, once it is there; undefined where the browser has none. */
const keeper = deferred<ServiceWorker | undefined>();

function keep(worker: ServiceWorker, urls: string[]): Promise<Kept> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<Kept>) => {
      port1.close();
      resolve(data);
    };
    worker.postMessage({ kind: 'keep', urls } satisfies ToServiceWorker, [port2]);
  });
}

/**
 * Resolves when no machine has started for a while, and none is on its way. What the service
 * worker fetches and checks would otherwise take a third of a second from a boot of one.
 */
export function whenQuiet(): Promise<void> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = effect(() => {
      const state = stateName.value;
      clearTimeout(timer);
      if (state === 'idle' || state === 'fetching' || state === 'starting') return;
      // Both in milliseconds since the page was opened.
      const started = run.peek()?.entered.running ?? 0;
      timer = setTimeout(
        () => {
          stop();
          resolve();
        },
        Math.max(0, started + QUIET_MS - performance.now()),
      );
    });
  });
}

/** Resolves with the first machine that runs: its engine is one to keep. */
function whenRunning(): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      void runVersion.value;
      if (run.value?.entered.running === undefined) return;
      queueMicrotask(() => {
        stop();
        resolve();
      });
    });
  });
}

/**
 * Keeps the page and the engine now, for a guest that is to be kept, though no machine has run yet.
 *
 * The service worker is registered by `keepForLater`, within seconds of the page's start.
 */
export async function keepEngine(): Promise<Result<void>> {
  const failed = (detail: string): Result<void> => ({
    ok: false,
    failure: {
      what: 'The page and its engine could not be kept.',
      remedy: 'Check the connection, and that the browser has room left; then try again.',
      detail,
    },
  });
  try {
    if (offline.value === 'page and engine') return { ok: true, value: undefined };
    const worker = await keeper.promise;
    if (worker === undefined) return failed('This browser has no service workers here.');
    const { missing } = await keep(worker, await builtUrls());
    if (missing.length > 0) return failed(missing.join('\n'));
    offline.value = 'page and engine';
    return { ok: true, value: undefined };
  } catch (error) {
    return failed(String(error));
  }
}

function watchUpdates(registration: ServiceWorkerRegistration): void {
  const offer = (): void => {
    // Without one in charge, the waiting one is the first and takes over by itself.
    if (registration.active !== null) updateReady.value = registration.waiting ?? undefined;
  };
  offer();
  registration.addEventListener('updatefound', () => {
    registration.installing?.addEventListener('statechange', offer);
  });
  const look = (): void => {
    if (document.visibilityState === 'visible') registration.update().catch(() => undefined);
  };
  setInterval(look, UPDATE_MS);
  document.addEventListener('visibilitychange', look);
}

/** Ends this page and whatever runs in it, for the newer build. */
export function takeUpdate(): void {
  const waiting = updateReady.value;
  if (waiting === undefined) return;
  navigator.serviceWorker.addEventListener('controllerchange', () => location.reload(), {
    once: true,
  });
  waiting.postMessage({ kind: 'take-over' } satisfies ToServiceWorker);
}

/** Keeps the page, and the engine with the first machine that runs, for visits without a network. */
export async function keepForLater(workerUrl: string): Promise<void> {
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    askToInstall.value = () => void (event as InstallPromptEvent).prompt();
  });
  addEventListener('appinstalled', () => (askToInstall.value = undefined));
  if (!('serviceWorker' in navigator)) {
    keeper.resolve(undefined);
    return;
  }
  canKeep.value = 'caches' in globalThis;
  await whenQuiet();
  try {
    const registration = (await navigator.serviceWorker.register(workerUrl)) as
      ServiceWorkerRegistration | undefined;
    // A browser that blocks service workers may say nothing and give nothing.
    if (registration === undefined) {
      canKeep.value = false;
      return;
    }
    watchUpdates(registration);
    const { active } = await navigator.serviceWorker.ready;
    if (active === null) return;
    keeper.resolve(active);
    if ((await keep(active, [])).missing.length === 0 && offline.value === 'nothing') {
      offline.value = (await isEngineKept()) ? 'page and engine' : 'page';
    }
    await whenRunning();
    await whenQuiet();
    await keepEngine();
  } catch {
    // No service workers here, or no network just now: the page works from its host.
  } finally {
    // Nothing where it was resolved before.
    keeper.resolve(undefined);
  }
}
