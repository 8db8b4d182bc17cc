import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launch, VIEWPORT } from './page.js';

export * from './page.js';

export interface OpenPage {
  page: Page;
  /** What the page's console said as error or warning, and errors that nobody caught. */
  complaints: string[];
}

/** A browser for the tests of a file, and pages in contexts of their own. */
export function useBrowser(flags: string[] = []): {
  open(url: string, options?: Parameters<Browser['newContext']>[0]): Promise<OpenPage>;
} {
  let browser: Browser | undefined;
  const contexts: BrowserContext[] = [];
  beforeAll(async () => {
    browser = await launch(flags);
  });
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  });
  afterAll(async () => {
    await browser?.close();
  });
  return {
    async open(url, options) {
      if (browser === undefined) throw new Error('No browser.');
      const context = await browser.newContext({ viewport: VIEWPORT, ...options });
      contexts.push(context);
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type()))
          complaints.push(`${message.text()} (${message.location().url})`);
      });
      await page.goto(url);
      return { page, complaints };
    },
  };
}
