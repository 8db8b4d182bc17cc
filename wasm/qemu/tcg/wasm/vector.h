/*
 * Bootlink: helpers whose work on vectors the translator knows.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TCG_WASM_VECTOR_H
#define TCG_WASM_VECTOR_H

/* What a helper does to each element; a, b, c: its operands; n: desc's data */
typedef enum TCIWasmVectorOp {
    TCI_V_MOV, TCI_V_NOT, TCI_V_NEG, TCI_V_ABS, TCI_V_POPCNT,
    TCI_V_SHL, TCI_V_SHR, TCI_V_SAR, TCI_V_ROTL,
    TCI_V_SSRA, TCI_V_USRA,     /* d + (a >> n) */
    TCI_V_SRSHR, TCI_V_URSHR,   /* rounding */
    TCI_V_SRSRA, TCI_V_URSRA,
    TCI_V_SRI, TCI_V_SLI,       /* other bits stay as in d */

    TCI_V_AND, TCI_V_OR, TCI_V_XOR, TCI_V_ANDC, TCI_V_ORC,
    TCI_V_NAND, TCI_V_NOR, TCI_V_EQV,
    TCI_V_ADD, TCI_V_SUB, TCI_V_MUL,
    TCI_V_SMIN, TCI_V_UMIN, TCI_V_SMAX, TCI_V_UMAX,
    TCI_V_EQ, TCI_V_NE, TCI_V_LT, TCI_V_LE, TCI_V_LTU, TCI_V_LEU,
    TCI_V_SABD, TCI_V_UABD,     /* |a - b| */
    TCI_V_SABA, TCI_V_UABA,     /* d + |a - b| */
    TCI_V_ADDP,                 /* pairs of neighbours, those of a first */
    TCI_V_SMINP, TCI_V_UMINP, TCI_V_SMAXP, TCI_V_UMAXP,
    TCI_V_RAX1, TCI_V_XAR,      /* a ^ rotl(b, 1), rotr(a ^ b, n) */

    TCI_V_SQADD, TCI_V_UQADD, TCI_V_SQSUB, TCI_V_UQSUB, /* a: where QC is */
    TCI_V_BITSEL,               /* a ? b : c */
    TCI_V_EOR3, TCI_V_BCAX,     /* a ^ b ^ c, a ^ (b & ~c) */
} TCIWasmVectorOp;

/* Its arguments */
typedef enum TCIWasmVectorForm {
    TCI_V_2,                    /* d, a, desc */
    TCI_V_2S,                   /* d, a, one element for all of b, desc */
    TCI_V_3,                    /* d, a, b, desc */
    TCI_V_4,                    /* d, a, b, c, desc */
    TCI_V_DUP,                  /* d, desc, element */
    TCI_V_MEMSET,               /* d, d, byte, bytes; returns d */
} TCIWasmVectorForm;

typedef struct TCIWasmVector {
    void *helper;
    uint8_t form, op, size;     /* size of the elements: MO_8 to MO_64 */
} TCIWasmVector;

#define TCI_V(name, form, op, size) \
    { helper_##name, TCI_V_##form, TCI_V_##op, size }

/* The target's own (accel/tcg/tci-wasm-vector.c) */
extern const TCIWasmVector tci_wasm_target_vectors[];
extern const int tci_wasm_target_nvectors;

#endif
