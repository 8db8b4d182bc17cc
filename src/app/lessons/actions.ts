import type { Action, Exercise } from '../../lessons/lesson.js';
import { LOAD_ADDRESS } from '../../lessons/exercise.js';
import type { Guest } from '../../machine/guest.js';
import type { Failure } from '../../engine/common/failure.js';
import { isLive } from '../../engine/common/run-state.js';
import { findGuest } from '../machine/model.js';
import { findPane } from '../panes.js';
import { dock, showPane } from '../dock/workspace-state.js';
import { boot, navigate, report, route, run, runVersion, terminals } from '../session.js';
import { exerciseRuns } from './watch.js';

/** What a button of the action says. */
export function actionWords(action: Action): string {
  switch (action.kind) {
    case 'boot':
      return `Boot ${findGuest(action.guest)?.title ?? action.guest} from reset`;
    case 'open':
      return `Open ${findGuest(action.guest)?.title ?? action.guest} at its prompt`;
    case 'type':
      return `Type “${action.text}” on ${action.console}`;
    case 'pause':
      return 'Pause the machine';
    case 'resume':
      return 'Resume the machine';
    case 'show':
      return `Show ${findPane(action.pane)?.title ?? action.pane}`;
  }
}

function noSuch(what: string, input: string, remedy: string): Failure {
  return { what, input, remedy };
}

const NO_MACHINE = noSuch(
  'No machine runs.',
  'this action of the lesson',
  'Boot the guest that the lesson names first.',
);

/** The workspace of the guest; a machine that is shown already stays. */
function showGuest(id: string): void {
  if (route.value.guest !== id || route.value.link !== undefined) {
    navigate({ guest: id, boot: false });
  } else if (document.querySelector('[data-pane="lessons"]')?.checkVisibility() === true) {
    dock.value?.part('lessons', 'console');
    showPane('console', { focus: false });
  }
}

async function start(id: string, cold: boolean): Promise<Failure | undefined> {
  const guest = findGuest(id);
  if (guest === undefined) {
    return noSuch(
      `There is no guest “${id}” here.`,
      id,
      'Set-up may still be building it: try again when the gallery has it.',
    );
  }
  showGuest(id);
  const fromSnapshot = !cold && guest.snapshot !== undefined;
  void boot(guest, { from: fromSnapshot ? { kind: 'guest' } : 'cold', record: true });
  return undefined;
}

/** Does what an action says; a failure when it cannot. */
export async function perform(action: Action): Promise<Failure | undefined> {
  if (action.kind === 'boot' || action.kind === 'open') {
    return start(action.guest, action.kind === 'boot');
  }
  if (action.kind === 'show') {
    // What it shows lies behind a lesson that fills the screen.
    if (document.fullscreenElement !== null) await document.exitFullscreen();
    showPane(action.pane);
    return findPane(action.pane) === undefined
      ? noSuch(`There is no pane “${action.pane}”.`, action.pane, 'Go on without it.')
      : undefined;
  }
  const current = run.value;
  if (current === undefined || !isLive(current.state)) return NO_MACHINE;
  if (action.kind === 'type') {
    const console = current.consoles.get(action.console);
    if (console === undefined) {
      return noSuch(
        `This machine has no console “${action.console}”.`,
        current.guest.title,
        'Boot the guest that the lesson names first.',
      );
    }
    console.type(`${action.text}\r`);
    terminals.value.get(action.console)?.focus();
    return undefined;
  }
  await report(action.kind === 'pause' ? current.pause() : current.resume());
  return undefined;
}

/** Bare metal with the learner's program in place of el-walk's. */
const EXERCISE_GUEST = 'el-walk';
const IMAGE = 'exercise.bin';

function exerciseMachine(base: Guest, bytes: number): Guest {
  return {
    ...base,
    title: 'Your program',
    args: [
      ...['-M', 'virt,secure=on,virtualization=on', '-cpu', 'max', '-m', '64M', '-smp', '1'],
      ...['-net', 'none', '-vga', 'none', '-serial', 'chardev:uart0'],
      ...['-device', `loader,file=image:${IMAGE},addr=${LOAD_ADDRESS},force-raw=on,cpu-num=0`],
    ],
    images: [
      {
        name: IMAGE,
        use: 'file',
        url: IMAGE,
        // Of nothing: the bytes are the learner's own, and never fetched.
        sha256: '0'.repeat(64),
        size: bytes,
        wireBytes: bytes,
        encoding: 'identity',
        readOnly: false,
      },
    ],
    boot: [],
    check: [],
  };
}

/** Runs an assembled exercise; events are recorded. */
export async function runExercise(
  step: string,
  exercise: Exercise,
  bytes: Uint8Array,
): Promise<Failure | undefined> {
  const base = findGuest(EXERCISE_GUEST);
  if (base === undefined) {
    return noSuch(
      'The bare-metal guest is not here yet.',
      EXERCISE_GUEST,
      'Set-up is still building it: try again when the gallery has it.',
    );
  }
  showGuest(EXERCISE_GUEST);
  const file = new File([bytes.slice()], `${IMAGE} for EL${exercise.el}`);
  const before = run.value;
  const stop = runVersion.subscribe(() => {
    const current = run.value;
    if (current === undefined || current === before) return;
    exerciseRuns.set(current, step);
  });
  // boot() resolves at once: this machine has no boot steps.
  await boot(exerciseMachine(base, bytes.length), {
    files: { [IMAGE]: file },
    from: 'cold',
    record: true,
  });
  stop();
  const current = run.value;
  if (current !== undefined && current !== before) exerciseRuns.set(current, step);
  return undefined;
}
