import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAddress, printAddress } from './address';

describe('the page’s address', () => {
  it('names a guest, a console, and how to open', () => {
    expect(parseAddress('?guest=sbsa-ref&boot=0&console=secure&embed=1', '')).toEqual({
      guest: 'sbsa-ref',
      boot: false,
      console: 'secure',
      embed: true,
      problems: [],
    });
  });

  it('never starts the machine of a link', () => {
    expect(parseAddress('?guest=rme&boot=1', '#m1.AAAA')).toMatchObject({
      link: '#m1.AAAA',
      boot: false,
    });
  });

  it('says what it does not understand, and goes on', () => {
    const { problems, ...rest } = parseAddress('?guest=../x&boot=yes&embed=2', '#top');
    expect(rest).toEqual({ boot: true, embed: false });
    expect(problems).toHaveLength(4);
  });

  it('comes back from what it prints', () => {
    const addresses = fc.record(
      {
        guest: fc.constantFrom('sbsa-ref', 'rme'),
        boot: fc.boolean(),
        console: fc.constantFrom('host', 'serial0'),
        embed: fc.boolean(),
      },
      { requiredKeys: ['boot', 'embed'], noNullPrototype: true },
    );
    fc.assert(
      fc.property(addresses, (address) => {
        expect(parseAddress(printAddress(address), '')).toEqual({ ...address, problems: [] });
      }),
    );
  });
});
