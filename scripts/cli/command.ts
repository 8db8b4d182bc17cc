/** What a subcommand reads and writes besides files. */
export interface CliIo {
  stdout: { write(chunk: string | Uint8Array): unknown };
  stderr: { write(chunk: string): unknown };
  /** Standard input as text, to its end. */
  stdin(): Promise<string>;
}

/** A subcommand is a module of this folder with these three exports, and a line in main.ts. */
export interface Command {
  /** Half a line for `npx bootlink`. */
  summary: string;
  /** All of `npx bootlink NAME --help`, ending in a newline. */
  help: string;
  /** Gives the exit code: 0, 1 when the input has errors, 2 when the command line has. */
  run(argv: string[], io: CliIo): Promise<number>;
}

/** Wrong use: the message says what is, and the exit code is 2. */
export class UsageError extends Error {}
