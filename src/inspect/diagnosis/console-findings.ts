/** What consoles say about the end: crashes, errors short of one, prompts. */
import type { CrashEvent, ProblemEvent } from '../console/event';
import { KIND } from '../events/layout';
import type { ExceptionEvent, GpfEvent } from '../events/event';
import { consoleEvidence, eventEvidence } from './evidence';
import type {
  Evidence,
  Finding,
  Observation,
  ObservedConsole,
  RecordedEvents,
} from './observation';

/** How far back the exception of a printed crash is looked for, in records. */
const LOOK = 1 << 15;

export interface SeenCrash {
  readonly console: ObservedConsole;
  readonly crash: CrashEvent;
  /** After it a program has started afresh on that console. */
  readonly restarted: boolean;
}

/** The newest crash of each console, as complete as it was printed. */
export function crashesOf(consoles: readonly ObservedConsole[]): SeenCrash[] {
  return consoles.flatMap((console) => {
    const at = console.events.findLastIndex(({ kind }) => kind === 'crash');
    const crash = console.events[at];
    if (crash?.kind !== 'crash') return [];
    const restarted = console.events
      .slice(at + 1)
      .some((event) => event.kind === 'phase' && event.mark === 'start');
    return [{ console, crash, restarted }];
  });
}

/** A line as a prompt leaves it: something, and then one of the characters that prompts end in. */
const PROMPT = /\S.*[#$>:%?\]] ?$|^[#$>] ?$|^=> $/;

/** A console whose open line looks like a prompt. */
export function promptOn(consoles: readonly ObservedConsole[]): ObservedConsole | undefined {
  return consoles.find(({ openLine }) => openLine.length <= 120 && PROMPT.test(openLine));
}

/** Errors that consoles printed and that a boot goes on without. */
const HARMLESS = ['no environment', 'no BL32 image'];

/** The newest error of each console that is no crash, with its hint. */
export function problemFindings(consoles: readonly ObservedConsole[]): Finding[] {
  return consoles.flatMap((console) => {
    const problems = console.events.filter(
      (event): event is ProblemEvent => event.kind === 'problem' && !HARMLESS.includes(event.label),
    );
    const last = problems.at(-1);
    if (last === undefined) return [];
    return [
      {
        id: 'console-problem',
        text: `${last.component} said: ${last.label}. ${last.hint}`,
        evidence: [consoleEvidence(console.id, last.offset, last.line)],
        source: last.source,
      },
    ];
  });
}

/** The recorded exception that a crash's registers tell of: the same ESR, and the same PC or FAR. */
export function exceptionOf(
  crash: CrashEvent,
  all: readonly RecordedEvents[],
): { index: number; event: ExceptionEvent } | undefined {
  const esr = crash.syndrome?.value;
  if (esr === undefined) return undefined;
  for (const events of all) {
    for (let at = events.end - 1; at >= Math.max(events.first, events.end - LOOK); at--) {
      if (events.kind(at) !== KIND.exception) continue;
      const event = events.event(at);
      if (event?.kind !== 'exception' || event.esr !== esr) continue;
      if (event.elr === crash.pc || event.far === crash.faultAddress) return { index: at, event };
    }
  }
  return undefined;
}

/** The newest granule protection fault that was recorded. */
export function newestGpf(
  all: readonly RecordedEvents[],
): { index: number; event: GpfEvent } | undefined {
  let newest: { index: number; event: GpfEvent } | undefined;
  for (const events of all) {
    for (let at = events.end - 1; at >= Math.max(events.first, events.end - LOOK); at--) {
      if (events.kind(at) !== KIND.gpf) continue;
      const event = events.event(at);
      if (event?.kind !== 'gpf') continue;
      if (newest === undefined || event.time > newest.event.time) newest = { index: at, event };
      break;
    }
  }
  return newest;
}

/** What a printed crash speaks for. */
export function crashFindings({ console, crash }: SeenCrash, observation: Observation): Finding[] {
  const all = observation.cpus.flatMap(({ events }) => events ?? []);
  const recorded = exceptionOf(crash, all);
  const evidence: Evidence[] = [
    consoleEvidence(console.id, crash.offset, crash.line),
    ...(recorded === undefined ? [] : [eventEvidence(recorded.index, recorded.event)]),
  ];
  const source = crash.syndrome?.source ?? crash.source;
  const found: Finding[] = [];
  if (/Unable to mount root fs/.test(crash.title + (crash.symbols.panic ?? ''))) {
    found.push({
      id: 'no-root',
      text: 'Linux found no root file system: there is no initrd, or root= names a disk whose driver is not there.',
      evidence,
      source: 'Linux init/do_mounts.c',
    });
  }
  if (/[Nn]o working init found/.test(crash.title + (crash.symbols.panic ?? ''))) {
    found.push({
      id: 'no-init',
      text: 'Linux found no program to start: the root file system has no init, or not one for this machine.',
      evidence,
      source: 'Linux init/main.c',
    });
  }
  if (/sysrq triggered crash/.test(crash.title + (crash.symbols.panic ?? ''))) {
    found.push({
      id: 'sysrq',
      text: 'Somebody asked for this crash, through /proc/sysrq-trigger or the SysRq key.',
      evidence,
      source: 'Linux drivers/tty/sysrq.c',
    });
  }
  for (const text of crash.likely) {
    const begin = `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
    found.push({ id: 'crash-syndrome', text: begin, evidence, source });
  }
  if (found.length === 0) {
    found.push({ id: 'crash', text: crash.explanation, evidence, source });
  }
  return found;
}
