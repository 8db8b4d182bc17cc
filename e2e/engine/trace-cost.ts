/**
 * What recording events costs a boot: `npx tsx e2e/engine/trace-cost.ts [GUEST] [RUNS]`.
 *
 * Boots the guest in fresh processes, in turn with events recorded and not, interpreted and
 * translated, and prints the median seconds to the prompt, the processor time of the whole
 * process, and what was recorded. GUEST `mips`, the bench's instrument, gives the rate of each class
 * of code instead, of SVC, HVC and SMC round trips among them: nearly all of those is what hooks
 * are in. BOOTLINK_PUBLIC names the folder with engine and guests;
 * BOOTLINK_BASELINE another one, whose engine has no hooks at all.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Translator } from '../../src/engine/common/translator.js';
import { mipsGuest, readMips } from '../../scripts/bench/mips.js';
import { publicFolder, readCatalogue } from '../../scripts/native/catalogue.js';

interface Run {
  seconds: number;
  processor: number;
  events: number;
  lost: number;
  /** Of the instrument: million instructions a second, by class. */
  rates?: Record<string, number>;
}

const [guestId = 'virt-linux', runs = '3', mode, translator] = process.argv.slice(2);
const repo = fileURLToPath(new URL('../..', import.meta.url));

async function one(record: boolean, translator: Translator): Promise<Run> {
  const { traceGuest } = await import('./traced-guest.js');
  const folder = publicFolder(repo);
  const guest = readCatalogue(folder)
    .guests.flatMap((entry) => (entry.state === 'ready' ? [entry.guest] : []))
    .find(({ id }) => id === guestId);
  if (guest === undefined) throw new Error(`${guestId} is not in ${folder}/guests.`);
  // As the page does it: what is alike is summarised, and the ring read each frame.
  const traced = await traceGuest(guest, {
    guests: `${folder}/guests`,
    translator,
    record,
    ringBytes: 1 << 20,
    readMilliseconds: 16,
  });
  const before = process.cpuUsage();
  const met = await traced.follow(guest.boot);
  const used = process.cpuUsage(before);
  const printed = guest.id === mipsGuest ? await traced.engine.text('uart0', /mips: the end/) : '';
  await traced.stop();
  const rates = Object.fromEntries(readMips(printed));
  return {
    ...(guest.id === mipsGuest ? { rates } : {}),
    seconds: met.at(-1) ?? Number.NaN,
    processor: (used.user + used.system) / 1e6,
    events: traced.events.length,
    lost: traced.reader.lost,
  };
}

function median(values: number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

function inProcess(mode: string, translator: Translator): Run {
  const baseline = process.env.BOOTLINK_BASELINE;
  const env =
    mode === 'none' && baseline !== undefined
      ? { ...process.env, BOOTLINK_PUBLIC: baseline }
      : process.env;
  const args = ['--import', 'tsx', fileURLToPath(import.meta.url), guestId, '1', mode, translator];
  const child = spawnSync(process.execPath, args, { cwd: repo, env, encoding: 'utf8' });
  const line = child.stdout.split('\n').find((each) => each.startsWith('{'));
  if (line === undefined) throw new Error(`The run ended without a result:\n${child.stderr}`);
  return JSON.parse(line) as Run;
}

if (mode !== undefined && translator !== undefined) {
  console.log(JSON.stringify(await one(mode === 'on', translator as Translator)));
  process.exit(0);
} else {
  const modes = process.env.BOOTLINK_BASELINE === undefined ? ['off', 'on'] : ['none', 'off', 'on'];
  const kinds: Translator[] = ['off', 'regions'];
  const results = new Map<string, Run[]>();
  for (let run = 0; run < Number(runs); run++) {
    for (const kind of kinds) {
      for (const each of modes) {
        const name = `translator=${kind} trace=${each}`;
        const result = inProcess(each, kind);
        results.set(name, [...(results.get(name) ?? []), result]);
        console.error(name, JSON.stringify(result));
      }
    }
  }
  for (const [name, all] of results) {
    const seconds = median(all.map((each) => each.seconds)).toFixed(2);
    const processor = median(all.map((each) => each.processor)).toFixed(2);
    console.log(`${name}: ${seconds} s to the prompt, ${processor} s of processor`);
    for (const each of Object.keys(all[0]?.rates ?? {})) {
      const rate = median(all.map(({ rates }) => rates?.[each] ?? Number.NaN));
      console.log(`  ${each} ${rate.toFixed(2)}`);
    }
  }
}
