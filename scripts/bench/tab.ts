import type { Browser, Page } from 'playwright-core';
import { focusConsole, launch, VIEWPORT } from '../../e2e/page';
import type { Guest, GuestStep } from '../../src/machine/guest';
import { expectation } from '../../src/machine/steps';
import { installProbe, type Probe, type ProbeStep } from './probe';
import { rendererMemoryMiB } from './tab-memory';

/** Interpreted on a busy machine, the slowest guest takes minutes. */
const patienceSeconds = 900;
const echoPatienceMs = 10_000;
/** Presses on one line of the shell, so that the line never wraps. */
const pressesPerLine = 32;

/** Tasks with processor time, what scripts and layout do in them, marks, and wasm's compilers. */
const TRACE_CATEGORIES = [
  'toplevel',
  'devtools.timeline',
  'blink.user_timing',
  'v8',
  'v8.wasm',
  'v8.wasm.detailed',
  'disabled-by-default-devtools.timeline',
  'disabled-by-default-v8.wasm.detailed',
  'disabled-by-default-v8.compile',
];

function probeStep({ console, expect, send }: GuestStep): ProbeStep {
  const { source, flags } = expect === undefined ? {} : expectation(expect);
  return {
    console,
    ...(send === undefined ? {} : { send }),
    ...(source === undefined ? {} : { source }),
    ...(flags === undefined ? {} : { flags }),
  };
}

/** A guest in a tab of a browser of its own, so that nothing is cached and no other tab counts. */
export class TabMachine {
  private constructor(
    private readonly browser: Browser,
    private readonly page: Page,
    /** Chromium's version. */
    readonly version: string,
    private readonly release: () => void,
  ) {}

  /** Opens an empty tab. The caller closes it with `close`; the signal does it at once. */
  static async open(signal: AbortSignal): Promise<TabMachine> {
    signal.throwIfAborted();
    const leave = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
    const browser = await launch([], leave);
    const abort = () => void browser.close();
    signal.addEventListener('abort', abort);
    const release = () => signal.removeEventListener('abort', abort);
    try {
      const page = await browser.newPage({ viewport: VIEWPORT });
      // tsx wraps named functions in calls of its own helper, which the page has not.
      await page.addInitScript({ content: 'globalThis.__name = (named) => named;' });
      await page.addInitScript(installProbe);
      return new TabMachine(browser, page, browser.version(), release);
    } catch (error) {
      release();
      await browser.close();
      throw error;
    }
  }

  /** Opens the guest's address; gives the seconds from navigation to its prompt. */
  async boot(url: string, guest: Guest): Promise<number> {
    await this.page.goto(url);
    return this.untilPrompt(guest);
  }

  /** Opens the guest's address, which must not boot it, and presses the button; when, as `marks`. */
  async pressBoot(url: string, guest: Guest): Promise<number> {
    await this.page.goto(url);
    const name = guest.snapshot === undefined ? 'Boot' : 'Boot cold';
    const button = this.page.getByRole('button', { name, exact: true });
    await button.waitFor();
    // What Playwright does to find and reach the button is no part of the boot.
    await button.hover();
    const pressed = await this.page.evaluate(() => performance.now());
    await this.page.mouse.down();
    await this.page.mouse.up();
    return pressed;
  }

  /** Waits until the machine in hand has come to its prompt; seconds since navigation. */
  async untilPrompt(guest: Guest): Promise<number> {
    // What the boot's steps type is typed by the page.
    const met = await this.watch(guest.boot, false);
    return met.at(-1) ?? 0;
  }

  /** Boots a guest that is not in the catalogue; gives the seconds from there to its prompt. */
  async bootOther(url: string, guest: Guest): Promise<number> {
    await this.page.goto(url);
    // The page makes itself in several tasks, some of them after its load event.
    await this.page.waitForFunction(() => globalThis.bootlink !== undefined);
    await this.page.evaluate((other) => globalThis.bootlink?.boot(other, { from: 'cold' }), guest);
    const met = await this.watch(guest.boot, false);
    return met.at(-1) ?? 0;
  }

  /** Leaves the page, and waits until the threads of its machine have ended. */
  async leave(): Promise<void> {
    await this.page.goto('about:blank');
    const left = () => this.page.workers().length === 0;
    while (!left()) await new Promise((again) => setTimeout(again, 20));
  }

  /** Waits for the steps and types what they send; when each was met, in seconds. */
  follow(steps: readonly GuestStep[]): Promise<number[]> {
    return this.watch(steps, true);
  }

  /** All that a console has printed. */
  text(console: string): Promise<string> {
    return this.page.evaluate(
      (id) => globalThis.bootlink?.run()?.consoles.get(id)?.log.text() ?? '',
      console,
    );
  }

  /** What QEMU's monitor answers to a command. */
  async monitor(command: string): Promise<string> {
    const answer = await this.page.evaluate(
      (line) => globalThis.bootlink?.run()?.monitor(line),
      command,
    );
    if (answer?.ok !== true) throw new Error(`The monitor did not answer “${command}”.`);
    return answer.value;
  }

  /** Presses keys at a shell's prompt, by the browser's keyboard; ms from each to its echo. */
  async echoes(console: string, presses: number): Promise<number[]> {
    await focusConsole(this.page, console);
    const times: number[] = [];
    const press = async (key: string) => {
      await this.page.evaluate((id) => globalThis.benchProbe?.awaitEcho(id), console);
      await this.page.keyboard.press(key);
      const echo = await this.page.evaluate(
        (patience) => globalThis.benchProbe?.echo(patience),
        echoPatienceMs,
      );
      if (echo === undefined) {
        throw new Error(`${console} did not echo ${key} within ${echoPatienceMs / 1000} s.`);
      }
      return echo;
    };
    while (times.length < presses) {
      times.push(await press('x'));
      // The shell takes the line away and draws its prompt anew: no echo, and not counted.
      if (times.length % pressesPerLine === 0 || times.length === presses) await press('Control+u');
    }
    return times;
  }

  /** Proportional set size of the tab's process, MiB. */
  memoryMiB(): Promise<number> {
    return rendererMemoryMiB(this.browser);
  }

  /** The longest task of the main thread so far, ms; 0 when none took 50 ms. */
  async longestTaskMs(): Promise<number> {
    return Math.max(0, ...(await this.longTasks()).map(({ duration }) => duration));
  }

  /** The main thread's tasks of 50 ms and more, in order. */
  longTasks(): Promise<Probe['longTasks']> {
    return this.page.evaluate(() => globalThis.benchProbe?.longTasks ?? []);
  }

  /**
   * Marks of the page and of its workers, and the page's paints: ms since navigation, by name.
   * Workers have clocks that begin later; a name that is there twice counts the first time.
   */
  async marks(): Promise<Map<string, number>> {
    const read = (): [string, number][] =>
      ['mark', 'paint']
        .flatMap((type) => performance.getEntriesByType(type))
        .map(({ name, startTime }) => [name, performance.timeOrigin + startTime]);
    const origin = await this.page.evaluate(() => performance.timeOrigin);
    const lists = await Promise.all([
      this.page.evaluate(read),
      // QEMU's own threads do not return to their event loops, and never answer.
      ...this.page
        .workers()
        .filter((worker) => !worker.url().includes('/engine/'))
        // One that ends meanwhile has nothing more to tell.
        .map((worker) => worker.evaluate(read).catch(() => [])),
    ]);
    const first = new Map<string, number>();
    for (const [name, time] of lists.flat().sort(([, a], [, b]) => a - b)) {
      if (!first.has(name)) first.set(name, time - origin);
    }
    return first;
  }

  /** Begins a DevTools trace of this tab. */
  async startTracing(): Promise<void> {
    await this.browser.startTracing(this.page, { categories: TRACE_CATEGORIES });
  }

  /** Ends it: the trace, as JSON. */
  async stopTracing(): Promise<string> {
    return (await this.browser.stopTracing()).toString();
  }

  async close(): Promise<void> {
    this.release();
    await this.browser.close();
  }

  private async watch(steps: readonly GuestStep[], type: boolean): Promise<number[]> {
    const outcome = await this.page.evaluate(
      ([each, types, patience]) => globalThis.benchProbe?.follow(each, types, patience),
      [steps.map(probeStep), type, patienceSeconds * 1000] as const,
    );
    if (outcome === undefined) throw new Error('The page has lost the probe of the bench.');
    if ('error' in outcome) throw new Error(outcome.error);
    return outcome.met.map((ms) => ms / 1000);
  }
}
