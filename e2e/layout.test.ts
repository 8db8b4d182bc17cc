import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { seriousFindings } from './axe.js';
import { useBrowser, waitForState } from './browser.js';

const url = inject('fixtureUrl');
const browser = useBrowser();

/** The groups of the dock from left to right: the titles of their tabs. */
async function groups(page: Page): Promise<string[][]> {
  return page.locator('.dv-groupview').evaluateAll((elements) =>
    elements
      .map((element) => ({
        x: element.getBoundingClientRect().x,
        tabs: [...element.querySelectorAll('[role="tab"].dv-tab')].map((tab) => tab.textContent),
      }))
      .sort((a, b) => a.x - b.x)
      .map(({ tabs }) => tabs),
  );
}

/** How many groups the layout has that this browser keeps for the width of the tests. */
function keptGroups(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const open = indexedDB.open('keyval-store');
        open.onsuccess = () => {
          const { result } = open;
          if (!result.objectStoreNames.contains('keyval')) {
            result.close();
            resolve(0);
            return;
          }
          const got = result.transaction('keyval').objectStore('keyval').get('layout.medium');
          got.onsuccess = () => {
            result.close();
            resolve(JSON.stringify(got.result ?? '').split('"leaf"').length - 1);
          };
        };
      }),
  );
}

const tab = (page: Page, name: string) => page.locator('.dv-tab', { hasText: name });

describe('the panes of a machine', () => {
  it('are tabs at 1280, with a side column on a large screen, and one row on a phone', async () => {
    for (const [width, count] of [
      [1280, 1],
      [2560, 2],
      [390, 1],
    ] as const) {
      const { page } = await browser.open(`${url}?guest=one&boot=0`, {
        viewport: { width, height: 800 },
      });
      await tab(page, 'Console').waitFor();
      await expect.poll(async () => (await groups(page)).length).toBe(count);
      // One pane comes after the other.
      await expect
        .poll(async () => (await groups(page)).flat())
        .toEqual(expect.arrayContaining(['Console', 'Log']));
    }
  });

  it('are moved by keyboard alone, and stand there again after a reload', async () => {
    const { page, complaints } = await browser.open(`${url}?guest=one&boot=0`);
    // The last of them: panes are placed one a task.
    await tab(page, 'Notes').waitFor();
    await tab(page, 'Console').focus();
    await page.keyboard.press('End');
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Notes');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Arrange' }).focus();
    await page.keyboard.press('Enter');
    const focused = (text: string) =>
      page.waitForFunction((wanted) => document.activeElement?.textContent === wanted, text);
    await focused('Split to the left');
    await page.keyboard.press('Tab');
    await focused('Split to the right');
    await page.keyboard.press('Enter');
    await expect.poll(() => groups(page)).toHaveLength(2);
    expect((await groups(page))[1]).toEqual(['Notes']);
    // What is kept is what stands there after a reload.
    await expect.poll(() => keptGroups(page)).toBe(2);
    await page.reload();
    await tab(page, 'Notes').waitFor();
    await expect.poll(async () => (await groups(page))[1]).toEqual(['Notes']);
    await page.getByRole('button', { name: 'Panes', exact: true }).click();
    await page.getByRole('button', { name: 'Reset the layout' }).click();
    await expect.poll(() => groups(page)).toHaveLength(1);
    expect(complaints).toEqual([]);
  });

  it('close and come back from the list of panes', async () => {
    const { page } = await browser.open(`${url}?guest=one`);
    await waitForState(page, ['running']);
    await page.getByRole('button', { name: 'Panes', exact: true }).click();
    await page.getByRole('checkbox', { name: 'Log' }).uncheck();
    expect(await tab(page, 'Log').count()).toBe(0);
    await page.getByRole('checkbox', { name: 'Log' }).check();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await tab(page, 'Log').click();
    await page.getByRole('log', { name: 'What QEMU printed' }).waitFor();
  });

  it('give axe nothing serious, whichever is in front', async () => {
    const { page } = await browser.open(`${url}?guest=one`, {
      viewport: { width: 2000, height: 900 },
    });
    await waitForState(page, ['running']);
    for (const name of ['Log', 'Notes']) {
      await tab(page, name).click();
      expect(await seriousFindings(page)).toEqual([]);
    }
  });
});
