#!/usr/bin/env python3
"""
Bootlink: write the table through which TCI calls helper functions.

WebAssembly checks the type of every indirect call, so a call needs code for
its very signature.  QEMU's interpreter asks libffi for that at run time; here
it is a switch over all signatures a helper can have: what it returns, and for
each of its arguments whether it is an i32 or an i64.  An Int128 argument is
two i64, as clang passes it.

Key (see tci_call_key() in tcg/tci/tcg-target.c.inc): the kind of result times
512, plus a number with the top bit at the argument count and, below it, a bit
for each argument that is an i64.

SPDX-License-Identifier: GPL-2.0-or-later
"""

import sys

MAX_ARGS = 8    # 7 TCG arguments, one of them an Int128

RESULTS = [
    ('void', ''),
    ('uint32_t', 'stack[0] = '),
    ('uint64_t', 'stack[0] = '),
    ('Int128', '*(Int128 *)stack = '),
]


def call(key, result, assign, types):
    params = ', '.join(types) or 'void'
    args = ', '.join(f'stack[{i}]' for i in range(len(types)))
    return (f'    case {key}: {assign}(({result} (*)({params}))func)({args}); '
            'break;\n')


def main(out):
    out.write('/* Written by scripts/tci-call.py: do not edit. */\n'
              'static void tci_call_helper(void *func, unsigned key,\n'
              '                            uint64_t *stack)\n'
              '{\n'
              '    switch (key) {\n')
    for kind, (result, assign) in enumerate(RESULTS):
        for count in range(MAX_ARGS + 1):
            for mask in range(1 << count):
                types = ['uint64_t' if mask >> i & 1 else 'uint32_t'
                         for i in range(count)]
                out.write(call(kind * 512 + (1 << count | mask),
                               result, assign, types))
    out.write('    default:\n'
              '        g_assert_not_reached();\n'
              '    }\n'
              '}\n')


with open(sys.argv[1], 'w', encoding='ascii') as f:
    main(f)
