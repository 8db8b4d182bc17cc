import { describe, expect, inject, it } from 'vitest';
import { toLink } from '../src/machine/link/encode.js';
import { useBrowser } from './browser.js';

const url = inject('fixtureUrl');
const browser = useBrowser();

describe('a machine in another page', () => {
  it('starts, is typed to, waited for and stopped by postMessage', async () => {
    const { page, complaints } = await browser.open(`${url}embed-example.html?guest=one`);
    const state = page.locator('#state');
    const said = page.locator('#said');
    await page
      .frameLocator('#machine')
      .getByRole('button', { name: 'Boot', exact: true })
      .waitFor();
    await page.getByRole('button', { name: 'Start' }).click();
    await expect.poll(() => state.innerText()).toBe('running');
    await page.getByLabel('Wait for').fill('=> ');
    await page.getByRole('button', { name: 'Expect' }).click();
    await expect.poll(() => said.innerText()).toContain('fake firmware');
    await page.getByLabel('Text').fill('from outside');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.getByLabel('Wait for').fill('/typed: (from outside)/');
    await page.getByRole('button', { name: 'Expect' }).click();
    await expect.poll(() => said.innerText()).toContain('you typed: from outside');
    await page.getByRole('button', { name: 'Stop' }).click();
    await expect.poll(() => state.innerText()).toBe('exited');
    expect(complaints).toEqual([]);
  });

  it('of a link is not started from outside', async () => {
    const { page } = await browser.open(`${url}embed-example.html?guest=one`);
    const link = toLink({ format: 1, board: { type: 'virt' }, serial: ['stdio'] });
    await page.evaluate(
      (address) => ((document.getElementById('machine') as HTMLIFrameElement).src = address),
      `${url}?embed=1${link}`,
    );
    await page.frameLocator('#machine').locator('.review').waitFor();
    await page.getByRole('button', { name: 'Start' }).click();
    await expect.poll(() => page.locator('#said').innerText()).toContain('press Boot first');
  });
});
