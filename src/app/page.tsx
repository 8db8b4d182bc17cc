import { render } from 'preact';
import { App, Unsupported } from './app.js';
import { announceTab } from './erase.js';
import { warmFonts } from './fonts.js';
import { keepForLater } from './install/install.js';
import { seekIsolation } from './isolation.js';
import { watchRuns } from './diagnosis/state.js';
import { serveEmbedding } from './embed/serve.js';
import { followLessonAddress } from './lessons/state.js';
import { followRoute, keepAddress } from './machine/address.js';
import { boot, openRoute, readRoute, route, run, watchCatalogue, type Route } from './session.js';
import { watchKept } from './offline/kept-guests.js';
import { storage } from './storage.js';
import { applyTheme, keepSettings } from './settings.js';
import { listenToShortcuts } from './shortcuts.js';
import { watchHiding } from './snapshots/state.js';
import { missingAbility, readAbilities } from './support.js';
import { warmTerminal } from './warm-terminal.js';
import { loadDock } from './dock/load-dock.js';
import { passMilestone } from '../engine/common/milestones.js';
import { watchTerminals } from './run-terminals.js';

/** The composition root: the one place that puts the page together. */
export async function startPage(root: HTMLElement): Promise<void> {
  passMilestone('page-evaluated');
  applyTheme(document.documentElement);
  const workerUrl = new URL('service-worker.js', document.baseURI).href;
  const isolation = await seekIsolation(workerUrl, {
    isolated: crossOriginIsolated,
    serviceWorker: 'serviceWorker' in navigator ? navigator.serviceWorker : undefined,
    session: sessionStorage,
    reload: () => location.reload(),
  });
  if (isolation === 'reloading') return;
  const missing = missingAbility(readAbilities());
  if (missing !== undefined) {
    render(<Unsupported failure={missing} />, root);
    return;
  }
  announceTab();
  const readAddress = (): Route => readRoute(location.search, location.hash, history.state);
  const first = readAddress();
  const boots = first.guest !== undefined && first.boot;
  // What a boot shows is fetched while the settings are read, and the catalogue is on its way.
  if (boots) void loadDock().catch(() => undefined);
  const kept = keepSettings();
  const fonts = warmFonts(document.body);
  await kept;
  await fonts;
  openRoute(readAddress(), true);
  // An address typed or pasted over this one comes as popstate too.
  addEventListener('popstate', () => openRoute(readAddress(), false));
  followRoute();
  keepAddress();
  followLessonAddress();
  if (route.value.embed === true) serveEmbedding();
  listenToShortcuts();
  watchHiding();
  watchRuns();
  watchTerminals();
  render(<App />, root);
  // The run in hand, for the browser's console and for tests: what consoles printed, as text.
  Object.defineProperty(globalThis, 'bootlink', {
    value: { run: () => run.value, storage: () => storage.service, boot },
  });
  // A boot from the address makes its own terminals, before it needs the processor.
  if (!boots) void warmTerminal(document.body);
  // The development server has neither manifest nor service worker, and the frame of another page
  // needs no copy of its own.
  const isBuilt = document.querySelector('link[rel="manifest"]') !== null;
  if (isBuilt && route.value.embed !== true) {
    void keepForLater(workerUrl);
    watchKept();
  }
  await watchCatalogue();
}
