import type { Failure, Result } from '../common/failure.js';
import { includedFiles, registersOf, type GdbRegister } from '../common/gdb-target.js';

type Request = (request: string) => Promise<Result<string>>;

/** What a gdbstub has: registers with their numbers, and vCPUs as threads. */
export interface GdbTarget {
  readonly registers: readonly GdbRegister[];
  readonly threads: readonly string[];
}

/** Asks a gdbstub what it has. */
export async function readTarget(request: Request): Promise<Result<GdbTarget>> {
  const features = await request('qSupported:qXfer:features:read+');
  if (!features.ok) return features;
  const target = await readFile(request, 'target.xml');
  if (!target.ok) return target;
  const registers: GdbRegister[] = [];
  for (const name of includedFiles(target.value)) {
    const file = await readFile(request, name);
    if (!file.ok) return file;
    const next = registers.reduce((top, { number }) => Math.max(top, number + 1), 0);
    registers.push(...registersOf(file.value, next));
  }
  if (registers.length === 0) {
    return { ok: false, failure: unexpected('target.xml', target.value.slice(0, 200)) };
  }
  const threads = await readThreads(request);
  return threads.ok ? { ok: true, value: { registers, threads: threads.value } } : threads;
}

/** `m1,2` and then more of them, until `l` (GDB manual, "General Query Packets"). */
async function readThreads(request: Request): Promise<Result<string[]>> {
  const threads: string[] = [];
  for (let next = 'qfThreadInfo'; ; next = 'qsThreadInfo') {
    const answer = await request(next);
    if (!answer.ok) return answer;
    if (!answer.value.startsWith('m')) return { ok: true, value: threads };
    threads.push(...answer.value.slice(1).split(','));
  }
}

/** A file of the target description, read in pieces. */
async function readFile(request: Request, name: string): Promise<Result<string>> {
  let text = '';
  for (;;) {
    const wanted = `qXfer:features:read:${name}:${text.length.toString(16)},ffb`;
    const answer = await request(wanted);
    if (!answer.ok) return answer;
    const kind = answer.value[0];
    if (kind !== 'm' && kind !== 'l') {
      return { ok: false, failure: unexpected(wanted, answer.value) };
    }
    text += answer.value.slice(1);
    if (kind === 'l' || answer.value.length === 1) return { ok: true, value: text };
  }
}

/** A failure for an answer that is none to that request. */
export function unexpected(request: string, answer: string): Failure {
  return {
    what: 'QEMU’s gdbstub gave an answer that Bootlink does not expect.',
    input: request,
    remedy: 'Report it with the text below.',
    detail: answer === '' ? 'an empty answer: not supported' : answer,
  };
}
