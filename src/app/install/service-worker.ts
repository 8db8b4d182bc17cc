/**
 * The page's one service worker. It does two things:
 *
 * - It adds the headers of cross-origin isolation (HTML standard, "cross-origin isolation") to
 *   what a plain static host serves, so that the page may share memory between threads.
 * - It keeps the page and the engine for visits without a network. Files of the page are those of
 *   one build, checked by SHA-256 and answered from the cache; what set-up builds is asked of the
 *   network first. Images of guests are kept by the engine worker, by their content.
 *
 * A newer build waits until the visitor takes it, or until no page of the one before is open.
 */
import type { Kept, PageBuild, PageFile, ToServiceWorker } from './messages.js';

interface ExtendableEvent extends Event {
  waitUntil(promise: Promise<unknown>): void;
}
interface FetchEvent extends ExtendableEvent {
  request: Request;
  respondWith(response: Promise<Response>): void;
}
interface MessageFromPage extends ExtendableEvent {
  data: ToServiceWorker;
  ports: readonly MessagePort[];
}
interface WorkerScope {
  skipWaiting(): Promise<void>;
  clients: { claim(): Promise<void> };
  registration: ServiceWorkerRegistration;
  location: Location;
  addEventListener(type: 'install' | 'activate', listener: (event: ExtendableEvent) => void): void;
  addEventListener(type: 'fetch', listener: (event: FetchEvent) => void): void;
  addEventListener(type: 'message', listener: (event: MessageFromPage) => void): void;
}
const worker = self as unknown as WorkerScope;

/** Written in by the build (scripts/page/offline.ts). */
declare const __BOOTLINK_PAGE__: PageBuild;
const build = __BOOTLINK_PAGE__;

const PAGE_CACHES = 'bootlink-page-';
const pageCache = PAGE_CACHES + build.id;
/** Engine, catalogue and whatever else set-up builds. */
const BUILT_CACHE = 'bootlink-built-1';

/** Hosts may say `Vary: Origin`; the bytes are the same for a module import and for a fetch. */
const ANY_ORIGIN = { ignoreVary: true };

const folder = new URL('./', worker.location.href);
const pageFiles = new Map([...build.first, ...build.later]);
/** The file of this build that a URL means; the folder itself is its index. */
function pageFileOf(url: URL): string | undefined {
  if (!url.pathname.startsWith(folder.pathname)) return undefined;
  const path = url.pathname.slice(folder.pathname.length);
  const name = path === '' ? 'index.html' : path;
  return pageFiles.has(name) ? name : undefined;
}
const isBuilt = (url: URL): boolean =>
  url.pathname.startsWith(`${folder.pathname}engine/`) ||
  url.pathname === `${folder.pathname}guests/index.json`;

/** The response with the headers of isolation; one that has them goes through as it is. */
function isolated(response: Response): Response {
  // An opaque answer shows neither its status nor its headers, and cannot be made again.
  if (response.status === 0 || response.type === 'opaque') return response;
  // Browsers keep compiled WebAssembly only for responses that they know.
  if (response.headers.get('Cross-Origin-Embedder-Policy') === 'require-corp') return response;
  const headers = new Headers(response.headers);
  headers.set('Cross-Origin-Opener-Policy', 'same-origin');
  headers.set('Cross-Origin-Embedder-Policy', 'require-corp');
  headers.set('Cross-Origin-Resource-Policy', 'same-origin');
  const empty = response.status === 204 || response.status === 304;
  return new Response(empty ? null : response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}

async function sha256Hex(bytes: ArrayBuffer): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * Keeps a file of this build, if it is not kept yet.
 *
 * @throws Error when the host has none, or another one: it may be in the middle of an update
 */
async function keepPageFile(cache: Cache, [path, sha256]: PageFile): Promise<void> {
  const url = new URL(path, folder).href;
  if ((await cache.match(url, ANY_ORIGIN)) !== undefined) return;
  // Names under assets/ change with their content; the others are asked for anew.
  const fetched = await fetch(url, {
    cache: path.startsWith('assets/') ? 'default' : 'no-cache',
    priority: 'low',
  } as RequestInit);
  const response = isolated(fetched);
  if (!response.ok) throw new Error(`${path}: HTTP ${String(response.status)}`);
  const { status, headers } = response;
  const bytes = await response.arrayBuffer();
  if ((await sha256Hex(bytes)) !== sha256) throw new Error(`${path}: not the one of this build`);
  await cache.put(url, new Response(bytes, { status, headers }));
}

async function keepPage(files: readonly PageFile[]): Promise<void> {
  const cache = await caches.open(pageCache);
  for (const file of files) await keepPageFile(cache, file);
}

/** Keeps all that the page has used and may use; gives the names of what could not be had. */
async function keepAll(urls: readonly string[]): Promise<Kept> {
  const missing: string[] = [];
  const page = await caches.open(pageCache);
  for (const file of [...build.first, ...build.later]) {
    await keepPageFile(page, file).catch(() => missing.push(file[0]));
  }
  const built = await caches.open(BUILT_CACHE);
  const wanted = urls.filter((url) => isBuilt(new URL(url)));
  for (const url of wanted) {
    const isVersioned = new URL(url).searchParams.has('v');
    if (isVersioned && (await built.match(url, ANY_ORIGIN)) !== undefined) continue;
    try {
      const response = await fetch(url, { priority: 'low' } as RequestInit);
      if (!response.ok) throw new Error(`HTTP ${String(response.status)}`);
      await built.put(url, isolated(response));
    } catch {
      if ((await built.match(url, ANY_ORIGIN)) === undefined) missing.push(new URL(url).pathname);
    }
  }
  await dropOlderEngine(built, wanted);
  return { missing };
}

/** An engine of before is 12 MB that nothing asks for any more. */
async function dropOlderEngine(built: Cache, wanted: readonly string[]): Promise<void> {
  const current = wanted.map((url) => new URL(url)).filter((url) => url.searchParams.has('v'));
  for (const { url } of await built.keys()) {
    const { pathname, href } = new URL(url);
    const isOlder = current.some((each) => each.pathname === pathname && each.href !== href);
    if (isOlder) await built.delete(url);
  }
}

/** A file of the page: from this build's cache, from that of the build before, or the host. */
async function fromPage(request: Request, name: string): Promise<Response> {
  const cache = await caches.open(pageCache);
  const kept = await cache.match(new URL(name, folder).href, ANY_ORIGIN);
  return kept ?? fromHost(request);
}

async function fromHost(request: Request): Promise<Response> {
  try {
    const response = await fetch(request);
    if (response.status !== 404) return isolated(response);
    // A page of the build before asks for a file that the host has replaced.
    return (await caches.match(request, ANY_ORIGIN)) ?? isolated(response);
  } catch (error) {
    const kept = await caches.match(request, ANY_ORIGIN);
    if (kept !== undefined) return kept;
    throw error;
  }
}

/** What set-up builds: the network's word counts, what is kept serves without one. */
async function fromSetUp(request: Request): Promise<Response> {
  const response = await fromHost(request);
  if (response.status === 200) {
    const url = new URL(request.url);
    const copy = response.clone();
    const built = await caches.open(BUILT_CACHE);
    const isKnown =
      url.searchParams.has('v') && (await built.match(url.href, ANY_ORIGIN)) !== undefined;
    // No room is no reason to fail: a visit without a network is refused then, that is all.
    if (!isKnown) void built.put(url.href, copy).catch(() => undefined);
    else void copy.body?.cancel();
  }
  return response;
}

/** This build's cache and that of the one before, for its pages that are still open. */
async function dropOlderPages(): Promise<void> {
  const names = (await caches.keys()).filter((name) => name.startsWith(PAGE_CACHES));
  const older = names.filter((name) => name !== pageCache).slice(0, -1);
  await Promise.all(older.map((name) => caches.delete(name)));
}

worker.addEventListener('install', (event) => {
  // The first visit waits for nothing. An update is whole before it is offered.
  if (worker.registration.active !== null) event.waitUntil(keepPage(build.first));
});
worker.addEventListener('activate', (event) =>
  event.waitUntil(Promise.all([worker.clients.claim(), dropOlderPages()])),
);
worker.addEventListener('message', (event) => {
  if (event.data.kind === 'take-over') {
    event.waitUntil(worker.skipWaiting());
    return;
  }
  const answer = keepAll(event.data.urls).then((kept) => event.ports[0]?.postMessage(kept));
  event.waitUntil(answer);
});
worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (url.origin !== worker.location.origin) return;
  // A browser's own look-up in its cache; fetch() refuses to repeat it in another mode.
  if (request.cache === 'only-if-cached' && request.mode !== 'same-origin') return;
  const isPlain = request.method === 'GET' && !request.headers.has('Range');
  const name = isPlain ? pageFileOf(url) : undefined;
  if (name !== undefined) event.respondWith(fromPage(request, name));
  else if (isPlain && isBuilt(url)) event.respondWith(fromSetUp(request));
  else event.respondWith(fetch(request).then(isolated));
});
