import { inject, it } from 'vitest';
import { useBrowser, waitForState } from './browser.js';

const browser = useBrowser();

it('an unknown translator is named, and the guest boots all the same', async () => {
  const { page } = await browser.open(`${inject('fixtureUrl')}?guest=one&translator=magic`);
  await waitForState(page, ['running']);
  await page.getByText('There is no translator “magic”').waitFor();
});
