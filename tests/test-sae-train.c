/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The trainer: planted dictionaries are found within the published bounds, runs repeat and resume
 * to the bit, and a loss that is not finite stops a run with its numbers intact. */
#include "analysis/sae-train.h"
#include "tests/draw-normal.h"
#include "tests/support.h"

#include <math.h>
#include <string.h>

enum {
    D = 32,
    PLANTED = 64,
    ACTIVE = 3,
    BATCH = 512
};

static FoveaDevice *device;

/* Samples of a planted dictionary: sums of ACTIVE of its rows. */
typedef struct {
    float rows[PLANTED * D];
    gboolean has_signs;
    FoveaRandom random;
} Planted;

static void
plant (Planted *p, gboolean has_signs, guint64 seed)
{
    fovea_random_init (&p->random, seed);
    p->has_signs = has_signs;
    for (int j = 0; j < PLANTED; j++) {
        double squares = 0;
        for (int i = 0; i < D; i++) {
            double value = draw_normal (&p->random);
            p->rows[j * D + i] = (float) value;
            squares += value * value;
        }
        for (int i = 0; i < D; i++)
            p->rows[j * D + i] /= (float) sqrt (squares);
    }
}

/* FoveaSaeFill of planted samples. */
static gboolean
fill_planted (gpointer data, float *rows, gint64 n, GError **error)
{
    Planted *p = data;
    for (gint64 t = 0; t < n; t++) {
        int chosen[ACTIVE];
        memset (rows + t * D, 0, D * sizeof *rows);
        for (int a = 0; a < ACTIVE; a++) {
            gboolean again;
            do {
                again = FALSE;
                chosen[a] = (int) fovea_random_below (&p->random, PLANTED);
                for (int b = 0; b < a; b++)
                    again = again || chosen[b] == chosen[a];
            } while (again);
            float strength = (float) (0.5 + fovea_random_uniform (&p->random));
            if (p->has_signs && fovea_random_below (&p->random, 2) == 0)
                strength = -strength;
            for (int i = 0; i < D; i++)
                rows[t * D + i] += strength * p->rows[chosen[a] * D + i];
        }
    }
    return TRUE;
}

/* Mean over planted rows of the best cosine with a decoder row, and the share above 0.9. */
static double
match (const Planted *p, const FoveaSaeParameters *w, double *share)
{
    double sum = 0;
    *share = 0;
    for (int k = 0; k < PLANTED; k++) {
        double best = 0;
        for (gint64 j = 0; j < w->n_latents; j++) {
            double dot = 0;
            for (int i = 0; i < D; i++)
                dot += (double) p->rows[k * D + i] * (double) w->w_dec[j * D + i];
            best = MAX (best, p->has_signs ? fabs (dot) : dot);
        }
        sum += best;
        *share += best > 0.9;
    }
    *share /= PLANTED;
    return sum / PLANTED;
}

static void
init_planted (FoveaSaeTrainOptions *o, FoveaSaeRule rule, int64_t latents, int64_t steps)
{
    fovea_sae_train_options_init (o, rule);
    o->d_in = o->d_out = D;
    o->n_latents = latents;
    o->batch = BATCH;
    o->steps = steps;
    o->rate = 1e-3;
    o->decay = steps / 5;
    o->dead_window = 200;
    o->loss.k = ACTIVE;
    o->clip = 0;
}

/* Trains on planted samples; gives the mean FVU of the last 50 steps. */
static double
train_planted (Planted *p, FoveaSaeRule rule, int64_t latents, int64_t steps, double *cosine)
{
    FoveaSaeTrainOptions options;
    FoveaSaeTrainStep step;
    double fvu = 0, share;
    float batch[BATCH * D];
    init_planted (&options, rule, latents, steps);
    g_autoptr (FoveaSaeTrainer) trainer = fovea_sae_trainer_new (device, &options, NULL);
    ck_assert_ptr_nonnull (trainer);
    for (int64_t i = 0; i < steps; i++) {
        fill_planted (p, batch, BATCH, NULL);
        ck_assert (fovea_sae_trainer_step (trainer, batch, batch, &step, NULL));
        fvu += i >= steps - 50 ? (1 - step.explained) / 50 : 0;
    }
    *cosine = match (p, fovea_sae_trainer_get_parameters (trainer), &share);
    g_printerr ("planted, %s, F %d, %d steps: FVU %.4f, cosine %.4f, above 0.9 %.2f\n",
                fovea_sae_rule_name (rule), (int) latents, (int) steps, fvu, *cosine, share);
    return fvu;
}

/* methods/features-and-sparsity.md 3.6: bounds 0.12 and 0.95. */
START_TEST (topk_finds_a_planted_dictionary)
{
    Planted p;
    double cosine;
    plant (&p, FALSE, 1);
    ck_assert_double_lt (train_planted (&p, FOVEA_SAE_RULE_TOPK, PLANTED, 6000, &cosine), 0.12);
    ck_assert_double_gt (cosine, 0.95);
}
END_TEST

/* Section 4's claim on planted axes: a latent for both poles needs half of the latents. */
START_TEST (abstopk_finds_planted_axes_that_topk_cannot)
{
    Planted p;
    double by_magnitude, by_value;
    plant (&p, TRUE, 2);
    double abstopk = train_planted (&p, FOVEA_SAE_RULE_ABSTOPK, PLANTED, 6000, &by_magnitude);
    plant (&p, TRUE, 2);
    double topk = train_planted (&p, FOVEA_SAE_RULE_TOPK, PLANTED, 6000, &by_value);
    ck_assert_double_lt (abstopk, 0.15);
    ck_assert_double_gt (by_magnitude, 0.95);
    ck_assert_double_gt (topk, 2 * abstopk);
    ck_assert_double_lt (by_value, by_magnitude);
}
END_TEST

/* Every rule lowers its loss. */
START_TEST (every_rule_learns)
{
    Planted p;
    FoveaSaeTrainOptions options;
    FoveaSaeTrainStep step;
    double first = 0, last = 0;
    float batch[BATCH * D];
    plant (&p, FALSE, 3);
    init_planted (&options, (FoveaSaeRule) _i, 2 * PLANTED, 300);
    options.loss.sparsity = 0.02;
    options.loss.n_widths = 2;
    options.loss.widths[0] = PLANTED;
    options.loss.widths[1] = 2 * PLANTED;
    g_autoptr (FoveaSaeTrainer) trainer = fovea_sae_trainer_new (device, &options, NULL);
    for (int i = 0; i < 300; i++) {
        fill_planted (&p, batch, BATCH, NULL);
        ck_assert (fovea_sae_trainer_step (trainer, batch, batch, &step, NULL));
        first += i < 10 ? step.mse : 0;
        last += i >= 290 ? step.mse : 0;
    }
    ck_assert_msg (last < 0.7 * first, "%s: %g, then %g", fovea_sae_rule_name ((FoveaSaeRule) _i),
                   first / 10, last / 10);
    ck_assert (step.explained > 0.2);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSae) sae = fovea_sae_trainer_make_sae (trainer, &error);
    ck_assert_ptr_nonnull (sae);
    ck_assert (fovea_sae_check (sae, &error));
}
END_TEST

START_TEST (unit_norm_decoders_keep_their_norm)
{
    Planted p;
    double cosine;
    FoveaSaeTrainOptions options;
    FoveaSaeTrainStep step;
    float batch[BATCH * D];
    plant (&p, FALSE, 4);
    init_planted (&options, FOVEA_SAE_RULE_BATCHTOPK, PLANTED, 20);
    g_autoptr (FoveaSaeTrainer) trainer = fovea_sae_trainer_new (device, &options, NULL);
    const FoveaSaeParameters *w = fovea_sae_trainer_get_parameters (trainer);
    /* At the start the encoder is the decoder's transpose. */
    ck_assert_mem_eq (w->w_enc, w->w_dec, PLANTED * D * sizeof (float));
    for (int i = 0; i < 20; i++) {
        fill_planted (&p, batch, BATCH, NULL);
        ck_assert (fovea_sae_trainer_step (trainer, batch, batch, &step, NULL));
        for (int j = 0; j < PLANTED; j++) {
            double squares = 0;
            for (int c = 0; c < D; c++)
                squares += (double) w->w_dec[j * D + c] * (double) w->w_dec[j * D + c];
            ck_assert_double_eq_tol (sqrt (squares), 1, 1e-6);
        }
    }
    match (&p, w, &cosine);
}
END_TEST

static void
run_steps (FoveaSaeTrainer *trainer, FoveaSaeBuffer *buffer, Planted *p, int n)
{
    FoveaSaeTrainStep step;
    for (int i = 0; i < n; i++) {
        const float *rows = fovea_sae_buffer_next (buffer, fill_planted, p, NULL);
        ck_assert (fovea_sae_trainer_step (trainer, rows, rows, &step, NULL));
    }
}

/* With resampling, annealing and a buffer: all that has state. */
static void
init_stateful (FoveaSaeTrainOptions *o)
{
    init_planted (o, FOVEA_SAE_RULE_BATCHTOPK, 3 * PLANTED, 90);
    o->batch = 64;
    o->dead_window = 5;
    o->resample_every = 25;
    o->first_k = 20;
    o->k_steps = 40;
}

START_TEST (a_resumed_run_gives_the_bits_of_one_that_never_stopped)
{
    FoveaSaeTrainOptions options;
    Planted p;
    char *folder = support_temp_dir ();
    g_autofree char *path = g_build_filename (folder, "checkpoint.safetensors", NULL);
    g_autoptr (GError) error = NULL;
    init_stateful (&options);
    plant (&p, FALSE, 5);
    g_autoptr (FoveaSaeTrainer) whole = fovea_sae_trainer_new (device, &options, NULL);
    g_autoptr (FoveaSaeBuffer) buffer = fovea_sae_buffer_new (D, 64, 9, NULL);
    run_steps (whole, buffer, &p, 33);
    ck_assert (fovea_sae_trainer_save (whole, buffer, path, &error));
    Planted later = p; /* the source as the buffer left it */
    run_steps (whole, buffer, &p, 57);

    g_autoptr (FoveaDevice) other = fovea_device_open ("cpu", 3, NULL);
    g_autoptr (FoveaSaeTrainer) resumed = fovea_sae_trainer_new (other, &options, NULL);
    g_autoptr (FoveaSaeBuffer) again = fovea_sae_buffer_new (D, 64, 1, NULL);
    ck_assert (fovea_sae_trainer_load (resumed, again, path, &error));
    ck_assert_int_eq (fovea_sae_trainer_get_step (resumed), 33);
    run_steps (resumed, again, &later, 57);
    const FoveaSaeParameters *a = fovea_sae_trainer_get_parameters (whole);
    const FoveaSaeParameters *b = fovea_sae_trainer_get_parameters (resumed);
    ck_assert_mem_eq (a->all, b->all, (gsize) a->n * sizeof (float));
    support_remove_dir (folder);
}
END_TEST

/* A run's description says so where products are not the usual ones, and only there. */
START_TEST (rounded_products_are_another_run_and_a_gpus)
{
    FoveaSaeTrainOptions options;
    g_autoptr (GError) error = NULL;
    init_stateful (&options);
    g_autofree char *usual = fovea_sae_train_options_describe (&options);
    options.rounded = TRUE;
    g_autofree char *rounded = fovea_sae_train_options_describe (&options);
    ck_assert_ptr_null (strstr (usual, "products"));
    ck_assert (g_str_has_prefix (rounded, usual));
    ck_assert_str_eq (rounded + strlen (usual), " products=tf32");
    ck_assert_ptr_null (fovea_sae_trainer_new (device, &options, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
}
END_TEST

START_TEST (a_checkpoint_of_other_options_is_refused)
{
    FoveaSaeTrainOptions options;
    char *folder = support_temp_dir ();
    g_autofree char *path = g_build_filename (folder, "checkpoint.safetensors", NULL);
    g_autoptr (GError) error = NULL;
    init_stateful (&options);
    g_autoptr (FoveaSaeTrainer) trainer = fovea_sae_trainer_new (device, &options, NULL);
    ck_assert (fovea_sae_trainer_save (trainer, NULL, path, &error));
    options.rate *= 2;
    g_autoptr (FoveaSaeTrainer) other = fovea_sae_trainer_new (device, &options, NULL);
    ck_assert (!fovea_sae_trainer_load (other, NULL, path, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    g_clear_error (&error);
    /* It lacks the rows that a run with a buffer needs. */
    g_autoptr (FoveaSaeBuffer) buffer = fovea_sae_buffer_new (D, 64, 9, NULL);
    ck_assert (!fovea_sae_trainer_load (trainer, buffer, path, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
    support_remove_dir (folder);
}
END_TEST

START_TEST (a_loss_that_is_not_finite_stops_and_changes_nothing)
{
    Planted p;
    FoveaSaeTrainOptions options;
    FoveaSaeTrainStep step;
    float batch[BATCH * D];
    g_autoptr (GError) error = NULL;
    plant (&p, FALSE, 6);
    init_planted (&options, FOVEA_SAE_RULE_TOPK, PLANTED, 10);
    g_autoptr (FoveaSaeTrainer) trainer = fovea_sae_trainer_new (device, &options, NULL);
    fill_planted (&p, batch, BATCH, NULL);
    ck_assert (fovea_sae_trainer_step (trainer, batch, batch, &step, NULL));
    const FoveaSaeParameters *w = fovea_sae_trainer_get_parameters (trainer);
    g_autofree float *before = g_memdup2 (w->all, (gsize) w->n * sizeof (float));
    batch[100 * D + 3] = INFINITY;
    ck_assert (!fovea_sae_trainer_step (trainer, batch, batch, &step, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC));
    ck_assert_ptr_nonnull (strstr (error->message, "step 2"));
    ck_assert_mem_eq (before, w->all, (gsize) w->n * sizeof (float));
    ck_assert_int_eq (fovea_sae_trainer_get_step (trainer), 1);
}
END_TEST

/* 1 - 0.99^100 of a constant after 100 steps (section 3.4). */
START_TEST (the_running_threshold_follows_its_recurrence)
{
    FoveaSaeTrainOptions options;
    FoveaSaeTrainStep step;
    float rows[4 * 2] = {2, 0, 2, 0, 0, 2, 0, 2};
    init_planted (&options, FOVEA_SAE_RULE_BATCHTOPK, 2, 100);
    options.d_in = options.d_out = 2;
    options.batch = 4;
    options.loss.k = 1;
    options.rate = 0;
    g_autoptr (FoveaSaeTrainer) trainer = fovea_sae_trainer_new (device, &options, NULL);
    FoveaSaeParameters *w = (FoveaSaeParameters *) fovea_sae_trainer_get_parameters (trainer);
    memset (w->all, 0, (gsize) w->n * sizeof (float));
    w->w_enc[0] = w->w_dec[0] = w->w_enc[3] = w->w_dec[3] = 1;
    for (int i = 0; i < 100; i++)
        ck_assert (fovea_sae_trainer_step (trainer, rows, rows, &step, NULL));
    g_autoptr (FoveaSae) sae = fovea_sae_trainer_make_sae (trainer, NULL);
    ck_assert_int_eq (sae->architecture, FOVEA_SAE_JUMPRELU);
    ck_assert_double_eq_tol ((double) sae->threshold[0], 2 * (1 - pow (0.99, 100)), 1e-6);
}
END_TEST

START_TEST (a_buffer_serves_every_row_of_its_source_once)
{
    enum {
        ROWS = 40 * 4
    };
    Planted p;
    g_autoptr (FoveaSaeBuffer) buffer = fovea_sae_buffer_new (D, 4, 3, NULL);
    g_autofree float *source = g_new (float, ROWS *D);
    int moved = 0;
    plant (&p, FALSE, 7);
    Planted copy = p;
    fill_planted (&copy, source, ROWS, NULL);
    guint8 seen[ROWS] = {0};
    for (int b = 0; b < 20; b++) {
        const float *rows = fovea_sae_buffer_next (buffer, fill_planted, &p, NULL);
        for (int r = 0; r < 4; r++)
            for (int s = 0; s < ROWS; s++)
                if (memcmp (rows + r * D, source + s * D, D * sizeof (float)) == 0) {
                    ck_assert_int_eq (seen[s], 0);
                    seen[s] = 1;
                    moved += s != 4 * b + r;
                }
    }
    int served = 0;
    for (int s = 0; s < ROWS; s++)
        served += seen[s];
    ck_assert_int_eq (served, ROWS / 2);
    ck_assert_int_gt (moved, 60);
    ck_assert_uint_eq (buffer->filled, ROWS);
    ck_assert_ptr_nonnull (fovea_sae_buffer_next (buffer, fill_planted, &p, NULL));
    ck_assert_uint_eq (buffer->filled, ROWS + ROWS / 2);
}
END_TEST

START_TEST (empty_runs_are_refused)
{
    FoveaSaeTrainOptions options;
    g_autoptr (GError) error = NULL;
    init_planted (&options, FOVEA_SAE_RULE_TOPK, PLANTED, 10);
    options.batch = 0;
    ck_assert_ptr_null (fovea_sae_trainer_new (device, &options, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_RANGE));
}
END_TEST

static void
open_device (void)
{
    device = fovea_device_open ("cpu", 2, NULL);
}

static void
close_device (void)
{
    g_clear_pointer (&device, fovea_device_free);
}

int
main (void)
{
    Suite *suite = suite_create ("sae-train");
    TCase *all = tcase_create ("all");
    tcase_add_checked_fixture (all, open_device, close_device);
    tcase_set_timeout (all, 200);
    tcase_add_test (all, topk_finds_a_planted_dictionary);
    tcase_add_test (all, abstopk_finds_planted_axes_that_topk_cannot);
    tcase_add_loop_test (all, every_rule_learns, 0, FOVEA_N_SAE_RULES);
    tcase_add_test (all, unit_norm_decoders_keep_their_norm);
    tcase_add_test (all, a_resumed_run_gives_the_bits_of_one_that_never_stopped);
    tcase_add_test (all, a_checkpoint_of_other_options_is_refused);
    tcase_add_test (all, rounded_products_are_another_run_and_a_gpus);
    tcase_add_test (all, a_loss_that_is_not_finite_stops_and_changes_nothing);
    tcase_add_test (all, the_running_threshold_follows_its_recurrence);
    tcase_add_test (all, a_buffer_serves_every_row_of_its_source_once);
    tcase_add_test (all, empty_runs_are_refused);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
