import { describe, expect, inject, it } from 'vitest';
import { useBrowser, consoleText, typeOn, waitForState, waitForText } from './browser.js';
import { builtGuests } from './catalogue.js';

/**
 * What is translated must look the same as interpreted; regions are the engine's default.
 */
const BOOT_MS = 300_000;
const browser = useBrowser();
const ids = (await builtGuests()).map(({ id }) => id);

describe.each(['blocks', 'regions'])('?translator=%s', (translator) => {
  it.runIf(ids.includes('four-worlds'))(
    'prints what the interpreter prints, to the last character',
    { timeout: BOOT_MS },
    async () => {
      const printed = async (mode: string) => {
        const { page } = await browser.open(
          `${inject('pageUrl')}?guest=four-worlds&translator=${mode}`,
        );
        await waitForState(page, ['exited'], BOOT_MS);
        return consoleText(page, 'uart0');
      };
      const interpreted = await printed('off');
      expect(interpreted.length).toBeGreaterThan(500);
      expect(await printed(translator)).toBe(interpreted);
    },
  );

  it.runIf(ids.includes('virt-linux'))(
    'boots Linux, which answers what is typed',
    { timeout: BOOT_MS },
    async () => {
      const { page } = await browser.open(
        `${inject('pageUrl')}?guest=virt-linux&translator=${translator}`,
      );
      const prompt = await waitForText(page, 'uart0', /guest:\/# /, { timeout: BOOT_MS });
      await typeOn(
        page,
        'uart0',
        'i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; echo done=$i\r',
      );
      await waitForText(page, 'uart0', /done=3000/, { from: prompt, timeout: BOOT_MS });
      await typeOn(page, 'monitor', 'info jit\n');
      await waitForText(page, 'monitor', new RegExp(`Translator: ${translator}`));
    },
  );
});

it.runIf(ids.includes('virt-linux'))(
  'takes its numbers and switches from the address, and the monitor says what became of them',
  { timeout: BOOT_MS },
  async () => {
    const { page } = await browser.open(
      `${inject('pageUrl')}?guest=virt-linux&boot=cold&translator=blocks&translator-threshold=5&translator-thread=off`,
    );
    await waitForState(page, ['running']);
    await typeOn(page, 'monitor', 'info jit\n');
    await waitForText(page, 'monitor', /Translator: blocks, threshold 5(?!, own thread)/);
  },
);

it('an unknown translator is named, and the guest boots all the same', async () => {
  const { page } = await browser.open(`${inject('fixtureUrl')}?guest=one&translator=magic`);
  await waitForState(page, ['running']);
  await page.getByText('There is no translator “magic”').waitFor();
});
