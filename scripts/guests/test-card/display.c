#include "display.h"
#include "text.h"

#include "../bare-metal/console.h"

/* The header of a PCI function's configuration space (PCI Local Bus 3.0, 6.1). */
enum { ID = 0x00, COMMAND = 0x04, BAR_0 = 0x10, COMMAND_MEMORY = 1 << 1 };
enum { BARS = 6, MEMORY_BAR = 0, REGISTER_BAR = 2 };
/* Low bits of a BAR (6.2.5.1). */
enum { BAR_IO = 1 << 0, BAR_64 = 1 << 2, BAR_FLAGS = 0xf };

/* Vendor 1234, device 1111 (QEMU's docs/specs/standard-vga.rst). */
#define BOCHS_DISPLAY 0x11111234u
#define DEVICES_ON_BUS 32

/* The DISPI registers, 16 bits each, stand at this offset of BAR 2. */
#define DISPI_OFFSET 0x500
enum dispi { DISPI_ID, DISPI_XRES, DISPI_YRES, DISPI_BPP, DISPI_ENABLE };
enum { DISPI_ENABLED = 0x01, DISPI_LINEAR = 0x40 };

static void print_number(unsigned number)
{
    char digits[TEXT_LENGTH] = "";

    append_number(digits, number);
    print(digits);
}

/* A function's configuration space: 4 KiB for each function, 8 functions for each device. */
static volatile uint32_t *configuration(const struct pci_host *host, unsigned device)
{
    return (volatile uint32_t *)(uintptr_t)(host->ecam + ((uint64_t)device << 15));
}

/* Gives each memory BAR of a function an address; `cpu` gets them as the CPU sees them. */
static void assign_bars(const struct pci_host *host, volatile uint32_t *function,
                        uintptr_t cpu[BARS], uint32_t sizes[BARS])
{
    uint64_t next = 0;

    for (unsigned bar = 0; bar < BARS; bar++) {
        volatile uint32_t *address = &function[(BAR_0 >> 2) + bar];
        uint32_t answer;

        sizes[bar] = 0;
        *address = ~0u;
        answer = *address;
        if (answer == 0 || answer & BAR_IO) {
            continue;
        }
        /* The bits that stay zero say how big it is, and a BAR is aligned to its size. */
        sizes[bar] = -(answer & ~(uint32_t)BAR_FLAGS);
        next = (next + sizes[bar] - 1) & ~(uint64_t)(sizes[bar] - 1);
        *address = (uint32_t)(host->window_bus + next);
        cpu[bar] = host->window_cpu + next;
        next += sizes[bar];
        if (answer & BAR_64) {
            function[(BAR_0 >> 2) + ++bar] = 0;
            sizes[bar] = 0;
        }
    }
}

static void print_bar(unsigned bar, uint32_t size, uintptr_t address, const char *what)
{
    print("  BAR");
    print_number(bar);
    print(": ");
    print_number(size >> 10);
    print(" KiB of ");
    print(what);
    print(" at ");
    print_hex(address);
    print("\n");
}

bool find_display(const struct pci_host *host, struct display *display)
{
    for (unsigned device = 0; device < DEVICES_ON_BUS; device++) {
        volatile uint32_t *function = configuration(host, device);
        uintptr_t addresses[BARS] = { 0 };
        uint32_t sizes[BARS];

        if (function[ID >> 2] != BOCHS_DISPLAY) {
            continue;
        }
        print("PCI bus 0, device ");
        print_number(device);
        print(": 1234:1111, a bochs-display\n");
        assign_bars(host, function, addresses, sizes);
        function[COMMAND >> 2] |= COMMAND_MEMORY;
        print_bar(MEMORY_BAR, sizes[MEMORY_BAR], addresses[MEMORY_BAR], "video memory");
        print_bar(REGISTER_BAR, sizes[REGISTER_BAR], addresses[REGISTER_BAR], "registers");
        display->memory = (volatile uint32_t *)addresses[MEMORY_BAR];
        display->memory_size = sizes[MEMORY_BAR];
        display->registers = (volatile uint16_t *)(addresses[REGISTER_BAR] + DISPI_OFFSET);
        return true;
    }
    return false;
}

struct picture set_mode(const struct display *display, unsigned width, unsigned height)
{
    struct picture picture = { display->memory, width, height };
    volatile uint16_t *registers = display->registers;

    /* Off while the mode changes: QEMU looks at the registers whenever it shows the picture. */
    registers[DISPI_ENABLE] = 0;
    registers[DISPI_XRES] = width;
    registers[DISPI_YRES] = height;
    registers[DISPI_BPP] = 32;
    registers[DISPI_ENABLE] = DISPI_ENABLED | DISPI_LINEAR;
    print("DISPI version ");
    print_hex(registers[DISPI_ID]);
    print(": ");
    print_number(registers[DISPI_XRES]);
    print(" x ");
    print_number(registers[DISPI_YRES]);
    print(" pixels of ");
    print_number(registers[DISPI_BPP]);
    print(" bits\n");
    return picture;
}
