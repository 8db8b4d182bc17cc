#include "keys.h"

#include <stdint.h>

/* PL011 (Arm DDI 0183, 3.3). */
static volatile uint32_t *const uart0 = (volatile uint32_t *)0x09000000;
enum { DATA = 0x00, FLAGS = 0x18, CONTROL = 0x30, INTERRUPT_MASK = 0x38 };
enum { FLAG_RECEIVE_EMPTY = 1 << 4 };
enum { CONTROL_ENABLE = 1 << 0, CONTROL_TRANSMIT = 1 << 8, CONTROL_RECEIVE = 1 << 9 };
enum { INTERRUPT_RECEIVE = 1 << 4, INTERRUPT_RECEIVE_TIMEOUT = 1 << 6 };

/* GICv2 (Arm IHI 0048, 4.1 and 4.4): the distributor, and the CPU's interface. */
static volatile uint32_t *const distributor = (volatile uint32_t *)0x08000000;
static volatile uint32_t *const interface = (volatile uint32_t *)0x08010000;
enum { GICD_CTLR = 0x000, GICD_ISENABLER = 0x100, GICC_CTLR = 0x00, GICC_PMR = 0x04 };

/* The board wires the port to shared interrupt 1, which has the number 32 + 1. */
#define UART0_INTERRUPT 33

void open_keys(void)
{
    uart0[CONTROL >> 2] = CONTROL_ENABLE | CONTROL_TRANSMIT | CONTROL_RECEIVE;
    uart0[INTERRUPT_MASK >> 2] = INTERRUPT_RECEIVE | INTERRUPT_RECEIVE_TIMEOUT;
    distributor[(GICD_ISENABLER >> 2) + UART0_INTERRUPT / 32] = 1u << UART0_INTERRUPT % 32;
    distributor[GICD_CTLR >> 2] = 1;
    interface[GICC_PMR >> 2] = 0xff;
    interface[GICC_CTLR >> 2] = 1;
}

char wait_for_key(void)
{
    /*
     * Interrupts stay masked: WFI ends on one that is pending all the same (Arm ARM D1.6.2), and
     * this one is pending for as long as the port holds a character.
     */
    while (uart0[FLAGS >> 2] & FLAG_RECEIVE_EMPTY) {
        __asm__ volatile("wfi" ::: "memory");
    }
    return (char)uart0[DATA >> 2];
}
