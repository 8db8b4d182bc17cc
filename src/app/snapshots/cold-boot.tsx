import type { Run } from '../../engine/ui/run.js';
import { boot } from '../session.js';

/** For a machine that was opened from a snapshot: the same from its reset. */
export function ColdBoot({ run }: { run: Run }) {
  if (run.snapshot === undefined) return null;
  return (
    <button
      type="button"
      title="This machine was opened from a snapshot. Ends it and boots it from its reset"
      onClick={() => void boot(run.guest, { from: 'cold' })}
    >
      Boot cold
    </button>
  );
}
