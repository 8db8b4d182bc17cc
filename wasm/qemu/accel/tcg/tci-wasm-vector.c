/*
 * Bootlink: Arm's helpers that the translator in tcg/wasm has vector
 * instructions for (target/arm/tcg/vec_helper.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "cpu.h"
#include "exec/helper-proto.h"
#include "tcg/wasm/vector.h"

#define BHS(name, form, op) \
    TCI_V(name##_b, form, op, MO_8), \
    TCI_V(name##_h, form, op, MO_16), \
    TCI_V(name##_s, form, op, MO_32)
#define BHSD(name, form, op) \
    BHS(name, form, op), \
    TCI_V(name##_d, form, op, MO_64)

const TCIWasmVector tci_wasm_target_vectors[] = {
    BHSD(gvec_ssra, 2, SSRA), BHSD(gvec_usra, 2, USRA),
    BHSD(gvec_srshr, 2, SRSHR), BHSD(gvec_urshr, 2, URSHR),
    BHSD(gvec_srsra, 2, SRSRA), BHSD(gvec_ursra, 2, URSRA),
    BHSD(gvec_sri, 2, SRI), BHSD(gvec_sli, 2, SLI),
    BHSD(gvec_sabd, 3, SABD), BHSD(gvec_uabd, 3, UABD),
    BHSD(gvec_saba, 3, SABA), BHSD(gvec_uaba, 3, UABA),
    BHSD(gvec_addp, 3, ADDP),
    BHS(gvec_sminp, 3, SMINP), BHS(gvec_uminp, 3, UMINP),
    BHS(gvec_smaxp, 3, SMAXP), BHS(gvec_umaxp, 3, UMAXP),
    TCI_V(gvec_sqadd_b, 4, SQADD, MO_8), TCI_V(gvec_sqadd_h, 4, SQADD, MO_16),
    TCI_V(gvec_uqadd_b, 4, UQADD, MO_8), TCI_V(gvec_uqadd_h, 4, UQADD, MO_16),
    TCI_V(gvec_sqsub_b, 4, SQSUB, MO_8), TCI_V(gvec_sqsub_h, 4, SQSUB, MO_16),
    TCI_V(gvec_uqsub_b, 4, UQSUB, MO_8), TCI_V(gvec_uqsub_h, 4, UQSUB, MO_16),
    TCI_V(gvec_cnt_b, 2, POPCNT, MO_8),
    TCI_V(sve2_eor3, 4, EOR3, MO_64), TCI_V(sve2_bcax, 4, BCAX, MO_64),
    TCI_V(crypto_rax1, 3, RAX1, MO_64), TCI_V(gvec_xar_d, 3, XAR, MO_64),
};
const int tci_wasm_target_nvectors = ARRAY_SIZE(tci_wasm_target_vectors);
