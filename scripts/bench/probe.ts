import type { GuestStep } from '../../src/machine/guest';

/** A step as the page can be given it: the expression by source and flags. */
export interface ProbeStep extends Pick<GuestStep, 'console' | 'send'> {
  source?: string;
  flags?: string;
}

/** When each step was met, in ms since the page's navigation; or why not all were. */
export type Followed = { met: number[] } | { error: string };

export interface Probe {
  /** Waits for each step's text, behind the last match on its console. */
  follow(steps: ProbeStep[], type: boolean, patienceMs: number): Promise<Followed>;
  /** From now on the next key press is timed, to the console's next output. */
  awaitEcho(console: string): void;
  /** Milliseconds from the key press to its echo; undefined when none came in `patienceMs`. */
  echo(patienceMs: number): Promise<number | undefined>;
  /** Each task of the main thread of 50 ms and more: its beginning since navigation, ms. */
  longTasks: { start: number; duration: number }[];
}

declare global {
  var benchProbe: Probe | undefined;
}

/**
 * Installs the probe. It runs in the page, before the page's own scripts, and is sent there as
 * text: it uses nothing from outside itself. It looks at a console whenever that has printed, by
 * the log that the page itself keeps.
 */
export function installProbe(): void {
  const read = new Map<string, number>();
  const longTasks: Probe['longTasks'] = [];
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      longTasks.push({ start: startTime, duration });
    }
  }).observe({ type: 'longtask', buffered: true });

  const consoleOf = (id: string) => globalThis.bootlink?.run()?.consoles.get(id);
  const lookMs = 50;
  /** Resolves when the console prints, and after a while in any case: a run may also end. */
  const change = (id: string) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        stop?.();
        resolve();
      };
      const stop = consoleOf(id)?.onOutput(done);
      const timer = setTimeout(done, stop === undefined ? 5 : lookMs);
    });
  const describe = (why: string, id: string) => {
    const run = globalThis.bootlink?.run();
    const shown = run === undefined ? document.body.innerText.slice(0, 800) : '';
    const said = consoleOf(id)?.log.text().slice(-800) ?? '';
    const output = run?.output.slice(-10).map((line) => JSON.stringify(line)) ?? [];
    const state = JSON.stringify(run?.state) ?? 'no run';
    return [`${why} State: ${state}.`, shown, said, ...output].filter((part) => part !== '');
  };

  const meet = async (step: ProbeStep, until: number): Promise<string[] | undefined> => {
    const { console: id, source, flags } = step;
    if (source === undefined) return undefined;
    const expression = new RegExp(source, flags);
    let looked = -1;
    for (;;) {
      const next = change(id);
      const log = consoleOf(id)?.log;
      const state = globalThis.bootlink?.run()?.state.name;
      const over = state === 'exited' || state === 'failed';
      if (log !== undefined && (log.textLength !== looked || over)) {
        looked = log.textLength;
        const from = read.get(id) ?? 0;
        const match = expression.exec(log.text(from));
        if (match !== null) {
          read.set(id, from + match.index + match[0].length);
          return undefined;
        }
      }
      if (over) return describe(`The run ended before ${id} said /${source}/.`, id);
      if (performance.now() > until) return describe(`${id} never said /${source}/.`, id);
      await next;
    }
  };

  let echoed: Promise<number> | undefined;
  globalThis.benchProbe = {
    longTasks,
    async follow(steps, type, patienceMs) {
      const met: number[] = [];
      for (const step of steps) {
        const problem = await meet(step, performance.now() + patienceMs);
        if (problem !== undefined) return { error: problem.join('\n') };
        met.push(performance.now());
        if (type && step.send !== undefined) consoleOf(step.console)?.type(step.send);
      }
      return { met };
    },
    awaitEcho(id) {
      echoed = new Promise((resolve) => {
        let pressed: number | undefined;
        const press = (event: KeyboardEvent) => (pressed ??= event.timeStamp);
        addEventListener('keydown', press, { capture: true });
        const stop = consoleOf(id)?.onOutput(() => {
          if (pressed === undefined) return;
          removeEventListener('keydown', press, { capture: true });
          stop?.();
          resolve(performance.now() - pressed);
        });
      });
    },
    echo(patienceMs) {
      const late = new Promise<undefined>((resolve) =>
        setTimeout(() => resolve(undefined), patienceMs),
      );
      return Promise.race([echoed ?? late, late]);
    },
  };
}
