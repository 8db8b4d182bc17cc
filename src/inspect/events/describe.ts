/** An event's label on an edge of the timeline, and its sentence. */
import { gpcStatus } from '../esr/aborts';
import { decodeEsr, exceptionClass, isCall } from '../esr/esr';
import { EXCEPTION_CLASSES } from '../esr/classes';
import { hex } from '../field';
import { ownerOfGpi } from '../gpt/entry';
import { placeName } from '../security';
import { describeCall } from '../smc/describe';
import { vectorOfOffset } from '../vbar';
import type { ImageEvent, TraceEvent } from './event';

/** All GPI codes, so that a label can name one without knowing the configuration. */
const ANY_CONFIG = { extraGpis: [0b0100, 0b0101, 0b0110, 0b0111, 0b1101] };

const CALL_NAMES: Readonly<Record<number, string>> = {
  0x11: 'SVC',
  0x12: 'HVC',
  0x13: 'SMC',
  0x15: 'SVC',
  0x16: 'HVC',
  0x17: 'SMC',
};

/** SMC and HVC follow the Calling Convention; SVC is the OS's own. */
function callLabel(ec: number, args: readonly bigint[] | undefined): string {
  const name = CALL_NAMES[ec] ?? '';
  if (args === undefined || name === 'SVC') return name;
  return `${name} ${describeCall(args).name}`;
}

function imageName({ name, image }: ImageEvent): string {
  return name ?? `image ${image.toString()}`;
}

/** A few words for an edge: "SMC PSCI_CPU_ON", "Data Abort from a lower EL". */
export function eventLabel(event: TraceEvent): string {
  switch (event.kind) {
    case 'exception': {
      const ec = exceptionClass(event.esr);
      if (isCall(ec)) return callLabel(ec, event.args);
      return EXCEPTION_CLASSES[ec]?.name ?? `exception class ${hex(ec, 2)}`;
    }
    case 'return':
      return 'ERET';
    case 'world-switch':
      return `world switch to ${event.to.state}`;
    case 'gpf':
      return 'granule protection fault';
    case 'granule':
      return `granule to ${ownerOfGpi(event.gpi, ANY_CONFIG) ?? 'a reserved GPI'}`;
    case 'mmu':
      return `MMU ${event.enabled ? 'on' : 'off'}`;
    case 'image':
      return `${imageName(event)} starts`;
    case 'interrupt':
      return event.intid === undefined
        ? event.interrupt
        : `${event.interrupt} ${event.intid.toString()}`;
    case 'wait':
      return event.wait;
    case 'psci':
      return describeCall(event.args).name;
    case 'reset':
      return `${event.reset} reset`;
    case 'summary':
      return `${event.count.toString()} × ${event.of}`;
    case 'dropped':
      return `${event.lost.toString()} events lost`;
  }
}

/** Everything that matters about the event in one sentence. */
export function eventSentence(event: TraceEvent): string {
  switch (event.kind) {
    case 'exception': {
      const syndrome = decodeEsr(event.esr);
      const call =
        isCall(syndrome.ec) && event.args !== undefined && !syndrome.className.startsWith('SVC')
          ? `: ${describeCall(event.args).text}`
          : '';
      const far = syndrome.farValid && event.far !== undefined ? `, at ${hex(event.far)}` : '';
      const vector = vectorOfOffset(event.vectorOffset);
      const through =
        vector === undefined ? '' : ` through vector ${hex(vector.offset, 3)} (${vector.from})`;
      return `${placeName(event.from)} to ${placeName(event.to)}, ${syndrome.summary}${call}${far}; returns to ${hex(event.elr)}${through}`;
    }
    case 'return':
      return `${placeName(event.from)} returns to ${placeName(event.to)} at ${hex(event.elr)}, x0 = ${hex(event.x0)}`;
    case 'world-switch':
      return `SCR_EL3 ${hex(event.oldScr)} to ${hex(event.scr)}: below EL3 is now ${event.to.state}`;
    case 'gpf': {
      const doing = event.fetch ? 'instruction fetch' : event.write ? 'write' : 'read';
      const walk = event.onWalk ? ' on a table walk' : '';
      return `${placeName(event.from)}: ${doing}${walk} at PA ${hex(event.pa)} in the ${event.space} space: ${gpcStatus(event.gpcsc)}`;
    }
    case 'granule': {
      const now = ownerOfGpi(event.gpi, ANY_CONFIG) ?? 'a reserved GPI';
      const before =
        event.oldGpi === undefined
          ? ''
          : `from ${ownerOfGpi(event.oldGpi, ANY_CONFIG) ?? 'a reserved GPI'} `;
      return `${hex(event.size)} bytes at PA ${hex(event.base)} change ${before}to ${now} (${event.cause})`;
    }
    case 'mmu':
      // Whoever wrote it: EL3 also writes the registers of levels below it.
      return `The MMU of ${placeName(event.from)} is turned ${event.enabled ? 'on' : 'off'} by the instruction at ${hex(event.pc)}, tables at ${hex(event.ttbr0)}`;
    case 'image':
      return `${imageName(event)} starts at ${hex(event.pc)}, ${placeName(event.to)}, with x0 = ${hex(event.x0)}`;
    case 'interrupt':
      return `${eventLabel(event)} takes ${placeName(event.from)} to ${placeName(event.to)}; returns to ${hex(event.elr)}`;
    case 'wait':
      return `${placeName(event.from)} waits in ${event.wait} at ${hex(event.pc)}`;
    case 'psci':
      return `${placeName(event.from)} calls ${describeCall(event.args).text}, answered by QEMU`;
    case 'reset':
      return `${event.reset} reset, starts at ${hex(event.pc)} in ${placeName(event.to)}`;
    case 'summary':
      return `${event.count.toString()} events of kind ${event.of} from ${placeName(event.from)} to ${placeName(event.to)}, counted over ${(event.time - event.since).toString()} ns`;
    case 'dropped':
      return `the ring was full: ${event.lost.toString()} events lost here, ${event.total.toString()} in all`;
  }
}
