import type { Capabilities } from './capabilities';
import type { Diagnostic } from './diagnostics';
import { hostThings } from './host';
import type { Machine } from './schema';
import { checkBoard } from './validate-board';
import { checkCapabilities } from './validate-capabilities';
import { checkReferences } from './validate-references';

/**
 * All there is to say about a machine before it is started. Without `capabilities` (the engine
 * is not built yet) names of boards, CPUs, devices and properties go unchecked.
 */
export function validate(machine: Machine, capabilities?: Capabilities): Diagnostic[] {
  const problems: Diagnostic[] = [];
  if (machine.board?.type === undefined) {
    problems.push({
      severity: 'error',
      code: 'no-board',
      message:
        'No board is named; QEMU for Arm has no default. Give -machine virt or -machine sbsa-ref.',
      path: ['board'],
    });
  }
  problems.push(...checkBoard(machine), ...checkReferences(machine));
  // Slots are reported by checkReferences, with what to do.
  const host = hostThings(machine).filter((thing) => thing.path[0] !== 'images');
  problems.push(...host);
  const reported = new Set(host.map(({ path }) => JSON.stringify(path)));
  const unknown = capabilities === undefined ? [] : checkCapabilities(machine, capabilities);
  problems.push(...unknown.filter(({ path }) => !reported.has(JSON.stringify(path))));
  return problems;
}
