/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Each detector keeps a score a text; ranks are taken at the end. Means and differences come from
 * the rows of means that SAEBench's measurements use. */
#include "analysis/sae-detection.h"

#include <math.h>
#include <string.h>

#include "analysis/probe.h"
#include "analysis/separation.h"

typedef enum {
    BY_DIFFERENCE,
    BY_PROBE,
    BY_SHUFFLED,
    BY_LATENT,
} Kind;

static const char *const kinds[] = {"difference in means", "logistic probe",
                                    "probe of shuffled labels", "latent"};

typedef struct {
    Kind kind;
    gint32 latent; /* -1 = none */
    double side;   /* 1 or -1: of a latent */
    FoveaProbe *probe;
    GArray *scores; /* of double, a text */
} Detector;

struct _FoveaSaeDetection {
    const FoveaSae *sae;
    float *difference; /* (d) of length 1 */
    GArray *detectors; /* of Detector */
    GByteArray *labels;
};

static void
clear_detector (gpointer data)
{
    Detector *detector = data;
    fovea_probe_free (detector->probe);
    g_array_unref (detector->scores);
}

void
fovea_sae_detection_free (FoveaSaeDetection *detection)
{
    if (detection == NULL)
        return;
    g_free (detection->difference);
    g_array_unref (detection->detectors);
    g_byte_array_unref (detection->labels);
    g_free (detection);
}

static void
add_detector (
    FoveaSaeDetection *detection, Kind kind, gint32 latent, double side, FoveaProbe *probe)
{
    const Detector detector = {kind, latent, side, probe,
                               g_array_new (FALSE, FALSE, sizeof (double))};
    g_array_append_val (detection->detectors, detector);
}

/* The probe, and the same on labels that mean nothing. */
static gboolean
add_probes (FoveaSaeDetection *detection,
            const FoveaBenchRows *train,
            const guint8 *labels,
            guint64 seed,
            GError **error)
{
    g_autofree guint8 *shuffled = g_memdup2 (labels, (gsize) train->n);
    fovea_separation_shuffle (shuffled, (gsize) train->n, seed);
    FoveaProbe *probe = fovea_probe_train (train->n, train->d, train->x, labels, NULL, error);
    if (probe == NULL)
        return FALSE;
    add_detector (detection, BY_PROBE, -1, 1, probe);
    FoveaProbe *control = fovea_probe_train (train->n, train->d, train->x, shuffled, NULL, error);
    if (control == NULL)
        return FALSE;
    add_detector (detection, BY_SHUFFLED, -1, 1, control);
    return TRUE;
}

/* The latent asked about, then those whose means differ most. */
static void
add_latents (FoveaSaeDetection *detection,
             const FoveaBenchRows *train,
             const guint8 *labels,
             gint32 latent,
             guint n_latents)
{
    gint64 F = detection->sae->d_sae, n = MIN ((gint64) n_latents, F);
    g_autofree double *differences = fovea_bench_differences (train, labels);
    g_autofree double *sizes = g_new (double, (gsize) F);
    for (gint64 j = 0; j < F; j++)
        sizes[j] = fabs (differences[j]);
    g_autofree gint32 *best = fovea_bench_largest (sizes, F, n);
    if (latent >= 0)
        add_detector (detection, BY_LATENT, latent, differences[latent] < 0 ? -1 : 1, NULL);
    for (gint64 i = 0; i < n; i++)
        if (best[i] != latent && sizes[best[i]] > 0)
            add_detector (detection, BY_LATENT, (gint32) best[i], differences[best[i]] < 0 ? -1 : 1,
                          NULL);
}

FoveaSaeDetection *
fovea_sae_detection_learn (const FoveaSae *sae,
                           const FoveaBenchRows *train,
                           const guint8 *labels,
                           gint32 latent,
                           guint n_latents,
                           guint64 seed,
                           GError **error)
{
    if (fovea_sae_is_transcoder (sae->architecture)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "latents of a %s write to another site than they read",
                     fovea_sae_architecture_name (sae->architecture));
        return NULL;
    }
    if (latent >= 0 && !fovea_sae_check_latent (sae, latent, error))
        return NULL;
    g_autoptr (FoveaSaeDetection) detection = g_new0 (FoveaSaeDetection, 1);
    detection->sae = sae;
    detection->difference = g_new (float, (gsize) sae->d_in);
    detection->labels = g_byte_array_new ();
    detection->detectors = g_array_new (FALSE, FALSE, sizeof (Detector));
    g_array_set_clear_func (detection->detectors, clear_detector);
    add_detector (detection, BY_DIFFERENCE, -1, 1, NULL);
    if (!fovea_separation_difference (train->n, train->d, train->x, labels, detection->difference,
                                      NULL, error) ||
        !add_probes (detection, train, labels, seed, error))
        return NULL;
    add_latents (detection, train, labels, latent, n_latents);
    return g_steal_pointer (&detection);
}

static double
score_direction (const float *direction, const float *x, gint64 n, gint64 d)
{
    double most = -INFINITY;
    for (gint64 t = 0; t < n; t++) {
        double product = 0;
        for (gint64 c = 0; c < d; c++)
            product += (double) x[t * d + c] * (double) direction[c];
        most = fmax (most, product);
    }
    return most;
}

static double
score_mean (const FoveaProbe *probe, const float *x, gint64 n, gint64 d)
{
    g_autofree float *mean = g_new (float, (gsize) d);
    for (gint64 c = 0; c < d; c++) {
        double sum = 0;
        for (gint64 t = 0; t < n; t++)
            sum += (double) x[t * d + c];
        mean[c] = (float) (sum / (double) n);
    }
    return fovea_probe_score (probe, mean);
}

static double
score_latent (const Detector *detector, const FoveaSaeCodes *codes)
{
    double most = -INFINITY;
    for (gint64 t = 0; t < codes->n_rows; t++)
        most =
            fmax (most, detector->side * (double) fovea_sae_codes_get (codes, t, detector->latent));
    return most;
}

void
fovea_sae_detection_add (FoveaSaeDetection *detection,
                         const float *x,
                         const FoveaSaeCodes *codes,
                         gboolean positive)
{
    guint8 label = positive != FALSE;
    gint64 n = codes->n_rows, d = detection->sae->d_in;
    g_return_if_fail (n > 0);
    g_byte_array_append (detection->labels, &label, 1);
    for (guint i = 0; i < detection->detectors->len; i++) {
        Detector *detector = &g_array_index (detection->detectors, Detector, i);
        double score = detector->kind == BY_DIFFERENCE
                           ? score_direction (detection->difference, x, n, d)
                       : detector->kind == BY_LATENT ? score_latent (detector, codes)
                                                     : score_mean (detector->probe, x, n, d);
        g_array_append_val (detector->scores, score);
    }
}

/* Between a detector's direction and the difference in means. */
static double
get_cosine (const FoveaSaeDetection *detection, const Detector *detector)
{
    const FoveaSae *sae = detection->sae;
    double product = 0, square = 0;
    for (gint64 c = 0; c < sae->d_in; c++) {
        double own = detector->kind == BY_DIFFERENCE ? (double) detection->difference[c]
                     : detector->kind == BY_LATENT
                         ? detector->side * (double) sae->w_dec[detector->latent * sae->d_out + c]
                         : detector->probe->weights[c];
        product += own * (double) detection->difference[c];
        square += own * own;
    }
    return square > 0 ? product / sqrt (square) : (double) NAN;
}

FoveaTable *
fovea_sae_detection_tabulate (const FoveaSaeDetection *detection)
{
    static const FoveaColumn columns[] = {
        {"detector", FOVEA_COLUMN_TEXT, "", ""},
        {"latent", FOVEA_COLUMN_INTEGER, "", "-1 = none"},
        {"side", FOVEA_COLUMN_INTEGER, "", "sign of the code that speaks for positives"},
        {"auroc", FOVEA_COLUMN_NUMBER, "", "on texts that nothing was learnt from"},
        {"cosine", FOVEA_COLUMN_NUMBER, "", "with the difference in means"},
    };
    FoveaTable *table = fovea_table_new_with ("sae_detection", columns, G_N_ELEMENTS (columns));
    for (guint i = 0; i < detection->detectors->len; i++) {
        const Detector *detector = &g_array_index (detection->detectors, Detector, i);
        guint row = fovea_table_add_row (table);
        fovea_table_set_text (table, row, 0, kinds[detector->kind]);
        fovea_table_set_integer (table, row, 1, detector->latent);
        fovea_table_set_integer (table, row, 2, detector->side < 0 ? -1 : 1);
        fovea_table_set_number (table, row, 3,
                                fovea_separation_auroc ((const double *) detector->scores->data,
                                                        detection->labels->data,
                                                        detection->labels->len));
        fovea_table_set_number (table, row, 4, get_cosine (detection, detector));
    }
    return table;
}
