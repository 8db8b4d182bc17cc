/** A vCPU that does not get on without taking exceptions: where it rests, and why it may. */
import { isBranchToSelf, isWait, waitBytes } from '../aarch32';
import { hex } from '../field';
import { specialRegister } from '../source';
import { instructionsOf, placeOf, tightLoop } from './cpu-report';
import { eventEvidence } from './evidence';
import type { Finding, ObservedCpu } from './observation';

/** Samples of the PC, a second apart. */
export const SAMPLES = 5;

/** The address of a branch to itself that a vCPU was at whenever it was looked at. */
export function hangs(cpu: ObservedCpu): bigint | undefined {
  const set = instructionsOf(cpu);
  const places = tightLoop(cpu, SAMPLES);
  return places?.find((pc) => {
    const word = cpu.code?.get(pc);
    return word !== undefined && isBranchToSelf(word, set);
  });
}

/** Why a vCPU rests: a branch to itself, or a wait that nothing ends. */
export function restFindings(cpu: ObservedCpu): Finding[] {
  const at = hangs(cpu);
  const name = `vCPU ${cpu.cpu.toString()}`;
  if (at !== undefined) {
    return [
      {
        id: 'branch-to-self',
        text: `${name} runs a branch to itself at ${hex(at)} (“b .”): firmware stops so after an error, and finished bare-metal programs do too.`,
        evidence: [
          {
            kind: 'register',
            cpu: cpu.cpu,
            text: `PC ${hex(at)} in ${(cpu.samples?.length ?? 0).toString()} samples, the ${instructionsOf(cpu)} instruction there is a branch to itself`,
          },
        ],
        source: `Arm ARM (DDI 0487) ${instructionsOf(cpu) === 'A64' ? 'C6.2' : 'F5.1'}, B`,
      },
    ];
  }
  const last = cpu.events?.event((cpu.events?.end ?? 0) - 1);
  if (last?.kind === 'wait') {
    const place = placeOf(cpu.events);
    return [
      {
        id: 'waits-for-ever',
        text: `${name} waits in ${last.wait} at ${hex(last.pc)} and nothing wakes it: no interrupt is enabled that could come, its timer is not set, or the program is at its end.`,
        evidence: [eventEvidence((cpu.events?.end ?? 1) - 1, last)],
        source: `Arm ARM (DDI 0487) D1.6, Wait for Interrupt mechanism; ${specialRegister('DAIF')}${place?.el === 3 ? '; SCR_EL3' : ''}`,
      },
    ];
  }
  const set = instructionsOf(cpu);
  const waits = tightLoop(cpu, SAMPLES)?.find((pc) =>
    isWait(cpu.code?.get(pc - waitBytes(set)) ?? cpu.code?.get(pc) ?? 0, set),
  );
  if (waits === undefined) return [];
  return [
    {
      id: 'waits',
      text: `${name} was in WFI or WFE whenever it was looked at: it is idle, or waits for an interrupt that does not come.`,
      evidence: [
        {
          kind: 'register',
          cpu: cpu.cpu,
          text: `PC ${hex(waits)} in ${(cpu.samples?.length ?? 0).toString()} samples`,
        },
      ],
      source: 'Arm ARM (DDI 0487) D1.6, Wait for Interrupt mechanism',
    },
  ];
}
