import { describe, expect, it } from 'vitest';
import { guestUrl, readArguments } from './arguments';

describe('the command line', () => {
  it('is the full set in three rounds when it is empty', () => {
    expect(readArguments([])).toEqual({ set: 'full', rounds: 3, setUp: true, help: false });
  });

  it('takes a few guests and one round with --quick, unless told otherwise', () => {
    expect(readArguments(['--quick'])).toEqual({
      set: 'quick',
      rounds: 1,
      guests: ['mips', 'el-walk', 'sbsa-ref', 'virt-linux', 'virt-debian'],
      setUp: true,
      help: false,
    });
    expect(readArguments(['--quick', '--rounds', '5', '--guests', 'rme,uefi'])).toMatchObject({
      rounds: 5,
      guests: ['rme', 'uefi'],
    });
  });

  it('takes a file, a query and no set-up', () => {
    expect(
      readArguments(['--json', 'out.json', '--query', '?translator=off', '--no-set-up']),
    ).toMatchObject({ json: 'out.json', query: 'translator=off', setUp: false });
  });

  it.each([
    [['--rounds', '0'], /--rounds takes a number from 1 to 999, not "0"/],
    [['--rounds', 'two'], /not "two"/],
    [['--rounds', '1e3'], /not "1e3"/],
    [['--guests', ','], /--guests takes ids/],
    [['--json', ''], /--json takes/],
    [['--query', 'off'], /--query takes NAME=VALUE.*"off"/],
    [['--query', 'a=b#c'], /--query takes/],
    [['--fast'], /--fast/],
    [['rme'], /rme/],
  ])('refuses %j by name', (args, message) => {
    expect(() => readArguments(args)).toThrow(message);
  });
});

it('adds the query to the page’s address', () => {
  expect(guestUrl('http://localhost:1/', 'rme', undefined)).toBe(
    'http://localhost:1/?guest=rme&boot=cold',
  );
  expect(guestUrl('http://localhost:1/', 'rme', 'translator=off&a=b', 'snapshot')).toBe(
    'http://localhost:1/?guest=rme&translator=off&a=b',
  );
});
