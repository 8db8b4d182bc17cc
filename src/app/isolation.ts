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

/** Registers the service worker; tells whether it took up its work. */
async function activate(container: ServiceWorkerContainer, url: string): Promise<boolean> {
  const registration = (await container.register(url)) as ServiceWorkerRegistration | undefined;
  // A browser that blocks service workers may say nothing and give nothing.
  const worker = registration?.active ?? registration?.waiting ?? registration?.installing;
  if (!worker) return false;
  return new Promise((resolve) => {
    const look = (): void => {
      if (worker.state === 'activated') resolve(true);
      else if (worker.state === 'redundant') resolve(false);
    };
    worker.addEventListener('statechange', look);
    look();
  });
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
    if (!(await activate(serviceWorker, workerUrl))) return 'impossible';
  } catch {
    return 'impossible';
  }
  session.setItem(RELOADED, 'yes');
  reload();
  return 'reloading';
}
