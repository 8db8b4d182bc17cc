import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readTranslator,
  translatorNumbers,
  translatorPairs,
  translators,
  translatorSwitches,
  type TranslatorSettings,
} from './translator.js';

const read = (text: string) => readTranslator(new URLSearchParams(text));

const settings: fc.Arbitrary<TranslatorSettings> = fc
  .record({
    mode: fc.option(fc.constantFrom(...translators), { nil: undefined }),
    numbers: fc.record(
      Object.fromEntries(
        Object.entries(translatorNumbers).map(([name, [min, max]]) => [
          name,
          fc.integer({ min, max }),
        ]),
      ),
      { requiredKeys: [] },
    ),
    switches: fc.record(
      Object.fromEntries(translatorSwitches.map((name) => [name, fc.boolean()])),
      { requiredKeys: [] },
    ),
  })
  .map(({ mode, numbers, switches }) => ({
    ...(mode === undefined ? {} : { mode }),
    ...(Object.keys(numbers).length === 0 ? {} : { numbers }),
    ...(Object.keys(switches).length === 0 ? {} : { switches }),
  }));

describe('settings of the translator', () => {
  it('are read from what is written of them', () => {
    fc.assert(
      fc.property(settings, (each) => {
        const text = new URLSearchParams(translatorPairs(each)).toString();
        expect(read(text)).toEqual({ settings: each, failures: [] });
      }),
    );
  });

  it('leave other parameters alone', () => {
    expect(read('guest=rme&boot=0')).toEqual({ settings: {}, failures: [] });
  });

  it.each([
    ['translator=magic', 'There is no translator “magic”'],
    ['translator-threshold=0', '“0” is no translator-threshold'],
    ['translator-threshold=many', '“many” is no translator-threshold'],
    ['translator-region=65', '“65” is no translator-region'],
    ['translator-thread=yes', '“yes” is no value for translator-thread'],
    ['translator-speed=9', 'The translator has no setting “translator-speed”'],
  ])('name what they are not: %s', (text, what) => {
    const { settings, failures } = read(text);
    expect(settings).toEqual({});
    expect(failures).toHaveLength(1);
    expect(failures[0]?.what).toContain(what);
    expect(failures[0]?.input).toBe(`?${text}`);
    expect(failures[0]?.remedy).not.toBe('');
  });
});
