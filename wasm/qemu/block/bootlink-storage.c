/*
 * Bootlink: a protocol block driver over images in the page's storage
 *
 * -drive file=bootlink-storage:NAME,format=raw opens the image that the page
 * announced under NAME before main().  A request is put into a slot of the
 * mailbox (include/bootlink/storage.h); the storage worker, a thread of the
 * page that QEMU never waits for in a lock, answers it and sets our event.
 * The worker has the cache: a write is taken when the worker has copied it,
 * and a flush returns when IndexedDB has completed a strict transaction.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/cutils.h"
#include "qemu/event_notifier.h"
#include "qemu/iov.h"
#include "qemu/module.h"
#include "qemu/option.h"
#include "qemu/units.h"
#include "qapi/error.h"
#include "qobject/qdict.h"
#include "block/aio.h"
#include "block/block-io.h"
#include "block/block_int.h"
#include "bootlink/events.h"
#include "bootlink/storage.h"
#include <emscripten/em_macros.h>

#define MAX_STORAGE 16
/* A request's length is a 32-bit word; a bounce buffer should stay modest. */
#define MAX_TRANSFER (4 * MiB)
#define MAX_ZERO (1 * GiB)

static BootlinkStorage storage[MAX_STORAGE];

BootlinkStorage *bootlink_storage_find(const char *name)
{
    for (int i = 0; i < MAX_STORAGE; i++) {
        if (storage[i].name[0] && !strcmp(storage[i].name, name)) {
            return &storage[i];
        }
    }
    return NULL;
}

/* Called from JavaScript only. */
uint32_t bootlink_storage(uint32_t name, uint32_t size_low,
                          uint32_t size_high, uint32_t read_only);

/*
 * Called by the engine worker before main(): announce an image.
 * @name: address of a NUL-terminated name, 1 to 63 bytes, not yet used
 * @size_low, @size_high: its size in bytes
 * @read_only: 1 if the guest may not write to it
 *
 * Returns the address of its mailbox, or 0 if the name is bad or taken, or
 * there is no room.
 */
EMSCRIPTEN_KEEPALIVE
uint32_t bootlink_storage(uint32_t name, uint32_t size_low,
                          uint32_t size_high, uint32_t read_only)
{
    const char *id = (const char *)(uintptr_t)name;

    if (!*id || strlen(id) >= sizeof(storage[0].name) ||
        bootlink_storage_find(id)) {
        return 0;
    }
    for (int i = 0; i < MAX_STORAGE; i++) {
        if (storage[i].name[0]) {
            continue;
        }
        strcpy(storage[i].name, id);
        storage[i].size = (uint64_t)size_high << 32 | size_low;
        storage[i].read_only = read_only;
        storage[i].mailbox.n_slots = BOOTLINK_STORAGE_SLOTS;
        return (uintptr_t)&storage[i].mailbox;
    }
    return 0;
}

typedef struct BDRVBootlinkStorageState {
    BootlinkStorage *storage;
    EventNotifier done;
    /* Which coroutine waits for which slot; NULL: the slot is free. */
    Coroutine *waiting[BOOTLINK_STORAGE_SLOTS];
    /* Coroutines that wait for a slot. */
    CoQueue queue;
    QemuMutex lock;
} BDRVBootlinkStorageState;

static QemuOptsList runtime_opts = {
    .name = "bootlink-storage",
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

static void storage_parse_filename(const char *filename, QDict *options,
                                   Error **errp)
{
    const char *name;

    if (!strstart(filename, "bootlink-storage:", &name) || !*name) {
        error_setg(errp, "'%s' is not of the form bootlink-storage:NAME",
                   filename);
        return;
    }
    qdict_put_str(options, "image", name);
}

/* Answers have come: wake who waits for them, each in its own context. */
static void storage_done(EventNotifier *e)
{
    BDRVBootlinkStorageState *s =
        container_of(e, BDRVBootlinkStorageState, done);

    event_notifier_test_and_clear(e);
    for (int i = 0; i < BOOTLINK_STORAGE_SLOTS; i++) {
        BootlinkSlot *slot = &s->storage->mailbox.slots[i];
        Coroutine *co = qatomic_read(&s->waiting[i]);

        if (co && qatomic_cmpxchg(&slot->state, BOOTLINK_SLOT_DONE,
                                  BOOTLINK_SLOT_FREE) == BOOTLINK_SLOT_DONE) {
            aio_co_wake(co);
        }
    }
}

static void storage_attach_aio_context(BlockDriverState *bs,
                                       AioContext *context)
{
    BDRVBootlinkStorageState *s = bs->opaque;

    aio_set_event_notifier(context, &s->done, storage_done, NULL, NULL);
}

static void storage_detach_aio_context(BlockDriverState *bs)
{
    BDRVBootlinkStorageState *s = bs->opaque;

    aio_set_event_notifier(bdrv_get_aio_context(bs), &s->done, NULL, NULL,
                           NULL);
}

static int storage_open(BlockDriverState *bs, QDict *options, int flags,
                        Error **errp)
{
    BDRVBootlinkStorageState *s = bs->opaque;
    QemuOpts *opts = qemu_opts_create(&runtime_opts, NULL, 0, &error_abort);
    BootlinkStorage *found;
    const char *name;
    int ret = 0;

    if (!qemu_opts_absorb_qdict(opts, options, errp)) {
        ret = -EINVAL;
        goto out;
    }
    name = qemu_opt_get(opts, "image");
    found = name ? bootlink_storage_find(name) : NULL;
    if (!found) {
        error_setg(errp, "the page's library has no image named '%s' open",
                   name ?: "");
        ret = -ENOENT;
        goto out;
    }
    if (found->open) {
        error_setg(errp, "image '%s' is in use by another drive", name);
        ret = -EBUSY;
        goto out;
    }
    if ((flags & BDRV_O_RDWR) && found->read_only) {
        bdrv_graph_rdlock_main_loop();
        ret = bdrv_apply_auto_read_only(bs, "the image is read-only", errp);
        bdrv_graph_rdunlock_main_loop();
        if (ret < 0) {
            goto out;
        }
    }
    ret = event_notifier_init(&s->done, 0);
    if (ret < 0) {
        error_setg_errno(errp, -ret, "image '%s'", name);
        goto out;
    }
    s->storage = found;
    found->open = true;
    qemu_co_queue_init(&s->queue);
    qemu_mutex_init(&s->lock);
    qatomic_set(&found->mailbox.event,
                (uintptr_t)bootlink_event_word(event_notifier_get_fd(&s->done)));
    storage_attach_aio_context(bs, bdrv_get_aio_context(bs));
    bs->supported_zero_flags = BDRV_REQ_MAY_UNMAP | BDRV_REQ_NO_FALLBACK;
out:
    qemu_opts_del(opts);
    return ret;
}

static void storage_close(BlockDriverState *bs)
{
    BDRVBootlinkStorageState *s = bs->opaque;

    storage_detach_aio_context(bs);
    qatomic_set(&s->storage->mailbox.event, 0);
    s->storage->open = false;
    event_notifier_cleanup(&s->done);
    qemu_mutex_destroy(&s->lock);
}

static void storage_refresh_limits(BlockDriverState *bs, Error **errp)
{
    bs->bl.max_transfer = MAX_TRANSFER;
    bs->bl.max_pwrite_zeroes = MAX_ZERO;
    bs->bl.max_pdiscard = MAX_ZERO;
}

static int64_t coroutine_fn storage_co_getlength(BlockDriverState *bs)
{
    BDRVBootlinkStorageState *s = bs->opaque;

    return s->storage->size;
}

/* Put one request into the mailbox and wait for its answer. */
static int coroutine_fn storage_request(BDRVBootlinkStorageState *s,
                                        uint32_t operation, uint64_t offset,
                                        uint32_t length, void *buffer)
{
    BootlinkMailbox *mailbox = &s->storage->mailbox;
    BootlinkSlot *slot;
    int index;
    int ret;

    qemu_mutex_lock(&s->lock);
    for (;;) {
        for (index = 0; index < BOOTLINK_STORAGE_SLOTS; index++) {
            if (!s->waiting[index]) {
                break;
            }
        }
        if (index < BOOTLINK_STORAGE_SLOTS) {
            break;
        }
        qemu_co_queue_wait(&s->queue, &s->lock);
    }
    qatomic_set(&s->waiting[index], qemu_coroutine_self());
    qemu_mutex_unlock(&s->lock);

    slot = &mailbox->slots[index];
    slot->operation = operation;
    slot->offset_low = offset;
    slot->offset_high = offset >> 32;
    slot->length = length;
    slot->buffer = (uintptr_t)buffer;
    slot->result = -EIO;
    if (qatomic_read(&mailbox->closed)) {
        ret = -EIO;
    } else {
        /*
         * The answer is taken by storage_done(), in the home context of this
         * BlockDriverState: it wakes us there or schedules us where we are,
         * so yielding after the doorbell loses nothing.
         */
        qatomic_store_release(&slot->state, BOOTLINK_SLOT_REQUEST);
        qatomic_fetch_inc(&mailbox->doorbell);
        __builtin_wasm_memory_atomic_notify((int *)&mailbox->doorbell, -1);
        qemu_coroutine_yield();
        ret = slot->result;
    }

    qemu_mutex_lock(&s->lock);
    qatomic_set(&s->waiting[index], NULL);
    qemu_co_enter_next(&s->queue, &s->lock);
    qemu_mutex_unlock(&s->lock);
    return ret;
}

static int coroutine_fn storage_co_preadv(BlockDriverState *bs,
                                          int64_t offset, int64_t bytes,
                                          QEMUIOVector *qiov,
                                          BdrvRequestFlags flags)
{
    void *bounce;
    int ret;

    if (qiov->niov == 1) {
        return storage_request(bs->opaque, BOOTLINK_STORAGE_READ, offset,
                               bytes, qiov->iov[0].iov_base);
    }
    bounce = g_try_malloc(bytes);
    if (!bounce) {
        return -ENOMEM;
    }
    ret = storage_request(bs->opaque, BOOTLINK_STORAGE_READ, offset, bytes,
                          bounce);
    if (ret == 0) {
        qemu_iovec_from_buf(qiov, 0, bounce, bytes);
    }
    g_free(bounce);
    return ret;
}

static int coroutine_fn storage_co_pwritev(BlockDriverState *bs,
                                           int64_t offset, int64_t bytes,
                                           QEMUIOVector *qiov,
                                           BdrvRequestFlags flags)
{
    void *bounce;
    int ret;

    if (qiov->niov == 1) {
        return storage_request(bs->opaque, BOOTLINK_STORAGE_WRITE, offset,
                               bytes, qiov->iov[0].iov_base);
    }
    bounce = g_try_malloc(bytes);
    if (!bounce) {
        return -ENOMEM;
    }
    qemu_iovec_to_buf(qiov, 0, bounce, bytes);
    ret = storage_request(bs->opaque, BOOTLINK_STORAGE_WRITE, offset, bytes,
                          bounce);
    g_free(bounce);
    return ret;
}

static int coroutine_fn storage_co_pwrite_zeroes(BlockDriverState *bs,
                                                 int64_t offset,
                                                 int64_t bytes,
                                                 BdrvRequestFlags flags)
{
    return storage_request(bs->opaque, BOOTLINK_STORAGE_ZERO, offset, bytes,
                           NULL);
}

static int coroutine_fn storage_co_pdiscard(BlockDriverState *bs,
                                            int64_t offset, int64_t bytes)
{
    return storage_request(bs->opaque, BOOTLINK_STORAGE_ZERO, offset, bytes,
                           NULL);
}

static int coroutine_fn storage_co_flush(BlockDriverState *bs)
{
    return storage_request(bs->opaque, BOOTLINK_STORAGE_FLUSH, 0, 0, NULL);
}

static int storage_reopen_prepare(BDRVReopenState *state,
                                  BlockReopenQueue *queue, Error **errp)
{
    BDRVBootlinkStorageState *s = state->bs->opaque;

    if ((state->flags & BDRV_O_RDWR) && s->storage->read_only) {
        error_setg(errp, "the image is read-only");
        return -EACCES;
    }
    return 0;
}

static const char *const strong_runtime_opts[] = { "image", NULL };

static BlockDriver bdrv_bootlink_storage = {
    .format_name            = "bootlink-storage",
    .protocol_name          = "bootlink-storage",
    .instance_size          = sizeof(BDRVBootlinkStorageState),

    .bdrv_parse_filename    = storage_parse_filename,
    .bdrv_open              = storage_open,
    .bdrv_close             = storage_close,
    .bdrv_reopen_prepare    = storage_reopen_prepare,
    .bdrv_refresh_limits    = storage_refresh_limits,
    .bdrv_co_getlength      = storage_co_getlength,

    .bdrv_attach_aio_context = storage_attach_aio_context,
    .bdrv_detach_aio_context = storage_detach_aio_context,

    .bdrv_co_preadv         = storage_co_preadv,
    .bdrv_co_pwritev        = storage_co_pwritev,
    .bdrv_co_pwrite_zeroes  = storage_co_pwrite_zeroes,
    .bdrv_co_pdiscard       = storage_co_pdiscard,
    .bdrv_co_flush_to_disk  = storage_co_flush,

    .strong_runtime_opts    = strong_runtime_opts,
};

static void bootlink_storage_init(void)
{
    bdrv_register(&bdrv_bootlink_storage);
}

block_init(bootlink_storage_init);
