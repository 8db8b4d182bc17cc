/* The PCI host bridge as the device tree describes it. */
#ifndef DEVICE_TREE_H
#define DEVICE_TREE_H

#include <stdbool.h>
#include <stdint.h>

struct pci_host {
    /* Where the CPU sees the configuration space (ECAM). */
    uint64_t ecam;
    /* The window of 32-bit memory: its address for the CPU and on the bus, and its size. */
    uint64_t window_cpu, window_bus, window_size;
};

/* Looks for a bridge of the kind "pci-host-ecam-generic" in the tree at `tree`. */
bool find_pci_host(const void *tree, struct pci_host *host);

#endif
