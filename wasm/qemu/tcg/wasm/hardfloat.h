/*
 * Bootlink: helpers of floating-point operations that the translator knows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCG_WASM_HARDFLOAT_H
#define TCG_WASM_HARDFLOAT_H

typedef enum TCIWasmFloatOp {
    TCI_F_ADD, TCI_F_SUB, TCI_F_MUL, TCI_F_DIV, /* a, b, status */
    TCI_F_FUSED,                /* a, b, c, status: a * b + c, rounded once */
    TCI_F_SQRT,                                 /* a, status */
    TCI_F_COMPARE,              /* a, b, status; see TCIWasmFloatFlags */
    TCI_F_FROM_S64, TCI_F_FROM_U64,     /* integer, fraction bits, status */
    TCI_F_TO_S32, TCI_F_TO_U32,         /* a, fraction bits, status */
    TCI_F_TO_S64, TCI_F_TO_U64,
    TCI_F_WIDEN, TCI_F_NARROW,  /* a, status: to or from double precision */
    TCI_F_SET_ROUNDING,         /* mode, status; returns the mode before */
    TCI_F_VECTOR_ADD, TCI_F_VECTOR_SUB,         /* d, a, b, status, desc */
    TCI_F_VECTOR_MUL, TCI_F_VECTOR_DIV,
} TCIWasmFloatOp;

typedef struct TCIWasmFloat {
    void *helper;
    uint8_t op;
    bool wide;                  /* of double precision */
} TCIWasmFloat;

#define TCI_F(name, op, wide) { helper_##name, TCI_F_##op, wide }

/* What the target's comparison returns */
typedef struct TCIWasmFloatFlags {
    uint32_t less, equal, greater;
} TCIWasmFloatFlags;

/* The target's own (accel/tcg/tci-wasm-hardfloat.c) */
extern const TCIWasmFloat tci_wasm_target_floats[];
extern const int tci_wasm_target_nfloats;
extern const TCIWasmFloatFlags tci_wasm_target_float_flags;

#endif
