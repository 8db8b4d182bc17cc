/*
 * Bootlink: a WebAssembly module under construction, as bytes.
 *
 * The same bytes serve every thread: they name guest and host addresses, but
 * what differs between threads comes in as arguments.  The browser then
 * compiles a module once for all threads.
 *
 * The functions go into the thread's table by an element segment, at an
 * imported place.  That is five to ten times faster than exporting them and
 * having JavaScript put them there, but for V8 before 12.4 (Node 20): it
 * copies the whole table for each instance that imports it.
 *
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include "qemu/osdep.h"
#include "internal.h"

TrModule *tr_module_new(bool final)
{
    TrModule *m = g_new0(TrModule, 1);
    static const uint8_t unit_args[] = {
        W_TYPE_I32, W_TYPE_I64, W_TYPE_I32
    };

    m->final = final;
    m->tail_calls = final || !tr_reforms();
    m->blocks = g_array_new(false, false, sizeof(TrBlock));
    m->by_start = g_hash_table_new(NULL, NULL);
    m->type_at = g_array_new(false, false, sizeof(uint32_t));
    m->imports = g_array_new(false, false, sizeof(TrImport));
    m->fixups = g_array_new(false, false, sizeof(TrFixup));
    m->hints = g_array_new(false, false, sizeof(TrHint));
    /* Type 0: TrUnitFunc */
    tr_type(m, unit_args, sizeof(unit_args), W_TYPE_I32);
    return m;
}

void tr_module_free(TrModule *m)
{
    g_array_free(m->blocks, true);
    g_hash_table_destroy(m->by_start);
    g_array_free(m->type_at, true);
    g_array_free(m->imports, true);
    g_array_free(m->fixups, true);
    g_array_free(m->hints, true);
    trb_free(&m->types);
    trb_free(&m->code);
    g_free(m);
}

int tr_module_add(TrModule *m, uint32_t *start)
{
    TrBlock b;
    gpointer known = g_hash_table_lookup(m->by_start, start);

    if (known) {
        return GPOINTER_TO_INT(known) - 1;
    }
    if (!tr_scan_block(&b, start)) {
        qatomic_set(&start[TCI_TB_HEAT], TCI_HEAT_QUEUED | TCI_HEAT_FINAL);
        tr_stats.rejected++;
        return -1;
    }
    g_array_append_val(m->blocks, b);
    g_hash_table_insert(m->by_start, start, GINT_TO_POINTER(m->blocks->len));
    return m->blocks->len - 1;
}

int tr_type(TrModule *m, const uint8_t *args, int nargs, uint8_t result)
{
    uint8_t entry[24];
    int n = 0;
    uint32_t at = m->types.len;

    entry[n++] = W_TYPE_FUNC;
    entry[n++] = nargs;
    memcpy(entry + n, args, nargs);
    n += nargs;
    entry[n++] = result != 0;
    if (result) {
        entry[n++] = result;
    }
    for (int i = 0; i < m->ntype; i++) {
        uint32_t ofs = g_array_index(m->type_at, uint32_t, i);
        uint32_t end = i + 1 < m->ntype
            ? g_array_index(m->type_at, uint32_t, i + 1) : m->types.len;

        if (end - ofs == n && !memcmp(m->types.data + ofs, entry, n)) {
            return i;
        }
    }
    trb_bytes(&m->types, entry, n);
    g_array_append_val(m->type_at, at);
    return m->ntype++;
}

int tr_import(TrModule *m, uintptr_t func, int type)
{
    TrImport import = { .func = func, .type = type };

    for (int i = 0; i < m->imports->len; i++) {
        TrImport *known = &g_array_index(m->imports, TrImport, i);

        if (known->func == func && known->type == type) {
            return i;
        }
    }
    g_array_append_val(m->imports, import);
    return m->imports->len - 1;
}

static void section(TrBuf *out, uint8_t id, TrBuf *content)
{
    trb_byte(out, id);
    trb_u(out, content->len);
    trb_bytes(out, content->data, content->len);
    content->len = 0;
}

static void name(TrBuf *out, const char *s)
{
    trb_u(out, strlen(s));
    trb_bytes(out, s, strlen(s));
}

static void number(TrBuf *out, int i)
{
    char digits[12];

    snprintf(digits, sizeof(digits), "%d", i);
    name(out, digits);
}

static void import_section(TrModule *m, TrBuf *s)
{
    trb_u(s, (tr_elements ? 3 : 1) + m->imports->len);
    name(s, "e");
    name(s, "m");
    trb_byte(s, 2);             /* memory, shared, 0 to 65536 pages */
    trb_byte(s, 3);
    trb_u(s, 0);
    trb_u(s, 65536);
    if (tr_elements) {
        name(s, "e");
        name(s, "t");
        trb_byte(s, 1);         /* table of functions, 0 or more */
        trb_byte(s, W_TYPE_FUNCREF);
        trb_byte(s, 0);
        trb_u(s, 0);
        name(s, "e");
        name(s, "b");
        trb_byte(s, 3);         /* global, constant */
        trb_byte(s, W_TYPE_I32);
        trb_byte(s, 0);
    }
    for (int i = 0; i < m->imports->len; i++) {
        name(s, "f");
        number(s, i);
        trb_byte(s, 0);
        trb_u(s, g_array_index(m->imports, TrImport, i).type);
    }
}

/* Exports "0", "1", ... */
static void export_section(TrModule *m, TrBuf *s)
{
    trb_u(s, m->nregion);
    for (int i = 0; i < m->nregion; i++) {
        number(s, i);
        trb_byte(s, 0);
        trb_u(s, m->imports->len + i);
    }
}

/* All functions, into the table at the imported global */
static void element_section(TrModule *m, TrBuf *s)
{
    trb_u(s, 1);
    trb_byte(s, 0);
    trb_byte(s, W_GLOBAL_GET);
    trb_u(s, 0);
    trb_byte(s, W_END);
    trb_u(s, m->nregion);
    for (int i = 0; i < m->nregion; i++) {
        trb_u(s, m->imports->len + i);
    }
}

/*
 * Branch hints (the proposal of that name): a custom section before the code,
 * which browsers that do not know it pass over.
 */
static void hint_section(TrModule *m, TrBuf *s)
{
    TrBuf functions = { 0 };
    int n = 0;

    for (int i = 0, next; i < m->hints->len; i = next, n++) {
        TrHint *hint = &g_array_index(m->hints, TrHint, i);

        next = i;
        while (next < m->hints->len &&
               g_array_index(m->hints, TrHint, next).region == hint->region) {
            next++;
        }
        trb_u(&functions, m->imports->len + hint->region);
        trb_u(&functions, next - i);
        for (; hint < &g_array_index(m->hints, TrHint, next); hint++) {
            trb_u(&functions, hint->at);
            trb_u(&functions, 1);       /* byte that follows */
            trb_byte(&functions, hint->taken);
        }
    }
    name(s, "metadata.code.branch_hint");
    trb_u(s, n);
    trb_bytes(s, functions.data, functions.len);
    trb_free(&functions);
}

void tr_module_bytes(TrModule *m, TrBuf *out)
{
    static const uint8_t header[] = { 0, 'a', 's', 'm', 1, 0, 0, 0 };
    TrBuf s = { 0 };

    for (int i = 0; i < m->fixups->len; i++) {
        TrFixup *fix = &g_array_index(m->fixups, TrFixup, i);

        trb_patch5(&m->code, fix->at, m->imports->len + fix->region);
    }

    trb_bytes(out, header, sizeof(header));
    trb_u(&s, m->ntype);
    trb_bytes(&s, m->types.data, m->types.len);
    section(out, 1, &s);
    import_section(m, &s);
    section(out, 2, &s);
    trb_u(&s, m->nregion);
    for (int i = 0; i < m->nregion; i++) {
        trb_byte(&s, 0);
    }
    section(out, 3, &s);
    if (tr_elements) {
        element_section(m, &s);
        section(out, 9, &s);
    } else {
        export_section(m, &s);
        section(out, 7, &s);
    }
    hint_section(m, &s);
    section(out, 0, &s);
    trb_u(&s, m->nregion);
    trb_bytes(&s, m->code.data, m->code.len);
    section(out, 10, &s);
    trb_free(&s);
}
