/*
 * Bootlink: Arm's helpers of floating-point operations that the translator in
 * tcg/wasm does by WebAssembly's (target/arm/tcg/vfp_helper.c, helper-a64.c,
 * vec_helper.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/helper-proto.h"
#include "tcg/wasm/hardfloat.h"

#define SD(name, op) \
    TCI_F(name##s, op, false), TCI_F(name##d, op, true)

const TCIWasmFloat tci_wasm_target_floats[] = {
    SD(vfp_add, ADD), SD(vfp_sub, SUB), SD(vfp_mul, MUL), SD(vfp_div, DIV),
    SD(vfp_muladd, FUSED), SD(vfp_sqrt, SQRT),
    TCI_F(vfp_cmps_a64, COMPARE, false), TCI_F(vfp_cmpd_a64, COMPARE, true),
    TCI_F(vfp_cmpes_a64, COMPARE, false), TCI_F(vfp_cmped_a64, COMPARE, true),
    SD(vfp_sqto, FROM_S64), SD(vfp_uqto, FROM_U64),
    SD(vfp_tosl, TO_S32), SD(vfp_toul, TO_U32),
    SD(vfp_tosq, TO_S64), SD(vfp_touq, TO_U64),
    TCI_F(vfp_fcvtds, WIDEN, false), TCI_F(vfp_fcvtsd, NARROW, true),
    TCI_F(set_rmode, SET_ROUNDING, false),
    SD(gvec_fadd_, VECTOR_ADD), SD(gvec_fsub_, VECTOR_SUB),
    SD(gvec_fmul_, VECTOR_MUL), SD(gvec_fdiv_, VECTOR_DIV),
};
const int tci_wasm_target_nfloats = ARRAY_SIZE(tci_wasm_target_floats);

/* float_rel_to_flags() in helper-a64.c */
const TCIWasmFloatFlags tci_wasm_target_float_flags = {
    .less = PSTATE_N, .equal = PSTATE_Z | PSTATE_C, .greater = PSTATE_C,
};
