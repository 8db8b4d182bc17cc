import { useSignal } from '@preact/signals';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import type { Run } from '../../engine/ui/run.js';
import { eventLabel, eventSentence } from '../../inspect/events/describe.js';
import { FailureView } from '../failure-view.js';
import { FullScreenButton, FullScreenFailure, useFullScreen } from '../full-screen.js';
import { report, run as currentRun, runVersion } from '../session.js';
import { crossingPause, recordEvents } from '../settings.js';
import {
  COLUMNS,
  HEIGHT,
  programStarts,
  roomOf,
  ROOMS,
  softwareOf,
  usualIn,
  WIDTH,
  type Room,
} from './rooms.js';
import { PAUSES, SlowMotion } from './slow-motion.js';
import { Tally, type Position, type Way } from './tally.js';
import './building.css';

/** How often the picture is brought up to date, ms. */
const REFRESH_MS = 100;
/** How long an arrow stays lit. */
const LIT_MS = 1200;

/** Where each vCPU is in the architecture's picture, and what passes between the rooms. */
export function Building({ run }: { run: Run }) {
  void runVersion.value;
  const { trace } = run;
  const now = useSignal(performance.now());
  const slow = useMemo(() => new SlowMotion(run), [run]);
  useEffect(() => () => slow.dispose(), [slow]);
  const tally = useMemo(() => new Tally(), [run]);
  const host = useRef<HTMLDivElement>(null);
  const screen = useFullScreen(host, 'the building');

  useEffect(() => {
    const timer = setInterval(() => (now.value = performance.now()), REFRESH_MS);
    return () => clearInterval(timer);
  }, [run]);

  const position = slow.position.value;
  const state = slow.state.value;
  const live = position === undefined && state === 'off';
  const keys: Record<string, () => void> = {
    ArrowRight: () => void slow.forward(),
    ArrowLeft: () => void slow.back(),
    ArrowUp: () => changePause(-1),
    ArrowDown: () => changePause(1),
    ' ': () => (state === 'off' ? void slow.start() : slow.stop()),
    Home: () => void slow.first(),
    Escape: () => void report(slow.goLive()),
  };

  void now.value;
  tally.update(trace.stores.cpus, now.value);
  const seen = trace.stores.cpus.reduce((mask, store) => mask | store.placesSeen, 0);
  const store = trace.stores.cpus.find((each) => each.cpu === position?.cpu);
  const shown = position && store?.event(position.index);
  return (
    <div
      class="building"
      ref={host}
      tabIndex={0}
      role="application"
      aria-label="The building. Right and left arrow step from crossing to crossing, space starts and stops slow motion, up and down change its speed, Home goes to the first crossing, Escape back to live, F fills the screen."
      data-slow={state}
      data-index={position?.index}
      onKeyDown={(event) => {
        if (screen.onKey(event)) return;
        // Buttons have a use for space, and the list of pauses for arrows.
        const isOwn = event.target === event.currentTarget;
        if (!isOwn && event.key === ' ') return;
        if (event.target instanceof HTMLSelectElement && event.key !== 'Escape') return;
        const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : keys[event.key];
        if (act === undefined) return;
        act();
        event.preventDefault();
      }}
    >
      <div class="pane-tools">
        <button type="button" aria-pressed={live} onClick={keys.Escape} title="Escape">
          Live
        </button>
        <button type="button" onClick={keys.ArrowLeft} title="Left arrow">
          Step back
        </button>
        <button
          type="button"
          onClick={keys.ArrowRight}
          title="Right arrow: the next crossing of the recording, and behind its end of the machine"
        >
          Step
        </button>
        <button
          type="button"
          aria-pressed={state !== 'off'}
          onClick={keys[' ']}
          title="Space: the machine runs from crossing to crossing and stands at each"
        >
          {state === 'off' ? 'Slow motion' : 'Stop'}
        </button>
        <label title="How long it stands at each crossing: up and down arrow">
          Pause{' '}
          <select
            aria-label="Pause at each crossing"
            value={String(crossingPause.value)}
            onChange={(event) => (crossingPause.value = Number(event.currentTarget.value))}
          >
            {PAUSES.map((seconds) => (
              <option key={seconds} value={String(seconds)}>
                {seconds} s
              </option>
            ))}
          </select>
        </label>
        <span class="quiet" role="status">
          {stateInWords(run, slow)}
          {!trace.recording && trace.stores.count > 0 ? ' Recording is off.' : ''}
        </span>
        <span class="spacer" />
        <FullScreenButton screen={screen} />
      </div>
      <FullScreenFailure screen={screen} />
      {slow.failure.value !== undefined && <FailureView failure={slow.failure.value} />}
      {trace.stores.count === 0 ? (
        <NotRecorded run={run} />
      ) : (
        <>
          <Picture run={run} tally={tally} seen={seen} position={position} now={now.value} />
          <p class="building-words" aria-live={live ? 'off' : 'polite'}>
            {shown === undefined ? '' : eventSentence(shown)}
          </p>
        </>
      )}
    </div>
  );
}

/** One pause longer or shorter. */
function changePause(by: 1 | -1): void {
  const at = PAUSES.findIndex((seconds) => seconds >= crossingPause.value);
  const next = PAUSES[Math.max(0, Math.min(PAUSES.length - 1, at + by))];
  if (next !== undefined) crossingPause.value = next;
}

function stateInWords(run: Run, slow: SlowMotion): string {
  if (slow.note.value !== undefined) return slow.note.value;
  if (slow.state.value === 'running') return 'The machine runs to its next crossing.';
  const goOn = run.state.name === 'paused' ? ' Escape lets it go on.' : '';
  if (slow.state.value === 'standing') {
    return `Slow motion: it stands for ${crossingPause.value} s at each crossing.${goOn}`;
  }
  if (slow.position.value === undefined) return 'Live.';
  return run.state.name === 'paused' ? `The machine is paused.${goOn}` : 'A crossing of before.';
}

function NotRecorded({ run }: { run: Run }) {
  if (run.trace.recording) return <p class="pane-empty">Waiting for the first instruction.</p>;
  return (
    <div class="pane-empty">
      <p>The picture is drawn from recorded events, and they are not being recorded.</p>
      <button
        type="button"
        disabled={!run.trace.available}
        onClick={() => {
          recordEvents.value = true;
          const current = currentRun.value;
          if (current !== undefined) current.trace.recording = true;
          runVersion.value++;
        }}
      >
        Record from now on
      </button>
    </div>
  );
}

interface PictureProps {
  run: Run;
  tally: Tally;
  seen: number;
  position: Position | undefined;
  now: number;
}

function Picture({ run, tally, seen, position, now }: PictureProps) {
  const { stores, phases } = run.trace;
  const software = softwareOf(phases, seen, programStarts(stores.cpus));
  const where = new Map<Room, number[]>();
  const time = stores.cpus.find((each) => each.cpu === position?.cpu)?.time(position?.index ?? 0);
  for (const store of stores.cpus) {
    const place =
      position === undefined
        ? store.placeNow
        : store.cpu === position.cpu
          ? store.to(position.index)
          : store.placeBefore(store.atTime(time ?? 0));
    const room = (place & 0x80) === 0 ? undefined : roomOf(place & 15);
    if (room !== undefined) where.set(room, [...(where.get(room) ?? []), store.cpu]);
  }
  return (
    <svg class="building-picture" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img">
      <title>{spoken(where)}</title>
      <defs>
        <marker
          id="way-end"
          viewBox="0 0 10 10"
          refX="8"
          refY="5"
          markerWidth="5"
          markerHeight="5"
          orient="auto"
        >
          <path d="M0 0 10 5 0 10Z" fill="context-stroke" />
        </marker>
      </defs>
      {COLUMNS.map(({ state, title }) => {
        const room = ROOMS.find((each) => each.state === state);
        return room === undefined ? null : (
          <text key={state} class="world" x={room.x + room.width / 2} y={32}>
            {title}
          </text>
        );
      })}
      {ROOMS.map((room) => (
        <RoomView
          key={room.name}
          room={room}
          used={room.places.some((place) => ((seen >> place) & 1) !== 0)}
          software={software.get(room)}
          cpus={where.get(room) ?? []}
          entered={room.places.reduce((sum, place) => sum + (tally.entered[place] ?? 0), 0)}
        />
      ))}
      {position === undefined
        ? [...tally.ways.values()]
            .filter((way) => now - way.at < LIT_MS)
            .map((way) => (
              <Arrow key={way.from * 16 + way.to} way={way} light={1 - (now - way.at) / LIT_MS} />
            ))
        : stepArrow(run, position)}
    </svg>
  );
}

function spoken(where: ReadonlyMap<Room, readonly number[]>): string {
  return [...where]
    .flatMap(([room, cpus]) => cpus.map((cpu) => `vCPU ${cpu} in ${room.name}`))
    .join(', ');
}

function stepArrow(run: Run, position: Position) {
  const store = run.trace.stores.cpus.find((each) => each.cpu === position.cpu);
  const event = store?.event(position.index);
  if (store === undefined || event === undefined) return null;
  const way: Way = {
    from: store.from(position.index) & 15,
    to: store.to(position.index) & 15,
    count: 1,
    label: eventLabel(event),
    at: 0,
  };
  return <Arrow way={way} light={1} />;
}

interface RoomViewProps {
  room: Room;
  used: boolean;
  software: string | undefined;
  cpus: readonly number[];
  entered: number;
}

function RoomView({ room, used, software, cpus, entered }: RoomViewProps) {
  const { x, y, width, height, state } = room;
  // The floor of EL3 is low and wide: its vCPUs stand beside its software, between two worlds' ways.
  const [left, middle] = state === 'Root' ? [x + 330, y + 56] : [x + 40, y + height - 32];
  const classes = `room ${state.toLowerCase()}${used ? ' used' : ''}${cpus.length > 0 ? ' here' : ''}`;
  return (
    <g class={classes}>
      <rect x={x} y={y} width={width} height={height} rx={8} />
      <text class="name" x={x + 16} y={y + 38}>
        {room.name}
      </text>
      <text class={software === undefined ? 'software usual' : 'software'} x={x + 16} y={y + 72}>
        {software ?? usualIn(room)}
      </text>
      {entered > 0 && (
        <text class="count" x={x + width - 16} y={y + 36}>
          {entered.toLocaleString('en')}
        </text>
      )}
      {cpus.map((cpu, n) => (
        <g key={cpu} class="vcpu">
          <circle cx={left + n * 58} cy={middle} r={24} />
          <text x={left + n * 58} y={middle + 1}>
            {cpu}
          </text>
        </g>
      ))}
    </g>
  );
}

/** Letters of a way's label that a room is wide enough for. */
const LABEL_LETTERS = 31;

/** The gist of a long exception class: what stands before its explanation. */
function shortLabel(label: string): string {
  if (label.length <= LABEL_LETTERS) return label;
  const gist = label.split(/, | \(|: /)[0] ?? label;
  return gist.length <= LABEL_LETTERS ? gist : `${gist.slice(0, LABEL_LETTERS - 1).trimEnd()}…`;
}

/** From the edge of one room to the edge of the other, a little aside of the way back. */
function Arrow({ way, light }: { way: Way; light: number }) {
  const from = roomOf(way.from);
  const to = roomOf(way.to);
  if (from === undefined || to === undefined) return null;
  const style = `opacity: ${Math.max(0.15, light).toFixed(2)}`;
  if (from === to) {
    // On the floor of EL3 between its software and its vCPUs: ways to the worlds end further right.
    const x = from.state === 'Root' ? from.x + 240 : from.x + from.width - 90;
    const y = from.y + from.height - 20;
    return (
      <g class="way" style={style}>
        <path d={`M${x} ${y}c-40 -60 80 -60 40 -4`} marker-end="url(#way-end)" />
        <text x={x - 10} y={y - 50}>
          {shortLabel(way.label)}
        </text>
      </g>
    );
  }
  const down = to.y > from.y;
  const middle = (room: Room): number => room.x + room.width / 2;
  // Root lies under every world: its end of the way is below or above the other room.
  const aside = down ? 30 : -30;
  const x1 = (from.state === 'Root' ? middle(to) : middle(from)) + aside;
  const x2 = (to.state === 'Root' ? middle(from) : middle(to)) + aside;
  const y1 = down ? from.y + from.height - 30 : from.y + 30;
  // What passes is written in the room it leads to, under the arrow's head.
  const y2 = down ? to.y + 78 : to.y + to.height - 44;
  return (
    <g class="way" style={style}>
      <path d={`M${x1} ${y1}L${x2} ${y2}`} marker-end="url(#way-end)" />
      <text
        x={middle(to.state === 'Root' ? from : to)}
        y={down ? to.y + 104 : to.y + to.height - 16}
      >
        {shortLabel(way.label)}
      </text>
    </g>
  );
}
