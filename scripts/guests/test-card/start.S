/* test-card: everything happens at EL1, where QEMU's virt starts without secure=on. */
#include "../bare-metal/vectors.h"

    reset_entry 1

    vector_table 1

    stack 1
