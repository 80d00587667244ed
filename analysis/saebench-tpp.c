/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Targeted probe perturbation, and what it shares with the removal of spurious correlations: effects of
 * latents on a probe, and rows without some of them. */
#include <math.h>
#include <string.h>

#include "analysis/saebench-ablation.h"
#include "analysis/saebench-scr.h"

gboolean
fovea_bench_check_sae (const FoveaSae *sae, GError **error)
{
    gboolean normalises =
        sae->normalize != FOVEA_SAE_NORMALIZE_NONE &&
        !(sae->normalize == FOVEA_SAE_NORMALIZE_EXPECTED_AVERAGE && sae->scaler == 0);
    if (!fovea_sae_is_transcoder (sae->architecture) && !normalises)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                 normalises ? "latents cannot be taken from a text's mean: the autoencoder "
                              "normalises each row (%s)"
                            : "latents cannot be taken from what was encoded: a %s writes to "
                              "another site",
                 normalises ? fovea_sae_normalize_name (sae->normalize)
                            : fovea_sae_architecture_name (sae->architecture));
    return FALSE;
}

double *
fovea_bench_effects (const FoveaSae *sae,
                     const double *differences,
                     const FoveaProbe *probe,
                     gboolean has_sign)
{
    double *effects = g_new (double, sae->d_sae);
    g_autofree float *norms = fovea_sae_decoder_norms (sae);
    for (gint64 j = 0; j < sae->d_sae; j++) {
        double along = 0;
        for (gint64 i = 0; i < sae->d_out; i++)
            along += probe->weights[i] * (double) sae->w_dec[j * sae->d_out + i];
        if (sae->rescale_acts_by_decoder_norm) /* codes are in units of the norm then */
            along /= norms[j] > 0 ? (double) norms[j] : 1;
        effects[j] = differences[j] * along;
        if (!has_sign)
            effects[j] = fabs (effects[j]);
    }
    return effects;
}

float *
fovea_bench_ablate (const FoveaSae *sae,
                    const FoveaBenchRows *rows,
                    const gint32 *latents,
                    gint64 n,
                    GError **error)
{
    const FoveaSaeCodes *codes = rows->codes;
    gint64 n_codes = codes->offsets[codes->n_rows];
    g_autofree guint8 *gone = g_new0 (guint8, codes->n_latents);
    g_autofree float *values = g_new (float, MAX (n_codes, 1));
    g_autofree float *x = g_new (float, MAX (rows->n * rows->d, 1));
    FoveaSaeCodes edited = *codes;
    for (gint64 i = 0; i < n; i++)
        gone[latents[i]] = 1;
    for (gint64 i = 0; i < n_codes; i++)
        values[i] = gone[codes->latents[i]] ? 0 : codes->values[i];
    edited.values = values;
    return fovea_sae_patch (sae, codes, &edited, rows->x, x, error) ? g_steal_pointer (&x) : NULL;
}

/* One class against the rest. */
typedef struct {
    const FoveaSae *sae;
    const FoveaBenchRows *train, *test;
    const gint32 *classes, *test_classes;
    gint32 n_classes;
    FoveaProbe **probes; /* (n_classes) */
    double *before;      /* (n_classes) accuracies */
    double **effects;    /* (n_classes) of (F), what a class's latents add to its own probe */
} Tpp;

static void
clear_tpp (Tpp *t)
{
    for (gint32 c = 0; c < t->n_classes; c++) {
        fovea_probe_free (t->probes[c]);
        g_free (t->effects[c]);
    }
    g_free (t->probes);
    g_free (t->effects);
    g_free (t->before);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Tpp, clear_tpp)

static guint8 *
one_against_rest (const gint32 *classes, gint64 n, gint32 own)
{
    guint8 *labels = g_new (guint8, MAX (n, 1));
    for (gint64 i = 0; i < n; i++)
        labels[i] = classes[i] == own;
    return labels;
}

/* Accuracy of the probe of class @c on balanced rows of @x. */
static double
measure_class (const Tpp *t, gint32 c, const float *x)
{
    g_autofree guint8 *labels = one_against_rest (t->test_classes, t->test->n, c);
    gint64 n, d = t->test->d;
    g_autofree gint64 *at = fovea_bench_balance (labels, t->test->n, t->test->n, 1, &n);
    gint64 right = 0;
    for (gint64 i = 0; i < n; i++)
        right += (fovea_probe_score (t->probes[c], x + at[i] * d) > 0) == labels[at[i]];
    return (double) right / (double) MAX (n, 1);
}

/* The probe of class @c, trained on balanced rows, and what latents do to it. */
static gboolean
train_class (Tpp *t, gint32 c, GError **error)
{
    g_autofree guint8 *labels = one_against_rest (t->classes, t->train->n, c);
    gint64 n;
    g_autofree gint64 *at = fovea_bench_balance (labels, t->train->n, t->train->n, 42, &n);
    g_autoptr (FoveaBenchRows) rows = fovea_bench_rows_pick (t->train, at, n);
    g_autofree guint8 *picked = g_new (guint8, MAX (n, 1));
    for (gint64 i = 0; i < n; i++)
        picked[i] = labels[at[i]];
    const FoveaLinearRows linear = {n, rows->d, rows->x, NULL};
    FoveaLinearOptions options;
    fovea_linear_options_init (&options);
    t->probes[c] = fovea_linear_train (&linear, picked, &options, error);
    if (t->probes[c] == NULL) {
        g_prefix_error (error, "class %d: ", c);
        return FALSE;
    }
    g_autofree double *differences = fovea_bench_differences (rows, picked);
    t->effects[c] = fovea_bench_effects (t->sae, differences, t->probes[c], TRUE);
    for (gint64 j = 0; j < t->sae->d_sae; j++)
        t->effects[c][j] = MAX (t->effects[c][j], 0);
    t->before[c] = measure_class (t, c, t->test->x);
    return TRUE;
}

/* What taking away the latents of class @c does to every probe. */
static gboolean
perturb (const Tpp *t, gint32 c, gint64 n, FoveaTpp *result, GError **error)
{
    double classes = (double) t->n_classes, others = 0;
    g_autofree gint32 *order = fovea_bench_largest (t->effects[c], t->sae->d_sae, n);
    gint64 n_positive = 0;
    while (n_positive < n && t->effects[c][order[n_positive]] > 0)
        n_positive++;
    g_autofree float *x = fovea_bench_ablate (t->sae, t->test, order, n_positive, error);
    if (x == NULL)
        return FALSE;
    for (gint32 other = 0; other < t->n_classes; other++) {
        double drop = t->before[other] - measure_class (t, other, x);
        if (other == c)
            result->intended += drop / classes;
        else
            others += drop / (classes - 1);
    }
    result->unintended += others / classes;
    return TRUE;
}

gboolean
fovea_tpp_measure (const FoveaSae *sae,
                   const FoveaBenchRows *train,
                   const gint32 *classes,
                   const FoveaBenchRows *test,
                   const gint32 *test_classes,
                   gint32 n_classes,
                   const gint64 *ns,
                   guint n_ns,
                   FoveaTpp *results,
                   GError **error)
{
    if (!fovea_bench_check_sae (sae, error))
        return FALSE;
    if (n_classes < 2) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "targeted perturbation needs two classes, there are %d", n_classes);
        return FALSE;
    }
    g_auto (Tpp) t = {sae, train, test, classes, test_classes, n_classes, NULL, NULL, NULL};
    t.probes = g_new0 (FoveaProbe *, n_classes);
    t.before = g_new0 (double, n_classes);
    t.effects = g_new0 (double *, n_classes);
    for (gint32 c = 0; c < n_classes; c++)
        if (!train_class (&t, c, error))
            return FALSE;
    for (guint i = 0; i < n_ns; i++) {
        results[i] = (FoveaTpp){.n_latents = MIN (ns[i], sae->d_sae)};
        for (gint32 c = 0; c < n_classes; c++)
            if (!perturb (&t, c, results[i].n_latents, &results[i], error))
                return FALSE;
        results[i].score = results[i].intended - results[i].unintended;
    }
    return TRUE;
}
