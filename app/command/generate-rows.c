/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Written as tokens come, so that a long continuation needs no memory for it; the file appears under
 * its name when it is complete. Nine digits bring an f32 back to its bits. */
#include "app/command/generate-rows.h"

#include <string.h>

static const char *const column_names =
    "pos\tlayer\thead\tlse\tentropy\tmax_weight\tmax_key\tmean_distance\tfirst_mass\tlocal_mass\n";

FoveaOutputFile *
fovea_rows_file_begin (const char *path, GError **error)
{
    g_autoptr (FoveaOutputFile) file = fovea_output_file_new (path, error);
    if (file == NULL || !fovea_output_file_write (file, column_names, strlen (column_names), error))
        return NULL;
    return g_steal_pointer (&file);
}

static void
add_number (GString *text, float value)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append_c (text, '\t');
    g_string_append (text, g_ascii_formatd (digits, sizeof digits, "%.9g", (double) value));
}

static void
add_line (GString *text, const FoveaRowStatistics *s, gint64 at)
{
    add_number (text, s->lse[at]);
    add_number (text, s->entropy[at]);
    add_number (text, s->max_weight[at]);
    g_string_append_printf (text, "\t%d", s->max_key[at]);
    add_number (text, s->mean_distance[at]);
    add_number (text, s->first_mass[at]);
    add_number (text, s->local_mass[at]);
    g_string_append_c (text, '\n');
}

gboolean
fovea_rows_file_add (FoveaOutputFile *file,
                     const FoveaRowStatistics *rows,
                     gint64 position,
                     GError **error)
{
    g_autoptr (GString) text = g_string_new (NULL);
    for (gint64 row = 0; row < rows->rows; row++)
        for (gint64 layer = 0; layer < rows->n_layers; layer++)
            for (gint64 head = 0; head < rows->heads; head++) {
                g_string_append_printf (
                    text, "%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT "\t%" G_GINT64_FORMAT,
                    position + row, layer, head);
                add_line (text, rows, (layer * rows->rows + row) * rows->heads + head);
            }
    return fovea_output_file_write (file, text->str, text->len, error);
}
