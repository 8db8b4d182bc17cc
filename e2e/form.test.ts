import { expect, inject, it } from 'vitest';
import { seriousFindings } from './axe.js';
import { useBrowser } from './browser.js';

const browser = useBrowser();

it('the form adds drives, a network and script steps, names consoles, and undo takes all back', async () => {
  const { page, complaints } = await browser.open(`${inject('fixtureUrl')}?guest=three&boot=0`);
  await page.locator('.dv-tab', { hasText: 'Machine' }).click();
  const form = page.locator('.machine-form');
  await form.getByRole('button', { name: 'Add a drive' }).click();
  const drive = form.getByRole('listitem', { name: 'drive 1' });
  await drive.getByLabel('Controller').selectOption('scsi');
  await form.getByRole('button', { name: 'Add a network' }).click();
  await form
    .getByRole('listitem', { name: 'network net0' })
    .getByLabel('Adapter')
    .selectOption('e1000e');
  const console = form.getByRole('listitem', { name: 'console secure' });
  await console.getByLabel('Role').selectOption('realm');
  await console.getByLabel('Title').fill('The Realm');
  const before = await form.getByRole('listitem', { name: /^step/ }).count();
  await form.getByRole('button', { name: 'Add a step' }).click();
  const step = form.getByRole('listitem', { name: `step ${String(before + 1)}` });
  await step.getByLabel('Wait for').fill('login: ');
  await step.getByLabel('Then type').fill(String.raw`root\n`);
  await step.getByLabel('Then type').press('Tab');
  expect(await seriousFindings(page)).toEqual([]);

  await page.getByRole('tab', { name: 'JSON' }).click();
  await page.locator('.monaco-editor .view-line').first().waitFor();
  await page.getByRole('tab', { name: 'Changes' }).click();
  await expect
    .poll(async () => (await page.locator('.machine-view').innerText()).replaceAll(' ', ' '))
    .toMatch(/e1000e/);
  await page.getByRole('tab', { name: 'Form' }).click();
  const undo = page.getByRole('button', { name: 'Undo', exact: true });
  while (await undo.isEnabled()) await undo.click();
  await expect.poll(() => form.getByRole('listitem', { name: 'drive 1' }).count()).toBe(0);
  expect(await form.getByRole('listitem', { name: /^step/ }).count()).toBe(before);
  expect(complaints).toEqual([]);
});
