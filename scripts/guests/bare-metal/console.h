/* What the bare-metal guests print with, and how they end. */
#ifndef CONSOLE_H
#define CONSOLE_H

#include <stdint.h>

/* Sends text to the first serial port. */
void print(const char *text);
/* Sends a number in hex, without leading zeros: 0x1f. */
void print_hex(uint64_t number);
/* Sends text, then blanks up to `width` characters. */
void print_padded(const char *text, unsigned width);

/* Ends QEMU with exit code 0. */
__attribute__((noreturn)) void power_off(void);

/* System registers, by the assembler's name (`ESR_EL1`, or `S3_6_C2_C1_6`). */
#define READ_REGISTER(name)                                     \
    ({                                                          \
        uint64_t value_;                                        \
        __asm__ volatile("mrs %0, " #name : "=r"(value_));      \
        value_;                                                 \
    })
/* A write is followed by a context synchronization event, so that it holds from here on. */
#define WRITE_REGISTER(name, value) \
    __asm__ volatile("msr " #name ", %0\n\tisb" ::"r"((uint64_t)(value)) : "memory")

#endif
