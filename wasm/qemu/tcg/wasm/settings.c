/*
 * Bootlink: the translator's switches and counters.
 *
 *   -accel tcg,translator=off|blocks|regions
 *          translator-threshold=N   interpreted runs that make a TB hot
 *          translator-batch=N       hot TBs a module waits for
 *          translator-linger=MS     and for how long, on its own thread,
 *          translator-patience=N    or for how many interpreted runs of hot TBs
 *          translator-first=N       TBs in a region at first
 *          translator-reform=N      entries that have a region formed anew
 *          translator-region=N      TBs in such a one, at most 64
 *          translator-thread=on|off compile on a thread of its own
 *          translator-tail-calls=on|off
 *          translator-check=on|off  run blocks both ways and compare
 *
 * The counters are the last lines of the monitor's "info jit".
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "qapi/error.h"
#include "qapi/visitor.h"
#include "qom/object.h"
#include "internal.h"

TCIWasmConfig tci_wasm_config = {
    .mode = TCI_WASM_REGIONS,
    .threshold = 100,
    .batch = 1024,
    .linger = 30,
    .patience = 10000,
    .first = 4,
    .reform = 4000,
    .region = 64,
    .thread = true,
    .tail_calls = true,
};

static const char *const mode_name[] = {
    [TCI_WASM_OFF] = "off",
    [TCI_WASM_BLOCKS] = "blocks",
    [TCI_WASM_REGIONS] = "regions",
};

static char *get_mode(Object *obj, Error **errp)
{
    return g_strdup(mode_name[tci_wasm_config.mode]);
}

static void set_mode(Object *obj, const char *value, Error **errp)
{
    for (int i = 0; i < ARRAY_SIZE(mode_name); i++) {
        if (!strcmp(value, mode_name[i])) {
            tci_wasm_config.mode = i;
            return;
        }
    }
    error_setg(errp, "translator must be off, blocks or regions, not '%s'",
               value);
}

static void get_number(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    visit_type_uint32(v, name, opaque, errp);
}

static void set_number(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    uint32_t value;

    if (!visit_type_uint32(v, name, &value, errp)) {
        return;
    }
    if (!value || value > 1000000) {
        error_setg(errp, "%s must be from 1 to 1000000", name);
        return;
    }
    *(uint32_t *)opaque = value;
}

static void get_switch(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    visit_type_bool(v, name, opaque, errp);
}

static void set_switch(Object *obj, Visitor *v, const char *name,
                       void *opaque, Error **errp)
{
    visit_type_bool(v, name, opaque, errp);
    if (tci_wasm_config.check) {
        tci_wasm_config.mode = TCI_WASM_BLOCKS;
        tci_wasm_config.thread = false;
    }
}

void tci_wasm_add_properties(ObjectClass *oc)
{
    static const struct { const char *name; uint32_t *value; } number[] = {
        { "translator-threshold", &tci_wasm_config.threshold },
        { "translator-batch", &tci_wasm_config.batch },
        { "translator-linger", &tci_wasm_config.linger },
        { "translator-patience", &tci_wasm_config.patience },
        { "translator-first", &tci_wasm_config.first },
        { "translator-reform", &tci_wasm_config.reform },
        { "translator-region", &tci_wasm_config.region },
    };
    static const struct { const char *name; bool *value; } toggle[] = {
        { "translator-thread", &tci_wasm_config.thread },
        { "translator-tail-calls", &tci_wasm_config.tail_calls },
        { "translator-check", &tci_wasm_config.check },
    };

    object_class_property_add_str(oc, "translator", get_mode, set_mode);
    object_class_property_set_description(oc, "translator",
        "Translate hot blocks to WebAssembly: off, blocks or regions");
    for (int i = 0; i < ARRAY_SIZE(number); i++) {
        object_class_property_add(oc, number[i].name, "uint32", get_number,
                                  set_number, NULL, number[i].value);
    }
    for (int i = 0; i < ARRAY_SIZE(toggle); i++) {
        object_class_property_add(oc, toggle[i].name, "bool", get_switch,
                                  set_switch, NULL, toggle[i].value);
    }
}

void tci_wasm_dump(GString *buf)
{
    const TrStats *s = &tr_stats;

    g_string_append_printf(buf, "\nTranslator: %s, threshold %u%s%s\n",
                           mode_name[tci_wasm_config.mode],
                           tci_wasm_config.threshold,
                           tci_wasm_config.thread ? ", own thread" : "",
                           tr_tail_calls ? ", tail calls" : "");
    g_string_append_printf(buf, "modules %" PRIu64 ", functions %" PRIu64
                           ", TBs %" PRIu64 " (rejected %" PRIu64 ")\n",
                           s->modules, s->functions, s->blocks, s->rejected);
    g_string_append_printf(buf, "interpreted runs %" PRIu64 " of cold TBs, %"
                           PRIu64 " of hot ones\n", s->interpreted_cold,
                           s->interpreted_hot);
    g_string_append_printf(buf, "TBs in regions formed anew %" PRIu64 "\n",
                           s->reformed);
    g_string_append_printf(buf, "wasm %" PRIu64 " KiB of %" PRIu64
                           " KiB bytecode\n", s->wasm_bytes >> 10,
                           s->bytecode_bytes >> 10);
    g_string_append_printf(buf, "generate %.0f ms, compile %.0f ms, "
                           "instantiate %.0f ms (%" PRIu64
                           " times, longest %.1f ms)\n",
                           s->generate_ms, s->compile_ms, s->instantiate_ms,
                           s->instances, s->longest_ms);
    g_string_append_printf(buf, "flushes %" PRIu64 " (forgotten by a vCPU in "
                           "at most %.1f ms, freed in %.0f ms)\n", s->flushes,
                           s->longest_forget_ms, s->longest_free_ms);
    g_string_append_printf(buf, "chains inside %" PRIu64 ", tail %" PRIu64
                           ", out %" PRIu64 "\n", s->chain_inside,
                           s->chain_tail, s->chain_out);
    g_string_append_printf(buf, "calls by instructions: vector %" PRIu64
                           ", floating point %" PRIu64 ", atomic %" PRIu64 "\n",
                           s->vectors, s->floats, s->atomics);
    if (tci_wasm_config.check) {
        g_string_append_printf(buf, "checked %" PRIu64 ", skipped %" PRIu64
                               ", different %" PRIu64 "\n", s->checked,
                               s->check_skipped, s->check_failed);
    }
    for (int i = 0; i < ARRAY_SIZE(s->rejected_op); i++) {
        if (s->rejected_op[i]) {
            g_string_append_printf(buf, "rejected for op %d: %u\n", i,
                                   s->rejected_op[i]);
        }
    }
}
