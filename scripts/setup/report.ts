import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LogFile } from './process';
import type { Step, StepResult } from './steps';

/** Tells about the steps: lines on the terminal, a log of each, and build-log.json. */
export class Report {
  readonly folder: string;
  private readonly logs = new Map<string, LogFile>();
  private readonly results: StepResult[] = [];
  private readonly began = new Map<string, number>();
  private readonly heartbeat: NodeJS.Timeout;
  private readonly start = performance.now();

  constructor(
    cacheFolder: string,
    readonly say: (line: string) => void,
  ) {
    const date = new Date().toISOString().slice(0, 19).replace(/:/g, '-');
    this.folder = join(cacheFolder, 'logs', date);
    mkdirSync(this.folder, { recursive: true });
    this.heartbeat = setInterval(() => this.stillRunning(), 60_000).unref();
  }

  log(step: string): LogFile {
    let log = this.logs.get(step);
    if (log === undefined) {
      log = new LogFile(join(this.folder, `${step.replace(/[^a-z0-9-]+/gi, '-')}.log`));
      this.logs.set(step, log);
    }
    return log;
  }

  started(step: Step): void {
    this.began.set(step.name, performance.now());
    this.say(`[${this.clock()}] ${step.name} …`);
  }

  ended(result: StepResult): void {
    this.began.delete(result.name);
    this.results.push(result);
    const took = `${result.seconds.toFixed(1)} s`;
    const outcome = {
      done: `done in ${took}`,
      cached: 'is in the cache',
      failed: `FAILED after ${took}: ${result.error?.message}`,
      skipped: `not done: ${result.error?.message}`,
    }[result.state];
    this.say(`[${this.clock()}] ${result.name} ${outcome}`);
    this.write();
  }

  /** Ends the logs. */
  async close(): Promise<void> {
    clearInterval(this.heartbeat);
    this.write();
    await Promise.all([...this.logs.values()].map((log) => log.close()));
  }

  private clock(): string {
    const seconds = Math.round((performance.now() - this.start) / 1000);
    return `${String(Math.floor(seconds / 60)).padStart(2)}:${String(seconds % 60).padStart(2, '0')}`;
  }

  private stillRunning(): void {
    for (const [name, began] of this.began) {
      const minutes = (performance.now() - began) / 60_000;
      if (minutes < 1) continue;
      const last = this.logs.get(name)?.tail(1)[0]?.trim().slice(0, 90) ?? '';
      this.say(`[${this.clock()}] ${name}: ${minutes.toFixed(0)} min so far; ${last}`);
    }
  }

  private write(): void {
    const steps = this.results.map(({ name, state, seconds, error }) => ({
      name,
      state,
      seconds: Math.round(seconds * 10) / 10,
      ...(error === undefined ? {} : { error: error.message }),
    }));
    const seconds = Math.round((performance.now() - this.start) / 100) / 10;
    const path = join(this.folder, 'build-log.json');
    writeFileSync(`${path}.new`, `${JSON.stringify({ seconds, steps }, null, 2)}\n`);
    renameSync(`${path}.new`, path);
  }
}
