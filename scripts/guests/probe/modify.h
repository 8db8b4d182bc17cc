/* probe: code that modifies itself; for bare metal and for Linux. */
#ifndef PROBE_MODIFY_H
#define PROBE_MODIFY_H

#include <stdint.h>

/* A page for each CPU, which must be writable and executable. */
enum { CODE_PAGES = 4 };
extern uint32_t self_modifying_code[CODE_PAGES][1024];

/* Runs what modifies itself in a page; folds the results into a digest. */
uint64_t self_modifying(unsigned page, uint64_t digest);

#endif
