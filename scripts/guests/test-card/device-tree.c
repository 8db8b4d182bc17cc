#include "device-tree.h"

#include <stddef.h>

/* The flattened form, version 17 (Devicetree Specification 0.4, chapter 5): all big-endian. */
enum { MAGIC = 0xd00dfeed, BEGIN_NODE = 1, END_NODE = 2, PROPERTY = 3, NOP = 4 };

struct header {
    uint32_t magic, total_size, structure, strings;
};

/* Three cells of an address on the bus, two of one of the CPU, two of a size (PCI Bus Binding). */
enum { RANGE_CELLS = 7 };
/* phys.hi of a range, bits 25:24: 32-bit memory. */
enum { SPACE_MASK = 0x03000000, SPACE_MEMORY_32 = 0x02000000 };

struct property {
    const uint32_t *value;
    uint32_t length;
};

static uint32_t cell(const uint32_t *big_endian)
{
    return __builtin_bswap32(*big_endian);
}

static uint64_t two_cells(const uint32_t *cells)
{
    return (uint64_t)cell(cells) << 32 | cell(cells + 1);
}

static bool same(const char *one, const char *other)
{
    while (*one != '\0' && *one == *other) {
        one++;
        other++;
    }
    return *one == *other;
}

static bool describe(const struct property *reg, const struct property *ranges,
                     struct pci_host *host)
{
    if (reg->value == NULL || reg->length < 4 * sizeof(uint32_t) || ranges->value == NULL) {
        return false;
    }
    host->ecam = two_cells(reg->value);
    for (uint32_t at = 0; (at + RANGE_CELLS) * sizeof(uint32_t) <= ranges->length;
         at += RANGE_CELLS) {
        const uint32_t *range = ranges->value + at;

        if ((cell(range) & SPACE_MASK) == SPACE_MEMORY_32) {
            host->window_bus = two_cells(range + 1);
            host->window_cpu = two_cells(range + 3);
            host->window_size = two_cells(range + 5);
            return true;
        }
    }
    return false;
}

bool find_pci_host(const void *tree, struct pci_host *host)
{
    static const struct property none = { NULL, 0 };
    const struct header *header = tree;
    const char *strings = (const char *)tree + cell(&header->strings);
    const uint32_t *at = (const uint32_t *)((const char *)tree + cell(&header->structure));
    struct property reg = none, ranges = none;
    bool is_host = false;

    if (cell(&header->magic) != MAGIC) {
        return false;
    }
    for (;;) {
        uint32_t token = cell(at++);

        if (token == PROPERTY) {
            struct property property = { at + 2, cell(at) };
            const char *name = strings + cell(at + 1);

            if (same(name, "compatible")) {
                is_host = same((const char *)property.value, "pci-host-ecam-generic");
            } else if (same(name, "reg")) {
                reg = property;
            } else if (same(name, "ranges")) {
                ranges = property;
            }
            at = property.value + (property.length + 3) / 4;
        } else if (token == BEGIN_NODE || token == END_NODE) {
            /* A node's properties come before its children: here they have all been seen. */
            if (is_host) {
                return describe(&reg, &ranges, host);
            }
            reg = ranges = none;
            if (token == BEGIN_NODE) {
                const char *name = (const char *)at;
                uint32_t length = 1;

                while (*name++ != '\0') {
                    length++;
                }
                at += (length + 3) / 4;
            }
        } else if (token != NOP) {
            return false; /* the end, or nothing that this can read */
        }
    }
}
