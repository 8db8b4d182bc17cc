#include "console.h"

/* PL011 (Arm DDI 0183): data register at offset 0. QEMU's never makes the sender wait. */
static volatile uint32_t *const uart0_data = (volatile uint32_t *)0x09000000;

static void put(char character)
{
    if (character == '\n') {
        put('\r');
    }
    *uart0_data = (uint8_t)character;
}

void print(const char *text)
{
    while (*text != '\0') {
        put(*text++);
    }
}

void print_hex(uint64_t number)
{
    int shift = 60;

    print("0x");
    while (shift > 0 && number >> shift == 0) {
        shift -= 4;
    }
    for (; shift >= 0; shift -= 4) {
        put("0123456789abcdef"[number >> shift & 15]);
    }
}

void print_padded(const char *text, unsigned width)
{
    unsigned length = 0;

    for (; text[length] != '\0'; length++) {
        put(text[length]);
    }
    for (; length < width; length++) {
        put(' ');
    }
}

void power_off(void)
{
    /* Semihosting SYS_EXIT (0x18) with ADP_Stopped_ApplicationExit and status 0. */
    static const uint64_t reason[2] = { 0x20026, 0 };
    register uint64_t operation __asm__("x0") = 0x18;
    register const uint64_t *parameter __asm__("x1") = reason;

    for (;;) {
        __asm__ volatile("hlt #0xf000" : "+r"(operation) : "r"(parameter) : "memory");
    }
}
