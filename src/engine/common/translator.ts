import type { Failure } from './failure.js';

/** How hot guest code is run: see `wasm/translator.md`. The engine's own default is `regions`. */
export const translators = ['off', 'blocks', 'regions'] as const;
export type Translator = (typeof translators)[number];

/**
 * Numbers of the translator, each with the least and the largest that makes sense; names as in
 * `-accel tcg,translator-NAME=` (`wasm/qemu/tcg/wasm/settings.c`).
 */
export const translatorNumbers = {
  /** Runs of a TB before it is translated. */
  threshold: [1, 1_000_000],
  /** TBs of one module. */
  batch: [1, 4096],
  /** Milliseconds that a module waits for more TBs. */
  linger: [1, 1000],
  /** Interpreted runs of hot TBs for which it waits at most. */
  patience: [1, 1_000_000],
  /** TBs of a region when it is first formed. */
  first: [1, 64],
  /** Entries of a region before it is formed anew. */
  reform: [1, 1_000_000],
  /** TBs of a region that is formed anew. */
  region: [1, 64],
} as const satisfies Record<string, readonly [number, number]>;

/** Switches of the translator, as QEMU names them. */
export const translatorSwitches = ['thread', 'tail-calls', 'check'] as const;

type NumberName = keyof typeof translatorNumbers;
type SwitchName = (typeof translatorSwitches)[number];

/** What the address asks for; what is left out is the engine's default. */
export interface TranslatorSettings {
  mode?: Translator;
  numbers?: Partial<Record<NumberName, number>>;
  switches?: Partial<Record<SwitchName, boolean>>;
}

const names = Object.keys(translatorNumbers) as NumberName[];

/**
 * Reads `?translator=` and `?translator-NAME=` out of an address's parameters.
 *
 * @returns settings without what cannot be read, and a failure for each of those
 */
export function readTranslator(parameters: URLSearchParams): {
  settings: TranslatorSettings;
  failures: Failure[];
} {
  const settings: TranslatorSettings = {};
  const failures: Failure[] = [];
  const numbers: TranslatorSettings['numbers'] = {};
  const switches: TranslatorSettings['switches'] = {};
  for (const [key, text] of parameters) {
    if (key !== 'translator' && !key.startsWith('translator-')) continue;
    const name = key.slice('translator-'.length);
    const refuse = (what: string, remedy: string) =>
      failures.push({ what, input: `?${key}=${text}`, remedy });
    const number = names.find((each) => each === name);
    const toggle = translatorSwitches.find((each) => each === name);
    if (key === 'translator') {
      const mode = translators.find((each) => each === text);
      if (mode !== undefined) settings.mode = mode;
      else {
        refuse(
          `There is no translator “${text}”; the engine's default is used.`,
          `Put one of ${translators.join(', ')} into the address.`,
        );
      }
    } else if (number !== undefined) {
      const [least, most] = translatorNumbers[number];
      const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
      if (value >= least && value <= most) numbers[number] = value;
      else {
        refuse(
          `“${text}” is no ${key}; the engine's default is used.`,
          `Put a whole number from ${least} to ${most} into the address.`,
        );
      }
    } else if (toggle !== undefined) {
      if (text === 'on' || text === 'off') switches[toggle] = text === 'on';
      else {
        refuse(
          `“${text}” is no value for ${key}; the engine's default is used.`,
          'Put on or off into the address.',
        );
      }
    } else {
      const known = [...names, ...translatorSwitches].map((each) => `translator-${each}`);
      refuse(
        `The translator has no setting “${key}”; it is left out.`,
        `There are translator, ${known.join(', ')}.`,
      );
    }
  }
  if (Object.keys(numbers).length > 0) settings.numbers = numbers;
  if (Object.keys(switches).length > 0) settings.switches = switches;
  return { settings, failures };
}

/** The settings as pairs, named as in an address and, behind `-accel tcg`, for QEMU. */
export function translatorPairs(settings: TranslatorSettings): [string, string][] {
  const pairs: [string, string][] = [];
  if (settings.mode !== undefined) pairs.push(['translator', settings.mode]);
  for (const name of names) {
    const value = settings.numbers?.[name];
    if (value !== undefined) pairs.push([`translator-${name}`, String(value)]);
  }
  for (const name of translatorSwitches) {
    const value = settings.switches?.[name];
    if (value !== undefined) pairs.push([`translator-${name}`, value ? 'on' : 'off']);
  }
  return pairs;
}
