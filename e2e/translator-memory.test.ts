import { readFileSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { expect, inject, it, onTestFinished } from 'vitest';
import { builtGuests } from './catalogue.js';
import { launch, typeOn, VIEWPORT, waitForText } from './page.js';

/**
 * “A flush leaves nothing behind”, in the browser's memory too. The guest's translation buffer is
 * so small that what it holds, made into machine code, is some MiB; without collecting, the
 * browser kept 28 MiB after the first round and 75 after the eighth.
 */
const BUFFER_MIB = 4;
const CODE_MIB = 40;
const ROUNDS = 8;
const BOOT_MS = 300_000;

const guest = (await builtGuests()).find(({ id }) => id === 'virt-linux');

/** MiB of a process that may be executed and belong to no file: what the browser has compiled. */
function codeMiB(pid: number): number {
  let kib = 0;
  let code = false;
  for (const line of readFileSync(`/proc/${pid}/smaps`, 'utf8').split('\n')) {
    const mapping = /^[0-9a-f]+-[0-9a-f]+ (\S+) \S+ \S+ (\d+)/.exec(line);
    if (mapping !== null) code = mapping[1]?.[2] === 'x' && mapping[2] === '0';
    else if (code) kib += Number(/^Pss: +(\d+) kB$/.exec(line)?.[1] ?? 0);
  }
  return kib / 1024;
}

/** Of the renderer that has most: the tab's. */
async function tabCodeMiB(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  const pids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id);
  return Math.max(...pids.map(codeMiB));
}

async function flushes(page: Page): Promise<number> {
  const answer = await page.evaluate(() => globalThis.bootlink?.run()?.monitor('info jit'));
  if (answer?.ok !== true) throw new Error('The monitor did not answer.');
  return Number(/^flushes (\d+) /m.exec(answer.value)?.[1]);
}

it.runIf(guest !== undefined)(
  'gives the code of a flushed translation back to the system',
  { timeout: 2 * BOOT_MS },
  async () => {
    if (guest === undefined) throw new Error('virt-linux has not been built.');
    const browser = await launch();
    onTestFinished(() => browser.close());
    const page = await browser.newPage({ viewport: VIEWPORT });
    await page.goto(`${inject('pageUrl')}?guest=virt-linux&boot=0`);
    await page.waitForFunction(() => globalThis.bootlink !== undefined);
    await page.evaluate((small) => globalThis.bootlink?.boot(small, { from: 'cold' }), {
      ...guest,
      args: [...guest.args, '-accel', `tcg,translator=regions,tb-size=${BUFFER_MIB}`],
    });
    let from = await waitForText(page, 'uart0', /guest:\/# /, { timeout: BOOT_MS });

    const booted = await flushes(page);
    const code: number[] = [];
    for (let round = 1; round <= ROUNDS; round++) {
      // The copy lies in other pages than the one before, so that its code is new to QEMU.
      const copy = `/tmp/busybox-${round}`;
      const work = [
        `cp /bin/busybox ${copy}`,
        `${copy} sh -c 'i=0; while [ $i -lt 2000 ]; do i=$((i+1)); done'`,
        `${copy} head -c 100000 /dev/urandom | ${copy} gzip | ${copy} md5sum > /dev/null`,
        `echo round-$((${round}))-ends`,
      ];
      await typeOn(page, 'uart0', `${work.join(' && ')}\r`);
      from = await waitForText(page, 'uart0', new RegExp(`round-${round}-ends`), {
        from,
        timeout: BOOT_MS,
      });
      code.push(await tabCodeMiB(browser));
    }
    const flushed = await flushes(page);
    console.info(
      `${booted} flushes in the boot, ${flushed - booted} in ${ROUNDS} rounds; ` +
        `code after each, MiB: ${code.map((mib) => mib.toFixed(0)).join(' ')}`,
    );
    expect(flushed - booted).toBeGreaterThan(2 * ROUNDS);
    expect(Math.max(...code)).toBeLessThan(CODE_MIB);
  },
);
