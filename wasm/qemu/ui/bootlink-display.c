/*
 * Bootlink: the display of the first graphic console
 *
 * A listener without a window.  It says where the pixels of the console's
 * surface lie, how they are laid out and that they changed; the page copies
 * them when it wants to.  What the page reads while the guest draws may be
 * half a frame, as on a real monitor.  A surface that is freed while the page
 * reads shows in @sequence, and the page throws away what it has read.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */

#include "qemu/osdep.h"
#include "qemu/atomic.h"
#include "qemu/module.h"
#include "qemu/notify.h"
#include "system/system.h"
#include "ui/console.h"
#include "ui/surface.h"
#include "bootlink/display.h"
#include <emscripten/em_macros.h>

/* How soon a page that begins to look is noticed, in ms. */
#define IDLE_INTERVAL 200

static BootlinkDisplay display;

/* Called from JavaScript only. */
uint32_t bootlink_display(void);

EMSCRIPTEN_KEEPALIVE
uint32_t bootlink_display(void)
{
    return (uintptr_t)&display;
}

static void display_switch(DisplayChangeListener *dcl, DisplaySurface *surface)
{
    qatomic_set_mb(&display.sequence, display.sequence + 1);
    display.width = surface_width(surface);
    display.height = surface_height(surface);
    display.stride = surface_stride(surface);
    display.format = surface_format(surface);
    display.data = (uintptr_t)surface_data(surface);
    display.flags = surface_is_placeholder(surface)
        ? BOOTLINK_DISPLAY_PLACEHOLDER : 0;
    qatomic_set_mb(&display.sequence, display.sequence + 1);
}

static void display_update(DisplayChangeListener *dcl,
                           int x, int y, int w, int h)
{
    qatomic_set(&display.damage, display.damage + 1);
}

/* The device looks for changes only while somebody looks at the picture. */
static void display_refresh(DisplayChangeListener *dcl)
{
    uint32_t interval = qatomic_read(&display.interval);

    dcl->update_interval = interval ? interval : IDLE_INTERVAL;
    if (interval) {
        graphic_hw_update(dcl->con);
    }
}

/* The page knows every format of pixman-minimal.h. */
static bool display_check_format(DisplayChangeListener *dcl,
                                 pixman_format_code_t format)
{
    return true;
}

static const DisplayChangeListenerOps display_ops = {
    .dpy_name = "bootlink",
    .dpy_refresh = display_refresh,
    .dpy_gfx_update = display_update,
    .dpy_gfx_switch = display_switch,
    .dpy_gfx_check_format = display_check_format,
};

static DisplayChangeListener listener = { .ops = &display_ops };

static void display_machine_done(Notifier *notifier, void *data)
{
    QemuConsole *con;

    for (int i = 0; (con = qemu_console_lookup_by_index(i)); i++) {
        if (!qemu_console_is_graphic(con)) {
            continue;
        }
        if (!display.consoles++) {
            listener.con = con;
        }
    }
    if (listener.con) {
        register_displaychangelistener(&listener);
    }
}

static Notifier machine_done = { .notify = display_machine_done };

static void display_init(void)
{
    qemu_add_machine_init_done_notifier(&machine_done);
}

type_init(display_init)
