/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A contribution is a code times the cosine of its decoder row with the probe, times the row's norm, so
 * that dictionaries whose rows are not of length 1 need no folding. */
#include "analysis/saebench-absorption.h"

#include <math.h>
#include <string.h>

#include "analysis/linear-probe.h"
#include "analysis/saebench-rows.h"

enum {
    LETTERS = 26,
    MOST_MAIN = 10,
    LEAST_WORDS = 20, /* of a letter's test words */
    LARGEST = 3
};

static const double silent = 1e-8, least_f1 = 0.6, gain_f1 = 0.03;
static const double full_cosine = 0.025, full_share = 0.4;
static const double others_cosine = 0.1, others_share = 0.4;

double
fovea_absorption_fraction (double q, double M, double S)
{
    if (M >= q || S / q < others_share)
        return 0;
    if (M <= 0)
        return 1;
    double s = fmin (S, q - M);
    return s / (s + M);
}

/* Keeps the three largest. */
static void
insert (double *largest, double value)
{
    for (int i = 0; i < LARGEST; i++)
        if (value > largest[i]) {
            double kept = largest[i];
            largest[i] = value;
            value = kept;
        }
}

/* Cosine of a decoder row with the probe, and its norm in the units of codes. */
static double
compare (const FoveaSae *sae, const double *probe, double probe_norm, gint32 j, double *norm)
{
    const float *row = sae->w_dec + (gint64) j * sae->d_out;
    double dot = 0, squares = 0;
    for (gint64 i = 0; i < sae->d_out; i++) {
        dot += probe[i] * (double) row[i];
        squares += (double) row[i] * (double) row[i];
    }
    double length = sqrt (squares);
    *norm = sae->rescale_acts_by_decoder_norm ? 1 : length;
    return length > 0 && probe_norm > 0 ? dot / length / probe_norm : 0;
}

static double
norm_of (const double *v, gint64 n)
{
    double squares = 0;
    for (gint64 i = 0; i < n; i++)
        squares += v[i] * v[i];
    return sqrt (squares);
}

static void
judge (FoveaAbsorption *a)
{
    a->full = a->silent && a->largest_cosine >= full_cosine && a->projection > 0 &&
              a->largest / a->projection >= full_share;
    a->fraction =
        a->projection > 0 ? fovea_absorption_fraction (a->projection, a->main, a->three) : 0;
}

void
fovea_absorption_measure (const FoveaSae *sae,
                          const FoveaSaeCodes *codes,
                          gint64 row,
                          const float *x,
                          const double *probe,
                          const guint8 *is_main,
                          FoveaAbsorption *out)
{
    double length = norm_of (probe, sae->d_out), three[LARGEST] = {0};
    *out = (FoveaAbsorption){.silent = TRUE, .largest = -INFINITY};
    for (gint64 i = 0; i < sae->d_out; i++)
        out->projection += length > 0 ? (double) x[i] * probe[i] / length : 0;
    for (gint64 c = codes->offsets[row]; c < codes->offsets[row + 1]; c++) {
        gint32 j = codes->latents[c];
        double norm, cosine = compare (sae, probe, length, j, &norm);
        double given = (double) codes->values[c] * norm * cosine;
        if (is_main[j]) {
            out->main += given;
            out->silent = out->silent && !(fabs ((double) codes->values[c]) >= silent);
            continue;
        }
        if (given > out->largest) {
            out->largest = given;
            out->largest_cosine = cosine;
        }
        if (cosine >= others_cosine && given > 0)
            insert (three, given);
    }
    out->largest = isfinite (out->largest) ? out->largest : 0;
    out->three = three[0] + three[1] + three[2];
    judge (out);
}

/* F1 of label 1. */
static double
measure_f1 (const FoveaProbe *probe, const float *x, const guint8 *labels, gint64 n)
{
    gint64 both = 0, said = 0, is = 0;
    for (gint64 i = 0; i < n; i++) {
        gboolean yes = fovea_probe_score (probe, x + i * probe->n_inputs) > 0;
        both += yes && labels[i];
        said += yes;
        is += labels[i] != 0;
    }
    return said + is > 0 ? 2 * (double) both / (double) (said + is) : 0;
}

static guint8 *
label_words (const FoveaWords *words, char letter)
{
    guint8 *labels = g_new (guint8, MAX (words->n_words, 1));
    for (gint64 i = 0; i < words->n_words; i++)
        labels[i] = words->letters[i] == letter;
    return labels;
}

/* Latents by the weights of a probe that L1 keeps sparse, largest first; how many are positive. */
static gint32 *
rank_latents (const FoveaWords *train, const guint8 *labels, gint32 *n_positive, GError **error)
{
    const FoveaLinearRows rows = {train->n_words, train->codes->n_latents, NULL, train->codes};
    FoveaLinearOptions options;
    fovea_linear_options_init (&options);
    options.batch = 4096;
    options.epochs = 50;
    options.rate = 0.01;
    options.last_rate = 1e-5;
    options.l1 = 0.01;
    g_autoptr (FoveaProbe) probe = fovea_linear_train (&rows, labels, &options, error);
    if (probe == NULL)
        return NULL;
    gint64 most = MIN (MOST_MAIN, rows.d);
    gint32 *ranked = fovea_bench_largest (probe->weights, rows.d, most);
    *n_positive = 0;
    while (*n_positive < most && probe->weights[ranked[*n_positive]] > 0)
        (*n_positive)++;
    return ranked;
}

static double
probe_latents (const FoveaWords *train,
               const guint8 *labels,
               const FoveaWords *test,
               const guint8 *test_labels,
               const gint32 *latents,
               gint32 k,
               GError **error)
{
    static const FoveaProbeOptions options = {.raw = TRUE};
    const FoveaBenchRows rows = {train->n_words, train->d, NULL, (FoveaSaeCodes *) train->codes};
    const FoveaBenchRows test_rows = {test->n_words, test->d, NULL, (FoveaSaeCodes *) test->codes};
    g_autofree float *x = fovea_bench_columns (&rows, latents, k);
    g_autofree float *test_x = fovea_bench_columns (&test_rows, latents, k);
    g_autoptr (FoveaProbe) probe =
        fovea_probe_train (train->n_words, k, x, labels, &options, error);
    return probe != NULL ? measure_f1 (probe, test_x, test_labels, test->n_words) : -1;
}

/* The main latents: one, and more as long as they help. */
static gboolean
find_main (const FoveaWords *train,
           const guint8 *labels,
           const FoveaWords *test,
           const guint8 *test_labels,
           FoveaLetter *letter,
           GError **error)
{
    gint32 n_positive = 0;
    g_autofree gint32 *ranked = rank_latents (train, labels, &n_positive, error);
    if (ranked == NULL)
        return FALSE;
    for (gint32 k = 1; k <= n_positive; k++) {
        double f1 = probe_latents (train, labels, test, test_labels, ranked, k, error);
        if (f1 < 0)
            return FALSE;
        if (k > 1 && !(f1 > letter->sparse_f1 + gain_f1))
            break;
        letter->sparse_f1 = f1;
        letter->n_main = k;
        letter->main[k - 1] = ranked[k - 1];
    }
    return TRUE;
}

/* Both measures over the test words of the letter that the probe knows. */
static void
measure_words (const FoveaSae *sae,
               const FoveaWords *test,
               const FoveaProbe *probe,
               FoveaLetter *letter)
{
    g_autofree guint8 *is_main = g_new0 (guint8, sae->d_sae);
    double full = 0, fraction = 0;
    for (gint32 k = 0; k < letter->n_main; k++)
        is_main[letter->main[k]] = 1;
    for (gint64 i = 0; i < test->n_words; i++) {
        FoveaAbsorption word;
        const float *x = test->x + i * test->d;
        if (test->letters[i] != letter->letter || !(fovea_probe_score (probe, x) > 0))
            continue;
        fovea_absorption_measure (sae, test->codes, i, x, probe->weights, is_main, &word);
        letter->n_known++;
        full += word.full;
        fraction += word.fraction;
    }
    letter->full = full / (double) letter->n_known;
    letter->fraction = fraction / (double) letter->n_known;
}

static gboolean
run_letter (const FoveaSae *sae,
            const FoveaWords *train,
            const FoveaWords *test,
            FoveaLetter *letter,
            GError **error)
{
    g_autofree guint8 *labels = label_words (train, letter->letter);
    g_autofree guint8 *test_labels = label_words (test, letter->letter);
    g_autoptr (FoveaProbe) probe =
        fovea_probe_train (train->n_words, train->d, train->x, labels, NULL, error);
    if (probe == NULL)
        return FALSE;
    letter->f1 = measure_f1 (probe, test->x, test_labels, test->n_words);
    letter->counts = letter->f1 > least_f1 && letter->n_test >= LEAST_WORDS;
    letter->full = letter->fraction = NAN;
    if (!letter->counts)
        return TRUE;
    if (!find_main (train, labels, test, test_labels, letter, error))
        return FALSE;
    measure_words (sae, test, probe, letter);
    return TRUE;
}

static gint64
count_letter (const FoveaWords *words, char letter)
{
    gint64 n = 0;
    for (gint64 i = 0; i < words->n_words; i++)
        n += words->letters[i] == letter;
    return n;
}

gboolean
fovea_absorption_run (const FoveaSae *sae,
                      const FoveaWords *train,
                      const FoveaWords *test,
                      FoveaLetter *letters,
                      guint *n_letters,
                      GError **error)
{
    *n_letters = 0;
    for (char c = 'a'; c <= 'z'; c++) {
        gint64 n = count_letter (train, c), n_test = count_letter (test, c);
        if (n > 0 && n < train->n_words && n_test > 0)
            letters[(*n_letters)++] = (FoveaLetter){.letter = c, .n_test = n_test};
    }
    if (*n_letters < 2) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "absorption: words of %u letters occur in training and in the test, two are "
                     "needed",
                     *n_letters);
        return FALSE;
    }
    for (guint i = 0; i < *n_letters; i++)
        if (!run_letter (sae, train, test, &letters[i], error)) {
            g_prefix_error (error, "letter %c: ", letters[i].letter);
            return FALSE;
        }
    return TRUE;
}
