import * as v from 'valibot';
import { identifier } from './text';

/**
 * A step of the input script: wait until `expect` stands on the console (a literal, or a
 * JavaScript regular expression when it starts and ends with `/`), then type `send`.
 */
export const ScriptStep = v.pipe(
  v.strictObject({
    console: identifier,
    expect: v.exactOptional(v.string()),
    send: v.exactOptional(v.string()),
    /** Give up after so many seconds. */
    seconds: v.exactOptional(v.pipe(v.number(), v.finite(), v.minValue(0.001), v.maxValue(86400))),
  }),
  v.check(
    (step) => step.expect !== undefined || step.send !== undefined,
    'A step waits for something ("expect"), types something ("send"), or both.',
  ),
  v.description('Wait for a text on a console, then type one.'),
);
