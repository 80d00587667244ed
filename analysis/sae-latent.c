/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Firings come sequence by sequence; a window is cut out of a sequence only when its firing enters
 * the list of the strongest, which happens a few times as often as the list is long. */
#include "analysis/sae-latent.h"

#include <math.h>
#include <string.h>

#include "kernels/sparse-rows.h"

void
fovea_latent_example_free (FoveaLatentExample *example)
{
    if (example == NULL)
        return;
    g_strfreev (example->texts);
    g_free (example->codes);
    g_free (example->special);
    g_free (example->sources);
    g_free (example);
}

static void
clear_token (gpointer data)
{
    g_free (((FoveaLatentToken *) data)->text);
}

FoveaSaeLatent *
fovea_sae_latent_new (gint32 latent, guint most_examples, guint window)
{
    FoveaSaeLatent *self = g_new0 (FoveaSaeLatent, 1);
    self->latent = latent;
    self->most_examples = most_examples;
    self->window = window;
    self->codes = g_array_new (FALSE, FALSE, sizeof (float));
    self->positive = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_latent_example_free);
    self->negative = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_latent_example_free);
    self->intervals = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_latent_interval_free);
    self->up = g_array_new (FALSE, FALSE, sizeof (FoveaLatentToken));
    self->down = g_array_new (FALSE, FALSE, sizeof (FoveaLatentToken));
    g_array_set_clear_func (self->up, clear_token);
    g_array_set_clear_func (self->down, clear_token);
    self->near = g_array_new (FALSE, FALSE, sizeof (FoveaLatentNeighbour));
    self->opposite = g_array_new (FALSE, FALSE, sizeof (FoveaLatentNeighbour));
    self->correlated = g_array_new (FALSE, FALSE, sizeof (FoveaCorrelated));
    return self;
}

void
fovea_sae_latent_free (FoveaSaeLatent *latent)
{
    if (latent == NULL)
        return;
    g_array_unref (latent->codes);
    g_ptr_array_unref (latent->positive);
    g_ptr_array_unref (latent->negative);
    g_ptr_array_unref (latent->intervals);
    g_array_unref (latent->up);
    g_array_unref (latent->down);
    g_array_unref (latent->near);
    g_array_unref (latent->opposite);
    g_array_unref (latent->correlated);
    g_clear_pointer (&latent->detection, fovea_table_unref);
    g_free (latent);
}

void
fovea_sae_latent_set_detection (FoveaSaeLatent *latent, FoveaTable *table)
{
    fovea_table_ref (table);
    g_clear_pointer (&latent->detection, fovea_table_unref);
    latent->detection = table;
}

void
fovea_sae_latent_use_raw_units (FoveaSaeLatent *latent, const FoveaSae *sae)
{
    if (sae->folded_norm != NULL)
        latent->unit = 1 / (double) sae->folded_norm[latent->latent];
}

FoveaLatentExample *
fovea_sae_latent_cut (const FoveaSaeLatent *latent,
                      gint64 sequence,
                      const FoveaTraceInfo *info,
                      const float *dense,
                      gint64 position)
{
    FoveaLatentExample *example = g_new0 (FoveaLatentExample, 1);
    gint64 end = MIN (position + latent->window + 1, info->n_tokens);
    example->sequence = sequence;
    example->position = position;
    example->value = dense[position];
    example->first = MAX (position - latent->window, 0);
    example->n = (guint) (end - example->first);
    example->texts = g_new0 (char *, example->n + 1);
    example->codes = g_memdup2 (dense + example->first, example->n * sizeof *dense);
    example->special = g_new0 (guint8, example->n);
    for (guint i = 0; i < example->n; i++) {
        gint64 t = example->first + i;
        example->special[i] = info->special != NULL && info->special[t];
        example->texts[i] = info->token_texts != NULL
                                ? g_strdup (info->token_texts[t])
                                : g_strdup_printf (" %" G_GINT64_FORMAT,
                                                   info->ids != NULL ? (gint64) info->ids[t] : t);
    }
    return example;
}

static gboolean
is_near (const FoveaLatentExample *example, gint64 sequence, gint64 position, guint window)
{
    return example->sequence == sequence && ABS (example->position - position) <= (gint64) window;
}

void
fovea_sae_latent_count (FoveaSaeLatent *latent, float value)
{
    g_array_append_val (latent->codes, value);
    latent->n_positive += value > 0;
    latent->n_negative += value < 0;
}

void
fovea_sae_latent_offer (FoveaSaeLatent *latent,
                        gint64 sequence,
                        const FoveaTraceInfo *info,
                        const float *dense,
                        gint64 position)
{
    GPtrArray *list = dense[position] > 0 ? latent->positive : latent->negative;
    float size = fabsf (dense[position]);
    guint at = 0;
    for (guint i = 0; i < list->len; i++) {
        const FoveaLatentExample *other = g_ptr_array_index (list, i);
        if (fabsf (other->value) < size)
            break;
        if (is_near (other, sequence, position, latent->window))
            return;
        at = i + 1;
    }
    if (at >= latent->most_examples)
        return;
    for (guint i = list->len; i-- > at;)
        if (is_near (g_ptr_array_index (list, i), sequence, position, latent->window))
            g_ptr_array_remove_index (list, i);
    g_ptr_array_insert (list, (int) at,
                        fovea_sae_latent_cut (latent, sequence, info, dense, position));
    if (list->len > latent->most_examples)
        g_ptr_array_remove_index (list, list->len - 1);
}

void
fovea_sae_latent_add (FoveaSaeLatent *latent,
                      gint64 sequence,
                      const FoveaTraceInfo *info,
                      const gint64 *positions,
                      const FoveaSaeCodes *codes)
{
    g_autofree float *dense = g_new0 (float, (gsize) info->n_tokens);
    guint before = latent->codes->len;
    for (gint64 i = 0; i < codes->n_rows; i++) {
        float value = fovea_sae_codes_get (codes, i, latent->latent);
        dense[positions[i]] = value;
        if (value != 0)
            fovea_sae_latent_count (latent, value);
    }
    latent->n_rows += codes->n_rows;
    latent->n_sequences += latent->codes->len > before;
    for (gint64 t = 0; t < info->n_tokens; t++)
        if (dense[t] != 0)
            fovea_sae_latent_offer (latent, sequence, info, dense, t);
}

guint
fovea_sae_latent_find_bin (double code, double limit, guint n_bins)
{
    double share = (code / limit + 1) / 2;
    return MIN ((guint) (share * n_bins), n_bins - 1);
}

gint64 *
fovea_sae_latent_count_codes (const FoveaSaeLatent *latent, guint n_bins, double *limit)
{
    gint64 *counts = g_new0 (gint64, MAX (n_bins, 1));
    *limit = 0;
    for (guint i = 0; i < latent->codes->len; i++)
        *limit = MAX (*limit, fabs ((double) g_array_index (latent->codes, float, i)));
    *limit = *limit > 0 ? *limit : 1;
    for (guint i = 0; i < latent->codes->len; i++)
        counts[fovea_sae_latent_find_bin ((double) g_array_index (latent->codes, float, i), *limit,
                                          n_bins)]++;
    return counts;
}

/* Puts @item into a list of at most @most, larger keys first; the earlier of equal ones stays. */
static void
keep_neighbour (GArray *list, guint most, FoveaLatentNeighbour item, float sign)
{
    guint at = list->len;
    while (at > 0 &&
           sign * g_array_index (list, FoveaLatentNeighbour, at - 1).cosine < sign * item.cosine)
        at--;
    if (at >= most)
        return;
    g_array_insert_val (list, at, item);
    if (list->len > most)
        g_array_set_size (list, most);
}

/* The row's square and its product with @own; the second reading is of the nearest cache. */
static void
measure_row (const FoveaSparseLoops *loops,
             const float *own,
             const float *row,
             gint64 n,
             double *square,
             double *product)
{
    float values[2];
    loops->dots (own, row, n, n, NULL, 1, &values[0]);
    loops->dots (row, row, n, n, NULL, 1, &values[1]);
    *product = (double) values[0];
    *square = (double) values[1];
}

void
fovea_sae_latent_set_neighbours (FoveaSaeLatent *latent, const FoveaSae *sae, guint n)
{
    const float *own = sae->w_dec + latent->latent * sae->d_out;
    const FoveaSparseLoops *loops = fovea_sparse_loops_choose ();
    double own_square, square, product;
    measure_row (loops, own, own, sae->d_out, &own_square, &product);
    g_array_set_size (latent->near, 0);
    g_array_set_size (latent->opposite, 0);
    for (gint32 j = 0; j < sae->d_sae; j++) {
        if (j == latent->latent)
            continue;
        measure_row (loops, own, sae->w_dec + j * sae->d_out, sae->d_out, &square, &product);
        double size = sqrt (square * own_square);
        if (!(size > 0) || product == 0)
            continue;
        FoveaLatentNeighbour item = {j, (float) (product / size)};
        keep_neighbour (item.cosine > 0 ? latent->near : latent->opposite, n, item,
                        item.cosine > 0 ? 1 : -1);
    }
}
