import { isOver } from '../../engine/common/run-state.js';
import type { Failure, Result } from '../../engine/common/failure.js';
import { placeOfRegisters, vectorEntries } from '../../inspect/register-groups.js';
import { placeName } from '../../inspect/security.js';
import type { RegistersModel } from './model.js';
import { returnsAbove } from './returns.js';
import { PassingStops } from './run-to.js';

/** A machine that has not crossed by then is stopped, and looked through for new code, ms. */
const LOOK_AGAIN_MS = 2000;

/**
 * `crossed`: an exception was taken or returned from. `halted`: the visitor has paused it, or it
 * stands at a breakpoint of his. `over`: it has ended.
 */
export type CrossingEnd = 'crossed' | 'halted' | 'over';

/** Where exceptions lead to and where they return from, as far as memory shows it. */
class Crossings {
  /** By the world that was below EL3 then: code of others is not reached by the registers of now. */
  private readonly returns = new Map<string, ReadonlySet<bigint>>();
  private soughtIn = '';
  private soughtAt = -Infinity;
  private took = 0;

  constructor(private readonly model: RegistersModel) {}

  isReturn(address: bigint): boolean {
    return [...this.returns.values()].some((found) => found.has(address));
  }

  async find(): Promise<Set<bigint>> {
    const { read } = this.model;
    const place = placeOfRegisters(read);
    const below = placeOfRegisters((name) => (name === 'PSTATE' ? 5n : read(name)));
    const here = place === undefined ? '' : `${placeName(place)} ${below?.state ?? ''}`;
    // Code is loaded and tables change on the way, but looking through memory may take long.
    const begin = performance.now();
    if (here !== this.soughtIn || begin - this.soughtAt > 2 * this.took) {
      this.returns.set(below?.state ?? '', new Set(await returnsAbove(this.model, 0)));
      this.soughtIn = here;
      this.soughtAt = performance.now();
      this.took = this.soughtAt - begin;
    }
    const vectors = vectorEntries(read).map(({ address }) => address);
    return new Set([...vectors, ...[...this.returns.values()].flatMap((found) => [...found])]);
  }
}

const known = new WeakMap<RegistersModel, Crossings>();

/**
 * Runs the paused machine until any of its vCPUs takes an exception or returns from one.
 *
 * @param crossed whether a new crossing has been recorded; asked whenever the machine stands
 */
export async function runToCrossing(
  model: RegistersModel,
  crossed: () => boolean,
): Promise<Result<CrossingEnd>> {
  const passing = new PassingStops(model);
  const crossings = known.get(model) ?? new Crossings(model);
  known.set(model, crossings);
  let answer: Result<CrossingEnd> = { ok: true, value: 'halted' };
  const done = (value: CrossingEnd): Result<unknown> => (answer = { ok: true, value });
  const run = async (): Promise<Result<unknown>> => {
    const visitors = new Set(model.run.debugger.stops);
    // Where memory lies is read with the marks of what changed.
    let result = await model.refresh(model.physical.value === undefined);
    while (result.ok && !model.isStopWanted) {
      const stepped = await stepThroughReturn(model, crossings);
      if (!stepped.ok || stepped.value) {
        result = stepped;
        if (crossed()) done('crossed');
        if (!result.ok || crossed()) break;
        // What stood there was no exception return of this level.
        result = await model.refresh(false);
        continue;
      }
      const wanted = await crossings.find();
      if (wanted.size === 0) {
        result = { ok: false, failure: nothingLeads };
        break;
      }
      result = await passing.set(wanted);
      if (!result.ok) break;
      let isPatienceOver = false;
      const patience = setTimeout(() => {
        isPatienceOver = true;
        void model.run.pause();
      }, LOOK_AGAIN_MS);
      result = await model.runToStop();
      clearTimeout(patience);
      if (!result.ok) break;
      if (isOver(model.run.state)) {
        done('over');
        break;
      }
      if (crossed()) {
        done('crossed');
        break;
      }
      result = await model.refresh(false);
      const pc = model.read('pc') ?? 0n;
      if (visitors.has(pc) || (!isPatienceOver && !wanted.has(pc))) break;
    }
    result = await passing.clear(result);
    if (result.ok && !isOver(model.run.state)) result = await model.refresh();
    if (!result.ok) answer = result;
    return result;
  };
  let hasRun = false;
  while (!hasRun) {
    // Whoever else looks at the machine comes first.
    await model.whenIdle();
    await model.act('Running to the next crossing', () => {
      hasRun = true;
      return run();
    });
  }
  return answer;
}

/**
 * A vCPU that stands at an exception return goes through it here: a resume would step over the stop
 * and run on.
 *
 * @returns whether one did
 */
async function stepThroughReturn(
  model: RegistersModel,
  crossings: Crossings,
): Promise<Result<boolean>> {
  const { debugger: gdb } = model.run;
  const counters = await gdb.programCounters();
  if (!counters.ok) return counters;
  for (const [thread, pc] of counters.value) {
    if (!crossings.isReturn(pc)) continue;
    const stepped = await gdb.step(thread);
    if (!stepped.ok) return stepped;
    if (stepped.value === 'waiting') continue;
    model.thread.value = thread;
    return { ok: true, value: true };
  }
  return { ok: true, value: false };
}

const nothingLeads: Failure = {
  what: 'This machine cannot be slowed here: no vector table is set up yet, and there is no exception return in its code, so that nothing leads from one level to another.',
  remedy:
    'Let it run a little further. What was recorded can be stepped through with the arrow keys.',
};
