import { expect, inject, it } from 'vitest';
import { fromArgs } from '../src/machine/from-args.js';
import { openLink } from '../src/machine/link/decode.js';
import { toArgs } from '../src/machine/to-args.js';
import { seriousFindings } from './axe.js';
import { useBrowser } from './browser.js';
import { fixtureCatalogue } from './fixtures/catalogue.js';

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
  // Only what is in sight is text, and the view may stand at another change.
  await page.locator('.modified-in-monaco-diff-editor .view-line').first().click();
  await page.keyboard.press('Control+Home');
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

it('the form builds PCI Express, NUMA, display, USB and tracing, as the command line says them', async () => {
  const { page, complaints } = await browser.open(`${inject('fixtureUrl')}?guest=three&boot=0`);
  await page.locator('.dv-tab', { hasText: 'Machine' }).click();
  const form = page.locator('.machine-form');
  const row = (name: string | RegExp) => form.getByRole('listitem', { name, exact: true });
  // The form is drawn once more when what the engine knows has come.
  const model = form.locator('option', { hasText: /^max$/ });
  await model.first().waitFor({ state: 'attached' });
  await form.getByRole('button', { name: 'Add a switch' }).click();
  await form.getByLabel('Device to add').fill('nvme');
  await form.getByRole('button', { name: 'Add this device' }).click();
  await row('nvme').getByLabel('Bus').selectOption('down2');
  await row('nvme').getByLabel('Properties').fill('serial=1');
  await row('nvme').getByLabel('Properties').press('Tab');

  await form.getByLabel('vCPUs', { exact: true }).first().fill('4');
  await form.getByLabel('Nodes').selectOption('2');
  await row('node 1').getByLabel('vCPUs').fill('2,3');
  await row('node 1').getByLabel('vCPUs').press('Tab');
  await form.getByLabel('Distance 0–1').fill('31');
  await form.getByLabel('Distance 0–1').press('Tab');

  await form.getByRole('combobox', { name: /^Display/ }).selectOption('ramfb');
  await form.getByLabel('Keyboard').check();
  await form.getByRole('group', { name: 'QEMU’s log' }).getByLabel('int', { exact: true }).check();
  await form.getByLabel('Only at these addresses (-dfilter)').fill('0x40000000+0x1000');
  await form.getByLabel('Event to trace').fill('pl011_*');
  await form.getByRole('button', { name: 'Trace this' }).click();
  await form.getByLabel('Instruction counting (-icount)').selectOption('3');
  await page.locator('.dv-tab', { hasText: 'Display' }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);

  // The command line says all of it, and says the same when it is read again.
  const readLine = (): string[] => {
    const link = openLink(new URL(page.url()).hash, {
      own: true,
      findGuest: (id) =>
        fixtureCatalogue.guests.flatMap((each) =>
          each.state === 'ready' && each.guest.id === id ? [each.guest] : [],
        )[0],
    });
    return link.ok ? toArgs(link.machine) : [];
  };
  // The address follows a moment after the last change.
  await expect.poll(() => readLine().join(' ')).toContain('-icount 3');
  const line = readLine();
  for (const part of [
    '-device pcie-root-port,id=port1,chassis=1',
    '-device x3130-upstream,id=switch1,bus=port1',
    '-device xio3130-downstream,id=down2,bus=switch1,chassis=3',
    '-device nvme,bus=down2,serial=1',
    '-numa node,nodeid=0,cpus=0-1,memdev=mem0',
    '-numa node,nodeid=1,cpus=2,cpus=3,memdev=mem1',
    '-numa dist,src=0,dst=1,val=31',
    '-device ramfb',
    '-device qemu-xhci',
    '-device usb-kbd',
    '-d int',
    '-dfilter 0x40000000+0x1000',
    '-trace pl011_*',
    '-icount 3',
  ]) {
    expect(line.join(' ')).toContain(part);
  }
  expect(toArgs(fromArgs(line).machine)).toEqual(line);

  await row('pcie-root-port port1')
    .getByRole('button', { name: /^Remove/ })
    .click();
  await expect.poll(() => row('nvme').count()).toBe(0);
  await form.getByLabel('Nodes').selectOption('0');
  await expect.poll(() => row('node 1').count()).toBe(0);
  expect(complaints).toEqual([]);
});
