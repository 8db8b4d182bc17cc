import { afterEach, describe, expect, inject, it } from 'vitest';
import { useBrowser, waitForState } from './browser.js';
import { plainHost, type PlainHost } from './plain-host.js';

const url = inject('fixtureUrl');
const folders = [inject('pageFolder'), inject('fixtureFolder')];

describe('a host that sends no headers', () => {
  const browser = useBrowser();
  let host: PlainHost | undefined;
  afterEach(async () => {
    await host?.close();
    host = undefined;
  });

  it('is helped by the service worker with one reload, under a sub-path, and boots', async () => {
    host = await plainHost(folders);
    const { page } = await browser.open(`${host.url}?guest=one`);
    await waitForState(page, ['running']);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    expect(host.pageLoads()).toBe(2);
    await page.reload();
    await waitForState(page, ['running']);
    // Now the service worker may have the page itself.
    expect(host.pageLoads()).toBeLessThanOrEqual(3);
  });

  it('is explained when the service worker cannot help, without a loop of reloads', async () => {
    host = await plainHost(folders, { hidden: ['service-worker.js'] });
    const { page } = await browser.open(host.url);
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toContain('not cross-origin isolated');
    expect(await alert.innerText()).toContain('Cross-Origin-Opener-Policy');
    expect(host.pageLoads()).toBe(1);
  });

  it('is explained in a browser that blocks service workers', async () => {
    host = await plainHost(folders);
    const { page } = await browser.open(host.url, { serviceWorkers: 'block' });
    const alert = page.getByRole('alert');
    await alert.waitFor();
    expect(await alert.innerText()).toContain('not cross-origin isolated');
    expect(host.pageLoads()).toBeLessThanOrEqual(2);
  });
});

describe('a guest that cannot be booted', () => {
  const browser = useBrowser();

  it.each([
    ['huge', /needs \d+ MiB; the engine can hold at most 3584 MiB/],
    ['missing', /firmware\.bin could not be fetched[^]*nowhere\.bin[^]*404/],
    ['wrong', /firmware\.bin has the wrong content[^]*2222/],
  ])('%s: says what failed, on which input', async (id, message) => {
    const { page } = await browser.open(`${url}?guest=${id}`);
    await waitForState(page, ['failed']);
    expect(await page.getByRole('alert').innerText()).toMatch(message);
    await page.getByRole('button', { name: 'Boot again' }).waitFor();
  });

  it('an engine that is not there', async () => {
    const { page } = await browser.open(url);
    await page
      .context()
      .route('**/engine/manifest.json', (route) => route.fulfill({ status: 404 }));
    await page.getByRole('button', { name: 'Boot One console' }).click();
    await waitForState(page, ['failed']);
    expect(await page.getByRole('alert').innerText()).toMatch(/engine[^]*could not be fetched/);
  });
});

describe('a browser with little memory', () => {
  // 2048 pages of 64 KiB: 128 MiB, less than any guest needs.
  const browser = useBrowser(['--js-flags=--wasm-max-mem-pages=2048']);

  it('is told how much the machine needs', async () => {
    const { page } = await browser.open(`${url}?guest=one`);
    await waitForState(page, ['failed']);
    expect(await page.getByRole('alert').innerText()).toMatch(
      /does not give the \d+ MiB of memory[^]*RangeError/,
    );
  });
});
