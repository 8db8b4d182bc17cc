/* QEMU's bochs-display: a PCI function with video memory and the VBE DISPI registers. */
#ifndef DISPLAY_H
#define DISPLAY_H

#include "card.h"
#include "device-tree.h"

struct display {
    volatile uint32_t *memory;
    uint32_t memory_size;
    volatile uint16_t *registers;
};

/*
 * Finds the display on bus 0, gives its BARs addresses in the bridge's window, and says on the
 * console what it does. False when there is none.
 */
bool find_display(const struct pci_host *host, struct display *display);
/* Switches to a mode of 32 bits a pixel; the picture to paint. */
struct picture set_mode(const struct display *display, unsigned width, unsigned height);

#endif
