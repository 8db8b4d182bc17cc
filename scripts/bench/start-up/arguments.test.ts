import { describe, expect, it } from 'vitest';
import { readArguments } from './arguments';

describe('the command line of the start-up bench', () => {
  it('opens sbsa-ref from a warm cache when it is empty', () => {
    expect(readArguments([])).toEqual({
      guests: ['sbsa-ref'],
      modes: ['warm'],
      rounds: 3,
      pages: [],
      trace: undefined,
      tasksMs: 50,
      help: false,
    });
  });

  it('takes guests, modes, rounds, pages to compare and a folder for traces', () => {
    const args = ['--guests', 'rme,uefi', '--modes', 'cold,snapshot', '--rounds', '5'];
    const more = ['--page', 'before', '--page', 'after', '--trace', 'traces', '--tasks', '20'];
    expect(readArguments([...args, ...more])).toEqual({
      guests: ['rme', 'uefi'],
      modes: ['cold', 'snapshot'],
      rounds: 5,
      pages: ['before', 'after'],
      trace: 'traces',
      tasksMs: 20,
      help: false,
    });
  });

  it.each([
    [['--guests', ','], /--guests takes ids/],
    [['--modes', 'hot'], /--modes takes cold, snapshot, warm, button, not "hot"/],
    [['--rounds', '0'], /--rounds takes a number from 1 to 999, not "0"/],
    [['--tasks', 'long'], /--tasks takes .* not "long"/],
    [['--page', ''], /--page takes a folder/],
    [['--trace', ''], /--trace takes/],
    [['--fast'], /--fast/],
  ])('refuses %j by name', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });
});
