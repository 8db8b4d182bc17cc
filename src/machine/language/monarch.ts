/**
 * Tokens of QEMU's command line for Monaco's Monarch tokenizer: plain data, so that this folder
 * needs no Monaco. Names of tokens are those that Monaco's themes colour.
 */
export const commandLineTokens = {
  defaultToken: '',
  tokenPostfix: '.qemu',
  brackets: [],
  tokenizer: {
    root: [
      [/\\\s*$/, 'delimiter'],
      [/(^|\s)(#.*)$/, ['', 'comment']],
      [/(^|\s)(qemu-system-[A-Za-z0-9_]+|\S*\/qemu-system-[A-Za-z0-9_]+)/, ['', 'keyword.control']],
      [/(^|\s)(--?[A-Za-z][\w-]*)(?=\s|$)/, ['', 'keyword']],
      [/\$\{[^}]*\}|\$\([^)]*\)|\$[A-Za-z_]\w*|`[^`]*`/, 'variable.predefined'],
      [/image:[A-Za-z0-9._-]+/, 'string.link'],
      [/[A-Za-z_][\w.[\]-]*(?==)/, 'attribute.name'],
      [/\b0x[0-9A-Fa-f]+\b/, 'number.hex'],
      [/\b[0-9]+(?:[KMGTkmgt]i?[Bb]?)?\b/, 'number'],
      [/\b(?:on|off|yes|no|true|false)\b/, 'constant'],
      [/'/, { token: 'string.quote', next: '@single' }],
      [/"/, { token: 'string.quote', next: '@double' }],
      [/[,=]/, 'delimiter'],
      [/[;&|<>]/, 'delimiter'],
      [/[A-Za-z_][\w.-]*/, ''],
      [/./, ''],
    ],
    single: [
      [/[^']+/, 'string'],
      [/'/, { token: 'string.quote', next: '@pop' }],
    ],
    double: [
      [/\\./, 'string.escape'],
      [/\$\{[^}]*\}|\$[A-Za-z_]\w*/, 'variable.predefined'],
      [/[^"\\$]+/, 'string'],
      [/\$/, 'string'],
      [/"/, { token: 'string.quote', next: '@pop' }],
    ],
  },
};
