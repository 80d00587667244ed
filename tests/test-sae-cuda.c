/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Sparse codes and training on a GPU against the CPU's: the same supports by rank, ties included, and by
 * value; steps that agree; runs that repeat and resume to the bit. One process, since CUDA does not survive
 * a fork; 77 = no GPU. tests/peer-sae-gpu.py and peer-sae-above.py hold the kernels against double at full
 * size. */
#include "analysis/sae-codes.h"
#include "analysis/sae-train.h"
#include "tests/sae-folders.h"
#include "tests/sae-values.h"
#include "tests/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FoveaDevice *cpu, *gpu;

static void
draw (float *x, gint64 n, guint64 seed)
{
    FoveaRandom random;
    fovea_random_init (&random, seed);
    for (gint64 i = 0; i < n; i++) {
        double sum = 0;
        for (int a = 0; a < 4; a++)
            sum += fovea_random_uniform (&random) - 0.5;
        x[i] = (float) (1.7 * sum);
    }
}

static void
draw_whole (float *x, gint64 n, guint64 seed)
{
    FoveaRandom random;
    fovea_random_init (&random, seed);
    for (gint64 i = 0; i < n; i++)
        x[i] = (float) fovea_random_below (&random, 5) - 2;
}

static FoveaSae *
new_sae (FoveaSaeArchitecture architecture, gint64 d, gint64 F, double k, gboolean whole)
{
    FoveaSae *sae = fovea_sae_new (architecture, d, d, F, NULL);
    void (*fill) (float *, gint64, guint64) = whole ? draw_whole : draw;
    sae->k = k;
    fill (sae->w_enc, d * F, 1);
    fill (sae->w_dec, d * F, 2);
    if (!whole)
        draw (sae->b_enc, F, 3);
    return sae;
}

static FoveaSaeCodes *
encode (const FoveaSae *sae, FoveaDevice *device, gint64 n, const float *x)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSaeEncoder) encoder = fovea_sae_encoder_new (sae, device, &error);
    ck_assert_msg (encoder != NULL, "%s", error != NULL ? error->message : "");
    FoveaSaeCodes *codes = fovea_sae_encoder_run (encoder, n, x, &error);
    ck_assert_msg (codes != NULL, "%s", error != NULL ? error->message : "");
    return codes;
}

/* Supports are equal; values to @tolerance. */
static void
compare (const FoveaSaeCodes *a, const FoveaSaeCodes *b, double tolerance)
{
    gsize n = (gsize) a->n_rows;
    ck_assert_mem_eq (a->offsets, b->offsets, (n + 1) * sizeof *a->offsets);
    for (gint64 i = 0; i < a->offsets[n]; i++) {
        ck_assert_int_eq (a->latents[i], b->latents[i]);
        ck_assert_double_le (fabs ((double) a->values[i] - (double) b->values[i]),
                             tolerance * (1 + fabs ((double) b->values[i])));
    }
}

static const struct {
    FoveaSaeArchitecture architecture;
    gint64 rows, d, F;
    double k;
    gboolean whole, norms;
} shapes[] = {
    {FOVEA_SAE_TOPK, 150, 96, 5000, 32, FALSE, FALSE},    /* by groups, on Hopper */
    {FOVEA_SAE_ABSTOPK, 150, 96, 5000, 32, FALSE, FALSE}, /* signs */
    {FOVEA_SAE_TOPK, 70, 66, 4099, 7, FALSE, TRUE},       /* widths that fill nothing; norms */
    {FOVEA_SAE_TOPK, 40, 64, 512, 200, FALSE, FALSE},     /* more codes than groups */
    {FOVEA_SAE_TOPK, 90, 64, 6000, 20, TRUE, FALSE},      /* many ties */
    {FOVEA_SAE_ABSTOPK, 90, 64, 6000, 20, TRUE, FALSE},
    {FOVEA_SAE_TOPK, 1, 8, 3, 2, FALSE, FALSE},
};

START_TEST (codes_of_the_gpu_have_the_support_of_the_cpus)
{
    gint64 n = shapes[_i].rows, d = shapes[_i].d;
    g_autoptr (FoveaSae) sae =
        new_sae (shapes[_i].architecture, d, shapes[_i].F, shapes[_i].k, shapes[_i].whole);
    g_autofree float *x = g_new (float, n *d);
    sae->rescale_acts_by_decoder_norm = shapes[_i].norms;
    if (shapes[_i].whole)
        draw_whole (x, n * d, 4);
    else
        draw (x, n * d, 4);
    if (n > 2)
        memset (x + 2 * d, 0, (gsize) d * sizeof *x); /* a row whose products all tie */
    g_autoptr (FoveaSaeCodes) ours = encode (sae, gpu, n, x), theirs = encode (sae, cpu, n, x);
    compare (ours, theirs, shapes[_i].whole ? 0 : 2e-5);
}
END_TEST

START_TEST (codes_by_value_are_those_of_the_cpu)
{
    sae_values_check (gpu, cpu, _i);
}
END_TEST

START_TEST (codes_of_saelens_folders_are_those_of_the_cpu)
{
    sae_values_check_folder (gpu, cpu, sae_folders[_i]);
}
END_TEST

/* Few of all latents, a part, half: the same bits again; and alone a row's values to rounding, since a batch
 * that is dense is multiplied in full. */
START_TEST (codes_by_value_repeat_to_the_bit)
{
    const gint64 n = 700, d = 64, F = 8192;
    static const float levels[] = {2.6f, 1.5f, 0};
    g_autoptr (FoveaSae) sae = new_sae (FOVEA_SAE_JUMPRELU, d, F, 1, FALSE);
    g_autofree float *x = g_new (float, n *d);
    for (gint64 j = 0; j < F; j++)
        sae->threshold[j] = levels[_i] * 8;
    draw (x, n * d, 6);
    g_autoptr (FoveaSaeCodes) first = encode (sae, gpu, n, x), again = encode (sae, gpu, n, x);
    gint64 all = first->offsets[n];
    ck_assert_mem_eq (first->offsets, again->offsets, (gsize) (n + 1) * sizeof (gint64));
    ck_assert_mem_eq (first->latents, again->latents, (gsize) all * sizeof (gint32));
    ck_assert_mem_eq (first->values, again->values, (gsize) all * sizeof (float));
    ck_assert_int_gt (all, 0);
    g_autoptr (FoveaSaeCodes) alone = encode (sae, gpu, 1, x + 5 * d);
    for (gint64 i = 0; i < alone->offsets[1]; i++) {
        float value = fovea_sae_codes_get (first, 5, alone->latents[i]);
        ck_assert_float_le (fabsf (value - alone->values[i]), 1e-4f);
    }
    ck_assert_int_le (llabs (alone->offsets[1] - (first->offsets[6] - first->offsets[5])), 1);
}
END_TEST

/* More rows than one run over, and the same bits whatever they come with. */
START_TEST (a_row_has_the_same_codes_in_any_company)
{
    const gint64 n = 20000, d = 32;
    g_autoptr (FoveaSae) sae = new_sae (FOVEA_SAE_TOPK, d, 4096, 8, FALSE);
    g_autofree float *x = g_new (float, n *d);
    draw (x, n * d, 5);
    g_autoptr (FoveaSaeCodes) all = encode (sae, gpu, n, x);
    g_autoptr (FoveaSaeCodes) last = encode (sae, gpu, 1, x + (n - 1) * d);
    gint64 at = all->offsets[n - 1], count = all->offsets[n] - at;
    ck_assert_int_eq (count, 8);
    ck_assert_mem_eq (all->latents + at, last->latents, (gsize) count * sizeof (gint32));
    ck_assert_mem_eq (all->values + at, last->values, (gsize) count * sizeof (float));
}
END_TEST

START_TEST (what_a_gpu_does_not_encode_is_named)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSae) sae = fovea_sae_new (FOVEA_SAE_MATCHING_PURSUIT, 8, 8, 16, NULL);
    ck_assert_ptr_null (fovea_sae_encoder_new (sae, gpu, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
    ck_assert_msg (strstr (error->message, "matching_pursuit") != NULL, "%s", error->message);
}
END_TEST

static void
init_options (
    FoveaSaeTrainOptions *o, FoveaSaeRule rule, gint64 d, gint64 F, gint64 batch, double k)
{
    fovea_sae_train_options_init (o, rule);
    o->d_in = o->d_out = d;
    o->n_latents = F;
    o->batch = batch;
    o->steps = 100;
    o->decay = 20;
    o->dead_window = 2;
    o->loss.k = k;
}

static FoveaSaeTrainer *
new_trainer (FoveaDevice *device, const FoveaSaeTrainOptions *o)
{
    g_autoptr (GError) error = NULL;
    FoveaSaeTrainer *trainer = fovea_sae_trainer_new (device, o, &error);
    ck_assert_msg (trainer != NULL, "%s", error != NULL ? error->message : "");
    return trainer;
}

static const struct {
    FoveaSaeRule rule;
    gint64 d, F, batch;
    double k, aux;
    gboolean transcoder, rescales, mean;
    float bias; /* of all latents at first: few codes, which a GPU has as a list */
} runs[] = {
    {FOVEA_SAE_RULE_TOPK, 64, 2048, 256, 8, 1.0 / 32, FALSE, FALSE, FALSE},
    {FOVEA_SAE_RULE_ABSTOPK, 64, 2048, 256, 8, 0.5, FALSE, FALSE, FALSE},
    {FOVEA_SAE_RULE_TOPK, 32, 64, 200, 3, 0, FALSE, FALSE, FALSE},
    {FOVEA_SAE_RULE_TOPK, 36, 128, 100, 4, 1.0 / 32, TRUE, FALSE, FALSE},
    {FOVEA_SAE_RULE_TOPK, 32, 512, 100, 6, 1.0 / 32, FALSE, TRUE, FALSE},  /* by norms */
    {FOVEA_SAE_RULE_TOPK, 36, 515, 100, 4, 1.0 / 32, FALSE, FALSE, FALSE}, /* not whole fours */
    {FOVEA_SAE_RULE_BATCHTOPK, 64, 2048, 256, 7.3, 1.0 / 32, FALSE, FALSE, FALSE},
    {FOVEA_SAE_RULE_BATCHTOPK, 32, 300, 100, 5, 0.5, FALSE, TRUE, TRUE},
    {FOVEA_SAE_RULE_BATCHTOPK, 8, 64, 50, 60, 0, FALSE, FALSE, FALSE}, /* more than are above 0 */
    {FOVEA_SAE_RULE_BATCH_ABSTOPK, 64, 1000, 130, 9, 1.0 / 32, FALSE, FALSE, FALSE},
    {FOVEA_SAE_RULE_MATRYOSHKA, 48, 600, 128, 6, 1.0 / 32, FALSE, FALSE, FALSE},
    {FOVEA_SAE_RULE_STANDARD, 64, 500, 200, 0, 0, FALSE, FALSE, FALSE},
    {FOVEA_SAE_RULE_STANDARD, 32, 100, 64, 0, 0, TRUE, FALSE, TRUE},
    {FOVEA_SAE_RULE_GATED, 64, 500, 200, 0, 0, FALSE, FALSE, FALSE},
    {FOVEA_SAE_RULE_JUMPRELU, 64, 500, 200, 0, 0, FALSE, FALSE, FALSE},
    {FOVEA_SAE_RULE_JUMPRELU, 36, 130, 77, 0, 1.0 / 32, TRUE, FALSE, FALSE},
    {FOVEA_SAE_RULE_JUMPRELU_TANH, 64, 500, 200, 0, 0, FALSE, FALSE, FALSE},
    {FOVEA_SAE_RULE_STANDARD, 64, 4096, 200, 0, 0, FALSE, FALSE, FALSE, -0.25F},
    {FOVEA_SAE_RULE_STANDARD, 36, 2051, 600, 0, 0, TRUE, FALSE, TRUE, -0.2F},
    {FOVEA_SAE_RULE_GATED, 64, 4096, 200, 0, 0, FALSE, FALSE, FALSE, -0.25F},
    {FOVEA_SAE_RULE_JUMPRELU, 64, 4096, 200, 0, 0, FALSE, FALSE, FALSE, -0.25F},
    {FOVEA_SAE_RULE_JUMPRELU, 36, 2051, 300, 0, 1.0 / 32, TRUE, FALSE, FALSE, -0.2F},
    {FOVEA_SAE_RULE_JUMPRELU_TANH, 64, 4096, 200, 0, 0, FALSE, FALSE, FALSE, -0.25F},
};

/* What a line of `runs` trains. First thresholds are high enough that some latents stay below theirs, and
 * coefficients do not wait. */
static void
init_run (FoveaSaeTrainOptions *o, int i)
{
    init_options (o, runs[i].rule, runs[i].d, runs[i].F, runs[i].batch, runs[i].k);
    o->loss.aux = runs[i].aux;
    o->loss.transcoder = runs[i].transcoder;
    o->loss.subtracts_b_dec = !runs[i].transcoder;
    o->loss.rescales = runs[i].rescales;
    o->loss.mean_elements = runs[i].mean;
    o->sparsity_warm_up = 2;
    o->first_threshold = 0.05;
    if (runs[i].rescales)
        o->unit_norm = FALSE; /* else all norms are 1 */
    if (runs[i].rule == FOVEA_SAE_RULE_JUMPRELU_TANH)
        o->loss.pre_act = 0.01;
    if (runs[i].rule != FOVEA_SAE_RULE_MATRYOSHKA)
        return;
    const gint64 widths[] = {40, 200, runs[i].F};
    o->loss.n_widths = G_N_ELEMENTS (widths);
    memcpy (o->loss.widths, widths, sizeof widths);
}

/* A trainer of line @i, before anything was centred, which makes parameters known to its device. */
static FoveaSaeTrainer *
new_run (FoveaDevice *device, const FoveaSaeTrainOptions *o, int i)
{
    FoveaSaeTrainer *trainer = new_trainer (device, o);
    const FoveaSaeParameters *p = fovea_sae_trainer_get_parameters (trainer);
    for (gint64 j = 0; j < p->n_latents; j++)
        p->b_enc[j] += runs[i].bias;
    return trainer;
}

/* Squares of where @p went from @from; and of how far @q is from it, over @n numbers. */
static void
check_way (
    const float *p, const float *q, const float *from, gint64 n, double share, const char *name)
{
    double apart = 0, moved = 0;
    for (gint64 i = 0; i < n; i++) {
        double off = (double) p[i] - (double) q[i], way = (double) q[i] - (double) from[i];
        apart += off * off;
        moved += way * way;
    }
    ck_assert_msg (sqrt (apart) < share * sqrt (moved) + 1e-7, "%s: %g apart after a way of %g",
                   name, sqrt (apart), sqrt (moved));
}

/* Array by array, so that a bias that goes wrong does not hide among the weights. */
static void
compare_ways (const FoveaSaeParameters *p,
              const FoveaSaeParameters *q,
              const FoveaSaeParameters *from,
              double share)
{
    gint64 F = q->n_latents;
    check_way (p->w_enc, q->w_enc, from->w_enc, F * q->d_in, share, "W_enc");
    check_way (p->w_dec, q->w_dec, from->w_dec, F * q->d_out, share, "W_dec");
    check_way (p->b_enc, q->b_enc, from->b_enc, F, share, "b_enc");
    check_way (p->b_dec, q->b_dec, from->b_dec, q->d_out, share, "b_dec");
    if (q->b_mag != NULL)
        check_way (p->b_mag, q->b_mag, from->b_mag, F, share, "b_mag");
    if (q->r_mag != NULL)
        check_way (p->r_mag, q->r_mag, from->r_mag, F, share, "r_mag");
    if (q->log_threshold != NULL)
        check_way (p->log_threshold, q->log_threshold, from->log_threshold, F, share,
                   "log_threshold");
}

/* What a batch rule's rows are compared with after training is the same. */
static void
compare_thresholds (const FoveaSaeTrainer *ours, const FoveaSaeTrainer *theirs)
{
    g_autoptr (FoveaSae) a = fovea_sae_trainer_make_sae (ours, NULL);
    g_autoptr (FoveaSae) b = fovea_sae_trainer_make_sae (theirs, NULL);
    ck_assert_int_eq (a->architecture, b->architecture);
    ck_assert_int_eq (a->threshold != NULL, b->threshold != NULL);
    for (gint64 j = 0; a->threshold != NULL && j < a->d_sae; j++)
        ck_assert_double_eq_tol ((double) a->threshold[j], (double) b->threshold[j],
                                 2e-3 * fabs ((double) b->threshold[j]) + 1e-7);
}

/* Losses agree step by step, and so does how far the parameters went. */
START_TEST (steps_of_the_gpu_are_those_of_the_cpu)
{
    FoveaSaeTrainOptions o;
    gint64 n = runs[_i].batch * runs[_i].d;
    g_autofree float *x = g_new (float, n), *y = g_new (float, n);
    init_run (&o, _i);
    g_autoptr (FoveaSaeTrainer) ours = new_run (gpu, &o, _i), theirs = new_run (cpu, &o, _i);
    g_autoptr (FoveaSaeTrainer) start = new_run (cpu, &o, _i);
    for (int i = 0; i < 8; i++) {
        FoveaSaeTrainStep a, b;
        draw (x, n, 10 + (guint64) i);
        draw (y, n, 50 + (guint64) i);
        const float *target = runs[_i].transcoder ? y : x;
        if (i == 0) {
            fovea_sae_trainer_centre (ours, target, o.batch);
            fovea_sae_trainer_centre (theirs, target, o.batch);
        }
        ck_assert (fovea_sae_trainer_step (ours, x, target, &a, NULL));
        ck_assert (fovea_sae_trainer_step (theirs, x, target, &b, NULL));
        ck_assert_int_eq (a.step, i + 1);
        ck_assert_double_eq_tol (a.loss, b.loss, 1e-4 * b.loss);
        ck_assert_double_eq_tol (a.aux, b.aux, 1e-3 * b.aux + 1e-9);
        ck_assert_double_eq_tol (a.sparsity, b.sparsity, 1e-3 * fabs (b.sparsity) + 1e-9);
        ck_assert_double_eq_tol (a.explained, b.explained, 1e-3);
        ck_assert_double_eq_tol (a.l0, b.l0, 0.02 * b.l0);
        ck_assert_double_eq_tol (a.dead, b.dead, 0.01);
        ck_assert_double_eq (a.rate, b.rate);
    }
    const FoveaSaeParameters *p = fovea_sae_trainer_get_parameters (ours);
    const FoveaSaeParameters *q = fovea_sae_trainer_get_parameters (theirs);
    const FoveaSaeParameters *from = fovea_sae_trainer_get_parameters (start);
    ck_assert_int_eq (p->n, q->n);
    compare_ways (p, q, from, 0.02);
    compare_thresholds (ours, theirs);
}
END_TEST

static const int rounded_runs[] = {6, 10, 11, 13, 14, 16};

/* Products of 11 bits: the same way, but for what that loses, also where it decides which codes a batch keeps
 * (1.2e-3 of the loss). */
START_TEST (rounded_steps_of_the_gpu_stay_near_the_cpus)
{
    FoveaSaeTrainOptions o;
    int line = rounded_runs[_i];
    gint64 n = runs[line].batch * runs[line].d;
    g_autofree float *x = g_new (float, n);
    init_run (&o, line);
    o.loss.transcoder = FALSE;
    o.loss.subtracts_b_dec = TRUE;
    g_autoptr (FoveaSaeTrainer) theirs = new_run (cpu, &o, line), start = new_run (cpu, &o, line);
    g_autoptr (FoveaSaeTrainer) exact = new_run (gpu, &o, line);
    o.rounded = TRUE;
    g_autoptr (FoveaSaeTrainer) ours = new_run (gpu, &o, line);
    FoveaSaeTrainer *const all[] = {ours, theirs, exact};
    for (int i = 0; i < 4; i++) {
        FoveaSaeTrainStep a[3];
        draw (x, n, 10 + (guint64) i);
        for (guint t = 0; t < G_N_ELEMENTS (all); t++) {
            if (i == 0)
                fovea_sae_trainer_centre (all[t], x, o.batch);
            ck_assert (fovea_sae_trainer_step (all[t], x, x, &a[t], NULL));
        }
        ck_assert_double_eq_tol (a[0].loss, a[1].loss, 3e-3 * a[1].loss);
        ck_assert_double_eq_tol (a[0].l0, a[1].l0, 0.02 * a[1].l0);
    }
    const FoveaSaeParameters *p = fovea_sae_trainer_get_parameters (ours);
    compare_ways (p, fovea_sae_trainer_get_parameters (theirs),
                  fovea_sae_trainer_get_parameters (start), 0.1);
    /* It is another way. */
    const FoveaSaeParameters *q = fovea_sae_trainer_get_parameters (exact);
    ck_assert (memcmp (p->w_enc, q->w_enc, (gsize) (q->n_latents * q->d_in) * sizeof (float)) != 0);
}
END_TEST

/* Trains from step @first on. */
static void
train (FoveaSaeTrainer *trainer, const FoveaSaeTrainOptions *o, int first, int n)
{
    g_autofree float *x = g_new (float, o->batch * o->d_in);
    for (int i = first; i < first + n; i++) {
        FoveaSaeTrainStep step;
        draw (x, o->batch * o->d_in, 100 + (guint64) i);
        ck_assert (fovea_sae_trainer_step (trainer, x, x, &step, NULL));
    }
}

static const FoveaSaeRule resumed[] = {FOVEA_SAE_RULE_TOPK,     FOVEA_SAE_RULE_BATCHTOPK,
                                       FOVEA_SAE_RULE_GATED,    FOVEA_SAE_RULE_JUMPRELU,
                                       FOVEA_SAE_RULE_STANDARD, FOVEA_SAE_RULE_MATRYOSHKA};

START_TEST (a_run_on_the_gpu_resumes_to_the_same_bits)
{
    FoveaSaeTrainOptions o;
    char *folder = support_temp_dir ();
    g_autofree char *path = g_build_filename (folder, "checkpoint.safetensors", NULL);
    init_options (&o, resumed[_i], 48, 1500, 300, 12);
    o.resample_every = 5;
    o.loss.widths[0] = o.n_latents; /* of matryoshka */
    o.loss.n_widths = 1;
    g_autoptr (FoveaSaeTrainer) whole = new_trainer (gpu, &o), first = new_trainer (gpu, &o);
    g_autoptr (FoveaSaeTrainer) second = new_trainer (gpu, &o);
    train (whole, &o, 0, 12);
    train (first, &o, 0, 7);
    ck_assert (fovea_sae_trainer_save (first, NULL, path, NULL));
    ck_assert (fovea_sae_trainer_load (second, NULL, path, NULL));
    train (second, &o, 7, 5);
    const FoveaSaeParameters *p = fovea_sae_trainer_get_parameters (whole);
    const FoveaSaeParameters *q = fovea_sae_trainer_get_parameters (second);
    ck_assert_mem_eq (p->all, q->all, (gsize) p->n * sizeof (float));
    support_remove_dir (folder);
}
END_TEST

START_TEST (a_loss_that_is_not_finite_leaves_the_gpus_numbers)
{
    FoveaSaeTrainOptions o;
    FoveaSaeTrainStep step;
    g_autoptr (GError) error = NULL;
    init_options (&o, resumed[_i], 32, 256, 64, 4);
    o.loss.widths[0] = o.n_latents;
    o.loss.n_widths = 1;
    g_autofree float *x = g_new (float, o.batch *o.d_in);
    g_autoptr (FoveaSaeTrainer) trainer = new_trainer (gpu, &o);
    train (trainer, &o, 0, 2);
    const FoveaSaeParameters *p = fovea_sae_trainer_get_parameters (trainer);
    g_autofree float *before = g_memdup2 (p->all, (gsize) p->n * sizeof (float));
    draw (x, o.batch * o.d_in, 1);
    x[77] = NAN;
    ck_assert (!fovea_sae_trainer_step (trainer, x, x, &step, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC));
    ck_assert_msg (strstr (error->message, "step 3") != NULL, "%s", error->message);
    p = fovea_sae_trainer_get_parameters (trainer);
    ck_assert_mem_eq (p->all, before, (gsize) p->n * sizeof (float));
    train (trainer, &o, 2, 1);
    ck_assert_int_eq (fovea_sae_trainer_get_step (trainer), 3);
}
END_TEST

START_TEST (what_a_gpu_does_not_train_is_named)
{
    static const struct {
        FoveaSaeRule rule;
        gint64 d;
        gboolean by_variance;
        double k, lp_norm;
        const char *part;
    } lines[] = {{FOVEA_SAE_RULE_STANDARD, 32, FALSE, 4, 0.5, "0.5-norm"},
                 {FOVEA_SAE_RULE_TOPK, 32, TRUE, 4, 1, "variance"},
                 {FOVEA_SAE_RULE_TOPK, 30, FALSE, 4, 1, "multiples of 4"},
                 {FOVEA_SAE_RULE_MATRYOSHKA, 32, FALSE, 4, 1, "widths must rise"},
                 {FOVEA_SAE_RULE_BATCHTOPK, 32, FALSE, 0.5, 1, "1 to 64"},
                 {FOVEA_SAE_RULE_TOPK, 32, FALSE, 65, 1, "1 to 64"}};
    for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
        FoveaSaeTrainOptions o;
        g_autoptr (GError) error = NULL;
        init_options (&o, lines[i].rule, lines[i].d, 64, 16, lines[i].k);
        o.loss.aux_by_variance = lines[i].by_variance;
        o.loss.lp_norm = lines[i].lp_norm;
        ck_assert_ptr_null (fovea_sae_trainer_new (gpu, &o, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
        ck_assert_msg (strstr (error->message, lines[i].part) != NULL, "%s", error->message);
    }
}
END_TEST

int
main (void)
{
    g_autoptr (GError) error = NULL;
    Suite *suite = suite_create ("sae-cuda");
    TCase *tests = tcase_create ("gpu");
    g_setenv ("CK_FORK", "no", TRUE);
    gpu = fovea_device_open ("cuda", 0, &error);
    if (gpu == NULL) {
        fprintf (stderr, "SKIPPED: %s\n", error->message);
        return 77;
    }
    cpu = fovea_device_open ("cpu", 2, NULL);
    tcase_set_timeout (tests, 300);
    tcase_add_loop_test (tests, codes_of_the_gpu_have_the_support_of_the_cpus, 0,
                         G_N_ELEMENTS (shapes));
    tcase_add_test (tests, a_row_has_the_same_codes_in_any_company);
    tcase_add_loop_test (tests, codes_by_value_are_those_of_the_cpu, 0, sae_values_count (TRUE));
    tcase_add_loop_test (tests, codes_of_saelens_folders_are_those_of_the_cpu, 0,
                         G_N_ELEMENTS (sae_folders));
    tcase_add_loop_test (tests, codes_by_value_repeat_to_the_bit, 0, 3);
    tcase_add_test (tests, what_a_gpu_does_not_encode_is_named);
    tcase_add_loop_test (tests, steps_of_the_gpu_are_those_of_the_cpu, 0, G_N_ELEMENTS (runs));
    tcase_add_loop_test (tests, rounded_steps_of_the_gpu_stay_near_the_cpus, 0,
                         G_N_ELEMENTS (rounded_runs));
    tcase_add_loop_test (tests, a_run_on_the_gpu_resumes_to_the_same_bits, 0,
                         G_N_ELEMENTS (resumed));
    tcase_add_loop_test (tests, a_loss_that_is_not_finite_leaves_the_gpus_numbers, 0,
                         G_N_ELEMENTS (resumed));
    tcase_add_test (tests, what_a_gpu_does_not_train_is_named);
    suite_add_tcase (suite, tests);
    int status = support_run (suite);
    fovea_device_free (cpu);
    fovea_device_free (gpu);
    return status;
}
