/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "app/job-texts.h"

#define LEAST_TOKENS 1024
#define LONGER       6 /* of the patience: a minute, for who can wait that long */

void
fovea_job_texts_init (FoveaJobTexts *self)
{
    *self = (FoveaJobTexts){.lengths = g_array_new (FALSE, FALSE, sizeof (gint64)),
                            .room = G_MAXUINT64};
}

void
fovea_job_texts_clear (FoveaJobTexts *self)
{
    g_clear_pointer (&self->lengths, g_array_unref);
}

void
fovea_job_texts_add (FoveaJobTexts *self, gint64 n_tokens)
{
    g_array_append_val (self->lengths, n_tokens);
    self->longest = MAX (self->longest, n_tokens);
}

static gint64
cut (gint64 n, gint64 first_tokens)
{
    return first_tokens > 0 ? MIN (n, first_tokens) : n;
}

gint64
fovea_job_texts_get_length (const FoveaJobTexts *self, guint i, gint64 first_tokens)
{
    return cut (g_array_index (self->lengths, gint64, i), first_tokens);
}

gint64
fovea_job_texts_cut (const FoveaJobTexts *self, gint64 first_tokens)
{
    return cut (self->longest, first_tokens);
}

gint64
fovea_job_texts_count_tokens (const FoveaJobTexts *self)
{
    gint64 sum = 0;
    for (guint i = 0; i < self->lengths->len; i++)
        sum += g_array_index (self->lengths, gint64, i);
    return sum;
}

double
fovea_job_texts_count_pairs (const FoveaJobTexts *self)
{
    double pairs = 0;
    for (guint i = 0; i < self->lengths->len; i++) {
        double n = (double) g_array_index (self->lengths, gint64, i);
        pairs += n * n / 2;
    }
    return pairs;
}

static gboolean
fits (const FoveaJobTexts *self,
      FoveaJobAsk ask,
      gconstpointer job,
      gint64 first_tokens,
      double seconds)
{
    FoveaJobNeed need = ask (job, first_tokens);
    return need.seconds <= seconds && need.bytes <= self->room;
}

gboolean
fovea_job_texts_is_long (const FoveaJobTexts *self,
                         FoveaJobAsk ask,
                         gconstpointer job,
                         double patience)
{
    return !fits (self, ask, job, 0, patience);
}

guint
fovea_job_texts_list_fitting (const FoveaJobTexts *self,
                              FoveaJobAsk ask,
                              gconstpointer job,
                              double patience,
                              gint64 tokens[2])
{
    const double limits[] = {patience, LONGER * patience};
    guint n = 0;
    for (guint i = 0; i < G_N_ELEMENTS (limits) && !self->ahead; i++) {
        gint64 most = 0;
        for (gint64 t = LEAST_TOKENS; t < self->longest && fits (self, ask, job, t, limits[i]);
             t *= 2)
            most = t;
        if (most > 0 && (n == 0 || tokens[n - 1] != most))
            tokens[n++] = most;
    }
    return n;
}
