import {
  EMBED_VERSION,
  type EmbedAnswer,
  type EmbedEvent,
  type EmbedRequest,
  type EmbedState,
} from './messages.js';

type Body = EmbedRequest extends infer Each
  ? Each extends EmbedRequest
    ? Omit<Each, 'bootlink' | 'id'>
    : never
  : never;

/** The side of the page around the frame: a machine in an `<iframe>`, by promises. */
export class BootlinkFrame {
  private next = 1;
  private readonly waiting = new Map<string | number, (answer: EmbedAnswer) => void>();
  private readonly origin: string;
  /** Is called with every change of the machine's state. */
  onState: ((state: EmbedState) => void) | undefined;

  constructor(private readonly frame: HTMLIFrameElement) {
    this.origin = new URL(frame.src, location.href).origin;
    addEventListener('message', this.receive);
  }

  /** Resolves with the state as soon as the frame answers; to be called first. */
  async hello(): Promise<EmbedState> {
    for (;;) {
      const answer = await Promise.race([
        this.ask({ type: 'hello' }),
        new Promise<undefined>((resolve) => setTimeout(resolve, 500)),
      ]);
      // A frame that is still loading does not hear.
      if (answer === undefined) continue;
      if (!answer.ok) throw new Error(answer.reason);
      const { state = 'none', title, consoles = [] } = answer;
      return { state, title, consoles };
    }
  }

  start(): Promise<string> {
    return this.demand({ type: 'start' });
  }

  stop(): Promise<string> {
    return this.demand({ type: 'stop' });
  }

  pause(): Promise<string> {
    return this.demand({ type: 'pause' });
  }

  resume(): Promise<string> {
    return this.demand({ type: 'resume' });
  }

  reset(): Promise<string> {
    return this.demand({ type: 'reset' });
  }

  /** Types on a console. */
  send(console: string, text: string): Promise<string> {
    return this.demand({ type: 'send', console, text });
  }

  /** Resolves with what the console printed up to the end of the match. */
  expect(console: string, text: string, seconds = 60): Promise<string> {
    return this.demand({ type: 'expect', console, text, seconds });
  }

  dispose(): void {
    removeEventListener('message', this.receive);
    this.waiting.clear();
  }

  /** @throws Error with the frame's sentence when it refuses */
  private async demand(body: Body): Promise<string> {
    const answer = await this.ask(body);
    if (!answer.ok) throw new Error(answer.reason);
    return answer.text ?? '';
  }

  private ask(body: Body): Promise<EmbedAnswer> {
    const id = this.next++;
    return new Promise((resolve) => {
      this.waiting.set(id, resolve);
      this.frame.contentWindow?.postMessage({ bootlink: EMBED_VERSION, id, ...body }, this.origin);
    });
  }

  private readonly receive = (event: MessageEvent<unknown>): void => {
    if (event.source !== this.frame.contentWindow || event.origin !== this.origin) return;
    const message = event.data as EmbedAnswer | EmbedEvent | null;
    if (message?.bootlink !== EMBED_VERSION) return;
    if ('event' in message) {
      if (message.event === 'state') this.onState?.(message);
      return;
    }
    this.waiting.get(message.id)?.(message);
    this.waiting.delete(message.id);
  };
}
