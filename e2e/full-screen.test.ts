import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { seriousFindings } from './axe.js';
import { useBrowser, waitForState } from './browser.js';

const browser = useBrowser();
const shots = process.env.BOOTLINK_SHOTS;

async function shoot(page: Page, name: string): Promise<void> {
  if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png` });
}

const tab = (page: Page, name: string) => page.locator('.dv-tab', { hasText: name });

/** A machine of the fixtures with a few crossings between Non-secure EL0, EL1 and EL2. */
async function recorded(page: Page): Promise<void> {
  await waitForState(page, ['running']);
  await page.evaluate(() => {
    const trace = globalThis.bootlink?.run()?.trace;
    if (trace === undefined) throw new Error('there is no run');
    const ways = [
      [1, 0x84, 0x85],
      [1, 0x85, 0x86],
      [3, 0x86, 0x85],
      [3, 0x85, 0x84],
    ] as const;
    const bytes = new Uint8Array(ways.length * 64);
    const view = new DataView(bytes.buffer);
    ways.forEach(([kind, from, to], n) => {
      view.setUint8(n * 64, kind);
      view.setUint8(n * 64 + 2, from);
      view.setUint8(n * 64 + 3, to);
      view.setBigUint64(n * 64 + 8, BigInt(n) * 1_000_000n, true);
    });
    trace.stores.append(0, bytes);
    trace.version++;
  });
}

const filling = (page: Page): Promise<string> =>
  page.evaluate(() => document.fullscreenElement?.className ?? '');
const pixels = (page: Page, selector: string): Promise<number> =>
  page.locator(selector).evaluate((node) => Number.parseFloat(getComputedStyle(node).fontSize));

describe('full screen', () => {
  const views = [
    { name: 'the timeline', pane: 'Timeline', host: 'timeline', focus: '.timeline-plot' },
    { name: 'the building', pane: 'The building', host: 'building', focus: '.building' },
  ];

  it.each(views)('of $name: F fills it with large type, Escape leaves', async (view) => {
    const { page, complaints } = await browser.open(`${inject('fixtureUrl')}?guest=one`, {
      viewport: { width: 1920, height: 1080 },
    });
    await recorded(page);
    await tab(page, view.pane).click();
    await page.locator(view.focus).waitFor();
    const before = await pixels(page, `.${view.host}`);
    await page.locator(view.focus).press('f');
    await expect.poll(() => filling(page)).toBe(view.host);
    // Twice as large on a screen of 1080 lines. The page learns of it by an event, a frame later.
    await expect.poll(() => pixels(page, `.${view.host}`)).toBeGreaterThanOrEqual(2 * before);
    await shoot(page, `full-screen-${view.host}`);
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator(view.focus).press('Escape');
    await expect.poll(() => filling(page)).toBe('');
    await expect.poll(() => pixels(page, `.${view.host}`)).toBe(before);
    // The button does the same.
    const button = page.locator(`.${view.host}`).getByRole('button', { name: 'Full screen' });
    await button.click();
    await expect.poll(() => filling(page)).toBe(view.host);
    await expect.poll(() => button.getAttribute('aria-pressed')).toBe('true');
    await button.click();
    await expect.poll(() => filling(page)).toBe('');
    expect(complaints).toEqual([]);
  });

  it('of the timeline is drawn larger, and what is clicked is what is selected', async () => {
    const { page } = await browser.open(`${inject('fixtureUrl')}?guest=one`, {
      viewport: { width: 1920, height: 1080 },
    });
    await recorded(page);
    await tab(page, 'Timeline').click();
    const canvas = page.locator('.timeline-plot canvas');
    await canvas.waitFor();
    const height = () => canvas.evaluate((node) => node.getBoundingClientRect().height);
    const usual = await height();
    await page.locator('.timeline-plot').press('f');
    await expect.poll(() => filling(page)).toBe('timeline');
    await expect.poll(height).toBeCloseTo(2 * usual, 0);
    // The last event stands at the right edge of what is shown.
    const box = await canvas.boundingBox();
    if (box === null) throw new Error('the timeline is not drawn');
    await page.mouse.click(box.x + box.width - 4, box.y + box.height / 2);
    const details = page.getByRole('region', { name: 'The selected event' });
    await details.waitFor();
    expect(await details.textContent()).toContain('NS-EL1 returns to NS-EL0');
  });

  it('of a lesson: its type is large, and typing an F stays typing', async () => {
    const { page } = await browser.open(
      `${inject('fixtureUrl')}?guest=one&boot=0&lesson=exception-levels`,
      { viewport: { width: 1920, height: 1080 } },
    );
    const lessons = page.locator('section.lessons');
    await lessons.getByRole('heading', { level: 2 }).waitFor();
    const before = await pixels(page, 'section.lessons .step p >> nth=0');
    await lessons.press('f');
    await expect.poll(() => filling(page)).toContain('lessons');
    const now = () => pixels(page, 'section.lessons .step p >> nth=0');
    await expect.poll(now).toBeGreaterThanOrEqual(2 * before);
    // Headings, text and tools begin at one edge.
    const edges = await lessons
      .locator('h2, h3, .step > p, .pane-tools')
      .evaluateAll((nodes) => nodes.map((node) => Math.round(node.getBoundingClientRect().left)));
    expect(new Set(edges).size).toBe(1);
    await shoot(page, 'full-screen-lesson');
    expect(await seriousFindings(page)).toEqual([]);
    const answer = lessons.getByRole('textbox').first();
    if ((await answer.count()) > 0) {
      await answer.press('f');
      expect(await answer.inputValue()).toBe('f');
      expect(await filling(page)).toContain('lessons');
    }
    await lessons.press('Escape');
    await expect.poll(() => filling(page)).toBe('');
  });

  it('says in a sentence when the browser refuses', async () => {
    const { page } = await browser.open(`${inject('fixtureUrl')}?guest=one`);
    await recorded(page);
    await tab(page, 'The building').click();
    await page.evaluate(() => {
      Element.prototype.requestFullscreen = () => Promise.reject(new TypeError('not allowed'));
    });
    const building = page.locator('.building');
    await building.press('f');
    const alert = building.getByRole('alert');
    await alert.waitFor();
    expect(await alert.textContent()).toContain('did not let the building fill the screen');
    expect(await alert.textContent()).toContain('not allowed');
  });
});
