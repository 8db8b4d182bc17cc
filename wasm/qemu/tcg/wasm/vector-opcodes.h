/*
 * Bootlink: WebAssembly's vector instructions that the translator emits, less
 * their prefix (WebAssembly core specification 2.0, 5.4.8).
 *
 * Most operations exist for lanes of 8, 16, 32 and 64 bits, MO_8 to MO_64,
 * at regular distances.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCG_WASM_VECTOR_OPCODES_H
#define TCG_WASM_VECTOR_OPCODES_H

enum {
    V_LOAD = 0x00, V_LOAD64_SPLAT = 0x0a, V_STORE, V_CONST,
    V_SHUFFLE = 0x0d, V_SWIZZLE,
    V_SPLAT = 0x0f,                     /* + size */
    V_I64_EXTRACT = 0x1d, V_I64_REPLACE,
    V_NOT = 0x4d, V_AND, V_ANDNOT, V_OR, V_XOR, V_BITSELECT, V_ANY_TRUE,
    V_STORE64_LANE = 0x5b,
    V_LOAD64_ZERO = 0x5d,
    V_POPCNT8 = 0x62,
};

/* Comparisons; those of 64-bit lanes have no unsigned ones */
enum {
    V_EQ, V_NE, V_LT_S, V_LT_U, V_GT_S, V_GT_U, V_LE_S, V_LE_U,
    V_GE_S, V_GE_U,
};
#define V_COMPARE(op, size) (0x23 + 10 * (size) + (op))
enum {
    V_EQ64 = 0xd6, V_NE64, V_LT64_S, V_GT64_S, V_LE64_S, V_GE64_S,
};

/* Arithmetic; some operations do not exist for all sizes */
enum {
    V_ABS = 0x60, V_NEG, V_ALL_TRUE = 0x63,
    V_SHL = 0x6b, V_SHR_S, V_SHR_U,
    V_ADD, V_ADD_SAT_S, V_ADD_SAT_U,    /* saturating: 8 and 16 bits */
    V_SUB, V_SUB_SAT_S, V_SUB_SAT_U,    /* the same */
    V_MUL = 0x75,                       /* 16 bits and more */
    V_MIN_S, V_MIN_U, V_MAX_S, V_MAX_U, /* up to 32 bits */
};
#define V_LANES(op, size) ((op) + 0x20 * (size))

enum {
    V_F32_ADD = 0xe4, V_F32_SUB, V_F32_MUL, V_F32_DIV,
    V_F64_ADD = 0xf0,                   /* ... */
};

#endif
