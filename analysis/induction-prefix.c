/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A text is a random permutation of ids, so the block's two copies are the only repetition; where the
 * second one overwrites the permutation, what stood there is gone. Cost: a run of the model a text. */
#include "analysis/induction-prefix.h"

#include <math.h>

#include "capture/attention.h"
#include "capture/count-text.h"
#include "capture/plan.h"
#include "capture/random.h"
#include "capture/sink.h"

enum {
    USUAL_SEQUENCES = 45,
    USUAL_LENGTH = 128,
    USUAL_PREFIX = 9,
    ROOM = 30,    /* tokens behind the first copy, at least */
    FIRST_ID = 3, /* below it most tokenizers keep their special tokens */
};

/* The first @n of a random permutation of ids from @first on. */
static void
draw_distinct (FoveaRandom *random, gint32 first, gint32 vocabulary, gint64 n, gint32 *ids)
{
    gint64 size = vocabulary - first;
    g_autofree gint32 *all = g_new (gint32, (gsize) MAX (size, 1));
    for (gint64 i = 0; i < size; i++)
        all[i] = first + (gint32) i;
    for (gint64 i = 0; i < n; i++) {
        gint64 at = i + (gint64) fovea_random_below (random, (guint64) (size - i));
        ids[i] = all[at];
        all[at] = all[i];
    }
}

void
fovea_induction_prefix_draw (guint64 seed,
                             guint64 index,
                             gint32 bos,
                             gint32 first_id,
                             gint32 vocabulary,
                             gint64 length,
                             guint prefix,
                             gint32 *ids,
                             gint64 *query,
                             gint64 *key)
{
    FoveaRandom random;
    gint64 front = bos >= 0, m = prefix;
    gint32 *text = ids + front;
    fovea_random_init_stream (&random, seed, prefix, index);
    draw_distinct (&random, first_id, vocabulary, length, text);
    if (front)
        ids[0] = bos;
    /* The second copy begins behind the token that followed the first. */
    gint64 first = 1 + (gint64) fovea_random_below (&random, (guint64) (length - ROOM - 1));
    gint64 least = first + m + 1, most = length - m;
    gint64 second = least + (gint64) fovea_random_below (&random, (guint64) (most - least + 1));
    for (gint64 i = 0; i < m; i++)
        text[second + i] = text[first + i];
    *query = front + second + m - 1;
    *key = front + first + m;
}

/* The cell's weight of every head, added to @sums: (L, H). */
static gboolean
add_weights (FoveaTrace *trace, gint64 query, gint64 key, double *sums, GError **error)
{
    const FoveaArchitecture *a = fovea_trace_get_info (trace)->architecture;
    for (gint64 l = 0; l < a->n_layers; l++) {
        g_autoptr (GError) missing = NULL;
        g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, (guint) l, &missing);
        for (gint64 h = 0; h < a->n_heads; h++) {
            float weight = NAN;
            if (attention != NULL &&
                !fovea_attention_read_pattern (attention, (guint) h, query, query + 1, key, key + 1,
                                               &weight, error))
                return FALSE;
            sums[l * a->n_heads + h] += (double) weight;
        }
    }
    return TRUE;
}

static gboolean
check_room (
    const FoveaArchitecture *a, gint64 length, guint most_prefix, gint32 first, GError **error)
{
    if (length > ROOM + 1 && (gint64) most_prefix * 2 + 2 <= ROOM &&
        a->vocabulary - first >= length && length + 1 <= a->context)
        return TRUE;
    g_autofree char *asked = fovea_count_text (length);
    g_autofree char *ids = fovea_count_text (a->vocabulary - first);
    g_autofree char *context = fovea_count_text (a->context);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "texts of %s different tokens with prefixes up to %u: the model has %s ids and a "
                 "context of %s, and a text needs room for both copies",
                 asked, most_prefix, ids, context);
    return FALSE;
}

static gboolean
run_one (FoveaSession *session,
         FoveaPlan *plan,
         FoveaTraceInfo *info,
         gint64 query,
         gint64 key,
         double *sums,
         GCancellable *cancellable,
         GError **error)
{
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    g_autoptr (FoveaTrace) trace =
        fovea_session_capture (session, info, plan, sink, NULL, NULL, NULL, cancellable, error);
    return trace != NULL && add_weights (trace, query, key, sums, error);
}

static FoveaTraceInfo *
make_info (const FoveaArchitecture *a, gint64 n_tokens)
{
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    info->architecture = fovea_architecture_copy (a);
    info->model_name = g_strdup ("");
    info->model_hash = g_strdup ("");
    info->title = g_strdup ("prefix");
    info->n_tokens = n_tokens;
    info->ids = g_new0 (gint32, (gsize) n_tokens);
    info->keep = FOVEA_F32;
    return info;
}

double *
fovea_induction_prefix_run (FoveaSession *session,
                            const FoveaPrefixOptions *options,
                            FoveaProgress progress,
                            gpointer progress_data,
                            GCancellable *cancellable,
                            GError **error)
{
    const FoveaArchitecture *a = fovea_model_get_architecture (fovea_session_get_model (session));
    const FoveaPrefixOptions o = options != NULL ? *options : (FoveaPrefixOptions){0};
    gint64 n = o.n_sequences > 0 ? o.n_sequences : USUAL_SEQUENCES;
    gint64 length = o.length > 0 ? o.length : USUAL_LENGTH, done = 0;
    guint most = o.most_prefix > 0 ? o.most_prefix : USUAL_PREFIX;
    gsize cells = (gsize) (a->n_layers * a->n_heads);
    gint32 first = a->vocabulary > 2 * length ? FIRST_ID : 0;
    const FoveaPlanOptions kept = {.points = "attention", .keep = FOVEA_F32};
    if (!check_room (a, length, most, first, error))
        return NULL;
    g_autoptr (FoveaPlan) plan = fovea_plan_new (a, &kept, error);
    g_autoptr (FoveaTraceInfo) info = make_info (a, length + (a->bos_id >= 0));
    g_autofree double *sums = g_new0 (double, most *cells);
    for (guint m = 1; plan != NULL && m <= most; m++)
        for (gint64 i = 0; i < n; i++) {
            gint64 query, key;
            fovea_induction_prefix_draw (o.seed, (guint64) i, a->bos_id, first,
                                         (gint32) a->vocabulary, length, m, info->ids, &query,
                                         &key);
            if (!run_one (session, plan, info, query, key, sums + (m - 1) * cells, cancellable,
                          error))
                return NULL;
            if (progress != NULL)
                progress (progress_data, ++done, (gint64) most * n);
        }
    for (gsize i = 0; i < most * cells; i++)
        sums[i] /= (double) n;
    return plan != NULL ? g_steal_pointer (&sums) : NULL;
}
