/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "app/score-numbers.h"

#include <string.h>

#include "capture/array-writer.h"
#include "capture/output-file.h"
#include "capture/score-parts.h"

enum {
    N_WHOLE = 6,
    N_ARRAYS = 4,
    N_ALL = N_ARRAYS + N_WHOLE
};

/* What there is one number of. */
typedef struct {
    const char *name;
    double value;
} Whole;

static void
list_whole (const FoveaScoreParts *parts, double weight, Whole *out)
{
    const Whole all[N_WHOLE] = {{"scale", parts->scale},       {"sum", parts->sum},
                                {"position", parts->position}, {"soft_cap", parts->cap},
                                {"score", parts->score},       {"weight", weight}};
    memcpy (out, all, sizeof all);
}

/* Of each dimension its rotary pair, -1 where it does not turn. */
static gint64 *
list_pairs (const FoveaScoreParts *parts)
{
    gint64 *pairs = g_new (gint64, (gsize) parts->width);
    for (gint64 d = 0; d < parts->width; d++)
        pairs[d] = fovea_score_parts_find_pair (parts, d);
    return pairs;
}

static FoveaTable *
make_table (const FoveaScoreParts *parts, const FoveaMapOptions *place, double weight)
{
    static const FoveaColumn columns[] = {
        {"dimension", FOVEA_COLUMN_INTEGER, "", "of the head"},
        {"pair", FOVEA_COLUMN_INTEGER, "", "that it turns in, the fastest is 0; -1 = none"},
        {"query", FOVEA_COLUMN_NUMBER, "", "as it enters the product"},
        {"key", FOVEA_COLUMN_NUMBER, "", "as it enters the product"},
        {"product", FOVEA_COLUMN_NUMBER, "nats", "scale * query * key"},
    };
    FoveaTable *table = fovea_table_new ("qk");
    g_autofree gint64 *pairs = list_pairs (parts);
    Whole whole[N_WHOLE];
    list_whole (parts, weight, whole);
    fovea_table_add_columns (table, columns, G_N_ELEMENTS (columns));
    g_autofree char *head = g_strdup_printf ("%u.%u", place->layer, place->head);
    g_autofree char *query = g_strdup_printf ("%" G_GINT64_FORMAT, place->query);
    g_autofree char *key = g_strdup_printf ("%" G_GINT64_FORMAT, place->key);
    fovea_table_set_note (table, "head", head);
    fovea_table_set_note (table, "query", query);
    fovea_table_set_note (table, "key", key);
    for (guint i = 0; i < N_WHOLE; i++) {
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        g_ascii_formatd (number, sizeof number, "%.9g", whole[i].value);
        fovea_table_set_note (table, whole[i].name, number);
    }
    for (gint64 d = 0; d < parts->width; d++) {
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, d);
        fovea_table_set_integer (table, row, 1, pairs[d]);
        fovea_table_set_number (table, row, 2, (double) parts->query[d]);
        fovea_table_set_number (table, row, 3, (double) parts->key[d]);
        fovea_table_set_number (table, row, 4, (double) parts->products[d]);
    }
    return table;
}

static gboolean
save_arrays (const FoveaScoreParts *parts, double weight, const char *path, GError **error)
{
    gsize n = (gsize) parts->width;
    g_autofree gint64 *pairs = list_pairs (parts);
    Whole whole[N_WHOLE];
    FoveaTensor tensors[N_ALL] = {
        {.name = "query", .dtype = FOVEA_F32, .data = parts->query},
        {.name = "key", .dtype = FOVEA_F32, .data = parts->key},
        {.name = "product", .dtype = FOVEA_F32, .data = parts->products},
        {.name = "pair", .dtype = FOVEA_I64, .data = pairs},
    };
    list_whole (parts, weight, whole);
    for (guint i = 0; i < N_ARRAYS; i++) {
        tensors[i].rank = 1;
        tensors[i].shape[0] = parts->width;
        tensors[i].n_bytes = n * fovea_dtype_size (tensors[i].dtype);
    }
    for (guint i = 0; i < N_WHOLE; i++)
        tensors[N_ARRAYS + i] = (FoveaTensor){.name = whole[i].name,
                                              .dtype = FOVEA_F64,
                                              .data = &whole[i].value,
                                              .n_bytes = sizeof whole[i].value};
    g_autoptr (FoveaArrayWriter) writer = fovea_npz_writer_new (path, error);
    if (writer == NULL)
        return FALSE;
    for (guint i = 0; i < N_ALL; i++)
        if (!writer->add (writer, &tensors[i], error))
            return FALSE;
    for (guint i = 0; i < N_ALL; i++)
        if (!writer->append (writer, tensors[i].data, tensors[i].n_bytes, error))
            return FALSE;
    return writer->finish (writer, error);
}

gboolean
fovea_score_numbers_save (FoveaTrace *trace,
                          const FoveaMapOptions *options,
                          const char *path,
                          GError **error)
{
    FoveaMapOptions place = *options;
    double weight;
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, place.layer, error);
    if (attention == NULL || !fovea_score_parts_choose_cell (attention, place.head, &place.query,
                                                             &place.key, &weight, error))
        return FALSE;
    g_autoptr (FoveaScoreParts) parts =
        fovea_score_parts_read (attention, place.head, place.query, place.key, error);
    if (parts == NULL)
        return FALSE;
    if (g_str_has_suffix (path, ".npz"))
        return save_arrays (parts, weight, path, error);
    g_autoptr (FoveaTable) table = make_table (parts, &place, weight);
    g_autofree char *text = fovea_table_print (table, FOVEA_FORMAT_CSV);
    return fovea_output_file_save (path, text, strlen (text), error);
}
