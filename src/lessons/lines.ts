/** The lines of action and check blocks. */
import type { Action } from './lesson';
import { CHECKED_OWNERS, type Check, type EventMatch } from './check';

export interface Line {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

type Tell = (line: number, message: string) => void;

const GUEST = /^[a-z][a-z0-9-]{0,63}$/;
const CONSOLE = /^[A-Za-z][A-Za-z0-9._-]{0,63}$/;
const PLACE = /^(?:EL3|(?:NS|S|R)-EL[012]|S-EL3)$/;
/** Characters that an action types. */
const TYPED = 400;

/** One action, or undefined after telling what is wrong. */
export function readAction({ line, text }: Line, tell: Tell): Action | undefined {
  const [, word = '', rest = ''] = /^\s*(\S+)\s*(.*)$/.exec(text) ?? [];
  const argument = rest.trim();
  switch (word) {
    case 'boot':
    case 'open':
      if (GUEST.test(argument)) return { kind: word, guest: argument };
      tell(line, `“${word}” is followed by the name of a built-in guest.`);
      return undefined;
    case 'type': {
      const [, console = '', typed = ''] = /^(\S+) (.+)$/.exec(argument) ?? [];
      // Control characters would be keys that the review does not show.
      const isPlain = [...typed].every((each) => each >= ' ' && each !== '\x7f');
      if (CONSOLE.test(console) && isPlain && typed.length <= TYPED) {
        return { kind: 'type', console, text: typed };
      }
      tell(line, 'It reads: type CONSOLE TEXT, of at most 400 plain characters.');
      return undefined;
    }
    case 'show':
      if (GUEST.test(argument)) return { kind: 'show', pane: argument };
      tell(line, '“show” is followed by the name of a pane, such as timeline.');
      return undefined;
    case 'pause':
    case 'resume':
      if (argument === '') return { kind: word };
      tell(line, `“${word}” stands alone.`);
      return undefined;
    default:
      tell(line, 'An action is one of boot, open, type, pause, resume, show.');
      return undefined;
  }
}

const EVENTS = [
  'exception',
  'return',
  'gpf',
  'granule',
  'interrupt',
  'mmu',
  'world-switch',
] as const;

function readEvent(words: readonly string[]): EventMatch | string {
  const [name, ...facts] = words;
  const what = EVENTS.find((each) => each === name);
  if (what === undefined) return `An event is one of ${EVENTS.join(', ')}.`;
  let match: EventMatch = { what };
  for (const fact of facts) {
    const [, key = '', value = ''] = /^([a-z]+)=(.+)$/.exec(fact) ?? [];
    const isNumber = /^(?:0x[0-9a-fA-F]{1,16}|[0-9]{1,10})$/.test(value);
    if ((key === 'from' || key === 'to') && PLACE.test(value)) match = { ...match, [key]: value };
    else if ((key === 'class' || key === 'immediate' || key === 'fault') && isNumber) {
      match = { ...match, [key]: Number(value) };
    } else if (key === 'function' && isNumber) match = { ...match, function: BigInt(value) };
    else
      return `“${fact}” is none of from=, to= (EL3, NS-EL1 …), class=, immediate=, fault=, function=.`;
  }
  return match;
}

/** One check, or undefined after telling what is wrong. */
export function readCheck({ line, text }: Line, tell: Tell): Check | undefined {
  const [word = '', ...rest] = text.trim().split(/\s+/);
  switch (word) {
    case 'guest':
      if (rest.length === 1 && GUEST.test(rest[0] ?? '')) {
        return { kind: 'guest', guest: rest[0] ?? '' };
      }
      tell(line, '“guest” is followed by the name of a built-in guest.');
      return undefined;
    case 'register': {
      const [, register = '', field, value = ''] =
        /^register\s+([A-Za-z][\w]{0,30})(?:\.([A-Za-z][\w]{0,20}))?\s+(0x[0-9a-fA-F]{1,16}|\d{1,19})$/.exec(
          text.trim(),
        ) ?? [];
      if (register !== '') {
        const at = field === undefined ? {} : { field };
        return { kind: 'register', register, ...at, value: BigInt(value) };
      }
      tell(line, 'It reads: register NAME VALUE, or register NAME.FIELD VALUE, as in the Arm ARM.');
      return undefined;
    }
    case 'reached':
      if (rest.length === 1 && PLACE.test(rest[0] ?? '')) {
        return { kind: 'reached', place: rest[0] ?? '' };
      }
      tell(line, '“reached” is followed by a place: EL3, NS-EL0 to NS-EL2, S-EL0 …, R-EL0 ….');
      return undefined;
    case 'owner': {
      const [address = '', name] = rest;
      const owner = CHECKED_OWNERS.find((each) => each === name);
      if (rest.length === 2 && owner !== undefined && /^0x[0-9a-fA-F]{1,13}$/.test(address)) {
        return { kind: 'owner', address: BigInt(address), owner };
      }
      tell(line, `It reads: owner 0xADDRESS OWNER, one of ${CHECKED_OWNERS.join(', ')}.`);
      return undefined;
    }
    case 'console': {
      const [, console = '', expression = ''] =
        /^\s*console\s+(\S+)\s+\/(.+)\/\s*$/.exec(text) ?? [];
      // A repeated group or a back reference could take for ever on a text that does not match.
      const isQuick = !/\)[*+?{]|\\[1-9k]/.test(expression);
      if (CONSOLE.test(console) && expression.length <= 200 && isQuick) {
        try {
          new RegExp(expression);
          return { kind: 'console', console, expression };
        } catch {
          // Told below.
        }
      }
      tell(
        line,
        'It reads: console CONSOLE /EXPRESSION/, a regular expression without repeated groups.',
      );
      return undefined;
    }
    case 'event': {
      const match = readEvent(rest);
      if (typeof match !== 'string') return { kind: 'event', match };
      tell(line, match);
      return undefined;
    }
    default:
      tell(line, 'A check is one of console, reached, register, event, owner, guest.');
      return undefined;
  }
}
