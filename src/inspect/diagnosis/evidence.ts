/** How evidence is written down. */
import { eventSentence } from '../events/describe';
import type { TraceEvent } from '../events/event';
import type { Evidence } from './observation';

export function eventEvidence(index: number, event: TraceEvent): Evidence {
  const { cpu, time } = event;
  return { kind: 'event', cpu, index, time, text: eventSentence(event) };
}

export function consoleEvidence(console: string, offset: number, line: string): Evidence {
  return { kind: 'console', console, offset, text: line.trim() };
}

/** A time of the guest's clock in ns, as text: 12.345 ms. */
export function guestTime(ns: bigint): string {
  const ms = Number(ns) / 1e6;
  return ms >= 10_000 ? `${(ms / 1000).toFixed(3)} s` : `${ms.toFixed(3)} ms`;
}

/** A stretch of time in ms, as text. */
export function stretch(ms: number): string {
  if (ms < 1000) return `${Math.round(ms).toString()} ms`;
  if (ms < 120_000) return `${Math.floor(ms / 1000).toString()} s`;
  return `${Math.floor(ms / 60_000).toString()} min`;
}

/** Evidence in one line: where it is, then what it says. */
export function evidenceText(evidence: Evidence): string {
  switch (evidence.kind) {
    case 'event':
      return `event ${evidence.index.toString()} of vCPU ${evidence.cpu.toString()} at ${guestTime(evidence.time)}: ${evidence.text}`;
    case 'console':
      return `console ${evidence.console}: “${evidence.text}”`;
    case 'register':
      return `vCPU ${evidence.cpu.toString()}: ${evidence.text}`;
    case 'run':
      return evidence.text;
  }
}
