import { placeOfRegisters } from '../../inspect/register-groups.js';
import { el3State, type ExceptionLevel, type Place } from '../../inspect/security.js';
import { EXCEPTION_RETURNS, executableRanges } from '../../inspect/translate/code.js';
import { regimeOf, spaceOfRegime } from '../../inspect/translate/regime.js';
import type { RegistersModel } from './model.js';

/** Breakpoints on exception returns, at most. */
const MOST_RETURNS = 1000;

/**
 * Where exception returns of a level stand, by its tables as they are now; where its MMU is off, in
 * all of the memory that it reaches.
 */
async function returnsOf(model: RegistersModel, place: Place): Promise<bigint[]> {
  const memory = model.physical.value;
  const regime = regimeOf(model.read, place);
  if (memory === undefined || regime === undefined) return [];
  const ranges = executableRanges(regime, (pa, length, space) => memory.read(pa, length, space));
  if (ranges === undefined) {
    const all = { base: 0n, size: 1n << 52n };
    return memory.find(EXCEPTION_RETURNS, all, spaceOfRegime(regime), MOST_RETURNS);
  }
  const found: bigint[] = [];
  for (const { va, pa, size, space } of ranges) {
    const most = MOST_RETURNS - found.length;
    const hits = await memory.find(EXCEPTION_RETURNS, { base: pa, size }, space, most);
    for (const hit of hits) found.push(va + (hit - pa));
  }
  return found;
}

/**
 * Where exception returns stand in the code of the levels above one, in the world that the vCPU is
 * in or, at EL3, would go down to.
 */
export async function returnsAbove(
  model: RegistersModel,
  level: ExceptionLevel,
): Promise<bigint[]> {
  const { read } = model;
  const found: bigint[] = [];
  const here = placeOfRegisters(read);
  const below = placeOfRegisters((name) => (name === 'PSTATE' ? 5n : read(name)));
  for (const el of [1, 2, 3] as const) {
    if (el <= level || read(`SCTLR_EL${el}`) === undefined) continue;
    const state =
      el === 3 ? el3State(read('GPCCR_EL3') !== undefined) : (below?.state ?? 'Non-secure');
    const place = here?.el === el ? here : { el, state, aarch32: false };
    found.push(...(await returnsOf(model, place)));
  }
  return found;
}
