/*
 * Bootlink: disk images that the page put into shared memory
 *
 * The engine worker makes an image before main() and fills it while the
 * bytes arrive; the block driver (block/bootlink.c) serves it from there, so
 * that no request leaves the thread that makes it.  Only chunks that hold
 * data take memory: a 256 MiB flash image costs what was written to it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/units.h"
#include "bootlink/image.h"
#include <emscripten/em_macros.h>

#define MAX_IMAGES 32
#define MAX_NAME 64

struct BootlinkImage {
    char name[MAX_NAME];
    uint64_t size;
    bool read_only;
    uint8_t **chunks;
    uint64_t n_chunks;
};

static BootlinkImage images[MAX_IMAGES];

BootlinkImage *bootlink_image_find(const char *name)
{
    for (int i = 0; i < MAX_IMAGES; i++) {
        if (images[i].chunks && !strcmp(images[i].name, name)) {
            return &images[i];
        }
    }
    return NULL;
}

uint64_t bootlink_image_size(const BootlinkImage *image)
{
    return image->size;
}

bool bootlink_image_read_only(const BootlinkImage *image)
{
    return image->read_only;
}

int bootlink_image_resize(BootlinkImage *image, uint64_t size)
{
    uint64_t n = DIV_ROUND_UP(size, BOOTLINK_IMAGE_CHUNK);
    uint8_t **chunks;

    for (uint64_t i = n; i < image->n_chunks; i++) {
        free(image->chunks[i]);
    }
    /* One more, so that an empty image has a table as well. */
    chunks = realloc(image->chunks, (n + 1) * sizeof(*chunks));
    if (!chunks) {
        return -ENOMEM;
    }
    for (uint64_t i = image->n_chunks; i < n; i++) {
        chunks[i] = NULL;
    }
    if (size < image->size && size % BOOTLINK_IMAGE_CHUNK && chunks[n - 1]) {
        memset(chunks[n - 1] + size % BOOTLINK_IMAGE_CHUNK, 0,
               BOOTLINK_IMAGE_CHUNK - size % BOOTLINK_IMAGE_CHUNK);
    }
    image->chunks = chunks;
    image->n_chunks = n;
    image->size = size;
    return 0;
}

uint8_t *bootlink_image_chunk(BootlinkImage *image, uint64_t offset,
                              uint64_t *bytes, bool allocate)
{
    uint64_t index = offset / BOOTLINK_IMAGE_CHUNK;
    uint64_t within = offset % BOOTLINK_IMAGE_CHUNK;

    assert(index < image->n_chunks);
    *bytes = MIN(*bytes, BOOTLINK_IMAGE_CHUNK - within);
    if (!image->chunks[index] && allocate) {
        image->chunks[index] = calloc(1, BOOTLINK_IMAGE_CHUNK);
    }
    return image->chunks[index] ? image->chunks[index] + within : NULL;
}

void bootlink_image_discard(BootlinkImage *image, uint64_t offset)
{
    uint64_t index = offset / BOOTLINK_IMAGE_CHUNK;

    assert(index < image->n_chunks);
    free(image->chunks[index]);
    image->chunks[index] = NULL;
}

/* Called from JavaScript only. */
int bootlink_image(uint32_t name, uint32_t size_low, uint32_t size_high,
                   uint32_t read_only);
uint32_t bootlink_image_data(int handle, uint32_t offset_low,
                             uint32_t offset_high, uint32_t length);
uint32_t bootlink_image_peek(int handle, uint32_t chunk);

/*
 * Called by the engine worker before main(): make an image that reads as
 * zero.
 * @name: address of a NUL-terminated name, under 64 bytes, not yet used
 * @size_low, @size_high: its size in bytes
 * @read_only: 1 if the guest may not write to it
 *
 * Returns a handle, or -1 if the name is bad, taken, or there is no room.
 */
EMSCRIPTEN_KEEPALIVE
int bootlink_image(uint32_t name, uint32_t size_low, uint32_t size_high,
                   uint32_t read_only)
{
    const char *id = (const char *)(uintptr_t)name;

    if (strlen(id) >= MAX_NAME || bootlink_image_find(id)) {
        return -1;
    }
    for (int i = 0; i < MAX_IMAGES; i++) {
        if (images[i].chunks) {
            continue;
        }
        if (bootlink_image_resize(&images[i],
                                  (uint64_t)size_high << 32 | size_low) < 0) {
            return -1;
        }
        strcpy(images[i].name, id);
        images[i].read_only = read_only;
        return i;
    }
    return -1;
}

/*
 * Called by the engine worker before main(): where to put the bytes
 * [offset, offset + length) of an image; they must lie within one chunk.
 *
 * Returns an address, or 0 if the range is bad or memory has run out.
 */
EMSCRIPTEN_KEEPALIVE
uint32_t bootlink_image_data(int handle, uint32_t offset_low,
                             uint32_t offset_high, uint32_t length)
{
    uint64_t offset = (uint64_t)offset_high << 32 | offset_low;
    uint64_t bytes = length;
    uint8_t *data;

    if (handle < 0 || handle >= MAX_IMAGES || !images[handle].chunks ||
        offset > images[handle].size ||
        length > images[handle].size - offset || length == 0) {
        return 0;
    }
    data = bootlink_image_chunk(&images[handle], offset, &bytes, true);
    return bytes == length ? (uintptr_t)data : 0;
}

/*
 * Called by the engine worker, while the machine is stopped and its requests
 * are drained, to keep a disk with a snapshot: the address of the image's
 * chunk number @chunk, or 0 where nothing was ever written.
 */
EMSCRIPTEN_KEEPALIVE
uint32_t bootlink_image_peek(int handle, uint32_t chunk)
{
    if (handle < 0 || handle >= MAX_IMAGES || !images[handle].chunks ||
        chunk >= images[handle].n_chunks) {
        return 0;
    }
    return (uintptr_t)images[handle].chunks[chunk];
}
