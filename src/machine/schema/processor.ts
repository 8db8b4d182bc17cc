import * as v from 'valibot';
import { argumentText, count, optionList, repeatingOptionList, sizeText } from './text';

const name = v.pipe(argumentText, v.nonEmpty());

/** `-machine`: the board and its options, such as `{ type: 'virt', secure: 'on' }`. */
export const Board = v.pipe(
  optionList({ type: v.exactOptional(name) }),
  v.description('The board (-machine) and its options, with QEMU’s names.'),
);

/** `-accel`. Bootlink always runs the translator (TCG). */
export const Accelerator = optionList({ accel: name });

/** `-cpu`: the model and its features. */
export const Cpu = v.pipe(
  optionList({
    model: v.pipe(
      v.string(),
      v.regex(/^(?!help$)[^=,?\u0000]+$/, 'A CPU model’s name holds no "=", "," or "?".'), // eslint-disable-line no-control-regex
    ),
  }),
  v.description('The CPU model (-cpu) and its features, such as "x-rme": "on".'),
);

const one = v.exactOptional(count(1));

/** `-smp`: how many vCPUs, and how they are grouped. */
export const Smp = v.pipe(
  v.strictObject({
    cpus: one,
    drawers: one,
    books: one,
    sockets: one,
    dies: one,
    clusters: one,
    modules: one,
    cores: one,
    threads: one,
    maxcpus: one,
  }),
  v.description('vCPUs and their topology (-smp).'),
);

/** `-m`: the default unit is MiB. */
export const Memory = v.pipe(
  v.strictObject({
    size: v.exactOptional(sizeText),
    slots: v.exactOptional(count(0)),
    maxmem: v.exactOptional(sizeText),
  }),
  v.description('Memory (-m): size, and slots and maxmem for what is plugged in later.'),
);

/** `-numa`: `cpus` may be a list. */
export const Numa = v.pipe(
  repeatingOptionList({ type: v.picklist(['node', 'dist', 'cpu', 'hmat-lb', 'hmat-cache']) }),
  v.description('A NUMA node, distance or CPU assignment (-numa).'),
);

/** `-icount`: instruction counting. */
export const Icount = v.pipe(
  optionList({ shift: v.exactOptional(argumentText) }),
  v.description('Instruction counting (-icount): time follows the instructions executed.'),
);

/** `-global DRIVER.PROPERTY=VALUE`. */
export const Global = v.strictObject({
  driver: v.pipe(v.string(), v.regex(/^[^.=,\s]+$/, 'A driver name holds no ".", "=" or ",".')),
  property: v.pipe(v.string(), v.regex(/^[^=,\s]+$/, 'A property name holds no "=" or ",".')),
  value: argumentText,
});
