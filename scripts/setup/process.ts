import { spawn, type ChildProcess } from 'node:child_process';
import { createWriteStream, mkdirSync, type WriteStream } from 'node:fs';
import { dirname } from 'node:path';

/** A log file that also remembers its last lines, to be shown when a command fails. */
export class LogFile {
  private readonly stream: WriteStream;
  private readonly recent: string[] = [];
  private unfinished = '';

  constructor(readonly path: string) {
    mkdirSync(dirname(path), { recursive: true });
    this.stream = createWriteStream(path, { flags: 'a' });
  }

  write(text: string): void {
    this.stream.write(text);
    const lines = (this.unfinished + text).split('\n');
    this.unfinished = lines.pop() ?? '';
    this.recent.push(...lines);
    this.recent.splice(0, Math.max(0, this.recent.length - 100));
  }

  line(text: string): void {
    this.write(`${text}\n`);
  }

  /** The last `count` lines that are not blank. */
  tail(count: number): string[] {
    return [...this.recent, this.unfinished].filter((line) => line.trim() !== '').slice(-count);
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.stream.end(resolve));
  }
}

export class CommandError extends Error {
  override name = 'CommandError';
  constructor(
    readonly argv: readonly string[],
    readonly outcome: string,
    readonly output: readonly string[],
    logPath: string | undefined,
  ) {
    const command = argv.join(' ');
    const shown = command.length > 300 ? `${command.slice(0, 300)} …` : command;
    const where = logPath === undefined ? '' : `\nFull log: ${logPath}`;
    super(`\`${shown}\` ${outcome}.${where}\n${output.map((line) => `  | ${line}`).join('\n')}`);
  }
}

export interface CommandOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  log?: LogFile;
  signal?: AbortSignal;
  /** What errors call the command, when it is wrapped in another. */
  shownAs?: readonly string[];
  /** Bytes for its standard input; without them it reads nothing. */
  input?: string;
}

/** Ends a process and everything it started; it was spawned as leader of its own group. */
export function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It has ended already.
  }
}

/**
 * Runs a command to its end and gives its standard output.
 *
 * Both outputs go to the log as they come. Abort ends the whole process group.
 *
 * @throws CommandError naming the command, the log and the last 20 lines; the signal's reason
 * when it was aborted.
 */
export function command(argv: readonly string[], options: CommandOptions = {}): Promise<string> {
  const [program, ...rest] = argv;
  if (program === undefined) throw new Error('No command given.');
  const { log, signal, shownAs = argv } = options;
  signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      detached: true,
    });
    let out = '';
    const recent: string[] = [];
    const take = (text: string) => {
      log?.write(text);
      recent.push(...text.split('\n').filter((line) => line.trim() !== ''));
      recent.splice(0, Math.max(0, recent.length - 20));
    };
    let escalation: NodeJS.Timeout | undefined;
    const abort = () => {
      killGroup(child, 'SIGTERM');
      // A shell that is process 1 of its namespace does not notice SIGTERM.
      escalation = setTimeout(() => killGroup(child, 'SIGKILL'), 3000);
    };
    signal?.addEventListener('abort', abort, { once: true });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      // A build's output is in the log; only short answers are wanted as a value.
      if (out.length < 64 << 20) out += text;
      take(text);
    });
    child.stderr.setEncoding('utf8').on('data', take);
    child.stdin.on('error', () => {
      // The command ended without reading its input: its exit code tells.
    });
    child.stdin.end(options.input ?? '');
    child.on('error', (error) => {
      signal?.removeEventListener('abort', abort);
      reject(new CommandError(shownAs, `could not be started: ${error.message}`, [], log?.path));
    });
    child.on('close', (code, killedBy) => {
      clearTimeout(escalation);
      signal?.removeEventListener('abort', abort);
      if (code === 0) {
        resolve(out);
      } else if (signal?.aborted === true) {
        reject(signal.reason as Error);
      } else {
        const outcome =
          code === null ? `was ended by ${killedBy}` : `failed with exit code ${code}`;
        const lines = log === undefined ? recent : log.tail(20);
        reject(new CommandError(shownAs, outcome, lines, log?.path));
      }
    });
  });
}

/** As `command`, but a failure is `undefined`: for questions like "is it there?". */
export async function answer(argv: readonly string[]): Promise<string | undefined> {
  try {
    return await command(argv);
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}
