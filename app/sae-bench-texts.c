/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Labelled texts: a line each, its means kept and nothing else. */
#include <string.h>

#include "app/sae-bench-runner.h"
#include "capture/texts.h"

typedef struct {
    FoveaSaeBenchRunner *runner;
    FoveaSaeBenchTexts *texts;
    gint64 tokens;
    GCancellable *cancellable;
} Reading;

void
fovea_sae_bench_texts_free (FoveaSaeBenchTexts *texts)
{
    if (texts == NULL)
        return;
    fovea_bench_rows_free (texts->rows);
    for (guint i = 0; i < G_N_ELEMENTS (texts->names); i++) {
        g_free (texts->labels[i]);
        g_clear_pointer (&texts->names[i], g_ptr_array_unref);
    }
    g_free (texts);
}

/* The number of a label's name, which is new if it has not been met. */
static gint32
number_label (GPtrArray *names, const char *name)
{
    for (guint i = 0; i < names->len; i++)
        if (g_str_equal (g_ptr_array_index (names, i), name))
            return (gint32) i;
    g_ptr_array_add (names, g_strdup (name));
    return (gint32) names->len - 1;
}

/* Rows of the tokens that are not special, moved to the front; gives how many. */
static gint64
drop_special (const FoveaTraceInfo *info, gint64 d, float *x)
{
    gint64 n = 0;
    for (gint64 t = 0; t < info->n_tokens; t++)
        if (info->special == NULL || !info->special[t])
            memmove (x + n++ * d, x + t * d, (gsize) d * sizeof *x);
    return n;
}

/* A text's means; one that has no tokens but special ones is an error. */
static gboolean
add_text (const Reading *r, const char *text, GError **error)
{
    const FoveaTextsOptions options = {.max_tokens = r->tokens, .limit = 1, .add_special = TRUE};
    FoveaSaeBenchRunner *runner = r->runner;
    g_autoptr (GPtrArray) infos =
        fovea_texts_from_text (runner->model, "text", text, -1, &options, error);
    if (infos == NULL)
        return FALSE;
    const FoveaTraceInfo *info = g_ptr_array_index (infos, 0);
    g_autofree float *x = fovea_sae_bench_runner_run (runner, info, r->cancellable, error);
    if (x == NULL)
        return FALSE;
    gint64 n = drop_special (info, runner->sae->d_in, x);
    if (n == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "it has no tokens");
        return FALSE;
    }
    g_autoptr (FoveaSaeCodes) codes = fovea_sae_encoder_run (runner->encoder, n, x, error);
    if (codes == NULL)
        return FALSE;
    fovea_bench_rows_add (r->texts->rows, x, codes);
    return TRUE;
}

/* label, tab, (label, tab,) text */
static gboolean
add_line (const Reading *r, const char *line, GError **error)
{
    FoveaSaeBenchTexts *texts = r->texts;
    g_auto (GStrv) cells = g_strsplit (line, "\t", (gint) texts->n_labels + 1);
    if (g_strv_length (cells) != texts->n_labels + 1 || *cells[texts->n_labels] == '\0') {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "expected %s and a text, parted by tabs",
                     texts->n_labels == 2 ? "two labels" : "a label");
        return FALSE;
    }
    gint64 n = texts->rows->n;
    if (!add_text (r, cells[texts->n_labels], error))
        return FALSE;
    for (guint i = 0; i < texts->n_labels; i++) {
        texts->labels[i] = g_renew (gint32, texts->labels[i], n + 1);
        texts->labels[i][n] = number_label (texts->names[i], cells[i]);
    }
    return TRUE;
}

FoveaSaeBenchTexts *
fovea_sae_bench_read_texts (const FoveaSaeBenchSource *source,
                            const char *path,
                            guint n_labels,
                            FoveaSaeBenchProgress progress,
                            gpointer progress_data,
                            GCancellable *cancellable,
                            GError **error)
{
    g_auto (FoveaSaeBenchRunner) runner = {NULL};
    g_autofree char *content = NULL;
    gsize length;
    if (!g_file_get_contents (path, &content, &length, error))
        return NULL;
    if (strlen (content) != length) { /* what stands behind it would be left out unseen */
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "%s is no text: byte %" G_GSIZE_FORMAT " is 0", path, strlen (content));
        return NULL;
    }
    if (!fovea_sae_bench_runner_open (&runner, source, source->tokens, error))
        return NULL;
    g_autoptr (FoveaSaeBenchTexts) texts = g_new0 (FoveaSaeBenchTexts, 1);
    texts->rows = fovea_bench_rows_new (source->sae->d_in, source->sae->d_sae);
    texts->n_labels = n_labels;
    for (guint i = 0; i < n_labels; i++)
        texts->names[i] = g_ptr_array_new_with_free_func (g_free);
    const Reading reading = {&runner, texts, runner.longest, cancellable};
    g_auto (GStrv) lines = g_strsplit (content, "\n", -1);
    guint n = g_strv_length (lines);
    for (guint i = 0; i < n; i++) {
        if (*g_strchomp (lines[i]) == '\0' || *lines[i] == '#')
            continue;
        if (!add_line (&reading, lines[i], error)) {
            g_prefix_error (error, "%s, line %u: ", path, i + 1);
            return NULL;
        }
        if (progress != NULL)
            progress (progress_data, i + 1, n);
    }
    if (texts->rows->n > 0)
        return g_steal_pointer (&texts);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT, "%s has no texts", path);
    return NULL;
}
