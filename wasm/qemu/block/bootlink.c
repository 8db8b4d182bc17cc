/*
 * Bootlink: a protocol block driver over images in shared memory
 *
 * -drive file=bootlink:NAME,format=raw opens the image that the page made
 * under NAME (block/bootlink-image.c).
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/iov.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "qobject/qdict.h"
#include "block/block-io.h"
#include "block/block_int.h"
#include "bootlink/image.h"

typedef struct BDRVBootlinkState {
    BootlinkImage *image;
    /* Held while a chunk is read, written, made or given back. */
    CoMutex lock;
} BDRVBootlinkState;

static QemuOptsList runtime_opts = {
    .name = "bootlink",
    .head = QTAILQ_HEAD_INITIALIZER(runtime_opts.head),
    .desc = {
        {
            .name = "image",
            .type = QEMU_OPT_STRING,
            .help = "name of the image",
        },
        { /* end of list */ }
    },
};

static void bootlink_parse_filename(const char *filename, QDict *options,
                                    Error **errp)
{
    const char *name;

    if (!strstart(filename, "bootlink:", &name) || !*name) {
        error_setg(errp, "'%s' is not of the form bootlink:NAME", filename);
        return;
    }
    qdict_put_str(options, "image", name);
}

static int bootlink_open(BlockDriverState *bs, QDict *options, int flags,
                         Error **errp)
{
    BDRVBootlinkState *s = bs->opaque;
    QemuOpts *opts = qemu_opts_create(&runtime_opts, NULL, 0, &error_abort);
    const char *name;
    int ret = 0;

    if (!qemu_opts_absorb_qdict(opts, options, errp)) {
        ret = -EINVAL;
        goto out;
    }
    name = qemu_opt_get(opts, "image");
    s->image = name ? bootlink_image_find(name) : NULL;
    if (!s->image) {
        error_setg(errp, "the page has no image named '%s'", name ?: "");
        ret = -ENOENT;
        goto out;
    }
    if ((flags & BDRV_O_RDWR) && bootlink_image_read_only(s->image)) {
        bdrv_graph_rdlock_main_loop();
        ret = bdrv_apply_auto_read_only(bs, "the image is read-only", errp);
        bdrv_graph_rdunlock_main_loop();
        if (ret < 0) {
            goto out;
        }
    }
    qemu_co_mutex_init(&s->lock);
    bs->supported_write_flags = BDRV_REQ_FUA;
    bs->supported_zero_flags = BDRV_REQ_FUA | BDRV_REQ_MAY_UNMAP;
    bs->supported_truncate_flags = BDRV_REQ_ZERO_WRITE;
out:
    qemu_opts_del(opts);
    return ret;
}

static int64_t coroutine_fn bootlink_co_getlength(BlockDriverState *bs)
{
    BDRVBootlinkState *s = bs->opaque;

    return bootlink_image_size(s->image);
}

static int coroutine_fn bootlink_co_preadv(BlockDriverState *bs,
                                           int64_t offset, int64_t bytes,
                                           QEMUIOVector *qiov,
                                           BdrvRequestFlags flags)
{
    BDRVBootlinkState *s = bs->opaque;
    size_t done = 0;

    QEMU_LOCK_GUARD(&s->lock);
    while (done < bytes) {
        uint64_t n = bytes - done;
        uint8_t *data = bootlink_image_chunk(s->image, offset + done, &n,
                                             false);

        if (data) {
            qemu_iovec_from_buf(qiov, done, data, n);
        } else {
            qemu_iovec_memset(qiov, done, 0, n);
        }
        done += n;
    }
    return 0;
}

static int coroutine_fn bootlink_co_pwritev(BlockDriverState *bs,
                                            int64_t offset, int64_t bytes,
                                            QEMUIOVector *qiov,
                                            BdrvRequestFlags flags)
{
    BDRVBootlinkState *s = bs->opaque;
    size_t done = 0;

    QEMU_LOCK_GUARD(&s->lock);
    while (done < bytes) {
        uint64_t n = bytes - done;
        uint8_t *data = bootlink_image_chunk(s->image, offset + done, &n,
                                             false);

        /*
         * Zeroes need no chunk.  After a machine was restored, pflash writes
         * all of itself back (hw/block/pflash_cfi01.c, postload_update_cb):
         * 256 MiB for a bank of sbsa-ref, nearly all of it zero.
         */
        if (!data && !qemu_iovec_is_zero(qiov, done, n)) {
            data = bootlink_image_chunk(s->image, offset + done, &n, true);
            if (!data) {
                return -ENOSPC;
            }
        }
        if (data) {
            qemu_iovec_to_buf(qiov, done, data, n);
        }
        done += n;
    }
    return 0;
}

static int coroutine_fn bootlink_co_pwrite_zeroes(BlockDriverState *bs,
                                                  int64_t offset,
                                                  int64_t bytes,
                                                  BdrvRequestFlags flags)
{
    BDRVBootlinkState *s = bs->opaque;

    QEMU_LOCK_GUARD(&s->lock);
    while (bytes > 0) {
        uint64_t n = bytes;
        uint8_t *data = bootlink_image_chunk(s->image, offset, &n, false);

        if (data && n == BOOTLINK_IMAGE_CHUNK) {
            bootlink_image_discard(s->image, offset);
        } else if (data) {
            memset(data, 0, n);
        }
        offset += n;
        bytes -= n;
    }
    return 0;
}

static int coroutine_fn bootlink_co_pdiscard(BlockDriverState *bs,
                                             int64_t offset, int64_t bytes)
{
    return bootlink_co_pwrite_zeroes(bs, offset, bytes, 0);
}

static int coroutine_fn bootlink_co_truncate(BlockDriverState *bs,
                                             int64_t offset, bool exact,
                                             PreallocMode prealloc,
                                             BdrvRequestFlags flags,
                                             Error **errp)
{
    BDRVBootlinkState *s = bs->opaque;
    int ret;

    if (prealloc != PREALLOC_MODE_OFF) {
        error_setg(errp, "preallocation is not supported");
        return -ENOTSUP;
    }
    QEMU_LOCK_GUARD(&s->lock);
    ret = bootlink_image_resize(s->image, offset);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "cannot resize the image");
    }
    return ret;
}

/* Memory is as stable as it will get: nothing to wait for. */
static int coroutine_fn bootlink_co_flush(BlockDriverState *bs)
{
    return 0;
}

static int coroutine_fn bootlink_co_block_status(BlockDriverState *bs,
                                                 bool want_zero,
                                                 int64_t offset,
                                                 int64_t bytes, int64_t *pnum,
                                                 int64_t *map,
                                                 BlockDriverState **file)
{
    BDRVBootlinkState *s = bs->opaque;
    uint64_t n = bytes;
    uint8_t *data;

    QEMU_LOCK_GUARD(&s->lock);
    data = bootlink_image_chunk(s->image, offset, &n, false);
    *pnum = n;
    *map = offset;
    *file = bs;
    return BDRV_BLOCK_OFFSET_VALID |
           (data ? BDRV_BLOCK_DATA : BDRV_BLOCK_ZERO);
}

static int64_t coroutine_fn
bootlink_co_get_allocated_file_size(BlockDriverState *bs)
{
    BDRVBootlinkState *s = bs->opaque;
    uint64_t size = bootlink_image_size(s->image);
    int64_t allocated = 0;

    for (uint64_t offset = 0; offset < size; ) {
        uint64_t n = size - offset;

        if (bootlink_image_chunk(s->image, offset, &n, false)) {
            allocated += n;
        }
        offset += n;
    }
    return allocated;
}

static int bootlink_reopen_prepare(BDRVReopenState *state,
                                   BlockReopenQueue *queue, Error **errp)
{
    BDRVBootlinkState *s = state->bs->opaque;

    if ((state->flags & BDRV_O_RDWR) && bootlink_image_read_only(s->image)) {
        error_setg(errp, "the image is read-only");
        return -EACCES;
    }
    return 0;
}

static const char *const strong_runtime_opts[] = { "image", NULL };

static BlockDriver bdrv_bootlink = {
    .format_name            = "bootlink",
    .protocol_name          = "bootlink",
    .instance_size          = sizeof(BDRVBootlinkState),

    .bdrv_parse_filename    = bootlink_parse_filename,
    .bdrv_open              = bootlink_open,
    .bdrv_reopen_prepare    = bootlink_reopen_prepare,
    .bdrv_co_getlength      = bootlink_co_getlength,
    .bdrv_co_get_allocated_file_size = bootlink_co_get_allocated_file_size,

    .bdrv_co_preadv         = bootlink_co_preadv,
    .bdrv_co_pwritev        = bootlink_co_pwritev,
    .bdrv_co_pwrite_zeroes  = bootlink_co_pwrite_zeroes,
    .bdrv_co_pdiscard       = bootlink_co_pdiscard,
    .bdrv_co_truncate       = bootlink_co_truncate,
    .bdrv_co_flush_to_disk  = bootlink_co_flush,
    .bdrv_co_block_status   = bootlink_co_block_status,

    .strong_runtime_opts    = strong_runtime_opts,
};

static void bootlink_block_init(void)
{
    bdrv_register(&bdrv_bootlink);
}

block_init(bootlink_block_init);
