/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Both traces are read some rows at a time, so a comparison holds little whatever the length; sums are in
 * double. Cost: one pass over every point, patterns recomputed twice: a tile of attention is for 64
 * queries, whether one is wanted or all. */
#include "analysis/compare.h"

#include <math.h>
#include <string.h>

#include "capture/point.h"

/* Sums over pairs of values. */
typedef struct {
    gint64 n;
    double aa, bb, ab, square; /* of a a, b b, a b, (b - a)^2 */
    double absolute, largest;  /* sum and largest of |b - a| */
} Sums;

enum {
    LEAST_ROWS = 64,          /* read at a time */
    MOST_VALUES = 1024 * 1024 /* but no more than these, unless rows are longer */
};

typedef void (*RowCallback) (gpointer data, gint64 row, const float *a, const float *b, gint64 n);

static void
add_row (Sums *sums, const float *a, const float *b, gint64 n)
{
    for (gint64 i = 0; i < n; i++) {
        double x = (double) a[i], y = (double) b[i], d = fabs (y - x);
        if (a[i] == b[i] && isinf (a[i]))
            continue;
        sums->n++;
        sums->aa += x * x;
        sums->bb += y * y;
        sums->ab += x * y;
        sums->square += d * d;
        sums->absolute += d;
        if (!(d <= sums->largest)) /* NaN stays */
            sums->largest = d;
    }
}

/* 0 / 0 is no difference: both are all zeros. */
static double
relative_error (const Sums *sums)
{
    return sums->square == 0 ? 0 : sqrt (sums->square / sums->aa);
}

static double
cosine (const Sums *sums)
{
    return sums->square == 0 ? 1 : sums->ab / sqrt (sums->aa * sums->bb);
}

gboolean
fovea_compare_check_models (const FoveaArchitecture *p,
                            const char *name_p,
                            const FoveaArchitecture *q,
                            const char *name_q,
                            GError **error)
{
    if (p->n_layers == q->n_layers && p->n_heads == q->n_heads && p->head_width == q->head_width)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "%s has %" G_GINT64_FORMAT " layers of %" G_GINT64_FORMAT
                 " heads of width %" G_GINT64_FORMAT ", %s %" G_GINT64_FORMAT
                 " of %" G_GINT64_FORMAT " of %" G_GINT64_FORMAT,
                 name_p, p->n_layers, p->n_heads, p->head_width, name_q, q->n_layers, q->n_heads,
                 q->head_width);
    return FALSE;
}

gboolean
fovea_compare_check (FoveaTrace *a, FoveaTrace *b, GError **error)
{
    const FoveaTraceInfo *x = fovea_trace_get_info (a), *y = fovea_trace_get_info (b);
    if (!fovea_compare_check_models (x->architecture, x->model_name, y->architecture, y->model_name,
                                     error))
        return FALSE;
    if (x->n_tokens == y->n_tokens && x->ids != NULL && y->ids != NULL &&
        memcmp (x->ids, y->ids, (gsize) x->n_tokens * sizeof *x->ids) == 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "%s and %s were captured on different tokens", x->model_name, y->model_name);
    return FALSE;
}

/* Calls @callback with each row of a point in both. */
static gboolean
walk_point (FoveaTrace *a,
            FoveaTrace *b,
            const char *name,
            RowCallback callback,
            gpointer data,
            GCancellable *cancellable,
            GError **error)
{
    g_autoptr (FoveaArray) x = fovea_trace_describe_point (a, name, error);
    g_autoptr (FoveaArray) y = x != NULL ? fovea_trace_describe_point (b, name, error) : NULL;
    if (y == NULL)
        return FALSE;
    gint64 n_rows = fovea_array_n_rows (x), length = fovea_array_row_length (x);
    if (fovea_array_n_rows (y) != n_rows || fovea_array_row_length (y) != length) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "%s is %" G_GINT64_FORMAT " x %" G_GINT64_FORMAT " in A, %" G_GINT64_FORMAT
                     " x %" G_GINT64_FORMAT " in B",
                     name, n_rows, length, fovea_array_n_rows (y), fovea_array_row_length (y));
        return FALSE;
    }
    gint64 at_once = MAX (MIN (MAX (MOST_VALUES / MAX (length, 1), LEAST_ROWS), n_rows), 1);
    g_autofree float *left = g_new (float, at_once *length + 1);
    g_autofree float *right = g_new (float, at_once *length + 1);
    for (gint64 row = 0; row < n_rows; row += at_once) {
        gint64 n = MIN (at_once, n_rows - row);
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !fovea_trace_read (a, name, row, n, left, error) ||
            !fovea_trace_read (b, name, row, n, right, error))
            return FALSE;
        for (gint64 i = 0; i < n; i++)
            callback (data, row + i, left + i * length, right + i * length, length);
    }
    return TRUE;
}

static void
sum_row (gpointer data, gint64 row, const float *a, const float *b, gint64 n)
{
    add_row (data, a, b, n);
}

/* Copies of the stream tell nothing new, and a key's number is no amount. */
static gboolean
is_compared (FoveaTrace *trace, const char *name)
{
    return !fovea_point_is_optional (fovea_trace_get_info (trace)->architecture, name) &&
           !g_str_has_suffix (name, "hook_row_argmax");
}

FoveaTable *
fovea_compare_points (FoveaTrace *a, FoveaTrace *b, GCancellable *cancellable, GError **error)
{
    if (!fovea_compare_check (a, b, error))
        return NULL;
    g_autoptr (FoveaTable) table = fovea_table_new ("compare-points");
    g_auto (GStrv) names = fovea_trace_list_points (a);
    fovea_table_add_column (table, "point", FOVEA_COLUMN_TEXT, "", "name of the point");
    fovea_table_add_column (table, "values", FOVEA_COLUMN_INTEGER, "", "values compared");
    fovea_table_add_column (table, "error", FOVEA_COLUMN_NUMBER, "share",
                            "root mean square of B - A, of A's own");
    fovea_table_add_column (table, "cosine", FOVEA_COLUMN_NUMBER, "", "between A and B");
    fovea_table_add_column (table, "largest", FOVEA_COLUMN_NUMBER, "", "largest |B - A|");
    for (guint i = 0; names[i] != NULL; i++) {
        Sums sums = {0};
        if (!is_compared (a, names[i]))
            continue;
        if (!walk_point (a, b, names[i], sum_row, &sums, cancellable, error))
            return NULL;
        guint row = fovea_table_add_row (table);
        fovea_table_set_text (table, row, 0, names[i]);
        fovea_table_set_integer (table, row, 1, sums.n);
        fovea_table_set_number (table, row, 2, relative_error (&sums));
        fovea_table_set_number (table, row, 3, cosine (&sums));
        fovea_table_set_number (table, row, 4, sums.largest);
    }
    return g_steal_pointer (&table);
}

/* Sums of each head of a layer, by the place of the head in a row (z) or of the row (pattern). */
typedef struct {
    Sums *heads;
    gint64 n_heads, n_tokens;
} HeadSums;

static void
sum_z_row (gpointer data, gint64 row, const float *a, const float *b, gint64 n)
{
    HeadSums *sums = data;
    gint64 width = n / sums->n_heads;
    for (gint64 h = 0; h < sums->n_heads; h++)
        add_row (&sums->heads[h], a + h * width, b + h * width, width);
}

static void
sum_pattern_row (gpointer data, gint64 row, const float *a, const float *b, gint64 n)
{
    HeadSums *sums = data;
    add_row (&sums->heads[row / sums->n_tokens], a, b, n);
}

/* Two layers' worth of sums, as rows of the table. */
static void
add_heads (FoveaTable *table, guint layer, const HeadSums *z, const HeadSums *pattern)
{
    for (gint64 h = 0; h < z->n_heads; h++) {
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, layer);
        fovea_table_set_integer (table, row, 1, h);
        fovea_table_set_number (table, row, 2, relative_error (&z->heads[h]));
        fovea_table_set_number (table, row, 3,
                                pattern->heads[h].absolute / (2 * (double) z->n_tokens));
        fovea_table_set_number (table, row, 4, pattern->heads[h].largest);
    }
}

FoveaTable *
fovea_compare_heads (FoveaTrace *a, FoveaTrace *b, GCancellable *cancellable, GError **error)
{
    if (!fovea_compare_check (a, b, error))
        return NULL;
    const FoveaTraceInfo *info = fovea_trace_get_info (a);
    const gint64 H = info->architecture->n_heads;
    static const FoveaColumn columns[] = {
        {"layer", FOVEA_COLUMN_INTEGER, "", "layer"},
        {"head", FOVEA_COLUMN_INTEGER, "", "head"},
        {"z_error", FOVEA_COLUMN_NUMBER, "share",
         "root mean square of B - A of the head's output, of A's own"},
        {"moved", FOVEA_COLUMN_NUMBER, "share",
         "attention that went to other keys, mean over queries"},
        {"largest", FOVEA_COLUMN_NUMBER, "", "largest change of a weight"},
    };
    g_autoptr (FoveaTable) table =
        fovea_table_new_with ("compare-heads", columns, G_N_ELEMENTS (columns));
    for (guint layer = 0; layer < info->architecture->n_layers; layer++) {
        g_autofree Sums *z_sums = g_new0 (Sums, H), *pattern_sums = g_new0 (Sums, H);
        HeadSums z = {z_sums, H, info->n_tokens}, pattern = {pattern_sums, H, info->n_tokens};
        g_autofree char *z_name = g_strdup_printf ("blocks.%u.attn.hook_z", layer);
        g_autofree char *pattern_name = g_strdup_printf ("blocks.%u.attn.hook_pattern", layer);
        if (!walk_point (a, b, z_name, sum_z_row, &z, cancellable, error) ||
            !walk_point (a, b, pattern_name, sum_pattern_row, &pattern, cancellable, error))
            return NULL;
        add_heads (table, layer, &z, &pattern);
    }
    return g_steal_pointer (&table);
}

static double
log_sum_exp (const float *x, gint64 n, gint64 *best)
{
    double sum = 0;
    *best = 0;
    for (gint64 i = 1; i < n; i++)
        if (x[i] > x[*best])
            *best = i;
    for (gint64 i = 0; i < n; i++)
        sum += exp ((double) x[i] - (double) x[*best]);
    return (double) x[*best] + log (sum);
}

typedef struct {
    double divergence;
    gint64 agree, n;
} Predictions;

static void
compare_logits (gpointer data, gint64 row, const float *a, const float *b, gint64 n)
{
    Predictions *sums = data;
    gint64 best_a, best_b;
    double lse_a = log_sum_exp (a, n, &best_a), lse_b = log_sum_exp (b, n, &best_b), kl = 0;
    for (gint64 i = 0; i < n; i++) {
        double log_a = (double) a[i] - lse_a;
        kl += exp (log_a) * (log_a - ((double) b[i] - lse_b));
    }
    sums->divergence += kl;
    sums->agree += best_a == best_b;
    sums->n++;
}

gboolean
fovea_compare_predictions (FoveaTrace *a,
                           FoveaTrace *b,
                           FoveaPredictionChange *change,
                           GCancellable *cancellable,
                           GError **error)
{
    Predictions sums = {0};
    if (!fovea_compare_check (a, b, error) ||
        !walk_point (a, b, "unembed.hook_out", compare_logits, &sums, cancellable, error))
        return FALSE;
    change->divergence = sums.divergence / (double) MAX (sums.n, 1);
    change->agreement = (double) sums.agree / (double) MAX (sums.n, 1);
    return TRUE;
}
