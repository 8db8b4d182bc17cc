/**
 * Cross-origin isolation on hosts that send no headers: the service worker adds them, which
 * takes one reload. A mark in the tab's session keeps it at one.
 */
const RELOADED = 'bootlink.isolation-reload';

/** What of the page and browser the decision needs; tests put their own in its place. */
export interface IsolationSurroundings {
  isolated: boolean;
  serviceWorker: ServiceWorkerContainer | undefined;
  session: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;
  reload(): void;
}

/** Resolves with the service worker in charge of this page, however it came to be so. */
async function activate(container: ServiceWorkerContainer, url: string): Promise<void> {
  await container.register(url);
  await container.ready;
}

/**
 * Sees to it that the page is isolated if that can be had.
 *
 * @param workerUrl of the service worker, beside the page so that its scope is the page's folder
 * @returns 'reloading' when the page is about to load again and must not go on
 */
export async function seekIsolation(
  workerUrl: string,
  { isolated, serviceWorker, session, reload }: IsolationSurroundings,
): Promise<'isolated' | 'reloading' | 'impossible'> {
  if (isolated) {
    session.removeItem(RELOADED);
    return 'isolated';
  }
  if (serviceWorker === undefined || session.getItem(RELOADED) !== null) return 'impossible';
  try {
    await activate(serviceWorker, workerUrl);
  } catch {
    return 'impossible';
  }
  session.setItem(RELOADED, 'yes');
  reload();
  return 'reloading';
}
