import { beforeAll, describe, expect, it } from 'vitest';
import { openKeystone } from '../app/lessons/keystone';
import { assembleExercise, type Assemble } from './exercise';

let assemble: Assemble;

function linesOf(text: string): number[] {
  const result = assembleExercise(text, 1, assemble);
  return result.ok ? [] : result.problems.map(({ line }) => line);
}

describe('an exercise', () => {
  beforeAll(async () => {
    assemble = await openKeystone();
  });

  it.each([0, 1, 2, 3] as const)('holds the learner’s instructions, begun at EL%i', (el) => {
    // movz x9, #0x1234; movz x9, #0x4321: two words that nothing of ours has (Arm ARM C6.2, MOVZ).
    const result = assembleExercise('mov x9, #0x1234\nmov x9, #0x4321\n', el, assemble);
    if (!result.ok) throw new Error(JSON.stringify(result.problems));
    const bytes = Buffer.from(result.bytes);
    const at = bytes.indexOf(Uint8Array.of(0x89, 0x46, 0x82, 0xd2, 0x29, 0x64, 0x88, 0xd2));
    expect(at).toBeGreaterThan(0);
    expect(at % 4).toBe(0);
  });

  it('names the lines with errors, and only those', () => {
    expect(linesOf('nop\nbogus x1\nnop\nb nowhere\n')).toEqual([2, 4]);
    expect(linesOf('again:\n  b again\n  cbz x0, later\n  oops\nlater:\n')).toEqual([4]);
    expect(linesOf('a:\n  nop\na:\n')).toEqual([3]);
    expect(linesOf('  orr x0, x0, #0x90\n')).toEqual([1]);
  });

  it('takes comments, directives, literals and show', () => {
    const text = '// c\n/* d */ ldr x0, =0x123456789abcdef0\nbl show\n.balign 2048\nx: .quad x\n';
    expect(linesOf(text)).toEqual([]);
  });

  it('says in words what is wrong', () => {
    const messages = (text: string): string[] => {
      const result = assembleExercise(text, 1, assemble);
      return result.ok ? [] : result.problems.map(({ message }) => message);
    };
    expect(messages('bogus x1\n')).toEqual([expect.stringMatching(/mnemonic/i)]);
    for (const text of ['mov x0, #0x12345\n', 'add x0, x1, x99\n']) {
      expect(messages(text)).toEqual([expect.not.stringMatching(/KS_ERR|unknown error/i)]);
    }
  });
});
