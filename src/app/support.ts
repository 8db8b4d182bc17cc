import type { Failure } from '../engine/common/failure.js';

/** What Bootlink needs of a browser, as far as it can be asked before a boot. */
export interface Abilities {
  secureContext: boolean;
  crossOriginIsolated: boolean;
  sharedArrayBuffer: boolean;
  webAssembly: boolean;
  moduleWorkers: boolean;
  serviceWorker: boolean;
}

/**
 * Whether workers may be modules: a browser that knows the option reads it. The reading throws,
 * so that no worker is made.
 */
function hasModuleWorkers(): boolean {
  if (typeof Worker === 'undefined') return false;
  let read = false;
  const options = {
    get type(): 'module' {
      read = true;
      throw new Error('known');
    },
  };
  try {
    new Worker('', options).terminate();
  } catch {
    // Expected: only the reading counts.
  }
  return read;
}

export function readAbilities(): Abilities {
  return {
    secureContext: isSecureContext,
    crossOriginIsolated,
    sharedArrayBuffer: typeof SharedArrayBuffer !== 'undefined',
    webAssembly: typeof WebAssembly === 'object',
    moduleWorkers: hasModuleWorkers(),
    serviceWorker: 'serviceWorker' in navigator,
  };
}

const NEW_BROWSER =
  'Use a current Chromium, Chrome, Edge or Firefox, or Safari 16.4 or newer, without a mode that switches such functions off.';

/** What stands in the way, or undefined when nothing does: which, why, and what to do. */
export function missingAbility(abilities: Abilities): Failure | undefined {
  if (!abilities.webAssembly) {
    return {
      what: 'This browser has no WebAssembly.',
      input: 'QEMU, which runs the machines, is a WebAssembly program.',
      remedy: `${NEW_BROWSER} Some browsers switch WebAssembly off in their strictest mode.`,
    };
  }
  if (!abilities.moduleWorkers) {
    return {
      what: 'This browser has no module workers.',
      input: 'QEMU runs in worker threads that are JavaScript modules.',
      remedy: NEW_BROWSER,
    };
  }
  if (!abilities.secureContext) {
    return {
      what: 'This page was not opened over a secure connection.',
      input:
        'Browsers give the memory that QEMU’s threads share to https pages and localhost only.',
      remedy: 'Open it by https, or on the machine that serves it by http://localhost.',
    };
  }
  if (!abilities.crossOriginIsolated) {
    return {
      what: 'This page is not cross-origin isolated.',
      input:
        'Browsers give the memory that QEMU’s threads share only to pages that are. ' +
        (abilities.serviceWorker
          ? 'The host does not send the headers for it, and the page’s service worker could not add them.'
          : 'The host does not send the headers for it, and this browser (or a private window) has no service workers to add them.'),
      remedy:
        'Reload the page once. If that does not help: leave the private window, or have the host send ' +
        '“Cross-Origin-Opener-Policy: same-origin” and “Cross-Origin-Embedder-Policy: require-corp”.',
    };
  }
  if (!abilities.sharedArrayBuffer) {
    return {
      what: 'This browser has no SharedArrayBuffer.',
      input: 'QEMU’s threads share one memory through it.',
      remedy: NEW_BROWSER,
    };
  }
  return undefined;
}
