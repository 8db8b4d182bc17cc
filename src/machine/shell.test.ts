import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { fromShell } from './from-shell';
import { rangeIn, tokenize } from './shell';
import { quote } from './shell-quote';

function words(source: string): string[][] {
  return tokenize(source).commands.map((command) => command.words.map((word) => word.text));
}

function codes(source: string): string[] {
  return tokenize(source).diagnostics.map(({ code }) => code);
}

// Properties take seconds on a machine that is busy with other work.
vi.setConfig({ testTimeout: 120_000 });

describe('shell text', () => {
  it('is split at blanks, newlines and operators; quotes, escapes and comments are a shell’s', () => {
    expect(words('a b\tc; d && e | f & g\nh')).toEqual([
      ['a', 'b', 'c'],
      ['d'],
      ['e'],
      ['f'],
      ['g'],
      ['h'],
    ]);
    expect(words(`'a b'"c d"e\\ f '' "x\\"y\\z"`)).toEqual([['a bc de f', '', 'x"y\\z']]);
    expect(words('a # b c\nd#e')).toEqual([['a'], ['d#e']]);
    expect(words('a \\\n  b \\\r\n c \\')).toEqual([['a', 'b', 'c']]);
    expect(words("a 'b\nc'")).toEqual([['a', 'b\nc']]);
  });

  it('keeps expansions as text and reports where they are', () => {
    const source = 'a ${B}/c "$D" $(e f) `g h` $1 $ \'$i\'';
    expect(words(source)).toEqual([['a', '${B}/c', '$D', '$(e f)', '`g h`', '$1', '$', '$i']]);
    const named = tokenize(source).diagnostics.map(({ range }) =>
      source.slice(range?.start, range?.end),
    );
    expect(named).toEqual(['${B}', '$D', '$(e f)', '`g h`', '$1']);
  });

  it('leaves redirections out and says so', () => {
    expect(words('a >log 2>&1 b')).toEqual([['a', 'b']]);
    expect(codes('a >log 2>&1')).toEqual(['shell-redirection', 'shell-redirection']);
  });

  it('reports a quote that is not closed', () => {
    expect(codes('a "b')).toEqual(['shell-unterminated-quote']);
    expect(codes("a 'b")).toEqual(['shell-unterminated-quote']);
  });

  it('offers to remove blanks after a backslash, and reads on', () => {
    const source = 'a \\  \n b';
    const { commands, diagnostics } = tokenize(source);
    expect(commands[0]?.words.map(({ text }) => text)).toEqual(['a', 'b']);
    const edit = diagnostics[0]?.fix?.edits[0];
    expect(source.slice(edit?.range.start, edit?.range.end)).toBe('  ');
  });

  it('quoted by us is read back, any text', () => {
    const text = fc.string({ unit: 'binary' }).map((s) => s.replaceAll('\0', ''));
    fc.assert(
      fc.property(fc.array(text, { minLength: 1 }), (args) => {
        expect(words(args.map(quote).join(' '))).toEqual([args]);
        expect(codes(args.map(quote).join(' '))).toEqual([]);
      }),
    );
  });

  it('of any kind is read, and every character of a word is where its offset says', () => {
    const piece = fc.constantFrom(
      ...`ab -=,'"\\$\`#;&|<>(){}\n\r\t`,
      '${',
      '$(',
      '\\\n',
      'é',
      '\u{1f600}',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => {
        const source = pieces.join('');
        for (const { words: found } of tokenize(source).commands) {
          for (const word of found) {
            expect(word.offsets).toHaveLength(word.text.length + 1);
            const read = word.offsets
              .slice(0, -1)
              .map((offset) => source[offset])
              .join('');
            expect(read).toBe(word.text);
            const range = rangeIn(word, 0, word.text.length);
            expect(range.start).toBeGreaterThanOrEqual(word.range.start);
            expect(range.end).toBeLessThanOrEqual(word.range.end);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('a pasted script', () => {
  it('may have a prompt, assignments, sudo, comments and other commands', () => {
    const { machine, diagnostics } = fromShell(`#!/bin/sh
CODE=/usr/share/AAVMF/AAVMF_CODE.fd
cp a b
$ QEMU_AUDIO_DRV=none sudo -E ./build/qemu-system-aarch64 -M virt # the board
ls`);
    expect(machine).toEqual({ format: 1, board: { type: 'virt' } });
    expect(diagnostics.map(({ code }) => code)).toEqual([
      'shell-assignment',
      'other-command',
      'shell-assignment',
      'other-command',
    ]);
  });

  it('without QEMU in it is an error that says what is wanted', () => {
    expect(fromShell('make all').diagnostics.at(-1)).toMatchObject({
      severity: 'error',
      code: 'no-command',
    });
  });

  it('from a word processor is read by its dashes, and its quotes are reported', () => {
    const source = '\u2013M virt \u2014append \u201cquiet\u201d';
    const { machine, diagnostics } = fromShell(source);
    expect(machine).toEqual({ format: 1, board: { type: 'virt' }, append: '\u201cquiet\u201d' });
    let fixed = source;
    const edits = diagnostics.flatMap(({ fix }) => fix?.edits ?? []);
    for (const { range, text } of edits.sort((a, b) => b.range.start - a.range.start)) {
      fixed = fixed.slice(0, range.start) + text + fixed.slice(range.end);
    }
    expect(fixed).toBe('-M virt -append "quiet"');
    expect(fromShell(fixed)).toMatchObject({ machine: { append: 'quiet' }, diagnostics: [] });
  });

  it('for another target is refused by name', () => {
    expect(fromShell('qemu-system-x86_64 -m 1G').diagnostics[0]).toMatchObject({
      severity: 'error',
      code: 'other-target',
      message: expect.stringContaining('qemu-system-x86_64') as string,
    });
  });

  it('has a diagnostic at the very part it is about', () => {
    const source =
      "qemu-system-aarch64 -M virt -mahcine x -device 'nvme,serial=a,ser$X=b' -smp 2,corse=1 -netdev tap,id=n";
    const at = Object.fromEntries(
      fromShell(source).diagnostics.map(({ code, range }) => [
        code,
        source.slice(range?.start, range?.end),
      ]),
    );
    expect(at).toMatchObject({
      'unknown-option': '-mahcine',
      'bad-argument': '2,corse=1',
      'host-network': 'tap',
    });
    const fixes = fromShell(source).diagnostics.flatMap(({ fix }) => fix?.edits[0]?.text ?? []);
    expect(fixes).toEqual(['-machine']);
    expect(fromShell(source).machine.extra).toEqual([
      ...['-mahcine', 'x', '-device', 'nvme,serial=a,ser$X=b', '-smp', '2,corse=1'],
    ]);
  });
});
