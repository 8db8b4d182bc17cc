import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { build } from 'vite';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { consoleText, useBrowser, waitForState, waitForText } from './browser.js';
import { plainHost, type PlainHost } from './plain-host.js';

const browser = useBrowser();
const fixture = inject('fixtureFolder');

/**
 * Waits until Settings says so: what it says is what the service worker has answered. It is asked
 * ten seconds after a machine has started.
 */
async function waitUntilKept(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click();
  await page.getByText('with every guest that was booted here before').waitFor({ timeout: 45_000 });
  await page.getByRole('button', { name: 'Close', exact: true }).click();
}

/** Whether the worker that answers for the page is there; the first visit begins without one. */
const isControlled = (page: Page) =>
  page.evaluate(() => navigator.serviceWorker.controller !== null);

describe('without a network', () => {
  let host: PlainHost | undefined;
  afterEach(async () => {
    await host?.close();
    host = undefined;
  });

  it('opens again and boots, where the host isolates the page itself', async () => {
    // The host goes away for good: a browser told to be offline has been seen to say that it is online.
    host = await plainHost([inject('pageFolder'), fixture], { isolates: true });
    const { page } = await browser.open(`${host.url}?guest=one`);
    await waitForText(page, 'firmware', /=> /);
    expect(host.pageLoads()).toBe(1);
    await waitUntilKept(page);
    expect(await isControlled(page)).toBe(true);
    const { url } = host;
    await host.close();
    host = undefined;
    await page.reload();
    await waitForText(page, 'firmware', /=> /);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
    // The gallery too, and the editors, which nobody has opened before.
    await page.goto(url);
    await page.getByRole('button', { name: /Boot/ }).first().waitFor();
    await page.goto(`${url}?guest=one&boot=0`);
    await page.locator('.dv-tab', { hasText: 'Machine' }).click();
    await page.getByRole('tab', { name: 'JSON' }).click();
    await page.locator('.monaco-editor .view-line').first().waitFor();
  });

  it('opens and boots from a sub-path of a plain host that is gone', async () => {
    host = await plainHost([inject('pageFolder'), fixture]);
    const { page } = await browser.open(`${host.url}?guest=one`);
    await waitForText(page, 'firmware', /=> /);
    await waitUntilKept(page);
    const { url } = host;
    await host.close();
    host = undefined;
    await page.goto(`${url}?guest=one`);
    await waitForText(page, 'firmware', /=> /);
    expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  });

  it('says what it has not got: a guest that was never booted here', async () => {
    const { page } = await browser.open(`${inject('fixtureUrl')}?guest=one`);
    await waitForText(page, 'firmware', /=> /);
    await waitUntilKept(page);
    await page.context().setOffline(true);
    await page.goto(`${inject('fixtureUrl')}?guest=missing`);
    await waitForState(page, ['failed']);
    expect(await page.getByRole('alert').innerText()).toContain('could not be fetched');
  });
});

describe('the web app manifest', () => {
  it('names icons of ours that are there, and Chromium finds nothing wrong with it', async () => {
    const { page } = await browser.open(inject('fixtureUrl'));
    const session = await page.context().newCDPSession(page);
    const { url, errors } = await session.send('Page.getAppManifest');
    expect(url).toBe(new URL('manifest.webmanifest', inject('fixtureUrl')).href);
    expect(errors).toEqual([]);
    const { icons } = (await (await fetch(url)).json()) as { icons: { src: string }[] };
    expect(icons).toHaveLength(2);
    for (const { src } of icons) {
      const answer = await fetch(new URL(src, url));
      expect(answer.headers.get('content-type')).toContain('image/svg+xml');
      expect(await answer.text()).toContain('<svg');
    }
  });
});

describe('a second build', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bootlink-second-'));
  beforeAll(async () => {
    await build({
      logLevel: 'error',
      build: { outDir: join(folder, 'second'), copyPublicDir: false, emptyOutDir: true },
      plugins: [
        {
          name: 'second',
          transformIndexHtml: () => [
            { tag: 'meta', attrs: { name: 'build', content: 'second' }, injectTo: 'head' },
          ],
        },
      ],
    });
    return () => rmSync(folder, { recursive: true });
  }, 120_000);

  it('is offered, and taken when the visitor says so: the machine that runs stays until then', async () => {
    const site = join(folder, 'site');
    cpSync(inject('pageFolder'), site, { recursive: true });
    const host = await plainHost([site, fixture]);
    try {
      const { page } = await browser.open(`${host.url}?guest=one`);
      await waitForText(page, 'firmware', /=> /);
      await waitUntilKept(page);
      expect(await page.locator('.update-offer').count()).toBe(0);

      rmSync(site, { recursive: true });
      cpSync(join(folder, 'second'), site, { recursive: true });
      const before = await consoleText(page, 'firmware');
      // What the page does when it comes into sight again, and once an hour.
      await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
      const offer = page.getByRole('button', { name: 'Update', exact: true });
      await offer.waitFor();
      expect(await waitForState(page, ['running'])).toBe('running');
      expect(await consoleText(page, 'firmware')).toBe(before);
      // Neither a second tab nor a reload takes it by itself.
      await page.reload();
      await waitForText(page, 'firmware', /=> /);
      expect(await page.locator('meta[name="build"]').count()).toBe(0);

      await offer.click();
      expect(await page.getByRole('alert').innerText()).toContain('It ends with the page');
      await page.getByRole('button', { name: 'End the machine and update' }).click();
      await page.locator('meta[name="build"]').waitFor({ state: 'attached' });
      await waitForText(page, 'firmware', /=> /);
      expect(await page.locator('.update-offer').count()).toBe(0);
    } finally {
      await host.close();
    }
  });
});

describe('erase everything', () => {
  it('counts what is kept and leaves none of it', async () => {
    const { page } = await browser.open(`${inject('fixtureUrl')}?guest=one`);
    await waitForText(page, 'firmware', /=> /);
    await waitUntilKept(page);
    await page.evaluate(async () => {
      const made = await globalThis.bootlink?.storage().create('mine', 1 << 20);
      if (made?.ok !== true) throw new Error(JSON.stringify(made));
      // A snapshot as the engine worker keeps it; making a real one takes a real engine.
      await new Promise<void>((resolve, reject) => {
        const open = indexedDB.open('bootlink-snapshots', 1);
        open.onupgradeneeded = () => {
          open.result.createObjectStore('about', { keyPath: 'id' });
          open.result.createObjectStore('files');
        };
        open.onerror = () => reject(new Error('no database'));
        open.onsuccess = () => {
          const work = open.result.transaction(['about', 'files'], 'readwrite');
          work.objectStore('about').put({
            id: 's',
            name: 'kept',
            created: '2026-01-01T00:00:00Z',
            automatic: false,
            guest: globalThis.bootlink?.run()?.guest,
            engine: '0'.repeat(64),
            bytes: 3,
          });
          work.objectStore('files').put(new Blob(['abc']), 's');
          work.oncomplete = () => {
            open.result.close();
            resolve();
          };
        };
      });
    });
    // Settings, so that there are some.
    await page.getByRole('button', { name: 'Settings' }).click();
    await page.getByLabel('Theme').selectOption('dark');
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await waitForState(page, ['exited']);

    await page.getByRole('button', { name: 'Settings' }).click();
    const erase = page.locator('section.erase');
    for (const line of ['1 disk of yours', '1 snapshot of machines', '1 fetched image of guests']) {
      await erase.getByText(line).waitFor();
    }
    expect(await erase.innerText()).toMatch(/\b[1-9]\d* files of the page and the engine/);
    await page.getByRole('button', { name: 'Erase everything…' }).click();
    // What is left is read before the page that comes next keeps its own files anew.
    await page.context().route('**/*', (route) => route.abort());
    await Promise.all([
      page.waitForEvent('requestfailed', (request) => request.isNavigationRequest()),
      page.getByRole('button', { name: 'Erase everything', exact: true }).click(),
    ]);
    await page.context().unroute('**/*');
    // A file of the same origin that runs nothing.
    await page.goto(`${inject('fixtureUrl')}manifest.webmanifest`);
    const left = await page.evaluate(async () => ({
      databases: (await indexedDB.databases()).map(({ name }) => name),
      caches: await caches.keys(),
      workers: (await navigator.serviceWorker.getRegistrations()).length,
      local: localStorage.length + sessionStorage.length,
    }));
    expect(left).toEqual({ databases: [], caches: [], workers: 0, local: 0 });
    await page.goto(`${inject('fixtureUrl')}?guest=one&boot=0`);
    await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe('light');
    const disks = await page.evaluate(async () => {
      const list = await globalThis.bootlink?.storage().list();
      return list?.ok === true ? list.value.length : list;
    });
    expect(disks).toBe(0);
  });
});
