/**
 * "What happened?": where each vCPU is, the newest exceptions, and what they and the consoles speak
 * for. Judged by what was observed only: a prompt that waits is no fault, and what was not recorded
 * is said to be unknown.
 */
import { decodeEsr } from '../esr/esr';
import { KIND } from '../events/layout';
import { hex } from '../field';
import {
  crashesOf,
  crashFindings,
  newestGpf,
  problemFindings,
  promptOn,
  type SeenCrash,
} from './console-findings';
import { cpuReport, isWaiting, tightLoop } from './cpu-report';
import { eventEvidence, stretch } from './evidence';
import {
  exceptionFindings,
  granuleFindings,
  unhandledCall,
  vectorFindings,
} from './fault-findings';
import { exceptionLoop, tailOf } from './loops';
import { hangs, restFindings, SAMPLES } from './rest-findings';
import type {
  CpuReport,
  Diagnosis,
  ExceptionLoop,
  Finding,
  Observation,
  ObservedCpu,
  Verdict,
} from './observation';
import { placeName } from '../security';

/** How long a loop must have lasted without a line on a console. */
const LOOP_QUIET_MS = 2000;
/** How long nothing may happen, with no prompt on a console, before it counts as stuck. */
export const STUCK_MS = 10_000;
/** The same where only samples of the PC are known: an idle kernel looks like that too. */
const STUCK_UNSEEN_MS = 30_000;
/** Resets that the guest asked for, with no prompt between. */
const RESET_LOOP = 3;

/** How long all consoles have been silent; the machine's whole time when none ever spoke. */
function silence({ consoles, ranFor }: Observation): number {
  return Math.min(ranFor, ...consoles.map(({ quietFor }) => quietFor ?? Number.POSITIVE_INFINITY));
}

interface Judged {
  readonly verdict: Verdict;
  readonly trouble: boolean;
  readonly headline: string;
}

export function diagnose(observation: Observation): Diagnosis {
  const { cpus, consoles, title } = observation;
  const live = observation.state === 'running' || observation.state === 'paused';
  const loops = loopsOf(observation);
  const crashes = crashesOf(consoles);
  const judged = judge(observation, loops, crashes);
  const reports = cpus.map((cpu) =>
    cpuReport(
      cpu,
      loops.find((loop) => loop.cpu === cpu.cpu),
    ),
  );
  const findings = judged.trouble ? unique(findingsOf(observation, loops, crashes)) : [];
  return {
    ...judged,
    paragraph: paragraph(title, judged, live ? reports : [], findings),
    cpus: reports,
    findings,
    limits: limitsOf(observation),
    loops,
  };
}

function loopsOf(observation: Observation): ExceptionLoop[] {
  const { cpus, state } = observation;
  if (state === 'running' && silence(observation) < LOOP_QUIET_MS) return [];
  return cpus.flatMap(({ cpu, events }) => {
    if (events === undefined) return [];
    const known = observation.loops?.find((loop) => loop.cpu === cpu);
    return exceptionLoop(events, known) ?? [];
  });
}

function judge(
  observation: Observation,
  loops: readonly ExceptionLoop[],
  crashes: readonly SeenCrash[],
): Judged {
  const { state, exitCode, guestResets, consoles } = observation;
  const prompt = promptOn(consoles);
  const open = crashes.filter(({ restarted }) => !restarted);
  const [loop] = loops;
  if (state === 'failed' || (state === 'ended' && exitCode !== undefined && exitCode !== 0)) {
    const how = exitCode === undefined ? 'failed' : `ended with exit code ${exitCode.toString()}`;
    return { verdict: 'ended badly', trouble: true, headline: `QEMU ${how}.` };
  }
  if (guestResets >= RESET_LOOP && prompt === undefined) {
    return {
      verdict: 'resetting',
      trouble: true,
      headline: `The guest has reset the machine ${guestResets.toLocaleString('en')} times and reached no prompt.`,
    };
  }
  const crash = open[0] ?? crashes[0];
  if (crash !== undefined) {
    const back =
      crash.restarted && prompt !== undefined
        ? ` The machine has started again since, and a prompt waits on ${prompt.title}.`
        : crash.restarted
          ? ' The machine has started again since.'
          : '';
    return {
      verdict: 'crashed',
      trouble: true,
      headline: `${crash.crash.family} reported on ${crash.console.title}: ${crash.crash.title}.${back}`,
    };
  }
  if (loop !== undefined) {
    const { className } = decodeEsr(loop.sample.event.esr);
    return {
      verdict: 'looping',
      trouble: true,
      headline: `vCPU ${loop.cpu.toString()} takes the same exception at ${placeName(loop.sample.event.to)} again and again: ${className}.`,
    };
  }
  if (state === 'ended') {
    return { verdict: 'ended', trouble: false, headline: 'QEMU has ended without an error.' };
  }
  if (prompt !== undefined) {
    const headline = `A prompt waits for input on ${prompt.title}.`;
    return { verdict: 'at a prompt', trouble: false, headline };
  }
  if (state === 'paused') {
    return { verdict: 'paused', trouble: false, headline: 'The machine is paused.' };
  }
  return (
    stuck(observation) ?? { verdict: 'running', trouble: false, headline: 'The machine runs.' }
  );
}

/** Whether each vCPU was seen not to get on, and nothing was printed for long. */
function stuck(observation: Observation): Judged | undefined {
  const { cpus, reachedPrompt } = observation;
  const quiet = silence(observation);
  if (quiet < STUCK_MS || cpus.length === 0) return undefined;
  // Behind a prompt a command may sleep for a while: more patience, and nothing without events.
  const patience = reachedPrompt ? STUCK_UNSEEN_MS : STUCK_MS;
  const waits = (cpu: ObservedCpu): boolean => isWaiting(cpu) && (cpu.quietFor ?? 0) >= patience;
  const seen = cpus.every((cpu) => waits(cpu) || hangs(cpu) !== undefined);
  const unseen =
    !reachedPrompt &&
    quiet >= STUCK_UNSEEN_MS &&
    cpus.every((cpu) => waits(cpu) || tightLoop(cpu, SAMPLES));
  if (!seen && !unseen) return undefined;
  const how = cpus.every(waits)
    ? 'every vCPU waits for an interrupt, and none comes'
    : 'the vCPUs stay where they are';
  return {
    verdict: 'stuck',
    trouble: true,
    headline: `Nothing has been printed for ${stretch(quiet)}, no prompt waits, and ${how}.`,
  };
}

function findingsOf(
  observation: Observation,
  loops: readonly ExceptionLoop[],
  crashes: readonly SeenCrash[],
): Finding[] {
  const { cpus, consoles, output, resets } = observation;
  const all = cpus.flatMap(({ events }) => events ?? []);
  const findings: Finding[] = [];
  const newest = crashes.find(({ restarted }) => !restarted) ?? crashes[0];
  const gpf = newestGpf(all);
  // A fault that a console prints and one that was recorded are the same: one reason, all evidence.
  const printed =
    newest?.crash.syndrome?.fault?.kind === 'granule protection fault' &&
    gpf?.event.va === newest.crash.faultAddress;
  if (gpf !== undefined && (newest === undefined || printed)) {
    const registers = newest?.crash.registers ?? cpus[gpf.event.cpu]?.registers;
    const found = granuleFindings(gpf.index, gpf.event, all, registers);
    const said = newest === undefined ? [] : crashFindings(newest, observation)[0]?.evidence;
    findings.push(
      ...found.map((each) => ({ ...each, evidence: [...each.evidence, ...(said ?? [])] })),
    );
  }
  if (newest !== undefined && !printed) findings.push(...crashFindings(newest, observation));
  for (const loop of loops) {
    const cpu = cpus.find((each) => each.cpu === loop.cpu);
    if (cpu?.events === undefined) continue;
    const first = loop.cause ?? (loop.startKnown ? loop.sample : undefined);
    const before = loop.start > 0 ? cpu.events.kind(loop.start - 1) : 0;
    if (first !== undefined) {
      const after = before === KIND.reset && isFirst(loop, first.index) ? 'reset' : 'code';
      if (loop.cause !== undefined || loop.returns || after === 'reset') {
        const isResetPc = after === 'reset' && nearReset(cpu, loop.start - 1, first.event.elr);
        const kind = isResetPc ? 'reset' : 'code';
        findings.push(...exceptionFindings(first.index, first.event, cpu, kind));
      }
    }
    findings.push(...vectorFindings(loop));
    if (loop.returns) {
      findings.push({
        id: 'handler-returns',
        text: `The handler returns to ${hex(loop.sample.event.elr)} without having changed what makes that instruction fault.`,
        evidence: [eventEvidence(loop.sample.index, loop.sample.event)],
        source: 'Arm ARM (DDI 0487) D1.3, Exception return; preferred return address',
      });
    }
  }
  if (crashes.length === 0 && loops.length === 0) {
    findings.push(...cpus.flatMap(restFindings));
    for (const events of all) findings.push(...unhandledCall(tailOf(events)));
  }
  findings.push(...problemFindings(consoles));
  if (observation.guestResets >= RESET_LOOP) {
    const after = resets.at(-1)?.after ?? '';
    findings.push({
      id: 'reset-loop',
      text: `The guest itself asks for the reset${after === '' ? '' : `, the last time after the line “${after.trim()}”`}: firmware or a kernel gives up and starts again.`,
      evidence: resets.slice(-3).map((reset) => ({
        kind: 'run' as const,
        text: `QEMU: RESET by the guest${reset.after === '' ? '' : `, after “${reset.after.trim()}”`}`,
      })),
      source: 'QEMU qapi/run-state.json, RESET',
    });
  }
  if (observation.state === 'failed' || (observation.exitCode ?? 0) !== 0) {
    findings.push(...outputFindings(output));
  }
  return findings;
}

function isFirst(loop: ExceptionLoop, index: number): boolean {
  return index === loop.start || index === loop.start + 1;
}

/** The fault was of the code that a reset starts. */
function nearReset(cpu: ObservedCpu, index: number, pc: bigint): boolean {
  const reset = cpu.events?.event(index);
  return reset?.kind === 'reset' && pc >= reset.pc && pc < reset.pc + 4n;
}

/** QEMU's own last words. */
function outputFindings(output: readonly string[]): Finding[] {
  const said = output.filter((line) => line.trim() !== '').slice(-3);
  if (said.length === 0) return [];
  return [
    {
      id: 'qemu-said',
      text: `QEMU itself said: ${said.at(-1)?.trim() ?? ''}`,
      evidence: said.map((text) => ({ kind: 'run', text: text.trim() })),
      source: 'what QEMU printed (pane Log)',
    },
  ];
}

/** The same reason twice says no more than once. */
function unique(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter(({ id, text }) => {
    const key = `${id} ${text.replace(/vCPU \d+/, 'vCPU')}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function limitsOf({ recording, leftOut, lost }: Observation): string[] {
  const limits: string[] = [];
  if (recording === 'off' || recording === 'unavailable') {
    limits.push(
      'Events are not recorded: which exceptions the vCPUs took is not known, only what consoles and QEMU say.',
    );
  }
  if (recording === 'late') {
    limits.push('Events are recorded, but not from reset on: how it began may be missing.');
  }
  if (leftOut !== undefined && recording !== 'off') {
    limits.push(`Not all events are recorded (${leftOut}): what is missing may be the reason.`);
  }
  if (lost > 0) limits.push(`${lost.toLocaleString('en')} events were lost.`);
  return limits;
}

function paragraph(
  title: string,
  { headline }: Judged,
  reports: readonly CpuReport[],
  findings: readonly Finding[],
): string {
  const parts = [`${title}: ${headline}`, ...reports.slice(0, 4).map(({ text }) => text)];
  if (reports.length > 4) parts.push(`${(reports.length - 4).toString()} more vCPUs are below.`);
  const [likely, next] = findings;
  if (likely !== undefined) parts.push(`Most likely: ${likely.text}`);
  if (next !== undefined) parts.push(`Also: ${next.text}`);
  return parts.join(' ');
}
