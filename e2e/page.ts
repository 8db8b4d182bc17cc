import { chromium, type Browser, type LaunchOptions, type Page } from 'playwright-core';
import type { Remote } from 'comlink';
import type { OwnFiles } from '../src/engine/common/own-files.js';
import type { StoredDisks } from '../src/engine/common/stored-disks.js';
import type { Guest } from '../src/machine/guest.js';
import type { StorageService } from '../src/storage/common/service.js';
import type { Run } from '../src/engine/ui/run.js';
import type { RunStateName } from '../src/engine/common/run-state.js';

/** What the page's composition root leaves for the tests. */
declare global {
  // Undefined until the page has come so far.
  var bootlink:
    | {
        run(): Run | undefined;
        storage(): Remote<StorageService>;
        boot(
          guest: Guest,
          options?: { files?: OwnFiles; stored?: StoredDisks; from?: 'cold'; record?: boolean },
        ): Promise<void>;
      }
    | undefined;
}

export const VIEWPORT = { width: 1280, height: 720 };

/** Debian's Chromium, without what reaches for the network by itself. */
export function launch(flags: string[] = [], options: LaunchOptions = {}): Promise<Browser> {
  return chromium.launch({
    ...options,
    executablePath: process.env.BOOTLINK_CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-dev-shm-usage',
      ...flags,
    ],
  });
}

/** Waits until the run is in one of these states; gives the one. */
export async function waitForState(
  page: Page,
  states: RunStateName[],
  timeout = 30_000,
): Promise<RunStateName> {
  const handle = await page.waitForFunction(
    (wanted) => {
      const name = globalThis.bootlink?.run()?.state.name;
      return name !== undefined && wanted.includes(name) ? name : undefined;
    },
    states,
    { timeout, polling: 100 },
  );
  return (await handle.jsonValue()) as RunStateName;
}

/** All that a console has printed, as text. */
export function consoleText(page: Page, id: string, from = 0): Promise<string> {
  return page.evaluate(
    ([name, start]) => globalThis.bootlink?.run()?.consoles.get(name)?.log.text(start) ?? '',
    [id, from] as const,
  );
}

/** Waits for text on a console behind character `from`; where the match ends. */
export async function waitForText(
  page: Page,
  id: string,
  expression: RegExp,
  { from = 0, timeout = 30_000 } = {},
): Promise<number> {
  try {
    const handle = await page.waitForFunction(
      ([name, source, flags, start]) => {
        const run = globalThis.bootlink?.run();
        const match = new RegExp(source, flags).exec(
          run?.consoles.get(name)?.log.text(start) ?? '',
        );
        if (match) return { end: start + match.index + match[0].length };
        const state = run?.state.name;
        return state === 'exited' || state === 'failed' ? { end: -1 } : undefined;
      },
      [id, expression.source, expression.flags, from] as const,
      { timeout, polling: 100 },
    );
    const { end } = (await handle.jsonValue()) as { end: number };
    if (end >= 0) return end;
    throw new Error('the run has ended');
  } catch (error) {
    const text = await consoleText(page, id);
    const ending = await page.evaluate(() => {
      const run = globalThis.bootlink?.run();
      return JSON.stringify({ state: run?.state, output: run?.output.slice(-30) });
    });
    throw new Error(
      `Console ${id} never said ${String(expression)}: ${String(error)}\n${ending}\n--- its last 3000 characters ---\n${text.slice(-3000)}`,
      { cause: error },
    );
  }
}

/** Characters that are keys of their own. */
// eslint-disable-next-line no-control-regex -- these are the control characters
const CONTROL = /(\r\n|[\x00-\x1f])/;

/** Gives the keyboard to a console's terminal. */
export async function focusConsole(page: Page, id: string): Promise<void> {
  await page.locator(`#tab-${id}`).click();
  await page.locator(`#pane-${id} textarea.xterm-helper-textarea`).focus();
}

/** Types on a console as a visitor does: into its terminal, by the keyboard. */
export async function typeOn(page: Page, id: string, text: string): Promise<void> {
  await focusConsole(page, id);
  for (const part of text.split(CONTROL)) {
    if (part === '') continue;
    if (part.length > 2 || part.charCodeAt(0) >= 0x20) await page.keyboard.type(part, { delay: 5 });
    else if (/[\r\n]/.test(part)) await page.keyboard.press('Enter');
    else if (part === '\x1b') await page.keyboard.press('Escape');
    else if (part === '\t') await page.keyboard.press('Tab');
    // Control characters are their letter with Ctrl held: 0x01 is Ctrl+A.
    else await page.keyboard.press(`Control+${String.fromCharCode(part.charCodeAt(0) | 0x60)}`);
  }
}
