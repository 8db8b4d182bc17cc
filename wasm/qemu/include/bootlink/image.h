/*
 * Bootlink: disk images that the page put into shared memory
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BOOTLINK_IMAGE_H
#define BOOTLINK_IMAGE_H

#include "qemu/thread.h"

/* Memory is taken in chunks, on the first write to each. */
#define BOOTLINK_IMAGE_CHUNK (1 * MiB)

typedef struct BootlinkImage BootlinkImage;

/* The image that the page made under @name, or NULL. */
BootlinkImage *bootlink_image_find(const char *name);

uint64_t bootlink_image_size(const BootlinkImage *image);
bool bootlink_image_read_only(const BootlinkImage *image);

/* Change the size; bytes past the old end read as zero.  -errno on failure. */
int bootlink_image_resize(BootlinkImage *image, uint64_t size);

/*
 * The memory behind [offset, offset + *bytes): @bytes is cut at the end of
 * the chunk.  NULL where nothing was ever written; with @allocate, NULL only
 * when memory has run out.
 */
uint8_t *bootlink_image_chunk(BootlinkImage *image, uint64_t offset,
                              uint64_t *bytes, bool allocate);

/* Give back the memory of the chunk at @offset, which then reads as zero. */
void bootlink_image_discard(BootlinkImage *image, uint64_t offset);

#endif
