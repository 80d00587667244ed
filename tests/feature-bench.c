/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "tests/feature-bench.h"

#include "tests/check-marks.h"
#include "tests/ui-support.h"

#define T FEATURE_TOKENS
#define F FEATURE_LATENTS

float
feature_bench_code_at (gint32 j, gint64 t)
{
    if (j >= 290 || t == 0 || t % (j % 7 + 2) != 1)
        return 0;
    float size = 0.5f + (float) (t % 10) / 20 + (float) (j % 5) / 100;
    return t % 2 == 0 ? -size : size;
}

FoveaSaeCodes *
feature_bench_codes (gint64 **positions)
{
    FoveaSaeCodes *codes = g_new0 (FoveaSaeCodes, 1);
    g_autoptr (GArray) latents = g_array_new (FALSE, FALSE, sizeof (gint32));
    g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (float));
    codes->n_rows = T - 1; /* the first token is not encoded */
    codes->n_latents = F;
    codes->offsets = g_new0 (gint64, T);
    *positions = g_new (gint64, T);
    for (gint64 t = 1; t < T; t++) {
        (*positions)[t - 1] = t;
        for (gint32 j = 0; j < F; j++) {
            float value = feature_bench_code_at (j, t);
            if (value == 0)
                continue;
            g_array_append_val (latents, j);
            g_array_append_val (values, value);
        }
        codes->offsets[t] = latents->len;
    }
    codes->latents = g_memdup2 (latents->data, latents->len * sizeof (gint32));
    codes->values = g_memdup2 (values->data, values->len * sizeof (float));
    return codes;
}

const FoveaTraceInfo *
feature_bench_get_info (const FeatureBench *bench)
{
    return fovea_trace_get_info (fovea_trace_source_get_trace (bench->trace));
}

/* Sequence 2 is asked for by examples and is not the open one. Latent 13 cannot be read. */
static FoveaSaeLatent *
read_latent (gpointer data, gint32 latent, GCancellable *cancellable, GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (fovea_trace_source_get_trace (data));
    g_autofree gint64 *positions = NULL;
    g_autoptr (FoveaSaeCodes) codes = feature_bench_codes (&positions);
    if (latent == 13) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE, "latent 13 is damaged");
        return NULL;
    }
    FoveaSaeLatent *page = fovea_sae_latent_new (latent, 8, 10);
    fovea_sae_latent_add (page, 1, info, positions, codes);
    fovea_sae_latent_add (page, 2, info, positions, codes);
    return page;
}

static FoveaSaeCodes *
read_codes (gpointer data, gint64 sequence, gint64 **positions, GError **error)
{
    if (sequence == 1)
        return feature_bench_codes (positions);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "not encoded");
    return NULL;
}

/* All firings of the latent in both sequences, with their sequences' windows. */
static FoveaLatentInterval *
read_bins (gpointer data, gint32 latent, const FoveaCodeBins *bins, guint n, GError **error)
{
    const FoveaTraceInfo *info = fovea_trace_get_info (fovea_trace_source_get_trace (data));
    g_autoptr (GArray) firings = g_array_new (FALSE, FALSE, sizeof (FoveaFiring));
    g_autoptr (FoveaSaeLatent) page = fovea_sae_latent_new (latent, n, 10);
    g_autofree float *dense = g_new0 (float, T);
    for (gint32 t = 0; t < T; t++)
        dense[t] = feature_bench_code_at (latent, t);
    for (gint64 sequence = 1; sequence <= 2; sequence++)
        for (gint32 t = 0; t < T; t++) {
            const FoveaFiring firing = {sequence, t, dense[t]};
            if (dense[t] != 0)
                g_array_append_val (firings, firing);
        }
    if (latent == 17) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_STORE, "the codes of latent 17 are gone");
        return NULL;
    }
    FoveaLatentInterval *interval = fovea_sae_latent_draw_bins (page, firings, bins, n);
    for (guint i = 0; i < interval->chosen->len; i++) {
        const FoveaFiring *firing =
            &g_array_index (firings, FoveaFiring, g_array_index (interval->chosen, guint, i));
        g_ptr_array_add (interval->examples, fovea_sae_latent_cut (page, firing->sequence, info,
                                                                   dense, firing->position));
    }
    return interval;
}

static const FoveaFeatureFunctions functions = {
    .read_latent = read_latent,
    .read_bins = read_bins,
    .read_codes = read_codes,
    .free = (GDestroyNotify) fovea_trace_source_unref,
};

static void
keep_message (FeatureBench *bench, const char *message)
{
    g_free (bench->failure);
    bench->failure = g_strdup (message);
}

static void
keep_visit (FeatureBench *bench, gint64 sequence, gint64 position)
{
    bench->visited[0] = sequence;
    bench->visited[1] = position;
}

static FoveaFeatureSource *
make_source (FeatureBench *bench)
{
    FoveaDictionaryFacts *facts = g_new0 (FoveaDictionaryFacts, 1);
    facts->hash = g_strdup ("abcd");
    facts->name = g_strdup ("mine");
    facts->site = g_strdup ("blocks.1.hook_resid_post");
    facts->architecture = g_strdup ("abstopk");
    facts->k = 32;
    facts->has_signs = TRUE;
    return fovea_feature_source_new (facts, bench->list, &functions,
                                     fovea_trace_source_ref (bench->trace));
}

FeatureBench *
feature_bench_new (void)
{
    FeatureBench *bench = g_new0 (FeatureBench, 1);
    g_autofree gint64 *positions = NULL;
    g_autoptr (FoveaSaeCodes) codes = feature_bench_codes (&positions);
    bench->trace = ui_support_source (T);
    bench->list = fovea_latent_list_new (F);
    ck_assert (fovea_latent_list_add (bench->list, feature_bench_get_info (bench), positions, codes,
                                      NULL));
    bench->source = make_source (bench);
    bench->selection = fovea_selection_new ();
    bench->model = fovea_feature_model_new (bench->selection);
    g_signal_connect_swapped (bench->model, "failed", G_CALLBACK (keep_message), bench);
    g_signal_connect_swapped (bench->model, "visit", G_CALLBACK (keep_visit), bench);
    fovea_selection_set_trace (bench->selection, bench->trace, NULL, &(FoveaPlace){0, 0, 9, 0});
    fovea_feature_model_set_sequence (bench->model, 1);
    return bench;
}

void
feature_bench_free (FeatureBench *bench)
{
    g_signal_handlers_disconnect_by_data (bench->model, bench); /* a task may still hold it */
    g_object_unref (bench->model);
    g_object_unref (bench->selection);
    fovea_feature_source_unref (bench->source);
    fovea_latent_list_unref (bench->list);
    fovea_trace_source_unref (bench->trace);
    g_free (bench->failure);
    g_free (bench);
}

gint32
feature_bench_id_at (FoveaLatentModel *model, guint row)
{
    g_autoptr (FoveaLatentItem) item = g_list_model_get_item (G_LIST_MODEL (model), row);
    return item != NULL ? fovea_latent_item_get_id (item) : -1;
}
