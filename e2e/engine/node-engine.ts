import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROM_FOLDER, romFiles } from '../../src/engine/common/roms.js';
import type { Result } from '../../src/engine/common/failure.js';
import { Channel, planChannels, type ChannelPlan } from '../../src/engine/common/console.js';
import { QmpClient } from '../../src/engine/ui/qmp.js';
import type {
  EngineFactory,
  EngineFileSystem,
  EngineModule,
} from '../../src/engine/worker/module.js';
import { claimChannel, placeRom } from '../../src/engine/worker/placing.js';

/** For machines without flash or secure RAM. */
const MEMORY_MIB = 640;
const POLL_MS = 5;

/** A QEMU in this Node process: the engine as the page's worker starts it, without the page. */
export interface NodeEngine {
  engine: EngineModule & { FS: EngineFileSystem & { stat(path: string): { size: number } } };
  memory: WebAssembly.Memory;
  qmp: QmpClient;
  /** What QEMU wrote to its standard output and error. */
  output: string[];
  /** Resolves with QEMU's exit code. */
  exited: Promise<number>;
  /** Resolves with everything a console has printed once `expression` matches it. */
  text(channel: string, expression: RegExp): Promise<string>;
  send(channel: string, text: string): void;
  /** Runs any QMP command; gives its answer. */
  execute(command: string, args?: object): Promise<unknown>;
  /** Runs a QMP command again and again until its answer is as wanted. */
  until(command: string, wanted: (answer: unknown) => boolean): Promise<void>;
  /** Runs a command of the monitor; gives what it printed. */
  monitor(command: string): Promise<string>;
  /** Ends QEMU. */
  stop(): Promise<void>;
}

export interface NodeEngineOptions {
  consoles?: string[];
  /** Of wasm memory. */
  memoryMiB?: number;
  /** Size of every ring, instead of the sizes that the page plans. */
  ringBytes?: number;
  /** Called when the module is there, before main(): images and files are put in here. */
  prepare?(engine: EngineModule, memory: WebAssembly.Memory): void;
}

/** Where set-up put the engine. */
export const engineFolder = resolve(process.env.BOOTLINK_PUBLIC ?? 'public', 'engine');

export async function startEngine(
  args: string[],
  { consoles = [], memoryMiB = MEMORY_MIB, ringBytes, prepare }: NodeEngineOptions = {},
): Promise<NodeEngine> {
  const script = pathToFileURL(resolve(engineFolder, 'qemu.mjs')).href;
  const { default: factory } = (await import(script)) as { default: EngineFactory };
  const pages = memoryMiB * 16;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const output: string[] = [];
  let ended = false;
  let exit: (code: number) => void = () => undefined;
  const exited = new Promise<number>((settle) => (exit = settle));
  // Node reads and compiles the files itself; the page's options for that are left out.
  const options = {
    noInitialRun: true,
    wasmMemory: memory,
    print: (line: string) => output.push(line),
    printErr: (line: string) => output.push(line),
    onExit: (code: number) => {
      ended = true;
      exit(code);
    },
    onAbort: (reason: unknown) => {
      output.push(`aborted: ${String(reason)}`);
      ended = true;
      exit(-1);
    },
  };
  const engine = await factory(options as unknown as Parameters<EngineFactory>[0]);
  for (const name of romFiles) placeRom(engine, name, readFileSync(resolve(engineFolder, name)));
  prepare?.(engine, memory);
  const plans: ChannelPlan[] = planChannels(consoles).map((plan) =>
    ringBytes === undefined ? plan : { ...plan, outSize: ringBytes, inSize: ringBytes },
  );
  const wake = engine._bootlink_wake_word() >>> 0;
  const channels = new Map(
    plans.map((plan) => [
      plan.name,
      new Channel(
        memory.buffer as unknown as SharedArrayBuffer,
        claimChannel(engine, memory, plan),
        wake,
      ),
    ]),
  );
  const texts = new Map(plans.map(({ name }) => [name, '']));
  const encoder = new TextEncoder();
  const channel = (name: string): Channel => {
    const found = channels.get(name);
    if (found === undefined) throw new Error(`There is no channel ${name}.`);
    return found;
  };
  const unsent = new Map(plans.map(({ name }) => [name, new Uint8Array()]));
  const send = (name: string, bytes: Uint8Array) => {
    const all = new Uint8Array([...(unsent.get(name) ?? []), ...bytes]);
    unsent.set(name, all.slice(channel(name).write(all)));
  };
  const qmp = new QmpClient(
    (bytes) => send('qmp', bytes),
    () => undefined,
  );
  const decoders = new Map(plans.map(({ name }) => [name, new TextDecoder()]));
  const drain = () => {
    for (const [name, each] of channels) {
      if ((unsent.get(name)?.length ?? 0) > 0) send(name, new Uint8Array());
      const bytes = each.read();
      if (bytes.length === 0) continue;
      if (name === 'qmp') qmp.receive(bytes);
      else {
        const more = decoders.get(name)?.decode(bytes, { stream: true }) ?? '';
        texts.set(name, (texts.get(name) ?? '') + more);
      }
    }
  };
  const pump = setInterval(drain, POLL_MS);
  engine.callMain([
    ...plans.flatMap(({ name }) => ['-chardev', `bootlink,id=${name}`]),
    ...['-mon', 'chardev=monitor,mode=readline', '-mon', 'chardev=qmp,mode=control'],
    ...['-display', 'none', '-audio', 'driver=none', '-L', ROM_FOLDER, ...args],
  ]);

  const text = async (name: string, expression: RegExp): Promise<string> => {
    for (;;) {
      // Looked at before the text: what QEMU printed last is in the ring when it has ended.
      const over = ended;
      drain();
      const all = texts.get(name) ?? '';
      if (expression.test(all)) return all;
      if (over) {
        throw new Error(
          `QEMU ended before ${name} said ${String(expression)}:\n${output.join('\n')}\n${all}`,
        );
      }
      await new Promise((again) => setTimeout(again, POLL_MS));
    }
  };
  const execute = async (command: string, args?: object): Promise<unknown> => {
    // The client's type lists what the page uses; the tests use more.
    const any = qmp.execute.bind(qmp) as (
      command: string,
      args?: object,
    ) => Promise<Result<unknown>>;
    const answer = await any(command, args);
    if (!answer.ok) throw new Error(answer.failure.detail ?? answer.failure.what);
    return answer.value;
  };
  const result: NodeEngine = {
    engine: engine as NodeEngine['engine'],
    memory,
    qmp,
    output,
    exited,
    text,
    send: (name, typed) => send(name, encoder.encode(typed)),
    execute,
    until: async (command, wanted) => {
      while (!wanted(await execute(command))) {
        await new Promise((again) => setTimeout(again, POLL_MS));
      }
    },
    monitor: async (command) =>
      (await execute('human-monitor-command', { 'command-line': command })) as string,
    stop: async () => {
      if (!ended) {
        // Its answer may be lost in the exit.
        void qmp.execute('quit');
        await exited;
      }
      clearInterval(pump);
      qmp.close();
      // Emscripten ends its threads with the module; Node's workers keep the process alive.
      (
        engine as unknown as { PThread?: { terminateAllThreads(): void } }
      ).PThread?.terminateAllThreads();
    },
  };
  const ready = await Promise.race([
    qmp.ready,
    exited.then((code) => ({
      ok: false as const,
      failure: { what: `QEMU ended with code ${code}.`, remedy: '' },
    })),
  ]);
  if (!ready.ok) {
    clearInterval(pump);
    throw new Error(`${ready.failure.what}\n${output.join('\n')}`);
  }
  return result;
}
