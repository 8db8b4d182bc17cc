import { readFileSync } from 'node:fs';
import type { Locator, Page } from 'playwright-core';
import { describe, expect, inject, it } from 'vitest';
import type { Lesson, Step } from '../src/lessons/lesson.js';
import { parseLesson } from '../src/lessons/parse.js';
import { seriousFindings } from './axe.js';
import { typeOn, useBrowser, waitForState, waitForText } from './browser.js';
import { plainHost } from './plain-host.js';

const browser = useBrowser();
const shots = process.env.BOOTLINK_SHOTS;
/** Interpreted on two busy cores. */
const BOOT_MS = Number(process.env.BOOTLINK_E2E_BOOT_SECONDS ?? 600) * 1000;

const pane = (page: Page) => page.locator('section.lessons');

function read(name: string): Lesson {
  const parsed = parseLesson(
    readFileSync(new URL(`../lessons/${name}.md`, import.meta.url), 'utf8'),
  );
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.lesson;
}

/** What a learner does at a step, besides answering its questions. */
type Deeds = (page: Page) => Promise<void>;

/** Replaces the program in the editor, by the keyboard. */
async function write(page: Page, change: (text: string) => string, before: string): Promise<void> {
  await page.locator('.assembly-editor .monaco-editor').first().click();
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(change(before));
}

const press = (page: Page, name: RegExp | string) =>
  pane(page).getByRole('button', { name }).first().click();

/** Opens the step's guest, and waits until the page has its run and not the one before. */
async function openAtPrompt(page: Page): Promise<void> {
  const before = await page.evaluateHandle(() => globalThis.bootlink?.run());
  await press(page, /^Open .* at its prompt$/);
  await page.waitForFunction((old) => globalThis.bootlink?.run() !== old, before, {
    timeout: BOOT_MS,
  });
}

async function runProgram(page: Page): Promise<void> {
  await press(page, 'Assemble and run');
  await pane(page)
    .getByText(/^Running at EL/)
    .waitFor({ timeout: 60_000 });
}

async function answerAll(page: Page, step: Step): Promise<void> {
  for (const [index, question] of step.questions.entries()) {
    const form = pane(page).locator('form.question').nth(index);
    const check = form.getByRole('button', { name: 'Check answer' });
    const wrong = question.choices.find((each) => !question.right.includes(each));
    if (wrong === undefined) await form.getByRole('textbox').fill('0xdead');
    else await form.getByRole('radio', { name: wrong, exact: true }).check();
    await check.click();
    await form.getByText(/^Not so\./).waitFor();
    expect(await pane(page).locator('.step-state').textContent()).toBe('');
    const right = question.right[0] ?? '';
    if (wrong === undefined) await form.getByRole('textbox').fill(right);
    else await form.getByRole('radio', { name: right, exact: true }).check();
    await check.click();
    await form.getByText('That is right.').waitFor();
  }
}

async function walk(page: Page, lesson: Lesson, deeds: Record<string, Deeds>): Promise<void> {
  const unknown = Object.keys(deeds).filter((id) => !lesson.steps.some((step) => step.id === id));
  expect(unknown).toEqual([]);
  for (const [index, step] of lesson.steps.entries()) {
    await pane(page)
      .getByRole('heading', { name: `${String(index + 1)}. ${step.title}`, exact: true })
      .waitFor();
    await deeds[step.id]?.(page);
    await answerAll(page, step);
    if (step.checks.length + step.questions.length === 0) await press(page, 'I have read this');
    try {
      await pane(page)
        .locator('.step-state', { hasText: 'This step is done' })
        .waitFor({ timeout: BOOT_MS });
    } catch (error) {
      const text = await page.evaluate(
        () => globalThis.bootlink?.run()?.consoles.get('uart0')?.log.text().slice(-1500) ?? '',
      );
      const seen = await pane(page).locator('.checks').textContent();
      throw new Error(`“${step.title}” is not done: ${String(seen)}\n${text}`, { cause: error });
    }
    console.log(`step ${String(index + 1)} done: ${step.title}`);
    if (index < lesson.steps.length - 1) await press(page, 'Next step');
  }
  await pane(page).getByText('All steps of this lesson are done.').waitFor();
}

const exercise = (lesson: Lesson, id: string): string =>
  lesson.steps.find((step) => step.id === id)?.exercise?.text ?? '';

describe('the workshop on Exception levels', () => {
  const lesson = read('exception-levels');
  const edit =
    (id: string, change: (text: string) => string): Deeds =>
    async (page) => {
      await runProgram(page);
      // As it was, the program does not do what the step asks for.
      await waitForText(page, 'uart0', /ended|stopped/, { timeout: 60_000 });
      expect(await pane(page).locator('.step-state').textContent()).toBe('');
      await write(page, change, exercise(lesson, id));
      await runProgram(page);
    };

  it('is walked from the first step to the last', { timeout: 3 * BOOT_MS }, async () => {
    const { page, complaints } = await browser.open(
      `${inject('pageUrl')}?lesson=exception-levels`,
      { viewport: { width: 1400, height: 900 } },
    );
    await walk(page, lesson, {
      'where-am-i': (at) => press(at, /^Boot .* from reset$/),
      'read-currentel-yourself': async (at) => {
        const text = exercise(lesson, 'read-currentel-yourself');
        await write(at, (old) => old.replace('mrs x0, CurrentEL', 'mrs x0, CurrentLevel'), text);
        await press(at, 'Assemble and run');
        const problems = pane(at).getByRole('list', { name: 'Errors of the assembler' });
        await problems.getByRole('button', { name: 'Line 1' }).waitFor({ timeout: 60_000 });
        await at.locator('.assembly-editor .squiggly-error').first().waitFor();
        expect(await seriousFindings(at)).toEqual([]);
        if (shots !== undefined) await at.screenshot({ path: `${shots}/lesson-exercise.png` });
        await write(
          at,
          (old) => old.replace('    // shift', '    lsr x0, x0, #2\n    // shift'),
          text,
        );
        // At a level of one's own choice: it says which one, and the step asks for another.
        const level = pane(at).getByRole('combobox', { name: /^Exception level that the program/ });
        for (const el of ['3', '1']) {
          await level.selectOption(el);
          await runProgram(at);
          await waitForText(at, 'uart0', new RegExp(`show: x0=0x${el}\\b`), { timeout: 60_000 });
        }
        expect(await pane(at).locator('.step-state').textContent()).toBe('');
        await level.selectOption('2');
        await runProgram(at);
      },
      'what-el0-may-not-ask': runProgram,
      'going-down-with-eret': edit('going-down-with-eret', (old) => old.replace('0x3c9', '0x3c5')),
      'eret-cannot-climb': runProgram,
      'coming-back-with-svc-hvc-and-smc': edit('coming-back-with-svc-hvc-and-smc', (old) =>
        old.replace('// your two calls', 'hvc #1\n    smc #2'),
      ),
      vectors: edit('vectors', (old) =>
        old.replace('// svc #7 here', 'svc #7').replace('0x400', '0x200'),
      ),
      'routing-who-takes-the-smc': edit('routing-who-takes-the-smc', (old) =>
        old.replace('0x80000000', '0x80080000'),
      ),
      'masking-when-is-an-interrupt-taken': async (at) => {
        const id = 'masking-when-is-an-interrupt-taken';
        await edit(id, (old) => old.replace('// unmask here', 'msr daifclr, #2'))(at);
      },
      'firmware-bl1-to-bl2': (at) => press(at, /^Boot .* from reset$/),
      'linux-at-el1': async (at) => {
        await openAtPrompt(at);
        await waitForText(at, 'uart0', /guest:\/# $/, { timeout: BOOT_MS });
        await press(at, /^Type .*dmesg/);
      },
      'linux-at-el2': async (at) => {
        await openAtPrompt(at);
        await waitForText(at, 'uart0', /=> $/, { timeout: BOOT_MS });
        await press(at, /^Type “run linux/);
        await waitForText(at, 'hvc0', /guest:\/# $/, { timeout: BOOT_MS });
        await typeOn(at, 'hvc0', 'dmesg | grep "started at EL"\n');
      },
      'a-fault-end-to-end': runProgram,
    });
    expect(complaints).toEqual([]);
  });
});

describe('the workshop on the Realm Management Extension', () => {
  const lesson = read('realm-management-extension');
  /** Types the lines of a step, each when the prompt is there. */
  const typeLines: Deeds = async (page) => {
    const buttons = pane(page).getByRole('button', { name: /^Type “/ });
    for (let index = 0; index < (await buttons.count()); index++) {
      await waitForText(page, 'uart0', /=> $/, { timeout: BOOT_MS });
      const before = await page.evaluate(
        () => globalThis.bootlink?.run()?.consoles.get('uart0')?.log.textLength ?? 0,
      );
      await buttons.nth(index).click();
      await waitForText(page, 'uart0', /\n/, { from: before });
    }
  };
  const openGuest: Deeds = async (page) => {
    await openAtPrompt(page);
    await waitForText(page, 'uart0', /=> $/, { timeout: BOOT_MS });
  };

  it('is walked from the first step to the last', { timeout: 3 * BOOT_MS }, async () => {
    const { page, complaints } = await browser.open(inject('pageUrl'), {
      viewport: { width: 1400, height: 900 },
    });
    await page
      .getByRole('button', { name: 'Open the workshop Realm Management Extension' })
      .click();
    await walk(page, lesson, {
      'who-may-touch-what': (at) => press(at, /^Boot .* from reset$/),
      'ask-the-realm-world-for-its-version': async (at) => {
        await openGuest(at);
        await typeLines(at);
      },
      'rmi-through-tf-a-s-dispatcher': typeLines,
      'delegate-a-granule': typeLines,
      'take-it-back-and-read-it': typeLines,
      'meet-the-granule-protection-fault': async (at) => {
        await typeLines(at);
        if (shots !== undefined) await at.screenshot({ path: `${shots}/lesson-gpf.png` });
      },
      'what-the-host-cannot-see': async (at) => {
        await openGuest(at);
        await press(at, /^Type “run linux/);
        await waitForText(at, 'hvc0', /guest:\/# $/, { timeout: BOOT_MS });
        await press(at, /^Type “devmem/);
      },
    });
    // Progress is kept, and goes into a link.
    await page.goto(`${inject('pageUrl')}?lesson=realm-management-extension`);
    await pane(page).getByText('10 of 10 steps done').waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('a workshop without a network', () => {
  it('goes on where the host is gone after the first load', { timeout: BOOT_MS }, async () => {
    const built = process.env.BOOTLINK_PUBLIC ?? 'public';
    const host = await plainHost([inject('pageFolder'), built], { isolates: true });
    let isOpen = true;
    try {
      const address = `${host.url}?lesson=exception-levels`;
      const { page } = await browser.open(address, { viewport: { width: 1400, height: 900 } });
      const keeping = pane(page).locator('.keep-machines');
      await keeping.getByRole('progressbar').waitFor();
      // No machine was booted: what the lesson needs is fetched because it was opened.
      await pane(page)
        .getByText('This lesson works without a network.')
        .waitFor({ timeout: BOOT_MS });
      expect(await page.evaluate(() => globalThis.bootlink?.run())).toBeUndefined();
      await host.close();
      isOpen = false;

      await page.goto(address);
      const lesson = read('exception-levels');
      const [first, second] = lesson.steps;
      if (first === undefined || second === undefined) throw new Error('too few steps');
      await press(page, /^Boot .* from reset$/);
      await answerAll(page, first);
      const done = pane(page).locator('.step-state', { hasText: 'This step is done' });
      await done.waitFor({ timeout: BOOT_MS });
      // The assembler too, which nobody has used before.
      await press(page, 'Next step');
      const text = exercise(lesson, second.id);
      await write(
        page,
        (old) => old.replace('    // shift', '    lsr x0, x0, #2\n    // shift'),
        text,
      );
      await runProgram(page);
      await answerAll(page, second);
      await done.waitFor({ timeout: BOOT_MS });
      // A guest of a later step, at its prompt from its snapshot.
      const later = lesson.steps.findIndex(({ id }) => id === 'linux-at-el1');
      await page.goto(`${address}&step=${String(later + 1)}`);
      await openAtPrompt(page);
      await waitForText(page, 'uart0', /guest:\/# $/, { timeout: BOOT_MS });
    } finally {
      if (isOpen) await host.close();
    }
  });

  it('says what could not be kept, and tries again', { timeout: 120_000 }, async () => {
    const hidden = ['guests/image.bin'];
    const folders = [inject('pageFolder'), inject('fixtureFolder')];
    const host = await plainHost(folders, { hidden, isolates: true });
    try {
      const { page } = await browser.open(host.url, { viewport: { width: 1400, height: 900 } });
      await page.getByRole('button', { name: 'A lesson of somebody else' }).click();
      await pane(page).getByText('A lesson of somebody else').click();
      const text =
        '# One\n\n```lesson\nminutes: 1\nsummary: One.\n```\n\n## Only step\n\n```action\nboot one\n```\n';
      await pane(page)
        .getByLabel('File')
        .setInputFiles({ name: 'one.md', mimeType: 'text/markdown', buffer: Buffer.from(text) });
      await press(page, 'Open this lesson');
      const alert = pane(page).getByRole('alert');
      await alert.waitFor({ timeout: 60_000 });
      expect(await alert.textContent()).toContain('firmware.bin could not be fetched');
      expect(await seriousFindings(page)).toEqual([]);
      hidden.length = 0;
      await alert.getByRole('button', { name: 'Try again' }).click();
      await pane(page)
        .getByText('This lesson works without a network.')
        .waitFor({ timeout: 60_000 });
    } finally {
      await host.close();
    }
  });
});

describe('a workshop by the keyboard alone', () => {
  /** Tabs on until the focus is in the element, as one would who has no pointer. */
  async function tabTo(page: Page, target: Locator): Promise<void> {
    for (let pressed = 0; pressed < 300; pressed++) {
      if (await target.evaluate((node) => node.contains(document.activeElement))) return;
      // A console keeps Tab for the guest, and F6 leads out of it.
      const isConsole = await page.evaluate(
        () => document.activeElement?.closest('.xterm') !== null && document.hasFocus(),
      );
      await page.keyboard.press(isConsole ? 'F6' : 'Tab');
    }
    const at = await page.evaluate(() => document.activeElement?.outerHTML.slice(0, 200));
    throw new Error(`Tab does not lead there; it is at ${String(at)}`);
  }

  const button = (page: Page, name: RegExp | string) =>
    pane(page).getByRole('button', { name }).first();

  async function answerByKeys(page: Page, step: Step): Promise<void> {
    for (const [index, question] of step.questions.entries()) {
      const form = pane(page).locator('form.question').nth(index);
      const right = question.right[0] ?? '';
      if (question.choices.length === 0) {
        await tabTo(page, form.getByRole('textbox'));
        await page.keyboard.type(right);
      } else {
        // The group has one place in the order; arrows choose, and the first of them is at hand.
        const radios = form.getByRole('radio');
        await tabTo(page, radios.first());
        await page.keyboard.press(' ');
        const wanted = form.getByRole('radio', { name: right, exact: true });
        for (let n = 0; n < question.choices.length && !(await wanted.isChecked()); n++) {
          await page.keyboard.press('ArrowDown');
        }
      }
      await page.keyboard.press('Enter');
      await form.getByText('That is right.').waitFor();
    }
  }

  it('is done step after step', { timeout: BOOT_MS }, async () => {
    const { page, complaints } = await browser.open(
      `${inject('pageUrl')}?lesson=exception-levels`,
      { viewport: { width: 1400, height: 900 } },
    );
    const lesson = read('exception-levels');
    const done = pane(page).locator('.step-state', { hasText: 'This step is done' });
    const heading = (index: number) =>
      pane(page).getByRole('heading', {
        name: `${String(index + 1)}. ${lesson.steps[index]?.title ?? ''}`,
        exact: true,
      });
    const [first, second] = lesson.steps;
    if (first === undefined || second === undefined) throw new Error('too few steps');
    await heading(0).waitFor();
    await tabTo(page, button(page, /^Boot .* from reset$/));
    await page.keyboard.press('Enter');
    await waitForState(page, ['exited'], BOOT_MS);
    await answerByKeys(page, first);
    await done.waitFor({ timeout: BOOT_MS });
    await tabTo(page, button(page, 'Next step'));
    await page.keyboard.press('Enter');
    await heading(1).waitFor();

    // In the editor Tab leads on, so that it is no trap.
    const editor = pane(page).locator('.assembly-editor .monaco-editor').first();
    await editor.waitFor();
    await tabTo(page, editor);
    await page.keyboard.press('Control+A');
    const text = exercise(lesson, second.id);
    await page.keyboard.insertText(
      text.replace('    // shift', '    lsr x0, x0, #2\n    // shift'),
    );
    await tabTo(page, button(page, 'Assemble and run'));
    await page.keyboard.press('Enter');
    await pane(page)
      .getByText(/^Running at EL/)
      .waitFor({ timeout: 60_000 });
    await answerByKeys(page, second);
    await done.waitFor({ timeout: BOOT_MS });
    await tabTo(page, button(page, 'Next step'));
    await page.keyboard.press('Enter');
    await heading(2).waitFor();
    expect(complaints).toEqual([]);
  });
});

describe('lessons of others, and links', () => {
  const text = `# Theirs
\n\`\`\`lesson\nminutes: 5\nsummary: Short.\n\`\`\`
\n## Only step\n\n\`\`\`action\nboot one\ntype uart0 hello\n\`\`\`\n`;

  async function openList(page: Page): Promise<void> {
    await page.getByRole('button', { name: 'A lesson of somebody else' }).click();
    await pane(page).getByText('A lesson of somebody else').click();
  }

  const file = (body: string) => ({
    name: 'theirs.md',
    mimeType: 'text/markdown',
    buffer: Buffer.from(body),
  });

  it('show what a file holds before it is opened, and what is wrong with it', async () => {
    const { page } = await browser.open(inject('fixtureUrl'), {
      viewport: { width: 1400, height: 900 },
    });
    await openList(page);
    await pane(page)
      .getByLabel('File')
      .setInputFiles(file(text.replace('minutes: 5', 'minutes: x')));
    await pane(page).getByText('Line 4: Minutes are a whole number from 1 to 999.').waitFor();
    await pane(page).getByLabel('File').setInputFiles(file(text));
    await pane(page).getByRole('heading', { name: 'Theirs' }).waitFor();
    expect(await pane(page).textContent()).toContain('on uart0: hello');
    expect(await seriousFindings(page)).toEqual([]);
    await press(page, 'Open this lesson');
    await pane(page).getByRole('heading', { name: '1. Only step' }).waitFor();
    expect(await page.evaluate(() => globalThis.bootlink?.run() === undefined)).toBe(true);
    await pane(page).getByRole('checkbox', { name: 'Large type' }).check();
    expect(await seriousFindings(page)).toEqual([]);
    await press(page, 'I have read this');
    await pane(page).getByText('All steps of this lesson are done.').waitFor();
  });

  it('ask no host before somebody agrees', async () => {
    const { page } = await browser.open('about:blank');
    const asked: string[] = [];
    await page.route('https://lessons.test/**', (route) => {
      asked.push(route.request().url());
      return route.fulfill({ body: text, headers: { 'Access-Control-Allow-Origin': '*' } });
    });
    await page.goto(`${inject('fixtureUrl')}?guest=one&boot=0&lesson=https://lessons.test/a.md`);
    const fetchIt = pane(page).getByRole('button', { name: 'Fetch it from lessons.test' });
    await fetchIt.waitFor();
    expect(asked).toEqual([]);
    await fetchIt.click();
    await pane(page).getByRole('heading', { name: 'Theirs' }).waitFor();
    expect(asked).toEqual(['https://lessons.test/a.md']);
  });

  it('give their progress in a link, which somebody else may take over', async () => {
    const { page } = await browser.open(
      `${inject('fixtureUrl')}?guest=one&boot=0&lesson=exception-levels&step=4&done=5000`,
    );
    await press(page, 'Take it over');
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await press(page, 'Next step');
    await press(page, 'Copy link');
    await pane(page).getByRole('button', { name: 'Copied' }).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(new URL(link).searchParams.get('done')).toBe('5000');

    const other = await browser.open(link);
    await pane(other.page).getByRole('heading', { name: '5. ERET cannot climb' }).waitFor();
    await pane(other.page).getByText('The link has progress: 2 of 15 steps.').waitFor();
    await pane(other.page).getByText('0 of 15 steps done').waitFor();
    await press(other.page, 'Take it over');
    await pane(other.page).getByText('2 of 15 steps done').waitFor();
    const done = pane(other.page).locator('.step-list button', { hasText: ', done' });
    const titles = await done.allTextContents();
    expect(titles.map((title) => title.replace(/^✓ |, done$/g, ''))).toEqual([
      'Where am I?',
      'What EL0 may not ask',
    ]);
  });

  it('have a view for teachers: large type, hints open', async () => {
    const { page } = await browser.open(
      `${inject('fixtureUrl')}?guest=one&boot=0&lesson=exception-levels`,
    );
    const hint = pane(page).locator('.step details', { hasText: 'Hint' });
    await hint.waitFor();
    const size = () => hint.evaluate((node) => Number.parseFloat(getComputedStyle(node).fontSize));
    const usual = await size();
    expect(await hint.evaluate((node: HTMLDetailsElement) => node.open)).toBe(false);
    await pane(page).getByRole('checkbox', { name: 'Large type' }).check();
    expect(await hint.evaluate((node: HTMLDetailsElement) => node.open)).toBe(true);
    expect(await size()).toBeGreaterThanOrEqual(1.4 * usual);
    await pane(page).getByText('0xc is binary 1100').waitFor();
    // Nothing that is read from the wall stays small: headings, questions, register names.
    const text = await size();
    for (const part of ['h2', 'h3', '.question .field-label', '.step p code']) {
      const its = pane(page).locator(part).first();
      const pixels = await its.evaluate((node) =>
        Number.parseFloat(getComputedStyle(node).fontSize),
      );
      expect(pixels, part).toBeGreaterThan(0.9 * text);
    }
    expect(await seriousFindings(page)).toEqual([]);
  });

  it('take over progress of a link when asked to', async () => {
    const { page } = await browser.open(
      `${inject('fixtureUrl')}?guest=one&boot=0&lesson=exception-levels&step=3&done=3000`,
    );
    await pane(page).getByRole('heading', { name: '3. What EL0 may not ask' }).waitFor();
    await pane(page).getByText('0 of 15 steps done').waitFor();
    await press(page, 'Take it over');
    await pane(page).getByText('2 of 15 steps done').waitFor();
  });
});
