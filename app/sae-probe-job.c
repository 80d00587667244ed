/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Two passes over the store: means of the texts that are learnt from, then scores of the others, so
 * that only one text's rows are in memory at a time. */
#include "app/sae-probe-job.h"

#include "analysis/sae-detection.h"

typedef struct {
    GPatternSpec *positive, *negative;
    gint64 n[2]; /* sequences of either kind so far in this pass */
    gint64 n_train[2], n_test[2];
    FoveaBenchRows *train;
    GByteArray *labels;
    FoveaSaeDetection *detection; /* NULL in the first pass */
} Probe;

static void
clear_probe (Probe *probe)
{
    g_clear_pointer (&probe->positive, g_pattern_spec_free);
    g_clear_pointer (&probe->negative, g_pattern_spec_free);
    g_clear_pointer (&probe->train, fovea_bench_rows_free);
    g_clear_pointer (&probe->labels, g_byte_array_unref);
    g_clear_pointer (&probe->detection, fovea_sae_detection_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Probe, clear_probe)

/* 1, 0, or -1 for a sequence that is of neither kind. */
static int
get_kind (const Probe *probe, const FoveaSequenceInfo *sequence, GError **error)
{
    const char *title = sequence->title != NULL ? sequence->title : "";
    gboolean positive = g_pattern_spec_match_string (probe->positive, title);
    gboolean negative = g_pattern_spec_match_string (probe->negative, title);
    if (positive && negative)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "\"%s\" is of both kinds: the patterns must tell texts apart", title);
    return positive ? 1 : negative ? 0 : -1;
}

/* A FoveaSaeVisit. */
static gboolean
visit (gpointer data, const FoveaSaePortion *portion, GError **error)
{
    Probe *probe = data;
    g_autoptr (GError) failure = NULL;
    int kind = get_kind (probe, portion->sequence, &failure);
    if (failure != NULL) {
        g_propagate_error (error, g_steal_pointer (&failure));
        return FALSE;
    }
    if (kind < 0 || portion->n == 0)
        return TRUE;
    gboolean train = probe->n[kind]++ % 2 == 0;
    guint8 label = (guint8) kind;
    if (train && probe->detection == NULL) {
        fovea_bench_rows_add (probe->train, portion->x, portion->codes);
        g_byte_array_append (probe->labels, &label, 1);
        probe->n_train[kind]++;
    } else if (!train && probe->detection != NULL) {
        fovea_sae_detection_add (probe->detection, portion->x, portion->codes, kind);
        probe->n_test[kind]++;
    }
    return TRUE;
}

static gboolean
check_counts (const Probe *probe, const FoveaSaeProbeOptions *options, GError **error)
{
    if (probe->n[0] >= 2 && probe->n[1] >= 2)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                 "two sequences of a kind are needed at least: \"%s\" names %" G_GINT64_FORMAT
                 ", \"%s\" %" G_GINT64_FORMAT,
                 options->positive, probe->n[1], options->negative, probe->n[0]);
    return FALSE;
}

static void
add_notes (FoveaTable *table, const Probe *probe, const FoveaSaeProbeOptions *options)
{
    const struct {
        const char *name;
        gint64 n;
    } notes[] = {{"train_positive", probe->n_train[1]},
                 {"train_negative", probe->n_train[0]},
                 {"test_positive", probe->n_test[1]},
                 {"test_negative", probe->n_test[0]}};
    for (guint i = 0; i < G_N_ELEMENTS (notes); i++) {
        g_autofree char *text = g_strdup_printf ("%" G_GINT64_FORMAT, notes[i].n);
        fovea_table_set_note (table, notes[i].name, text);
    }
    fovea_table_set_note (table, "positive", options->positive);
    fovea_table_set_note (table, "negative", options->negative);
}

FoveaTable *
fovea_sae_probe_job_run (const FoveaSaeRequest *request,
                         const FoveaSaeProbeOptions *options,
                         FoveaProgress progress,
                         gpointer progress_data,
                         GCancellable *cancellable,
                         GError **error)
{
    g_auto (Probe) probe = {
        .positive = g_pattern_spec_new (options->positive),
        .negative = g_pattern_spec_new (options->negative),
        .train = fovea_bench_rows_new (request->sae->d_in, request->sae->d_sae),
        .labels = g_byte_array_new (),
    };
    if (!fovea_sae_job_visit (request, visit, &probe, progress, progress_data, cancellable,
                              error) ||
        !check_counts (&probe, options, error))
        return NULL;
    probe.detection =
        fovea_sae_detection_learn (request->sae, probe.train, probe.labels->data, options->latent,
                                   options->n_latents, options->seed, error);
    probe.n[0] = probe.n[1] = 0;
    if (probe.detection == NULL ||
        !fovea_sae_job_visit (request, visit, &probe, progress, progress_data, cancellable, error))
        return NULL;
    FoveaTable *table = fovea_sae_detection_tabulate (probe.detection);
    add_notes (table, &probe, options);
    return table;
}
