/*
 * four-worlds: who can touch which granule, under the Realm Management Extension.
 *
 * The machine starts in Root state, at EL3. It gives one granule of memory to each physical
 * address space (PAS), turns granule protection checks on, and then visits every security
 * state and lets it try to read each granule, through every PAS that the state can name.
 * Sections are those of the Arm ARM (DDI 0487): D9 is the granule protection check.
 */
#include "../bare-metal/console.h"

/* The RME registers by their encodings: older assemblers do not know the names. */
#define GPTBR_EL3 S3_6_C2_C1_4
#define GPCCR_EL3 S3_6_C2_C1_6
#define MFAR_EL3 S3_6_C6_C0_5

enum world { SECURE, NON_SECURE, REALM, ROOT, WORLDS };

static const char *const names[WORLDS] = { "Secure", "Non-secure", "Realm", "Root" };

/* Granule protection information, a GPT's entry (D9.5.2): which PAS may access a granule. */
enum gpi { GPI_SECURE = 8, GPI_NON_SECURE = 9, GPI_ROOT = 10, GPI_REALM = 11, GPI_ANY = 15 };

static const enum gpi gpi_of[WORLDS] = { GPI_SECURE, GPI_NON_SECURE, GPI_REALM, GPI_ROOT };

#define GIB (1ull << 30)
#define RAM GIB
#define GRANULE 4096ull

/* One granule for each PAS, in memory that nothing else uses. */
static uint64_t granule_of(enum world world)
{
    return RAM + 128 * 1024 * 1024 + world * GRANULE;
}

/* SCR_EL3.{NSE, NS} choose the security state below EL3 (D24.2.118). */
static uint64_t scr_of(enum world world)
{
    uint64_t scr = 1u << 18 /* EEL2 */ | 1u << 10 /* RW */ | 1u << 8 /* HCE */ | 3u << 4 /* RES1 */;

    if (world == NON_SECURE || world == REALM) {
        scr |= 1u; /* NS */
    }
    if (world == REALM) {
        scr |= 1ull << 62; /* NSE */
    }
    return scr;
}

/* ---- The granule protection table ---- */

/*
 * Two levels (D9.5): with GPCCR_EL3.L0GPTSZ = 0 an entry of level 0 covers 1 GiB, and one of
 * level 1 holds the GPIs of 16 granules, 4 bits each. PPS = 0: 4 GiB of addresses.
 */
static uint64_t level0[4] __attribute__((aligned(4096)));
static uint64_t level1[GIB / GRANULE / 16] __attribute__((aligned(131072)));

static void forget_granules(void)
{
    /* TLBI PAALLOS: whatever was cached of the table, in all of the system (D9.7). */
    __asm__ volatile("dsb sy\n\tsys #6, c8, c1, #4\n\tdsb sy\n\tisb" ::: "memory");
}

static void give(uint64_t address, enum gpi gpi)
{
    uint64_t granule = (address - RAM) / GRANULE;
    uint64_t shift = granule % 16 * 4;

    level1[granule / 16] = (level1[granule / 16] & ~(15ull << shift)) | (uint64_t)gpi << shift;
    forget_granules();
}

static void turn_granule_protection_on(void)
{
    for (unsigned i = 0; i < sizeof(level1) / sizeof(level1[0]); i++) {
        level1[i] = ~0ull; /* GPI_ANY for all 16 */
    }
    for (unsigned i = 0; i < 4; i++) {
        level0[i] = GPI_ANY << 4 | 1; /* a block of 1 GiB */
    }
    level0[RAM / GIB] = (uintptr_t)level1 | 3; /* a table */
    WRITE_REGISTER(GPTBR_EL3, (uintptr_t)level0 >> 12);
    /* GPC on; walks are inner shareable, write-back cacheable; 4 KiB granules. */
    WRITE_REGISTER(GPCCR_EL3, 1u << 16 | 3u << 12 | 1u << 10 | 1u << 8);
    forget_granules();
}

/* ---- Stage 1 translation: one window on RAM for every PAS ---- */

/*
 * Which PAS an access goes to is said by the page table, as far as the state may choose
 * (D8.3.2): Root by NSE and NS any of the four, Secure and Realm by NS their own or
 * Non-secure, Non-secure only its own. So each world has a table in which the window for PAS
 * p starts at virtual address (4 + p) GiB.
 */
static uint64_t tables[WORLDS][512] __attribute__((aligned(4096)));

static uint64_t window(enum world pas, uint64_t address)
{
    return (4 + pas) * GIB + (address - RAM);
}

static uint64_t pas_bits(enum world world, enum world pas)
{
    const uint64_t ns = 1u << 5;
    const uint64_t nse = 1u << 11;

    switch (world) {
    case ROOT:
        return (pas == NON_SECURE || pas == REALM ? ns : 0) | (pas == ROOT || pas == REALM ? nse : 0);
    case SECURE:
    case REALM:
        return pas == NON_SECURE ? ns : 0;
    default:
        return 0;
    }
}

static void map(enum world world)
{
    /* A 1 GiB block with the access flag; the stage has one privilege, so AP[1] is RES1. */
    const uint64_t block = 1u << 10 | 1u << 6 | 1u;
    const uint64_t normal = 0u << 2 | 3u << 8; /* MAIR attribute 0, inner shareable */
    const uint64_t device = 1u << 2;           /* MAIR attribute 1 */
    uint64_t *table = tables[world];

    /* The serial port lies in the first GiB. It is a Non-secure device where that can be said. */
    table[0] = block | device | pas_bits(world, NON_SECURE);
    table[1] = RAM | block | normal | pas_bits(world, world);
    for (enum world pas = SECURE; pas < WORLDS; pas++) {
        table[4 + pas] = RAM | block | normal | pas_bits(world, pas);
    }
}

/* MAIR: attribute 0 is write-back memory, attribute 1 Device-nGnRnE. */
#define MAIR 0x00ffull
/* TCR: 39-bit addresses (T0SZ 25) so that walks start at 1 GiB blocks, 4 KiB granule, 4 GiB of
 * physical addresses, walks cacheable. Bits 31 and 23 are RES1. */
#define TCR (1ull << 31 | 1u << 23 | 3u << 12 | 1u << 10 | 1u << 8 | 25u)
#define SCTLR 0x30c50831ull /* the RES1 bits, and M: translation on */

/* ---- What each world sees ---- */

static volatile enum world visited;
static volatile uint64_t fault; /* ESR of the last fault, 0 when there was none */
static volatile int tell;       /* print faults as they are taken */

extern char vectors_el2[];
void visit(uint64_t scr, void (*function)(void));
__attribute__((noreturn)) void end_visit(void);
uint64_t probe(uint64_t address);

enum { EC_SMC = 0x17, EC_GRANULE_PROTECTION = 0x1e, EC_DATA_ABORT_SAME_EL = 0x25 };
/* ESR.DFSC of a granule protection fault that is not on a table walk (D24.2.40). */
enum { DFSC_GRANULE_PROTECTION = 0x28 };

static void print_row(void)
{
    enum world world = visited;

    print("  ");
    print_padded(names[world], 11);
    print(world == ROOT ? "EL3 |" : "EL2 |");
    for (enum world owner = SECURE; owner < WORLDS; owner++) {
        uint64_t value = 0;

        /* Through the PAS it belongs to, if this state can name that; else it is refused. */
        fault = 0;
        value = probe(window(owner, granule_of(owner)));
        print("  ");
        if (fault == 0) {
            print("reads ");
            print_hex(value);
        } else if ((fault & 0x3f) == DFSC_GRANULE_PROTECTION) {
            print_padded("GPF", 12);
        } else {
            print("ESR ");
            print_hex(fault);
        }
    }
    print("\n");
}

static void be_in_el2(void)
{
    WRITE_REGISTER(VBAR_EL2, (uintptr_t)vectors_el2);
    WRITE_REGISTER(HCR_EL2, 0);
    WRITE_REGISTER(MAIR_EL2, MAIR);
    WRITE_REGISTER(TCR_EL2, TCR);
    WRITE_REGISTER(TTBR0_EL2, (uintptr_t)tables[visited]);
    __asm__ volatile("tlbi alle2\n\tdsb sy\n\tisb" ::: "memory");
    WRITE_REGISTER(SCTLR_EL2, SCTLR);
}

static void look_around(void)
{
    be_in_el2();
    print_row();
}

static void touch_realm_granule(void)
{
    be_in_el2();
    probe(window(NON_SECURE, granule_of(REALM)));
}

static void read_delegated_granule(void)
{
    be_in_el2();
    fault = 0;
    print("   Realm, through its own: ");
    print_hex(probe(window(REALM, granule_of(NON_SECURE))));
    print(fault == 0 ? " read.\n" : " and a fault.\n");
}

static void print_matrix(void)
{
    print("  seen from      |");
    for (enum world owner = SECURE; owner < WORLDS; owner++) {
        print("  ");
        print_padded(names[owner], 12);
    }
    print("\n");
    for (enum world world = SECURE; world < WORLDS; world++) {
        visited = world;
        if (world == ROOT) {
            print_row();
        } else {
            visit(scr_of(world), look_around);
        }
    }
}

void main_el3(void)
{
    print("\nfour-worlds: which security state can touch which granule?\n");
    print("Root, EL3. ID_AA64PFR0_EL1.RME=");
    print_hex(READ_REGISTER(ID_AA64PFR0_EL1) >> 52 & 15);
    print("\n");
    if ((READ_REGISTER(ID_AA64PFR0_EL1) >> 52 & 15) == 0) {
        print("This CPU has no RME: start QEMU with -cpu max,x-rme=on.\n");
        power_off();
    }
    for (enum world world = SECURE; world < WORLDS; world++) {
        map(world);
        *(volatile uint64_t *)granule_of(world) = 0x1111 * (world + 1);
    }
    turn_granule_protection_on();
    for (enum world world = SECURE; world < WORLDS; world++) {
        give(granule_of(world), gpi_of[world]);
    }
    print("Granule protection checks on: GPCCR_EL3=");
    print_hex(READ_REGISTER(GPCCR_EL3));
    print(" GPTBR_EL3=");
    print_hex(READ_REGISTER(GPTBR_EL3));
    print("\n");
    WRITE_REGISTER(MAIR_EL3, MAIR);
    WRITE_REGISTER(TCR_EL3, TCR);
    WRITE_REGISTER(TTBR0_EL3, (uintptr_t)tables[ROOT]);
    WRITE_REGISTER(SCTLR_EL3, SCTLR);

    print("\n1. One granule for each. GPF: granule protection fault.\n");
    print_matrix();

    print("\n2. Delegate: the Non-secure granule becomes Realm's, as RMI_GRANULE_DELEGATE does.\n");
    give(granule_of(NON_SECURE), GPI_REALM);
    print("   Through the Non-secure address space nobody reaches it any more:\n");
    print_matrix();
    visited = REALM;
    visit(scr_of(REALM), read_delegated_granule);
    print("   And back again.\n");
    give(granule_of(NON_SECURE), GPI_NON_SECURE);

    print("\n3. With SCR_EL3.GPF set, EL3 takes such faults itself. Non-secure touches Realm's:\n");
    tell = 1;
    visited = NON_SECURE;
    visit(scr_of(NON_SECURE) | 1ull << 48, touch_realm_granule);

    print("\nThe end.\n");
    /* What was made stays for a second: whoever looks on reads it from the memory of a live machine. */
    const uint64_t end = READ_REGISTER(cntpct_el0) + READ_REGISTER(cntfrq_el0);
    while (READ_REGISTER(cntpct_el0) < end)
        ;
    power_off();
}

/* Called by the vectors of EL3 and EL2; gives the address to return to. */
uint64_t exception_taken(unsigned el, uint64_t esr, uint64_t elr, uint64_t spsr, uint64_t far)
{
    uint64_t class = esr >> 26 & 0x3f;

    (void)spsr;
    if (el == 3 && class == EC_SMC) {
        end_visit();
    }
    if (class != EC_GRANULE_PROTECTION && class != EC_DATA_ABORT_SAME_EL) {
        print("Unexpected exception: ESR=");
        print_hex(esr);
        print(" ELR=");
        print_hex(elr);
        print(" FAR=");
        print_hex(far);
        print("\n");
        for (;;) {
        }
    }
    fault = esr;
    if (tell) {
        print("   EL");
        print(el == 3 ? "3" : "2");
        print(" took a ");
        print(class == EC_GRANULE_PROTECTION ? "granule protection check exception" : "data abort");
        print(": ESR=");
        print_hex(esr);
        print(" FAR=");
        print_hex(far);
        if (el == 3) {
            print(" MFAR_EL3=");
            print_hex(READ_REGISTER(MFAR_EL3));
        }
        print("\n");
    }
    return elr + 4; /* past the load in probe */
}
