/**
 * Keys of the visitor's keyboard by their place (`KeyboardEvent.code`, W3C "UI Events
 * KeyboardEvent code Values") as QEMU names them (QKeyCode, QEMU's qapi/ui.json). The guest's own
 * layout says what a key means, as with a real keyboard.
 */
const letters = Object.fromEntries(
  [...'abcdefghijklmnopqrstuvwxyz'].map((letter) => [`Key${letter.toUpperCase()}`, letter]),
);
const digits = Object.fromEntries([...'0123456789'].map((digit) => [`Digit${digit}`, digit]));
const keypad = Object.fromEntries(
  [...'0123456789'].map((digit) => [`Numpad${digit}`, `kp_${digit}`]),
);
const functions = Object.fromEntries(
  Array.from({ length: 24 }, (_, i) => [`F${String(i + 1)}`, `f${String(i + 1)}`]),
);

const others = {
  Backquote: 'grave_accent',
  Backslash: 'backslash',
  BracketLeft: 'bracket_left',
  BracketRight: 'bracket_right',
  Comma: 'comma',
  Equal: 'equal',
  IntlBackslash: 'less',
  IntlRo: 'ro',
  IntlYen: 'yen',
  Minus: 'minus',
  Period: 'dot',
  Quote: 'apostrophe',
  Semicolon: 'semicolon',
  Slash: 'slash',
  AltLeft: 'alt',
  AltRight: 'alt_r',
  Backspace: 'backspace',
  CapsLock: 'caps_lock',
  ContextMenu: 'compose',
  ControlLeft: 'ctrl',
  ControlRight: 'ctrl_r',
  Enter: 'ret',
  MetaLeft: 'meta_l',
  MetaRight: 'meta_r',
  OSLeft: 'meta_l',
  OSRight: 'meta_r',
  ShiftLeft: 'shift',
  ShiftRight: 'shift_r',
  Space: 'spc',
  Tab: 'tab',
  Convert: 'henkan',
  NonConvert: 'muhenkan',
  KanaMode: 'katakanahiragana',
  Hiragana: 'hiragana',
  Lang1: 'lang1',
  Lang2: 'lang2',
  Delete: 'delete',
  End: 'end',
  Help: 'help',
  Home: 'home',
  Insert: 'insert',
  PageDown: 'pgdn',
  PageUp: 'pgup',
  ArrowDown: 'down',
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  NumLock: 'num_lock',
  NumpadAdd: 'kp_add',
  NumpadComma: 'kp_comma',
  NumpadDecimal: 'kp_decimal',
  NumpadDivide: 'kp_divide',
  NumpadEnter: 'kp_enter',
  NumpadEqual: 'kp_equals',
  NumpadMultiply: 'kp_multiply',
  NumpadSubtract: 'kp_subtract',
  Escape: 'esc',
  PrintScreen: 'print',
  ScrollLock: 'scroll_lock',
  Pause: 'pause',
  BrowserBack: 'ac_back',
  BrowserFavorites: 'ac_bookmarks',
  BrowserForward: 'ac_forward',
  BrowserHome: 'ac_home',
  BrowserRefresh: 'ac_refresh',
  LaunchApp1: 'computer',
  LaunchApp2: 'calculator',
  LaunchMail: 'mail',
  MediaPlayPause: 'audioplay',
  MediaSelect: 'mediaselect',
  MediaStop: 'audiostop',
  MediaTrackNext: 'audionext',
  MediaTrackPrevious: 'audioprev',
  Power: 'power',
  Sleep: 'sleep',
  WakeUp: 'wake',
  AudioVolumeDown: 'volumedown',
  AudioVolumeMute: 'audiomute',
  AudioVolumeUp: 'volumeup',
  VolumeDown: 'volumedown',
  VolumeMute: 'audiomute',
  VolumeUp: 'volumeup',
  Again: 'again',
  Copy: 'copy',
  Cut: 'cut',
  Find: 'find',
  Open: 'open',
  Paste: 'paste',
  Props: 'props',
  Select: 'front',
  Undo: 'undo',
} as const;

const codes: ReadonlyMap<string, string> = new Map(
  Object.entries({ ...letters, ...digits, ...keypad, ...functions, ...others }),
);

/** QEMU's name of a key, or undefined for one that no guest's keyboard has. */
export function qKeyCode(code: string): string | undefined {
  return codes.get(code);
}

/** Every `KeyboardEvent.code` that reaches a guest. */
export function knownCodes(): string[] {
  return [...codes.keys()];
}

/** Where the characters of a US keyboard are: unshifted and shifted, by QEMU's key. */
const usKeys: readonly [qcode: string, plain: string, shifted: string][] = [
  ...[...'abcdefghijklmnopqrstuvwxyz'].map((letter): [string, string, string] => [
    letter,
    letter,
    letter.toUpperCase(),
  ]),
  ...[...'1234567890'].map((digit, i): [string, string, string] => [
    digit,
    digit,
    '!@#$%^&*()'.charAt(i),
  ]),
  ['grave_accent', '`', '~'],
  ['minus', '-', '_'],
  ['equal', '=', '+'],
  ['bracket_left', '[', '{'],
  ['bracket_right', ']', '}'],
  ['backslash', '\\', '|'],
  ['semicolon', ';', ':'],
  ['apostrophe', "'", '"'],
  ['comma', ',', '<'],
  ['dot', '.', '>'],
  ['slash', '/', '?'],
  ['spc', ' ', ' '],
  ['ret', '\n', '\n'],
  ['tab', '\t', '\t'],
];

const characters = new Map<string, { key: string; shift: boolean }>(
  usKeys.flatMap(([key, plain, shifted]) => [
    [shifted, { key, shift: true }],
    [plain, { key, shift: false }],
  ]),
);

/**
 * The key that types a character on a US keyboard, which is what firmware and Linux assume before
 * they are told otherwise; undefined for a character that has none there.
 */
export function usKey(character: string): { key: string; shift: boolean } | undefined {
  return characters.get(character === '\r' ? '\n' : character);
}
