/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Thresholds and biases are drawn about the levels that a line names, in units of a product's spread. */
#include "tests/sae-values.h"

#include <math.h>
#include <string.h>

#include "analysis/sae-file.h"
#include "analysis/sae-fold.h"
#include "capture/random.h"
#include "capture/safetensors.h"
#include "kernels/dtype.h"
#include "tests/support.h"

typedef struct {
    const char *name;
    FoveaSaeArchitecture architecture;
    gint64 rows, d, d_out, F;
    float level;    /* mean threshold, or of minus the biases where there is none */
    gboolean whole; /* small whole numbers: sums are exact, many products equal their threshold */
    FoveaSaeNormalize normalize;
    gboolean factors, folded, rounded; /* old files' factors; decoder norms; weights of bf16 */
    gboolean sizes;                    /* rows and latents of very different sizes */
} Line;

static const Line lines[] = {
    {"standard, half of all on", FOVEA_SAE_STANDARD, 120, 48, 48, 500, 0},
    {"standard, few on", FOVEA_SAE_STANDARD, 120, 48, 48, 500, 2.5f},
    {"jumprelu", FOVEA_SAE_JUMPRELU, 120, 48, 48, 500, 2},
    {"jumprelu, thresholds about 0", FOVEA_SAE_JUMPRELU, 60, 48, 48, 300, 0},
    {"jumprelu, thresholds below 0", FOVEA_SAE_JUMPRELU, 60, 48, 48, 300, -3},
    {"jumprelu, whole numbers", FOVEA_SAE_JUMPRELU, 120, 32, 32, 600, 1, TRUE},
    {"jumprelu, bf16 weights", FOVEA_SAE_JUMPRELU, 60, 48, 48, 300, 2, .rounded = TRUE},
    {"jumprelu, folded", FOVEA_SAE_JUMPRELU, 60, 48, 48, 300, 2, .folded = TRUE},
    {"gated", FOVEA_SAE_GATED, 120, 48, 48, 500, 1.5f},
    {"gated, whole numbers", FOVEA_SAE_GATED, 120, 32, 32, 500, 1, TRUE},
    {"batchtopk with thresholds", FOVEA_SAE_BATCHTOPK, 60, 48, 48, 300, 2},
    {"matryoshka with thresholds", FOVEA_SAE_MATRYOSHKA_BATCHTOPK, 60, 48, 48, 300, 2},
    {"transcoder", FOVEA_SAE_TRANSCODER, 60, 48, 20, 300, 2},
    {"skip transcoder", FOVEA_SAE_SKIP_TRANSCODER, 60, 48, 20, 300, 2},
    {"jumprelu transcoder", FOVEA_SAE_JUMPRELU_TRANSCODER, 60, 48, 20, 300, 2},
    {"jumprelu skip transcoder", FOVEA_SAE_JUMPRELU_SKIP_TRANSCODER, 60, 48, 20, 300, 2},
    {"layer norm", FOVEA_SAE_JUMPRELU, 60, 48, 48, 300, 2,
     .normalize = FOVEA_SAE_NORMALIZE_LAYER_NORM},
    {"constant norm", FOVEA_SAE_STANDARD, 60, 48, 48, 300, 2,
     .normalize = FOVEA_SAE_NORMALIZE_CONSTANT_NORM},
    {"expected average", FOVEA_SAE_JUMPRELU, 60, 48, 48, 300, 2,
     .normalize = FOVEA_SAE_NORMALIZE_EXPECTED_AVERAGE},
    {"factors of old files", FOVEA_SAE_STANDARD, 60, 48, 48, 300, 1, .factors = TRUE},
    {"one row of three latents", FOVEA_SAE_STANDARD, 1, 8, 8, 3, 0},
    {"more rows than go at once", FOVEA_SAE_JUMPRELU, 4500, 8, 8, 40, 1},
    {"widths that fill nothing", FOVEA_SAE_JUMPRELU, 70, 66, 66, 4099, 2.5f},
    {"GPT-2's size", FOVEA_SAE_JUMPRELU, 300, 768, 768, 24576, 2.8f},
    {"GPT-2's size, half of all on", FOVEA_SAE_STANDARD, 150, 768, 768, 24576, 0},
    {"GPT-2's size, a tenth", FOVEA_SAE_GATED, 150, 768, 768, 24576, 1},
    {"GPT-2's size, one in two hundred", FOVEA_SAE_BATCHTOPK, 300, 768, 768, 24576, 2.5f},
    {"whole numbers, large", FOVEA_SAE_JUMPRELU, 200, 256, 256, 9000, 2, TRUE},
    {"sizes from 1e-18 to 1e18", FOVEA_SAE_JUMPRELU, 200, 96, 96, 9000, 2, .sizes = TRUE},
};

enum {
    FIRST_LARGE = 22
};

int
sae_values_count (gboolean large)
{
    return large ? (int) G_N_ELEMENTS (lines) : FIRST_LARGE;
}

static double
draw_one (FoveaRandom *random, gboolean whole)
{
    double sum = 0;
    if (whole)
        return (double) fovea_random_below (random, 5) - 2;
    for (int a = 0; a < 4; a++)
        sum += fovea_random_uniform (random) - 0.5;
    return 1.7 * sum;
}

/* (n) about @mean. */
static void
draw (float *x, gint64 n, double mean, double spread, gboolean whole, guint64 seed)
{
    FoveaRandom random;
    if (x == NULL)
        return;
    fovea_random_init (&random, seed);
    for (gint64 i = 0; i < n; i++)
        x[i] = (float) (mean + spread * draw_one (&random, whole));
}

static void
round_weights (float *x, gint64 n)
{
    for (gint64 i = 0; i < n; i++) {
        guint16 half;
        fovea_dtype_from_f32 (x + i, 1, FOVEA_BF16, &half);
        fovea_dtype_to_f32 (&half, FOVEA_BF16, 1, x + i);
    }
}

/* What decides: thresholds, or biases where there are none. */
static void
draw_levels (FoveaSae *sae, const Line *l)
{
    /* A product of whole numbers spreads by 2 sqrt (d), of others by 1. */
    double mean =
        l->whole ? round (2 * sqrt ((double) l->d) * (double) l->level) : (double) l->level;
    gint64 F = l->F;
    gboolean decides = sae->threshold == NULL && l->architecture != FOVEA_SAE_GATED;
    draw (sae->b_enc, F, decides ? -mean : 0, l->whole ? 1 : 0.2, l->whole, 3);
    draw (sae->threshold, F, mean, l->whole ? 1 : 0.4, FALSE, 4);
    for (gint64 j = 0; sae->threshold != NULL && l->whole && j < F; j++)
        sae->threshold[j] = roundf (sae->threshold[j]);
    draw (sae->b_gate, F, -mean, l->whole ? 1 : 0.2, l->whole, 5);
    draw (sae->b_mag, F, -0.8 * mean, l->whole ? 1 : 0.5, l->whole, 6);
    draw (sae->r_mag, F, 0, l->whole ? 0 : 0.5, l->whole, 7);
    for (gint64 j = 0; sae->b_mag != NULL && l->whole && j < F; j++)
        sae->b_mag[j] = roundf (sae->b_mag[j]);
}

static FoveaSae *
new_sae (const Line *l)
{
    g_autoptr (GError) error = NULL;
    FoveaSae *sae = fovea_sae_new (l->architecture, l->d, l->d_out, l->F, &error);
    ck_assert_msg (sae != NULL, "%s", error != NULL ? error->message : "");
    if (sae->threshold == NULL && fovea_sae_has_k (l->architecture))
        sae->threshold = g_new0 (float, l->F);
    draw (sae->w_enc, l->d * l->F, 0, l->whole ? 1 : 1 / sqrt ((double) l->d), l->whole, 1);
    draw (sae->w_dec, l->F * l->d_out, 0, 1, l->whole, 2);
    draw (sae->b_dec, l->d_out, 0, l->sizes ? 0 : 1, l->whole, 8);
    draw_levels (sae, l);
    if (l->rounded)
        round_weights (sae->w_enc, l->d * l->F);
    sae->normalize = l->normalize;
    sae->scaler = l->normalize == FOVEA_SAE_NORMALIZE_EXPECTED_AVERAGE ? 0.7 : 0;
    if (l->factors) {
        sae->scaling_factor = g_new (float, l->F);
        draw (sae->scaling_factor, l->F, 1, 0.3, FALSE, 9);
    }
    for (gint64 i = 0; l->sizes && i < l->d * l->F; i++)
        sae->w_enc[i] *= powf (10, (float) (i % l->F % 13) - 6);
    if (l->folded)
        ck_assert (fovea_sae_fold_decoder_norm (sae, NULL));
    return sae;
}

static float *
new_rows (const Line *l)
{
    float *x = g_new (float, l->rows * l->d);
    draw (x, l->rows * l->d, 0, 1, l->whole, 10);
    if (l->rows > 2)
        memset (x + 2 * l->d, 0, (gsize) l->d * sizeof *x);
    for (gint64 i = 0; l->sizes && i < l->rows * l->d; i++)
        x[i] *= powf (10, (float) (i / l->d % 37) - 18);
    return x;
}

/* Whether rounding may have decided a code: its product lies at its level, or what remains of a gated
 * one at 0. @size: of what products are sums of. */
static gboolean
is_near (const FoveaSae *sae, gint64 j, double code, double size)
{
    double p = sae->scaling_factor != NULL ? code / (double) sae->scaling_factor[j] : code;
    double level = sae->threshold != NULL ? (double) MAX (sae->threshold[j], 0) : 0;
    if (sae->architecture == FOVEA_SAE_GATED) {
        double u = (p - (double) sae->b_mag[j]) / exp ((double) sae->r_mag[j]);
        return fabs (u + (double) sae->b_gate[j]) <= 2e-6 * size || fabs (p) <= 2e-6 * size;
    }
    return fabs (p - level) <= 2e-6 * size;
}

/* |x| |w_j|, and 1. */
static double
measure_terms (const FoveaSae *sae, const float *x, gint64 j)
{
    double of_x = 0, of_w = 0;
    for (gint64 i = 0; i < sae->d_in; i++) {
        of_x += (double) x[i] * (double) x[i];
        of_w += (double) sae->w_enc[i * sae->d_sae + j] * (double) sae->w_enc[i * sae->d_sae + j];
    }
    return 1 + sqrt (of_x * of_w);
}

/* One code that only one of both has. */
static void
check_odd (
    const Line *l, const FoveaSae *sae, const FoveaSaeCodes *codes, gint64 at, const float *x)
{
    gint32 j = codes->latents[at];
    ck_assert_msg (
        !l->whole && is_near (sae, j, (double) codes->values[at], measure_terms (sae, x, j)),
        "%s: latent %d has code %g on one device alone", l->name, j, (double) codes->values[at]);
}

static void
compare_row (const Line *l,
             const FoveaSae *sae,
             const FoveaSaeCodes *a,
             const FoveaSaeCodes *b,
             gint64 row,
             const float *x)
{
    gint64 i = a->offsets[row], j = b->offsets[row];
    gint64 i_end = a->offsets[row + 1], j_end = b->offsets[row + 1];
    while (i < i_end || j < j_end) {
        if (j == j_end || (i < i_end && a->latents[i] < b->latents[j])) {
            check_odd (l, sae, a, i++, x);
        } else if (i == i_end || b->latents[j] < a->latents[i]) {
            check_odd (l, sae, b, j++, x);
        } else {
            double v = (double) b->values[j], off = fabs ((double) a->values[i] - v);
            double size = l->sizes ? 0.2 * measure_terms (sae, x, b->latents[j]) : 1;
            ck_assert_msg (off <= 1e-5 * (size + fabs (v)), "%s: row %d, latent %d: %g and %g",
                           l->name, (int) row, b->latents[j], (double) a->values[i], v);
            i++;
            j++;
        }
    }
}

static FoveaSaeCodes *
encode (const FoveaSae *sae, FoveaDevice *device, gint64 n, const float *x)
{
    g_autoptr (GError) error = NULL;
    FoveaSaeCodes *codes = fovea_sae_encode (sae, device, n, x, &error);
    ck_assert_msg (codes != NULL, "%s", error != NULL ? error->message : "");
    return codes;
}

static void
compare (const Line *l,
         const FoveaSae *sae,
         FoveaDevice *device,
         FoveaDevice *cpu,
         gint64 rows,
         const float *x)
{
    g_autoptr (FoveaSaeCodes) ours = encode (sae, device, rows, x);
    g_autoptr (FoveaSaeCodes) theirs = encode (sae, cpu, rows, x);
    gint64 n = theirs->offsets[rows];
    ck_assert_msg (n > 0 && n < rows * sae->d_sae, "%s: %d codes", l->name, (int) n);
    for (gint64 t = 0; t < rows; t++)
        compare_row (l, sae, ours, theirs, t, x + t * sae->d_in);
    ck_assert_int_eq (ours->scale != NULL, theirs->scale != NULL);
    if (theirs->scale != NULL) {
        ck_assert_mem_eq (ours->scale, theirs->scale, (gsize) rows * sizeof (float));
        ck_assert_mem_eq (ours->shift, theirs->shift, (gsize) rows * sizeof (float));
    }
}

void
sae_values_check (FoveaDevice *device, FoveaDevice *cpu, int line)
{
    const Line *l = &lines[line];
    g_autoptr (FoveaSae) sae = new_sae (l);
    g_autofree float *x = new_rows (l);
    compare (l, sae, device, cpu, l->rows, x);
}

void
sae_values_check_folder (FoveaDevice *device, FoveaDevice *cpu, const char *name)
{
    const Line line = {.name = name,
                       .sizes = TRUE}; /* a first token's stream has numbers in the hundreds */
    g_autoptr (GError) error = NULL;
    g_autofree char *part = g_build_filename ("models", "sae", name, NULL);
    g_autofree char *folder = support_shared (part);
    if (folder == NULL)
        return;
    g_autoptr (FoveaSae) sae = fovea_sae_load (folder, &error);
    ck_assert_msg (sae != NULL, "%s", error != NULL ? error->message : "");
    g_autoptr (FoveaSaeEncoder) encoder = fovea_sae_encoder_new (sae, device, &error);
    if (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED)) {
        ck_assert (fovea_sae_has_k (sae->architecture) ||
                   sae->architecture == FOVEA_SAE_MATCHING_PURSUIT);
        return;
    }
    g_autofree char *path = g_build_filename (folder, "reference.safetensors", NULL);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, NULL);
    const FoveaTensor *tensor = fovea_safetensors_lookup (file, "x");
    g_autofree float *x = g_new (float, tensor->n_elements);
    fovea_dtype_to_f32 (tensor->data, tensor->dtype, (gsize) tensor->n_elements, x);
    compare (&line, sae, device, cpu, tensor->shape[0], x);
}
