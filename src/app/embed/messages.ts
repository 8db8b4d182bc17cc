import * as v from 'valibot';

/**
 * What a page that shows Bootlink in a frame (`?embed=1`) and the frame say to each other by
 * `postMessage`. Every message has `bootlink: 1`, the version of this protocol; requests carry an
 * `id` of the sender's choice, and the answer has the same.
 */
export const EMBED_VERSION = 1;

const id = v.union([v.string(), v.number()]);
const base = { bootlink: v.literal(EMBED_VERSION), id };
const consoleId = v.pipe(v.string(), v.maxLength(64));

export const EmbedRequest = v.variant('type', [
  /** Asks for the state; the events of the frame go to whoever asked last. */
  v.object({ ...base, type: v.literal('hello') }),
  /** Boots the machine. A machine of a link boots only after the visitor pressed Boot once. */
  v.object({ ...base, type: v.literal('start') }),
  v.object({ ...base, type: v.literal('stop') }),
  v.object({ ...base, type: v.literal('pause') }),
  v.object({ ...base, type: v.literal('resume') }),
  v.object({ ...base, type: v.literal('reset') }),
  /** Types text on a console; a line ends in `\n`. */
  v.object({
    ...base,
    type: v.literal('send'),
    console: consoleId,
    text: v.pipe(v.string(), v.maxLength(65536)),
  }),
  /**
   * Waits until the console has printed `text`, a literal, or a JavaScript regular expression
   * between slashes, behind what the last `expect` on it found.
   */
  v.object({
    ...base,
    type: v.literal('expect'),
    console: consoleId,
    text: v.pipe(v.string(), v.minLength(1), v.maxLength(1024)),
    seconds: v.optional(v.pipe(v.number(), v.minValue(0.001), v.maxValue(86400)), 60),
  }),
]);
export type EmbedRequest = v.InferOutput<typeof EmbedRequest>;

export interface EmbedState {
  /** `none` before a boot, then the states of a run: `running`, `paused`, `exited`, … */
  state: string;
  title: string | undefined;
  consoles: { id: string; title: string }[];
}

export type EmbedAnswer =
  | ({ bootlink: 1; id: string | number; ok: true; text?: string } & Partial<EmbedState>)
  /** `reason` is a whole sentence. */
  | { bootlink: 1; id: string | number; ok: false; reason: string };

export type EmbedEvent =
  { bootlink: 1; event: 'ready' } | ({ bootlink: 1; event: 'state' } & EmbedState);
