import { effect } from '@preact/signals';
import * as v from 'valibot';
import { isLive } from '../../engine/common/run-state.js';
import type { Console } from '../../engine/ui/console.js';
import { endOfMatch } from '../../machine/steps.js';
import { bootMachine, plannedGuest } from '../machine/boot-machine.js';
import { machine, opened } from '../machine/model.js';
import { consoleTitle, runVersion, shownRun } from '../session.js';
import {
  EMBED_VERSION,
  EmbedRequest,
  type EmbedAnswer,
  type EmbedEvent,
  type EmbedState,
} from './messages.js';

/** How often a console that keeps printing is looked at, in ms. */
const LOOK_MS = 50;

function stateNow(): EmbedState {
  const run = shownRun.value;
  return {
    state: run?.state.name ?? 'none',
    title: run?.guest.title ?? machine.value?.title,
    consoles: [...(run?.consoles.keys() ?? [])].map((id) => ({
      id,
      title: run === undefined ? id : consoleTitle(run, id),
    })),
  };
}

type Outcome = { ok: true; text?: string } | { ok: false; reason: string };

/** How far `expect` has read each console. */
const readTo = new WeakMap<Console, number>();

function expectText(console: Console, text: string, seconds: number): Promise<Outcome> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const finish = (outcome: Outcome): void => {
      stop();
      clearTimeout(timer);
      clearTimeout(limit);
      resolve(outcome);
    };
    const look = (): void => {
      timer = undefined;
      const from = readTo.get(console) ?? 0;
      const printed = console.log.text(from);
      const end = endOfMatch(text, printed);
      if (end === undefined) return;
      readTo.set(console, from + end);
      finish({ ok: true, text: printed.slice(0, end) });
    };
    const limit = setTimeout(
      () =>
        finish({ ok: false, reason: `The console did not say that within ${String(seconds)} s.` }),
      seconds * 1000,
    );
    const stop = console.onOutput(() => (timer ??= setTimeout(look, LOOK_MS)));
    try {
      look();
    } catch (error) {
      finish({ ok: false, reason: `This is no regular expression: ${String(error)}` });
    }
  });
}

async function start(): Promise<Outcome> {
  if (opened.value?.trusted !== true) {
    const reason =
      'This machine comes from a link: the visitor has to look at it and press Boot first.';
    return { ok: false, reason };
  }
  const planned = plannedGuest.value;
  if (planned?.ok !== true) {
    return { ok: false, reason: planned?.reasons.join(' ') ?? 'No machine is open.' };
  }
  void bootMachine();
  return { ok: true };
}

async function act(request: EmbedRequest): Promise<Outcome> {
  if (request.type === 'hello') return { ok: true };
  if (request.type === 'start') return start();
  const run = shownRun.value;
  if (run === undefined) return { ok: false, reason: 'No machine has been started.' };
  if (request.type === 'stop') {
    run.stop();
    return { ok: true };
  }
  if (request.type === 'send' || request.type === 'expect') {
    const console = run.consoles.get(request.console);
    if (console === undefined) {
      return { ok: false, reason: `There is no console “${request.console}”.` };
    }
    if (request.type === 'expect') return expectText(console, request.text, request.seconds);
    console.type(request.text);
    return { ok: true };
  }
  if (!isLive(run.state)) return { ok: false, reason: `The machine is ${run.state.name}.` };
  const result = await run[request.type]();
  return result.ok ? { ok: true } : { ok: false, reason: result.failure.what };
}

/**
 * Answers the page around this one, and no other. Before that page has said hello nothing but
 * "ready" is sent, which says nothing about the visitor.
 */
export function serveEmbedding(): void {
  if (parent === window) return;
  let listener: string | undefined;
  const post = (message: EmbedAnswer | EmbedEvent, origin: string): void =>
    parent.postMessage(message, origin);
  addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source !== parent || event.origin === 'null') return;
    const parsed = v.safeParse(EmbedRequest, event.data);
    if (!parsed.success) return;
    const { id, type } = parsed.output;
    const { origin } = event;
    if (type === 'hello') listener = origin;
    void act(parsed.output).then((outcome) => {
      const more = type === 'hello' ? stateNow() : {};
      post({ bootlink: EMBED_VERSION, id, ...outcome, ...more }, origin);
    });
  });
  let last = '';
  effect(() => {
    void runVersion.value;
    const state = stateNow();
    const text = JSON.stringify(state);
    if (text === last || listener === undefined) return;
    last = text;
    post({ bootlink: EMBED_VERSION, event: 'state', ...state }, listener);
  });
  post({ bootlink: EMBED_VERSION, event: 'ready' }, '*');
}
