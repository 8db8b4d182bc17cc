/*
 * el-walk: down from EL3 to EL0 by exception returns, and up again by SVC, HVC and SMC.
 *
 * The machine starts at EL3 (QEMU's virt with secure=on). The MMU stays off at every level,
 * so all of them see the same flat memory.
 */
#include "../bare-metal/console.h"

extern char vectors_el1[], vectors_el2[];
__attribute__((noreturn)) void enter_el2(void);
__attribute__((noreturn)) void enter_el1(void);
__attribute__((noreturn)) void enter_el0(void);

/* The immediates we call with. A real system has its own numbers in registers, not here. */
enum call { CALL_AND_RETURN = 1, CALL_CLIMB = 2 };

/* ESR_ELx.EC, the exception class (Arm ARM D24.2.40). */
enum { EC_SVC = 0x15, EC_HVC = 0x16, EC_SMC = 0x17 };

static void print_current_el(void)
{
    /* CurrentEL.EL is bits [3:2]. EL0 may not read it: it would be undefined there. */
    uint64_t current = READ_REGISTER(CurrentEL);

    print("EL");
    print((const char *[]){ "0", "1", "2", "3" }[current >> 2 & 3]);
    print(": CurrentEL=");
    print_hex(current);
}

void main_el3(void)
{
    print("\nel-walk: where am I?\n");
    print_current_el();
    print(" after reset. SCR_EL3=");
    print_hex(READ_REGISTER(SCR_EL3));
    print(" ID_AA64PFR0_EL1=");
    print_hex(READ_REGISTER(ID_AA64PFR0_EL1));
    print("\n");
    /*
     * SCR_EL3: what is below is Non-secure (NS, bit 0) and AArch64 (RW, bit 10), may use HVC
     * (HCE, bit 8) and SMC (SMD, bit 7, is 0). Bits 4 and 5 are RES1.
     */
    WRITE_REGISTER(SCR_EL3, 1u << 10 | 1u << 8 | 3u << 4 | 1u << 0);
    WRITE_REGISTER(VBAR_EL2, (uintptr_t)vectors_el2);
    WRITE_REGISTER(SCTLR_EL2, 0x30c50830); /* the RES1 bits; MMU and caches off */
    print("EL3: ERET to EL2\n");
    enter_el2();
}

void main_el2(void)
{
    print_current_el();
    print(" by exception return.\n");
    WRITE_REGISTER(HCR_EL2, 1u << 31); /* HCR_EL2.RW: EL1 is AArch64 */
    WRITE_REGISTER(VBAR_EL1, (uintptr_t)vectors_el1);
    WRITE_REGISTER(SCTLR_EL1, 0x30d00800); /* the RES1 bits; MMU and caches off */
    print("EL2: SMC #1, a call to EL3 that returns\n");
    __asm__ volatile("smc #1" ::: "memory");
    print("EL2: ERET to EL1\n");
    enter_el1();
}

void main_el1(void)
{
    print_current_el();
    print(" by exception return.\n");
    print("EL1: HVC #1, a call to EL2 that returns\n");
    __asm__ volatile("hvc #1" ::: "memory");
    print("EL1: ERET to EL0\n");
    enter_el0();
}

void main_el0(void)
{
    print("EL0: here CurrentEL cannot be read; this is an application.\n");
    print("EL0: SVC #1, a call to EL1 that returns\n");
    __asm__ volatile("svc #1" ::: "memory");
    print("EL0: SVC #2, and up we go\n");
    __asm__ volatile("svc #2" ::: "memory");
    for (;;) {
    }
}

/* Called by the vectors of every level; gives the address to return to. */
uint64_t exception_taken(unsigned el, uint64_t esr, uint64_t elr, uint64_t spsr, uint64_t far)
{
    static const char *const numbers[] = { "0", "1", "2", "3" };
    uint64_t class = esr >> 26 & 0x3f;
    uint64_t immediate = esr & 0xffff;

    print("  -> EL");
    print(numbers[el]);
    print(" took ");
    print(class == EC_SVC ? "SVC" : class == EC_HVC ? "HVC" : class == EC_SMC ? "SMC" : "?");
    print(" #");
    print_hex(immediate);
    print(" from EL");
    print(numbers[spsr >> 2 & 3]);
    print(": ESR=");
    print_hex(esr);
    print(" ELR=");
    print_hex(elr);
    print(" SPSR=");
    print_hex(spsr);
    print("\n");
    if (class != EC_SVC && class != EC_HVC && class != EC_SMC) {
        print("Not an exception this walk asks for. FAR=");
        print_hex(far);
        print("\n");
        for (;;) {
        }
    }
    if (immediate == CALL_CLIMB) {
        if (el == 1) {
            __asm__ volatile("hvc #2" ::: "memory");
        } else if (el == 2) {
            __asm__ volatile("smc #2" ::: "memory");
        } else {
            print("EL3: back at the top. The end.\n");
            power_off();
        }
    }
    /*
     * The preferred return address of SVC, HVC and SMC is the instruction after it
     * (Arm ARM D1.3.4); of SMC too, unless it was trapped.
     */
    return elr;
}
