import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import { encodeEvents } from '../src/inspect/events/encode.js';
import type { TraceEvent } from '../src/inspect/events/event.js';
import type { Place } from '../src/inspect/security.js';
import { seriousFindings } from './axe.js';
import { consoleText, useBrowser, waitForState, waitForText } from './browser.js';

/** Interpreted on two busy cores. */
const BOOT_MS = Number(process.env.BOOTLINK_E2E_BOOT_SECONDS ?? 600) * 1000;
const MILLION = 1_000_000;

const browser = useBrowser();
const tab = (page: Page, name: string) => page.locator('.dv-tab', { hasText: name });
const shots = process.env.BOOTLINK_SHOTS;

async function shoot(page: Page, name: string): Promise<void> {
  if (shots !== undefined) await page.screenshot({ path: `${shots}/${name}.png` });
}

describe('the timeline of an RME boot', () => {
  it(
    'shows each world, names an RMI call, and saves what it shows',
    { timeout: BOOT_MS },
    async () => {
      const { page, complaints } = await browser.open(
        `${inject('pageUrl')}?guest=rme&trace=1&translator=regions`,
        { viewport: { width: 1280, height: 800 } },
      );
      await tab(page, 'Timeline').click();
      await waitForText(page, 'uart0', /=> /, { timeout: BOOT_MS });
      const before = (await consoleText(page, 'uart0')).length;
      await page.evaluate(() => {
        globalThis.bootlink?.run()?.consoles.get('uart0')?.type('smc c4000151 5f000000\n');
      });
      await waitForText(page, 'uart0', /Res: +0x0\b/, { from: before, timeout: 60_000 });
      const find = page.getByRole('searchbox', { name: 'Find events' });
      await find.fill('RMI_GRANULE_DELEGATE');
      await find.press('Enter');
      const details = page.getByRole('region', { name: 'The selected event' });
      await details.getByRole('heading', { name: 'SMC RMI_GRANULE_DELEGATE' }).waitFor();
      expect(await details.textContent()).toContain('NS-EL2 to EL3');
      // What came back, and from there the call that it answers.
      expect(await details.textContent()).toContain('Answer: RMI_SUCCESS (done)');
      await page.locator('.timeline-plot').press('n');
      await expect.poll(() => details.textContent()).not.toContain('SMC RMI_GRANULE_DELEGATEN');
      await shoot(page, 'timeline-rme-call');
      // Only what the list of kinds names is stepped through.
      const kinds = page.getByRole('combobox', { name: 'Which events are shown' });
      await kinds.selectOption('Worlds and granules');
      const seen = new Set<string>();
      for (let step = 0; step < 4; step++) {
        const before = await details.textContent();
        await page.locator('.timeline-plot').press('p');
        await expect.poll(() => details.textContent()).not.toBe(before);
        seen.add((await details.getByRole('heading').first().textContent()) ?? '');
      }
      for (const label of seen) expect(label).toMatch(/^(world switch|granule) to/);
      await kinds.selectOption('All events');
      await find.fill('ERET');
      await find.press('Enter');
      await expect.poll(() => details.textContent()).toContain('returns to');

      const [json] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'JSON' }).click(),
      ]);
      const saved = JSON.parse(readFileSync(await json.path(), 'utf8')) as {
        lost: number;
        events: { kind: string; label: string; from?: { el: number; state: string } }[];
      };
      expect(saved.lost).toBe(0);
      expect(saved.events[0]?.kind).toBe('reset');
      const states = new Set(saved.events.map((event) => event.from?.state));
      for (const state of ['Root', 'Non-secure', 'Realm']) expect(states).toContain(state);
      const labels = saved.events.map((event) => event.label);
      expect(labels).toContain('granule to Realm');
      // The first instruction of each program that firmware loads, by name.
      const starts = labels.filter((label) => label.endsWith(' starts'));
      expect(starts).toEqual(['BL1', 'BL2', 'BL31', 'RMM', 'BL33'].map((name) => `${name} starts`));

      const [svg] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'SVG' }).click(),
      ]);
      const drawing = readFileSync(await svg.path(), 'utf8');
      for (const text of ['EL3', 'R-EL2', 'NS-EL2', 'BL31', 'U-Boot']) {
        expect(drawing).toContain(`>${text}</text>`);
      }
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      await page.getByRole('button', { name: 'All', exact: true }).click();
      await shoot(page, 'timeline-rme');

      // It follows: what comes later is in view, however close that is.
      await page.getByRole('checkbox', { name: 'Follow' }).check();
      const plot = page.locator('.timeline-plot');
      for (let press = 0; press < 8; press++) await plot.press('+');
      const from = (await consoleText(page, 'uart0')).length;
      await page.evaluate(() => {
        globalThis.bootlink?.run()?.consoles.get('uart0')?.type('smc c4000150 10000\n');
      });
      await waitForText(page, 'uart0', /Res: /, { from, timeout: 60_000 });
      const drawn = async (): Promise<string> => {
        const [file] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name: 'SVG' }).click(),
        ]);
        return readFileSync(await file.path(), 'utf8');
      };
      await expect.poll(drawn).toContain('SMC RMI_VERSION');
      expect(complaints).toEqual([]);
    },
  );
});

describe('a million events', () => {
  const BATCH = 10_000;
  const ns = (el: 0 | 1 | 2): Place => ({ el, state: 'Non-secure', aarch32: false });
  /** Who calls whom, at uneven times: system calls, calls of the hypervisor, and what interrupts both. */
  const pattern: readonly ((time: bigint) => TraceEvent)[] = [
    (time) => taken(time, ns(0), ns(1), 0x5600_0000n),
    (time) => taken(time, ns(1), ns(2), 0x5a00_0000n),
    (time) => returned(time, ns(2), ns(1)),
    (time) => returned(time, ns(1), ns(0)),
  ];
  const taken = (time: bigint, from: Place, to: Place, esr: bigint): TraceEvent => ({
    kind: 'exception',
    ...{ cpu: 0, time, from, to, esr, far: 0n, elr: 0x40_1000n, spsr: 0n },
    ...{ vector: 0xffff_8000_0001_0400n, vectorOffset: 0x400 },
  });
  const returned = (time: bigint, from: Place, to: Place): TraceEvent => ({
    kind: 'return',
    ...{ cpu: 0, time, from, to, elr: 0x40_1004n, spsr: 0n, x0: 0n, x1: 0n },
    pc: 0xffff_8000_0001_2340n,
  });
  const batch = encodeEvents(
    Array.from({ length: BATCH }, (_, i) => {
      const make = pattern[i % pattern.length];
      if (make === undefined) throw new Error('no such event');
      return make(BigInt(i) * 1000n + BigInt((i * 7919) % 900));
    }),
  );

  /** Puts events into the run's store, as they would come from a ring, batch after batch. */
  function record(page: Page): Promise<void> {
    return page.evaluate(
      ({ base64, records, total }) => {
        const trace = globalThis.bootlink?.run()?.trace;
        if (trace === undefined) throw new Error('there is no run');
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const view = new DataView(bytes.buffer);
        for (let done = 0; done < total; done += records) {
          trace.stores.append(0, bytes);
          for (let i = 0; i < records; i++) {
            // Guest time, ns (src/inspect/events/layout.ts); the next batch is later.
            const time = view.getBigUint64(i * 64 + 8, true);
            view.setBigUint64(i * 64 + 8, time + BigInt(records) * 1000n, true);
          }
        }
        trace.version++;
      },
      { base64: Buffer.from(batch).toString('base64'), records: BATCH, total: MILLION },
    );
  }

  /** Milliseconds from frame to frame, and of drawing alone, while something is done in each. */
  interface Frames {
    frames: number[];
    drawn: number[];
  }

  /** Zooms in and out again, or pans there and back, a step a frame, as a wheel would. */
  function move(page: Page, how: 'zoom' | 'pan'): Promise<Frames> {
    return page.evaluate(async (zooms) => {
      const plot = document.querySelector('.timeline-plot');
      const target = plot?.querySelector('canvas');
      if (!plot || !target) throw new Error('there is no plot');
      const box = plot.getBoundingClientRect();
      const frame = () => new Promise<number>((next) => requestAnimationFrame(next));
      const frames: number[] = [];
      const drawn: number[] = [];
      let before = await frame();
      const steps = 240;
      for (let step = 0; step < steps; step++) {
        const back = step >= steps / 2;
        plot.dispatchEvent(
          new WheelEvent('wheel', {
            ...(zooms ? { deltaY: back ? 30 : -30 } : { deltaX: back ? 20 : -20 }),
            clientX: box.left + box.width * (0.3 + 0.3 * Math.sin(step)),
            clientY: box.top + 60,
            bubbles: true,
            cancelable: true,
          }),
        );
        const now = await frame();
        frames.push(now - before);
        drawn.push(Number(target.dataset.milliseconds));
        before = now;
      }
      return { frames, drawn };
    }, how === 'zoom');
  }

  function figures(times: readonly number[]): string {
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number) => (sorted[Math.floor((sorted.length - 1) * share)] ?? 0).toFixed(1);
    return `median ${at(0.5)}, 95th percentile ${at(0.95)}, longest ${at(1)} ms`;
  }

  it('are zoomed and moved, each where it belongs', { timeout: 120_000 }, async () => {
    const { page } = await browser.open(`${inject('fixtureUrl')}?guest=one`, {
      viewport: { width: 1920, height: 1000 },
    });
    await waitForState(page, ['running']);
    await record(page);
    await tab(page, 'Timeline').click();
    const plot = page.locator('.timeline-plot');
    const canvas = plot.locator('canvas');
    const inView = async () => Number(await canvas.getAttribute('data-events'));
    await expect.poll(inView).toBe(MILLION);
    expect(await seriousFindings(page)).toEqual([]);
    for (const how of ['zoom', 'pan'] as const) {
      // Moving needs room: half of the recording is out of sight then.
      if (how === 'pan') await plot.press('+');
      const { frames, drawn } = await move(page, how);
      expect(frames.length).toBe(drawn.length);
      console.log(
        `${MILLION} events, ${how}: frames ${figures(frames)}; drawing ${figures(drawn)}`,
      );
    }
    // The first event, from the whole to one of a million.
    await plot.press('Home');
    await expect.poll(inView).toBe(MILLION);
    await page.getByRole('checkbox', { name: 'Follow' }).uncheck();
    await plot.press('n');
    const details = page.getByRole('region', { name: 'The selected event' });
    await details.getByRole('heading', { name: /^SVC/ }).waitFor();
    expect(await details.textContent()).toContain('NS-EL0 to NS-EL1');
    for (let press = 0; press < 16; press++) await plot.press('+');
    await expect.poll(inView).toBeLessThan(100);
  });
});

describe('the building of an RME boot', () => {
  it('shows where the vCPU is, and steps through crossings', { timeout: BOOT_MS }, async () => {
    const { page, complaints } = await browser.open(
      `${inject('pageUrl')}?guest=rme&trace=1&translator=regions`,
      { viewport: { width: 1280, height: 800 } },
    );
    await tab(page, 'The building').click();
    await waitForText(page, 'uart0', /=> /, { timeout: BOOT_MS });
    const picture = page.locator('.building-picture');
    const here = picture.locator('.room.here .name');
    await expect.poll(() => here.allTextContents()).toEqual(['NS-EL2']);
    await expect.poll(() => picture.locator('.software').allTextContents()).toContain('U-Boot');
    await page.evaluate(() => {
      globalThis.bootlink?.run()?.consoles.get('uart0')?.type('smc c4000151 5f000000\n');
    });
    // The call through EL3 to the RMM and back lights the ways.
    await picture.locator('.way text', { hasText: 'SMC RMI_GRANULE_DELEGATE' }).waitFor();
    await shoot(page, 'building-rme');
    expect(await seriousFindings(page)).toEqual([]);

    const building = page.getByRole('application', { name: /^The building/ });
    await building.press('Home');
    await waitForState(page, ['paused']);
    const words = page.locator('.building-words');
    await expect.poll(() => words.textContent()).toContain('EL3 returns to EL3');
    await building.press('ArrowRight');
    await building.press('ArrowRight');
    await expect.poll(() => words.textContent()).toContain('EL3 returns to R-EL2');
    expect(await here.allTextContents()).toEqual(['R-EL2']);
    await shoot(page, 'building-step');
    await building.press('Escape');
    await waitForState(page, ['running']);
    await expect.poll(() => here.allTextContents()).toEqual(['NS-EL2']);
    expect(complaints).toEqual([]);
  });
});

/** el-walk, recorded, at its reset. */
async function openHalted() {
  const opened = await browser.open(`${inject('pageUrl')}?guest=el-walk&boot=0&trace=1`, {
    viewport: { width: 1280, height: 800 },
  });
  await tab(opened.page, 'Registers').click();
  await opened.page.getByRole('button', { name: 'Boot halted' }).click();
  await waitForState(opened.page, ['paused'], BOOT_MS);
  return opened;
}

/** Opens what chooses which events are recorded. */
async function chooseWhich(page: Page) {
  await tab(page, 'Timeline').click();
  await page.getByRole('button', { name: 'Which…' }).click();
  return page.getByRole('region', { name: 'What is recorded' });
}

describe('what is recorded', () => {
  it('is chosen by kind, levels and rate, and said', { timeout: BOOT_MS }, async () => {
    const { page, complaints } = await openHalted();
    const which = await chooseWhich(page);
    await which.getByRole('checkbox', { name: 'Interrupts' }).uncheck();
    await which.getByRole('combobox', { name: 'From' }).selectOption('NS-EL1');
    await which.getByRole('combobox', { name: 'to', exact: true }).selectOption('NS-EL2');
    await which.getByRole('checkbox', { name: 'and back' }).uncheck();
    await which.getByRole('spinbutton', { name: 'Of those alike write' }).fill('0');
    await which.getByRole('spinbutton', { name: 'Of those alike write' }).press('Enter');
    expect(await seriousFindings(page)).toEqual([]);
    await shoot(page, 'timeline-which');
    await page.evaluate(() => globalThis.bootlink?.run()?.resume());
    await waitForState(page, ['exited'], BOOT_MS);
    const counts = page.locator('.timeline-counts');
    const left = 'recorded without Interrupts, from NS-EL1 to NS-EL2 only, every event';
    await expect.poll(() => counts.textContent()).toContain(left);
    const saved = async () => {
      const [json] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'JSON' }).click(),
      ]);
      const { events } = JSON.parse(readFileSync(await json.path(), 'utf8')) as {
        events: { kind: string; label: string; from?: { el: number }; to?: { el: number } }[];
      };
      return events;
    };
    const some = await saved();
    expect(some.map(({ kind, from, to }) => `${kind} ${from?.el} ${to?.el}`)).toEqual([
      'exception 1 2',
      'exception 1 2',
    ]);

    // The next machine is recorded so too, from its first instruction on, until all is wanted.
    const again = async () => {
      await page.evaluate(async () => {
        const guest = globalThis.bootlink?.run()?.guest;
        if (guest !== undefined) await globalThis.bootlink?.boot(guest, { from: 'cold' });
      });
      await waitForState(page, ['exited'], BOOT_MS);
      await tab(page, 'Timeline').click();
      return saved();
    };
    expect(await again()).toHaveLength(2);
    await page.getByRole('button', { name: 'Which…' }).click();
    await which.getByRole('button', { name: 'Record everything' }).click();
    const labels = (await again()).map(({ label }) => label);
    expect(labels.slice(0, 2)).toEqual(['cold reset', 'el-walk.elf starts']);
    expect(complaints).toEqual([]);
  });
});

describe('slow motion in the building', () => {
  /** The crossing that is shown, how many were recorded behind it, and the machine's state. */
  function shown(page: Page): Promise<{ words: string; ahead: number; state: string }> {
    return page.evaluate(() => {
      const run = globalThis.bootlink?.run();
      const words = document.querySelector('.building-words')?.textContent ?? '';
      const position = Number(document.querySelector<HTMLElement>('.building')?.dataset.index);
      const store = run?.trace.stores.cpus[0];
      let ahead = 0;
      // Exceptions, interrupts and returns (src/inspect/events/layout.ts).
      for (let at = position + 1; store && at < store.end; at++) {
        if ([1, 3, 9].includes(store.kind(at))) ahead++;
      }
      return { words, ahead, state: run?.state.name ?? '' };
    });
  }

  it('slows the machine itself, from crossing to crossing', { timeout: BOOT_MS }, async () => {
    const { page, complaints } = await openHalted();
    // Slow motion sees each crossing, whatever else was chosen to be recorded.
    const which = await chooseWhich(page);
    await which.getByRole('checkbox', { name: 'Exceptions and returns' }).uncheck();
    await tab(page, 'The building').click();
    const building = page.getByRole('application', { name: /^The building/ });
    const pause = building.getByRole('combobox', { name: 'Pause at each crossing' });
    await building.press('ArrowDown');
    expect(await pause.inputValue()).toBe('2');
    // The longest: what the test reads is of one crossing.
    await building.press('ArrowDown');
    await building.press('ArrowDown');
    expect(await pause.inputValue()).toBe('4');
    await building.press(' ');
    const words = page.locator('.building-words');
    const picture = page.locator('.building-picture');
    const here = picture.locator('.room.here .name');
    const seen: string[] = [];
    for (const at of ['NS-EL2', 'NS-EL1']) {
      await expect.poll(() => words.textContent(), { timeout: 60_000 }).toContain(`to ${at}`);
      await page.locator('.building[data-slow="standing"]').waitFor();
      const now = await shown(page);
      // The guest has not gone on behind the picture's back.
      expect(now).toMatchObject({ ahead: 0, state: 'paused' });
      expect(await here.allTextContents()).toEqual([at]);
      seen.push(now.words);
      if (at === 'NS-EL2') {
        // By its first instruction: this program names itself on no console.
        expect(await picture.locator('.software').allTextContents()).toContain('el-walk.elf');
        // It has not come to what EL1 prints.
        expect(await consoleText(page, 'uart0')).not.toContain('EL1: CurrentEL');
        await shoot(page, 'building-slow');
        // Right arrow does not wait.
        await building.press('ArrowRight');
      }
    }
    expect(new Set(seen).size).toBe(2);

    // Space stops it there, and the machine stays.
    await building.press(' ');
    await page.locator('.building[data-slow="off"]').waitFor();
    expect((await shown(page)).state).toBe('paused');
    expect(await seriousFindings(page)).toEqual([]);
    // A step runs it to the next crossing alone.
    const before = await words.textContent();
    await building.press('ArrowRight');
    await expect.poll(() => words.textContent(), { timeout: 60_000 }).not.toBe(before);
    await page.locator('.building[data-slow="off"]').waitFor();
    expect(await shown(page)).toMatchObject({ ahead: 0, state: 'paused' });
    // No breakpoint is left, and Escape lets it go on to its end.
    await building.press('Escape');
    await waitForState(page, ['exited']);
    await building.press(' ');
    await page.getByText('The machine has ended: this is all that was recorded of it.').waitFor();
    expect(complaints).toEqual([]);
  });

  it('says so where the machine cannot be stopped', { timeout: 120_000 }, async () => {
    const { page } = await browser.open(`${inject('fixtureUrl')}?guest=one`);
    await waitForState(page, ['running']);
    await tab(page, 'The building').click();
    const building = page.getByRole('application', { name: /^The building/ });
    await building.press(' ');
    await building.getByRole('alert').waitFor();
    expect(await building.getAttribute('data-slow')).toBe('off');
  });
});

describe('the timeline of an sbsa-ref boot', () => {
  it('shows TF-A, its image in Secure EL1 and U-Boot', { timeout: BOOT_MS }, async () => {
    const { page } = await browser.open(
      `${inject('pageUrl')}?guest=sbsa-ref&trace=1&translator=regions`,
      { viewport: { width: 1280, height: 800 } },
    );
    await tab(page, 'Timeline').click();
    await waitForText(page, 'uart0', /=> /, { timeout: BOOT_MS });
    const [svg] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'SVG' }).click(),
    ]);
    const drawing = readFileSync(await svg.path(), 'utf8');
    for (const text of ['EL3', 'S-EL1', 'NS-EL2', 'U-Boot']) {
      expect(drawing).toContain(`>${text}</text>`);
    }
    // The name of a short band has no room in the drawing when the page was late to read it.
    const [json] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'JSON' }).click(),
    ]);
    const saved = JSON.parse(readFileSync(await json.path(), 'utf8')) as {
      phases: { phase: { component: string } }[];
      events: { kind: string; name?: string; to?: { el: number; state: string } }[];
    };
    const names = saved.phases.map(({ phase }) => phase.component);
    for (const name of ['BL1', 'BL2', 'BL31', 'U-Boot']) expect(names).toContain(name);
    const starts = saved.events.filter(({ kind }) => kind === 'image');
    expect(starts.map(({ name, to }) => `${name} at EL${to?.el} ${to?.state}`)).toEqual([
      'BL1 at EL3 Secure',
      'BL2 at EL1 Secure',
      'BL31 at EL3 Secure',
      'BL33 at EL2 Non-secure',
    ]);
    await shoot(page, 'timeline-sbsa-ref');
  });
});
