/** ISS of debug exceptions: breakpoints, software step, watchpoints, BRK, profiling. */
import { flag, hex, number, range, type FieldSpec } from '../field';
import { faultMeaning } from './fault-status';

const IFSC = range(5, 0, 'IFSC', faultMeaning('debug'));

export const BREAKPOINT: readonly FieldSpec[] = [IFSC];

export const STEP: readonly FieldSpec[] = [
  flag(24, 'ISV', 'EX is not valid', 'EX is valid'),
  flag(6, 'EX', 'not a Load-Exclusive', 'a Load-Exclusive was stepped'),
  IFSC,
];

export const WATCHPOINT: readonly FieldSpec[] = [
  number(23, 18, 'WPT', 'watchpoint'),
  flag(17, 'WPTV', 'WPT is not valid', 'WPT is valid'),
  flag(16, 'WPF', 'certainly matched', 'may be a false match'),
  flag(15, 'FnP', 'FAR is precise', 'FAR is not precise'),
  flag(13, 'VNCR', 'not an access by VNCR_EL2', 'access through VNCR_EL2'),
  flag(10, 'FnV', 'FAR is valid', 'FAR is not valid'),
  flag(8, 'CM', 'not cache maintenance', 'cache maintenance'),
  flag(6, 'WnR', 'read', 'write'),
  range(5, 0, 'DFSC', faultMeaning('debug')),
];

export const BREAK_INSTRUCTION: readonly FieldSpec[] = [
  range(15, 0, 'Comment', (v) => `immediate ${hex(v)}`),
];

export const PROFILING: readonly FieldSpec[] = [flag(0, 'SYNC', 'asynchronous', 'synchronous')];
