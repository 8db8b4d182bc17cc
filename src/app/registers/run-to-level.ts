import { isOver } from '../../engine/common/run-state.js';
import type { Failure, Result } from '../../engine/common/failure.js';
import { placeOfRegisters } from '../../inspect/register-groups.js';
import { placeName, type ExceptionLevel } from '../../inspect/security.js';
import type { RegistersModel } from './model.js';
import { returnsAbove } from './returns.js';
import { PassingStops } from './run-to.js';

/** Vector entries of exceptions from a lower level lie at 0x400 and above (Arm ARM D1.3.1). */
const FROM_BELOW = [0x400n, 0x480n, 0x500n, 0x580n, 0x600n, 0x680n, 0x700n, 0x780n];

/** The ways into a level from others: its vectors from below, and exception returns from above. */
class WaysInto {
  private returns: ReadonlySet<bigint> = new Set();
  private soughtAt = -Infinity;
  private took = 0;

  constructor(
    private readonly model: RegistersModel,
    private readonly target: ExceptionLevel,
  ) {}

  isReturn(address: bigint): boolean {
    return this.returns.has(address);
  }

  async find(): Promise<Set<bigint>> {
    // Code is loaded and tables change on the way, but looking through memory may take long.
    const begin = performance.now();
    if (begin - this.soughtAt > 2 * this.took) {
      this.returns = new Set(await returnsAbove(this.model, this.target));
      this.soughtAt = performance.now();
      this.took = this.soughtAt - begin;
    }
    const vbar = this.target === 0 ? 0n : (this.model.read(`VBAR_EL${this.target}`) ?? 0n);
    return new Set([...this.returns, ...(vbar === 0n ? [] : FROM_BELOW.map((at) => vbar + at))]);
  }
}

/**
 * Runs until the vCPU comes to a level from another one: by an exception from below, or by an
 * exception return from above. A breakpoint of the visitor's, or a pause, ends it too.
 */
export function runToLevel(model: RegistersModel, target: ExceptionLevel): Promise<void> {
  return model.act(`Running to EL${target}`, async () => {
    const passing = new PassingStops(model);
    const ways = new WaysInto(model, target);
    const visitors = new Set(model.run.debugger.stops);
    let result: Result<unknown> = { ok: true, value: undefined };
    while (!model.isStopWanted) {
      const wanted = await ways.find();
      if (wanted.size === 0) {
        result = { ok: false, failure: noWay(target) };
        break;
      }
      result = await passing.set(wanted);
      if (!result.ok) break;
      // One that stands at a return goes through it here: a resume would step over the stop.
      if (!ways.isReturn(model.read('pc') ?? -1n)) {
        result = await model.runToStop();
        if (!result.ok || isOver(model.run.state) || model.isStopWanted) break;
        result = await model.refresh(false);
        if (!result.ok) break;
      }
      const pc = model.read('pc') ?? 0n;
      if (visitors.has(pc) || !wanted.has(pc)) break;
      const before = placeOfRegisters(model.read)?.el;
      if (!ways.isReturn(pc)) {
        // A vector; other code may stand there at another level.
        if (before === target) break;
        continue;
      }
      result = await model.run.debugger.step(model.thread.value);
      if (!result.ok) break;
      result = await model.refresh(false);
      if (!result.ok) break;
      const place = placeOfRegisters(model.read);
      if (place?.el === target && before !== target) break;
      model.busy.value = `Running to EL${target}; now in ${place === undefined ? '?' : placeName(place)}`;
    }
    result = await passing.clear(result);
    if (!result.ok || isOver(model.run.state)) return result;
    return model.refresh();
  });
}

function noWay(target: ExceptionLevel): Failure {
  return {
    what: `Nothing that leads to EL${target} was found: no vector table from below, and no exception return in the code of the levels above.`,
    remedy: 'Let the machine run a little further, until that code is in memory.',
  };
}
