/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Symbols stand in the order of their bytes, so those that begin alike are neighbours: a text's bytes
 * narrow the range one by one. Cost: a look at a table where no symbol begins with the first byte,
 * else two binary searches for each byte that some symbol shares. */
#include "capture/tokenizer-symbols.h"

#include <string.h>

typedef struct {
    char *text;
    gint32 id;
} Symbol;

struct _FoveaSymbols {
    GArray *sorted;   /* of #Symbol */
    guint first[257]; /* where the symbols of each first byte begin, and their end */
};

static void
clear_symbol (gpointer data)
{
    g_free (((Symbol *) data)->text);
}

FoveaSymbols *
fovea_symbols_new (void)
{
    FoveaSymbols *symbols = g_new0 (FoveaSymbols, 1);
    symbols->sorted = g_array_new (FALSE, FALSE, sizeof (Symbol));
    g_array_set_clear_func (symbols->sorted, clear_symbol);
    return symbols;
}

void
fovea_symbols_free (FoveaSymbols *symbols)
{
    if (symbols == NULL)
        return;
    g_array_unref (symbols->sorted);
    g_free (symbols);
}

void
fovea_symbols_add (FoveaSymbols *symbols, const char *text, gint32 id)
{
    Symbol symbol = {g_strdup (text), id};
    g_array_append_val (symbols->sorted, symbol);
}

/* Of two with one text the later id stands last. */
static int
by_bytes (gconstpointer a, gconstpointer b)
{
    const Symbol *x = a, *y = b;
    int order = strcmp (x->text, y->text); /* as unsigned bytes */
    return order != 0 ? order : (x->id > y->id) - (x->id < y->id);
}

void
fovea_symbols_seal (FoveaSymbols *symbols)
{
    g_array_sort (symbols->sorted, by_bytes);
    guint at = 0;
    for (guint byte = 0; byte <= 256; byte++) {
        while (at < symbols->sorted->len &&
               (guchar) g_array_index (symbols->sorted, Symbol, at).text[0] < byte)
            at++;
        symbols->first[byte] = at;
    }
}

/* The first of symbols [low, high), alike up to @at, whose byte there is at least @least. */
static guint
narrow (const Symbol *sorted, guint low, guint high, gsize at, guint least)
{
    while (low < high) {
        guint middle = low + (high - low) / 2;
        if ((guchar) sorted[middle].text[at] < least)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

gint32
fovea_symbols_find (const FoveaSymbols *symbols, const char *text, gsize length, gsize *used)
{
    gint32 found = -1;
    if (symbols == NULL || length == 0 || text[0] == '\0')
        return found;
    const Symbol *sorted = (const Symbol *) (const void *) symbols->sorted->data;
    guint low = symbols->first[(guchar) text[0]], high = symbols->first[(guchar) text[0] + 1];
    for (gsize at = 1; low < high; at++) {
        /* those that end here stand in front: their byte is NUL */
        guint longer = narrow (sorted, low, high, at, 1);
        if (longer > low) {
            found = sorted[longer - 1].id;
            *used = at;
        }
        if (at == length)
            break;
        guint byte = (guchar) text[at];
        low = narrow (sorted, longer, high, at, byte);
        high = narrow (sorted, low, high, at, byte + 1);
    }
    return found;
}
