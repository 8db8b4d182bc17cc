#!/usr/bin/env python3
"""
Bootlink: write the table through which TCI calls helper functions.

WebAssembly checks the type of every indirect call, so a call needs code for
its very signature.  QEMU's interpreter asks libffi for that at run time; here
it is a switch over all signatures a helper can have: what it returns, and for
each of its arguments whether it is an i32 or an i64.  An Int128 argument is
two i64, as clang passes it.

The switch is cut into one function for each kind of result and number of
arguments: a browser optimises the few that a guest's code uses, and not 145 KiB
of which it uses a hundredth.

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


def function(kind, count, result, assign):
    """The calls of one kind of result and one number of arguments."""
    cases = ''.join(
        call(kind * 512 + (1 << count | mask), result, assign,
             ['uint64_t' if mask >> i & 1 else 'uint32_t'
              for i in range(count)])
        for mask in range(1 << count))
    return (f'static __attribute__((noinline)) void tci_call_{kind}_{count}(\n'
            '    void *func, unsigned key, uint64_t *stack)\n'
            '{\n'
            '    switch (key) {\n'
            f'{cases}'
            '    default:\n'
            '        g_assert_not_reached();\n'
            '    }\n'
            '}\n')


def main(out):
    out.write('/* Written by scripts/tci-call.py: do not edit. */\n')
    for kind, (result, assign) in enumerate(RESULTS):
        for count in range(MAX_ARGS + 1):
            out.write(function(kind, count, result, assign))
    out.write('static void tci_call_helper(void *func, unsigned key,\n'
              '                            uint64_t *stack)\n'
              '{\n'
              '    switch (key >> 9 << 4 | (31 - clz32(key & 511))) {\n')
    for kind in range(len(RESULTS)):
        for count in range(MAX_ARGS + 1):
            out.write(f'    case {kind << 4 | count}: '
                      f'tci_call_{kind}_{count}(func, key, stack); break;\n')
    out.write('    default:\n'
              '        g_assert_not_reached();\n'
              '    }\n'
              '}\n')


with open(sys.argv[1], 'w', encoding='ascii') as f:
    main(f)
