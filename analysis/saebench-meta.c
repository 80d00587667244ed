/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows are brought to one length first: how strongly a latent writes says nothing about what it is made
 * of, and long rows would be all that the small one learns. */
#include "analysis/saebench-meta.h"

#include <math.h>
#include <string.h>

#include "analysis/sae-train.h"
#include "capture/random.h"
#include "kernels/error.h"

enum {
    ORDER_STREAM = 16, /* of the random streams that shuffle rows */
    SHARE = 16,
    LEAST_LATENTS = 8
};

/* Decoder rows, and the order in which they are served. */
typedef struct {
    gint64 n, d;
    float *rows;   /* (n, d) of length 1 */
    gint64 *order; /* (n) */
    gint64 next;   /* of the order */
    FoveaRandom random;
} Rows;

static void
clear_rows (Rows *r)
{
    g_free (r->rows);
    g_free (r->order);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Rows, clear_rows)

void
fovea_meta_options_init (FoveaMetaOptions *options)
{
    *options = (FoveaMetaOptions){.k = 4, .batch = 512, .steps = 2000, .seed = 42};
}

static void
read_rows (const FoveaSae *sae, guint64 seed, Rows *r)
{
    g_autofree float *norms = fovea_sae_decoder_norms (sae);
    r->d = sae->d_out;
    r->rows = g_new (float, (gsize) (sae->d_sae * r->d));
    for (gint64 j = 0; j < sae->d_sae; j++) {
        if (!(norms[j] > 0))
            continue;
        for (gint64 i = 0; i < r->d; i++)
            r->rows[r->n * r->d + i] = sae->w_dec[j * r->d + i] / norms[j];
        r->n++;
    }
    r->order = g_new (gint64, (gsize) MAX (r->n, 1));
    for (gint64 i = 0; i < r->n; i++)
        r->order[i] = i;
    r->next = r->n;
    fovea_random_init_stream (&r->random, seed, ORDER_STREAM, 0);
}

static void
shuffle (Rows *r)
{
    for (gint64 i = r->n - 1; i >= 1; i--) {
        gint64 j = (gint64) fovea_random_below (&r->random, (guint64) i + 1), kept = r->order[i];
        r->order[i] = r->order[j];
        r->order[j] = kept;
    }
    r->next = 0;
}

static void
fill_batch (Rows *r, gint64 n, float *out)
{
    for (gint64 i = 0; i < n; i++) {
        if (r->next == r->n)
            shuffle (r);
        memcpy (out + i * r->d, r->rows + r->order[r->next++] * r->d, (gsize) r->d * sizeof *out);
    }
}

static gboolean
choose_options (const FoveaMetaOptions *o, const Rows *r, FoveaSaeTrainOptions *out, GError **error)
{
    gint64 F = o->n_latents > 0 ? o->n_latents : MAX (r->n / SHARE, LEAST_LATENTS);
    fovea_sae_train_options_init (out, FOVEA_SAE_RULE_BATCHTOPK);
    if (r->n < 2 || F > r->n) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "a small autoencoder of %" G_GINT64_FORMAT " latents for %" G_GINT64_FORMAT
                     " decoder rows: expected 1 to the rows, two "
                     "rows at least",
                     F, r->n);
        return FALSE;
    }
    out->d_in = out->d_out = r->d;
    out->n_latents = F;
    out->batch = MIN (o->batch, r->n);
    out->steps = o->steps;
    out->rate = 1e-3;
    out->warm_up = o->steps / 20;
    out->decay = o->steps / 5;
    out->dead_window = MAX (o->steps / 10, 1);
    out->loss.k = MIN (o->k, (double) F);
    out->seed = o->seed;
    return TRUE;
}

static FoveaSae *
train (Rows *r,
       FoveaDevice *device,
       const FoveaSaeTrainOptions *options,
       GCancellable *cancellable,
       GError **error)
{
    g_autoptr (FoveaSaeTrainer) trainer = fovea_sae_trainer_new (device, options, error);
    if (trainer == NULL)
        return NULL;
    g_autofree float *batch = g_new (float, (gsize) (options->batch * r->d));
    fovea_sae_trainer_centre (trainer, r->rows, r->n);
    for (gint64 step = 0; step < options->steps; step++) {
        FoveaSaeTrainStep told;
        fill_batch (r, options->batch, batch);
        if (g_cancellable_set_error_if_cancelled (cancellable, error) ||
            !fovea_sae_trainer_step (trainer, batch, batch, &told, error))
            return NULL;
    }
    return fovea_sae_trainer_make_sae (trainer, error);
}

static gboolean
measure (const FoveaSae *meta,
         FoveaDevice *device,
         const Rows *r,
         FoveaSaeQuality *quality,
         GError **error)
{
    g_autoptr (FoveaSaeCodes) codes = fovea_sae_encode (meta, device, r->n, r->rows, error);
    g_autofree float *out = g_new (float, (gsize) (r->n * r->d));
    if (codes == NULL || !fovea_sae_decode (meta, codes, out, error))
        return FALSE;
    g_autoptr (FoveaSaeMetrics) metrics = fovea_sae_metrics_new (meta);
    fovea_sae_metrics_add (metrics, codes, r->rows, out);
    fovea_sae_metrics_finish (metrics, quality);
    return TRUE;
}

gboolean
fovea_sae_bench_meta (const FoveaSae *sae,
                      FoveaDevice *device,
                      const FoveaMetaOptions *options,
                      FoveaMetaResult *result,
                      GCancellable *cancellable,
                      GError **error)
{
    g_auto (Rows) rows = {0};
    FoveaSaeTrainOptions training;
    read_rows (sae, options->seed, &rows);
    if (!choose_options (options, &rows, &training, error))
        return FALSE;
    g_autoptr (FoveaSae) meta = train (&rows, device, &training, cancellable, error);
    *result =
        (FoveaMetaResult){.n_rows = rows.n, .n_latents = training.n_latents, .k = training.loss.k};
    return meta != NULL && measure (meta, device, &rows, &result->quality, error);
}
