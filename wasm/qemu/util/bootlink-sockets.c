/*
 * Bootlink: there are no sockets in a tab
 *
 * Emscripten's socket() would open a WebSocket to wherever the guest
 * connects.  A page must not do that on a guest's behalf: user networking
 * (slirp) answers DHCP, TFTP and pings of the gateway by itself and refuses
 * the rest, and QEMU's own users of sockets get an error that says why.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include <sys/socket.h>

int socket(int domain, int type, int protocol)
{
    errno = EAFNOSUPPORT;
    return -1;
}
