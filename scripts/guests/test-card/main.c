/*
 * test-card: a picture without firmware, driver or operating system.
 *
 * Finds QEMU's bochs-display on the PCI Express bus, sets a mode and paints a test card into its
 * memory; each key on the serial port shows the next card. The MMU stays off.
 */
#include "../bare-metal/console.h"
#include "display.h"
#include "keys.h"
#include "text.h"

/* Without a kernel, QEMU puts the board's device tree at the beginning of RAM. */
static const void *const device_tree = (const void *)0x40000000;

static const struct {
    unsigned width, height;
} modes[] = { { 800, 600 }, { 1024, 768 }, { 640, 480 } };

#define MODES (sizeof(modes) / sizeof(modes[0]))

__attribute__((noreturn)) static void stop(const char *why)
{
    print(why);
    for (;;) {
        __asm__ volatile("wfi");
    }
}

static void show(const struct picture *picture, unsigned card)
{
    char line[TEXT_LENGTH] = "Card ";

    append_number(line, card + 1);
    append(line, " of ");
    append_number(line, CARDS);
    append(line, ": ");
    append(line, card_name(card));
    append(line, "\nkey> ");
    paint_card(picture, card);
    /* When this is read the picture is there. */
    __asm__ volatile("dsb sy" ::: "memory");
    print(line);
}

void main_el1(void)
{
    struct pci_host host;
    struct display display;
    struct picture picture;
    unsigned mode = 0, card = 0;

    print("\ntest-card: a display without a driver\n");
    if (!find_pci_host(device_tree, &host)) {
        stop("The device tree has no bridge of the kind pci-host-ecam-generic with memory.\n");
    }
    print("Device tree: a PCI bridge with its configuration space at ");
    print_hex(host.ecam);
    print("\n  and 32-bit memory at ");
    print_hex(host.window_cpu);
    print("\n");
    if (!find_display(&host, &display)) {
        stop("No display (1234:1111) on PCI bus 0. Start the machine with -device bochs-display.\n");
    }
    print("Any key shows the next card, r another resolution.\n");
    open_keys();
    picture = set_mode(&display, modes[mode].width, modes[mode].height);
    show(&picture, card);
    for (;;) {
        char key = wait_for_key();

        print("\n");
        if (key == 'r' || key == 'R') {
            mode = (mode + 1) % MODES;
            picture = set_mode(&display, modes[mode].width, modes[mode].height);
        } else {
            card = (card + 1) % CARDS;
        }
        show(&picture, card);
    }
}

/* Called by the vectors. Nothing here asks for an exception. */
uint64_t exception_taken(unsigned el, uint64_t esr, uint64_t elr, uint64_t spsr, uint64_t far)
{
    (void)el;
    (void)spsr;
    print("An exception that nobody asked for: ESR=");
    print_hex(esr);
    print(" ELR=");
    print_hex(elr);
    print(" FAR=");
    print_hex(far);
    stop("\n");
}
