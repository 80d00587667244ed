/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Training runs on the bundled model: from texts and from a store, interrupted and resumed, and what
 * is refused. */
#include "app/sae-train-job.h"
#include "capture/safetensors.h"
#include "tests/support.h"

#include <gio/gio.h>
#include <math.h>
#include <string.h>

#define HOOK "blocks.3.hook_resid_post"

static FoveaCaptureRequest *
make_request (void)
{
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = support_data ("data/demo");
    request->files = g_new0 (char *, 2);
    request->files[0] = support_data ("data/texts/gettysburg_address.txt");
    request->tokens = request->stride = 64;
    request->device = g_strdup ("cpu");
    request->threads = 2;
    return request;
}

static FoveaSaeSource *
open_texts (const char *hook, const char *target, guint64 seed, GError **error)
{
    g_autoptr (FoveaCaptureRequest) request = make_request ();
    const FoveaSaeSourceOptions options = {hook, target, seed};
    return fovea_sae_source_new_from_model (request, &options, NULL, error);
}

static FoveaSaeTrainRequest
make_training (const char *folder)
{
    FoveaSaeTrainRequest request = {.folder = folder,
                                    .hook = HOOK,
                                    .dtype = FOVEA_F32,
                                    .log_every = 5,
                                    .keep_every = 1000,
                                    .threads = 2};
    fovea_sae_train_options_init (&request.train, FOVEA_SAE_RULE_TOPK);
    request.train.n_latents = 500;
    request.train.batch = 32;
    request.train.steps = 90;
    request.train.loss.k = 8;
    request.train.rate = 3e-3;
    request.train.dead_window = 10;
    return request;
}

static FoveaTable *
train (const FoveaSaeTrainRequest *request, GCancellable *cancellable, GError **error)
{
    g_autoptr (FoveaSaeSource) source = open_texts (HOOK, NULL, 3, NULL);
    ck_assert_ptr_nonnull (source);
    return fovea_sae_train_job_run (source, request, NULL, NULL, cancellable, error);
}

static char *
read_file (const char *folder, const char *name, gsize *n)
{
    char *bytes = NULL;
    g_autofree char *path = g_build_filename (folder, name, NULL);
    ck_assert_msg (g_file_get_contents (path, &bytes, n, NULL), "%s", path);
    return bytes;
}

START_TEST (a_run_leaves_an_autoencoder_its_curves_and_no_checkpoint)
{
    char *folder = support_temp_dir ();
    gsize n;
    g_autoptr (GError) error = NULL;
    FoveaSaeTrainRequest request = make_training (folder);
    g_autoptr (FoveaTable) curves = train (&request, NULL, &error);
    ck_assert_ptr_nonnull (curves);
    ck_assert_uint_eq (fovea_table_get_n_rows (curves), 18);
    ck_assert_double_eq (fovea_table_read_number (curves, 17, "step"), 90);
    ck_assert_double_eq_tol (fovea_table_read_number (curves, 17, "l0"), 8, 0.5);
    ck_assert_double_gt (fovea_table_read_number (curves, 17, "explained_variance"),
                         fovea_table_read_number (curves, 0, "explained_variance"));
    ck_assert_str_eq (fovea_table_get_note (curves, "hook"), HOOK);
    g_autofree char *config = read_file (folder, "cfg.json", &n);
    ck_assert_ptr_nonnull (strstr (config, "\"topk\""));
    ck_assert_ptr_nonnull (strstr (config, HOOK));
    g_autofree char *tsv = read_file (folder, "curves.tsv", &n);
    ck_assert_ptr_nonnull (strstr (tsv, "explained_variance"));
    g_autofree char *path = g_build_filename (folder, "sae_weights.safetensors", NULL);
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (path, &error);
    ck_assert_ptr_nonnull (file);
    const FoveaTensor *w_enc = fovea_safetensors_lookup (file, "W_enc");
    ck_assert_int_eq (w_enc->shape[0], 384);
    ck_assert_int_eq (w_enc->shape[1], 500);
    g_autofree char *checkpoint = g_build_filename (folder, "checkpoint.safetensors", NULL);
    ck_assert (!g_file_test (checkpoint, G_FILE_TEST_EXISTS));
    support_remove_dir (folder);
}
END_TEST

/* FoveaSaeTrainProgress that stops the run in its middle. */
static void
stop_at_25 (gpointer data, const FoveaSaeTrainStep *step)
{
    if (step->step == 25)
        g_cancellable_cancel (data);
}

START_TEST (an_interrupted_run_resumes_to_the_same_file)
{
    char *whole = support_temp_dir (), *broken = support_temp_dir ();
    gsize n, m;
    g_autoptr (GError) error = NULL;
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    FoveaSaeTrainRequest request = make_training (whole);
    g_autoptr (FoveaTable) first = train (&request, NULL, &error);
    ck_assert_ptr_nonnull (first);
    request.folder = broken;
    g_autoptr (FoveaSaeSource) source = open_texts (HOOK, NULL, 3, NULL);
    ck_assert_ptr_null (
        fovea_sae_train_job_run (source, &request, stop_at_25, cancellable, cancellable, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    ck_assert_ptr_nonnull (strstr (error->message, "checkpoint.safetensors"));
    g_clear_error (&error);
    request.resume = TRUE;
    request.threads = 1;
    g_autoptr (FoveaTable) second = train (&request, NULL, &error);
    ck_assert_ptr_nonnull (second);
    g_autofree char *a = read_file (whole, "sae_weights.safetensors", &n);
    g_autofree char *b = read_file (broken, "sae_weights.safetensors", &m);
    ck_assert_uint_eq (n, m);
    ck_assert_mem_eq (a, b, n);
    ck_assert_uint_eq (fovea_table_get_n_rows (second), fovea_table_get_n_rows (first));
    support_remove_dir (whole);
    support_remove_dir (broken);
}
END_TEST

/* Other points of the same width, other windows of the text, another text and another order. */
START_TEST (a_run_is_not_gone_on_with_on_other_rows)
{
    g_autofree char *folder = support_temp_dir ();
    g_autoptr (GError) error = NULL;
    g_autoptr (GCancellable) cancellable = g_cancellable_new ();
    FoveaSaeTrainRequest request = make_training (folder);
    g_autoptr (FoveaSaeSource) source = open_texts (HOOK, NULL, 3, NULL);
    ck_assert_ptr_null (
        fovea_sae_train_job_run (source, &request, stop_at_25, cancellable, cancellable, &error));
    request.resume = TRUE;
    for (guint i = 0; i < 4; i++) {
        g_autoptr (GError) refused = NULL;
        g_autoptr (FoveaCaptureRequest) capture = make_request ();
        const FoveaSaeSourceOptions options = {i == 0 ? "blocks.1.hook_resid_pre" : HOOK, NULL,
                                               i == 1 ? 4 : 3};
        if (i == 2)
            capture->tokens = capture->stride = 32;
        if (i == 3) {
            g_free (capture->files[0]);
            capture->files[0] = support_data ("data/texts/moby_dick.txt");
            capture->limit = 4;
        }
        g_autoptr (FoveaSaeSource) other =
            fovea_sae_source_new_from_model (capture, &options, NULL, &refused);
        ck_assert_msg (other != NULL, "%s", refused != NULL ? refused->message : "");
        ck_assert_ptr_null (fovea_sae_train_job_run (other, &request, NULL, NULL, NULL, &refused));
        ck_assert (g_error_matches (refused, FOVEA_ERROR, FOVEA_ERROR_SHAPE));
        ck_assert_msg (strstr (refused->message, "checkpoint.safetensors is of other rows") != NULL,
                       "%s", refused->message);
    }
    g_autoptr (FoveaTable) same = train (&request, NULL, NULL);
    ck_assert_ptr_nonnull (same);
    support_remove_dir (g_steal_pointer (&folder));
}
END_TEST

/* FoveaSaeFill that fails when it is asked a second time. */
static gboolean
fill_once (gpointer data, float *rows, gint64 n, GError **error)
{
    float *next = data;
    if (*next > 0) {
        memset (rows, 0, (gsize) n * 2 * sizeof *rows);
        g_set_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED, "stop");
        return FALSE;
    }
    for (gint64 i = 0; i < 2 * n; i++)
        rows[i] = (*next)++;
    return TRUE;
}

START_TEST (a_buffer_whose_source_fails_is_as_it_was)
{
    float next = 0;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSaeBuffer) buffer = fovea_sae_buffer_new (2, 3, 5, NULL);
    for (int i = 0; i < 20; i++)
        ck_assert_ptr_nonnull (fovea_sae_buffer_next (buffer, fill_once, &next, NULL));
    gint64 at = buffer->next, left = (buffer->n - at) * 2;
    FoveaRandom random = buffer->random;
    g_autofree float *before = g_memdup2 (buffer->rows + at * 2, (gsize) left * sizeof (float));
    ck_assert_ptr_null (fovea_sae_buffer_next (buffer, fill_once, &next, &error));
    ck_assert (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED));
    ck_assert_int_eq (buffer->next, at);
    ck_assert_mem_eq (before, buffer->rows + at * 2, (gsize) left * sizeof (float));
    ck_assert_mem_eq (&random, &buffer->random, sizeof random);
}
END_TEST

START_TEST (resuming_without_a_checkpoint_fails_by_its_name)
{
    char *folder = support_temp_dir ();
    g_autoptr (GError) error = NULL;
    FoveaSaeTrainRequest request = make_training (folder);
    request.resume = TRUE;
    ck_assert_ptr_null (train (&request, NULL, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "checkpoint.safetensors"));
    support_remove_dir (folder);
}
END_TEST

START_TEST (skipping_rows_is_the_same_as_taking_them)
{
    g_autoptr (FoveaSaeSource) a = open_texts (HOOK, NULL, 8, NULL);
    g_autoptr (FoveaSaeSource) b = open_texts (HOOK, NULL, 8, NULL);
    gint64 total = fovea_sae_source_get_n_rows (a), skipped = 2 * total + 77;
    g_autofree float *many = g_new (float, (skipped + 50) * 384), *few = g_new (float, 50 * 384);
    ck_assert (fovea_sae_source_fill (a, many, skipped + 50, NULL));
    fovea_sae_source_skip (b, (guint64) skipped);
    ck_assert (fovea_sae_source_fill (b, few, 50, NULL));
    ck_assert_mem_eq (many + skipped * 384, few, 50 * 384 * sizeof (float));
    /* Passes differ in order. */
    ck_assert_int_ne (memcmp (many, many + total * 384, 384 * sizeof (float)), 0);
}
END_TEST

START_TEST (a_store_gives_the_rows_of_the_run_that_it_holds)
{
    char *folder = support_temp_dir ();
    g_autofree char *path = g_build_filename (folder, "a.fovea", NULL);
    g_autoptr (GError) error = NULL;
    FoveaCaptureRequest *request = make_request ();
    g_free (request->points);
    request->points = g_strdup (HOOK);
    g_autoptr (FoveaCaptureJob) job = fovea_capture_job_prepare (request, NULL, &error);
    ck_assert_ptr_nonnull (job);
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_CREATE, &error);
    ck_assert (fovea_capture_job_run (job, store, FALSE, NULL, NULL, NULL, NULL, &error));
    const FoveaSaeSourceOptions options = {HOOK, NULL, 8};
    g_autoptr (FoveaSaeSource) kept =
        fovea_sae_source_new_from_store (store, 0, &options, NULL, &error);
    g_autoptr (FoveaSaeSource) run = open_texts (HOOK, NULL, 8, NULL);
    ck_assert_ptr_nonnull (kept);
    gint64 n = fovea_sae_source_get_n_rows (run);
    ck_assert_int_eq (fovea_sae_source_get_n_rows (kept), n);
    g_autofree float *a = g_new (float, n * 384), *b = g_new (float, n * 384);
    ck_assert (fovea_sae_source_fill (kept, a, n, &error));
    ck_assert (fovea_sae_source_fill (run, b, n, &error));
    ck_assert_mem_eq (a, b, (gsize) n * 384 * sizeof (float));
    ck_assert_str_eq (fovea_sae_source_get_model_hash (kept),
                      fovea_sae_source_get_model_hash (run));
    g_clear_pointer (&kept, fovea_sae_source_free);
    g_clear_pointer (&store, fovea_store_close);
    support_remove_dir (folder);
}
END_TEST

START_TEST (a_transcoder_learns_one_site_from_another)
{
    char *folder = support_temp_dir ();
    gsize n;
    g_autoptr (GError) error = NULL;
    FoveaSaeTrainRequest request = make_training (folder);
    fovea_sae_train_options_init (&request.train, FOVEA_SAE_RULE_STANDARD);
    request.train.n_latents = 300;
    request.train.batch = 16;
    request.train.steps = 10;
    request.train.loss.transcoder = TRUE;
    request.train.loss.subtracts_b_dec = FALSE;
    request.hook = "blocks.2.attn.hook_z"; /* heads side by side */
    request.target = "blocks.2.hook_mlp_out";
    g_autoptr (FoveaSaeSource) source = open_texts (request.hook, request.target, 3, &error);
    ck_assert_ptr_nonnull (source);
    g_autoptr (FoveaTable) curves =
        fovea_sae_train_job_run (source, &request, NULL, NULL, NULL, &error);
    ck_assert_ptr_nonnull (curves);
    g_autofree char *config = read_file (folder, "cfg.json", &n);
    ck_assert_ptr_nonnull (strstr (config, "\"transcoder\""));
    ck_assert_ptr_nonnull (strstr (config, "blocks.2.hook_mlp_out"));
    support_remove_dir (folder);
}
END_TEST

START_TEST (points_without_a_row_a_token_are_refused_by_name)
{
    g_autoptr (GError) error = NULL;
    ck_assert_ptr_null (open_texts ("blocks.3.hook_resid_pots", NULL, 1, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "hook_resid_pots"));
    g_clear_error (&error);
    ck_assert_ptr_null (open_texts ("blocks.3.attn.hook_pattern", NULL, 1, &error));
    ck_assert_ptr_nonnull (strstr (error->message, "hook_pattern"));
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("sae-job");
    TCase *all = tcase_create ("all");
    tcase_set_timeout (all, 120);
    tcase_add_test (all, a_run_leaves_an_autoencoder_its_curves_and_no_checkpoint);
    tcase_add_test (all, an_interrupted_run_resumes_to_the_same_file);
    tcase_add_test (all, a_run_is_not_gone_on_with_on_other_rows);
    tcase_add_test (all, a_buffer_whose_source_fails_is_as_it_was);
    tcase_add_test (all, resuming_without_a_checkpoint_fails_by_its_name);
    tcase_add_test (all, skipping_rows_is_the_same_as_taking_them);
    tcase_add_test (all, a_store_gives_the_rows_of_the_run_that_it_holds);
    tcase_add_test (all, a_transcoder_learns_one_site_from_another);
    tcase_add_test (all, points_without_a_row_a_token_are_refused_by_name);
    suite_add_tcase (suite, all);
    return support_run (suite);
}
