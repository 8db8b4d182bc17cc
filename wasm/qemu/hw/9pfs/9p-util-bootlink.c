/*
 * Bootlink: what 9p's local back end needs of its host, on Emscripten
 *
 * Emscripten's file system has no extended attributes, and its errno values
 * are WASI's, not Linux's.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/xattr.h"
#include "9p-util.h"

/* Linux's numbers (include/uapi/asm-generic/errno*.h), which a guest expects */
int bootlink_errno_to_linux(int err)
{
    static const struct {
        int host;
        int linux_number;
    } table[] = {
        { EPERM, 1 }, { ENOENT, 2 }, { EINTR, 4 }, { EIO, 5 }, { ENXIO, 6 },
        { EBADF, 9 }, { EAGAIN, 11 }, { ENOMEM, 12 }, { EACCES, 13 },
        { EFAULT, 14 }, { EBUSY, 16 }, { EEXIST, 17 }, { EXDEV, 18 },
        { ENODEV, 19 }, { ENOTDIR, 20 }, { EISDIR, 21 }, { EINVAL, 22 },
        { ENFILE, 23 }, { EMFILE, 24 }, { ENOTTY, 25 }, { EFBIG, 27 },
        { ENOSPC, 28 }, { ESPIPE, 29 }, { EROFS, 30 }, { EMLINK, 31 },
        { EPIPE, 32 }, { ERANGE, 34 }, { ENAMETOOLONG, 36 }, { ENOLCK, 37 },
        { ENOSYS, 38 }, { ENOTEMPTY, 39 }, { ELOOP, 40 }, { ENODATA, 61 },
        { EOVERFLOW, 75 }, { EOPNOTSUPP, 95 }, { ETIMEDOUT, 110 },
        { ESTALE, 116 }, { EDQUOT, 122 },
    };

    for (size_t i = 0; i < ARRAY_SIZE(table); i++) {
        if (table[i].host == err) {
            return table[i].linux_number;
        }
    }
    return 5;   /* EIO */
}

ssize_t fgetxattrat_nofollow(int dirfd, const char *filename, const char *name,
                             void *value, size_t size)
{
    errno = ENOTSUP;
    return -1;
}

ssize_t flistxattrat_nofollow(int dirfd, const char *filename,
                              char *list, size_t size)
{
    return 0;
}

ssize_t fremovexattrat_nofollow(int dirfd, const char *filename,
                                const char *name)
{
    errno = ENOTSUP;
    return -1;
}

int fsetxattrat_nofollow(int dirfd, const char *filename, const char *name,
                         void *value, size_t size, int flags)
{
    errno = ENOTSUP;
    return -1;
}

int qemu_mknodat(int dirfd, const char *filename, mode_t mode, dev_t dev)
{
    return mknodat(dirfd, filename, mode, dev);
}
