import { isOver } from '../../engine/common/run-state.js';
import type { Failure, Result } from '../../engine/common/failure.js';
import { placeOfRegisters, vectorEntries } from '../../inspect/register-groups.js';
import type { RegistersModel } from './model.js';

/** Breakpoints that stand only while the pane runs the machine to somewhere. */
export class PassingStops {
  private readonly added = new Set<bigint>();

  constructor(private readonly model: RegistersModel) {}

  has(address: bigint): boolean {
    return this.added.has(address);
  }

  /** Makes these the passing breakpoints; those of the visitor's stay his. */
  async set(wanted: ReadonlySet<bigint>): Promise<Result<unknown>> {
    const { debugger: gdb } = this.model.run;
    const own = new Set(gdb.stops);
    const away = [...this.added].filter((address) => !wanted.has(address));
    const fresh = [...wanted].filter((address) => !own.has(address));
    // All requests at once: QEMU answers in order.
    const results = await Promise.all([
      ...away.map((address) => gdb.setStop(address, false)),
      ...fresh.map((address) => gdb.setStop(address, true)),
    ]);
    for (const address of away) this.added.delete(address);
    for (const address of fresh) this.added.add(address);
    return results.find(({ ok }) => !ok) ?? { ok: true, value: undefined };
  }

  /** Takes all of them away; does nothing for a machine that has ended. */
  async clear(result: Result<unknown>): Promise<Result<unknown>> {
    if (isOver(this.model.run.state)) return result;
    const cleared = await this.set(new Set());
    return result.ok ? cleared : result;
  }
}

/**
 * Runs until an exception is taken: to the next entry of the vector tables as they are now. A
 * breakpoint of the visitor's, or a pause, ends it too.
 */
export function nextException(model: RegistersModel): Promise<void> {
  return model.act('Running to the next exception', async () => {
    const passing = new PassingStops(model);
    const entries = vectorEntries(model.read);
    if (entries.length === 0) return { ok: false, failure: noVectors };
    let result = await passing.set(new Set(entries.map(({ address }) => address)));
    while (result.ok) {
      result = await model.runToStop();
      if (!result.ok || isOver(model.run.state) || model.isStopWanted) break;
      result = await model.refresh(false);
      const pc = model.read('pc');
      const el = placeOfRegisters(model.read)?.el;
      const here = entries.filter(({ address }) => address === pc);
      // Other code may stand where a table of another level is: that is no exception.
      if (here.length === 0 || here.some((entry) => entry.el === el)) break;
    }
    result = await passing.clear(result);
    if (!result.ok || isOver(model.run.state)) return result;
    return model.refresh();
  });
}

const noVectors: Failure = {
  what: 'No vector table is set up yet: VBAR_EL1, VBAR_EL2 and VBAR_EL3 are 0.',
  remedy: 'Let the machine run a little further, or set a breakpoint.',
};
