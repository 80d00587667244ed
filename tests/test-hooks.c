/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What others may change while a model runs: rows of a site, the outputs of attention. On the CPU, and on a
 * device whose memory no one can read (late-device.h), where every hook sees and leaves the same bits. */
#include <math.h>
#include <string.h>

#include "tests/forward-support.h"
#include "tests/late-device.h"

enum {
    T = 70,
    CHUNK = 32,
    CHUNKS = 3, /* the last one short */
    V = 8192,
    C = 384,
    LAYERS = 6,
    HEADS = 12,
    WIDTH = 32
};

/* The same model on the CPU and on a device with memory of its own. */
typedef struct {
    Runner runners[2];
    gint32 ids[T];
} Pair;

static void
open_pair (Pair *pair)
{
    const LateOptions options = {.seed = 3, .n_threads = 2};
    pair->runners[0] = runner_open ("demo", "cpu", T, CHUNK);
    pair->runners[1] = runner_open_on ("demo", late_device_new (&options), T, CHUNK, 0);
    for (int t = 0; t < T; t++)
        pair->ids[t] = (t * t * 37 + 11 * t) % V;
}

static void
close_pair (Pair *pair)
{
    runner_close (&pair->runners[0]);
    fovea_session_free (pair->runners[1].session);
    late_device_free (pair->runners[1].device);
    fovea_model_unref (pair->runners[1].model);
}

/* Logits behind the last token of each chunk, (CHUNKS, V). */
static float *
run (const Pair *pair, int which)
{
    g_autoptr (GError) error = NULL;
    float *logits = g_new (float, CHUNKS *V);
    FoveaSession *session = pair->runners[which].session;
    fovea_session_reset (session);
    for (int at = 0; at < T; at += CHUNK) {
        gboolean ok = fovea_session_run (session, pair->ids + at, MIN (CHUNK, T - at),
                                         logits + at / CHUNK * V, NULL, &error);
        ck_assert_msg (ok, "%s", error != NULL ? error->message : "");
    }
    return logits;
}

/* What a hook was called with, and what it is to do. */
typedef struct {
    gint64 next, width; /* row that must come next; numbers of a row */
    guint n_calls, fail_at;
    float factor;
} Edit;

static gboolean
edit_rows (gpointer data, gint64 first, gint64 rows, gint64 width, float *values, GError **error)
{
    Edit *edit = data;
    ck_assert_int_eq (first, edit->next);
    edit->next = first + rows;
    edit->width = width;
    if (++edit->n_calls == edit->fail_at) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, "the hook has had enough");
        return FALSE;
    }
    for (gint64 i = 0; i < rows * width; i++)
        values[i] *= i % 5 == 0 ? edit->factor : 1;
    return TRUE;
}

static void
set_edit (const Runner *runner, const char *point, Edit *edit)
{
    g_autoptr (GError) error = NULL;
    gboolean ok = fovea_session_set_edit_hook (runner->session, point,
                                               edit != NULL ? edit_rows : NULL, edit, &error);
    ck_assert_msg (ok, "%s", error != NULL ? error->message : "");
}

static const struct {
    const char *point;
    gint64 width;
} sites[] = {
    {"blocks.0.hook_resid_pre", C},  {"blocks.3.hook_resid_mid", C},
    {"blocks.5.hook_resid_post", C}, {"blocks.2.hook_attn_out", C},
    {"blocks.4.hook_mlp_out", C},    {"blocks.1.attn.hook_z", HEADS *WIDTH},
};

START_TEST (an_edit_is_the_same_where_memory_is_not_the_host_s)
{
    Pair pair;
    open_pair (&pair);
    g_autofree float *plain = run (&pair, 0);
    float *edited[2];
    for (int which = 0; which < 2; which++) {
        Edit edit = {.factor = 1.5f}, idle = {.factor = 1};
        set_edit (&pair.runners[which], sites[_i].point, &idle);
        g_autofree float *same = run (&pair, which);
        ck_assert_msg (memcmp (same, plain, CHUNKS * V * sizeof *same) == 0,
                       "device %d: what nobody changed differs", which);
        set_edit (&pair.runners[which], sites[_i].point, &edit);
        edited[which] = run (&pair, which);
        ck_assert_int_eq (edit.next, T);
        ck_assert_int_eq (edit.width, sites[_i].width);
        ck_assert_uint_eq (edit.n_calls, 3);
        set_edit (&pair.runners[which], NULL, NULL);
        g_autofree float *after = run (&pair, which);
        ck_assert (memcmp (after, plain, CHUNKS * V * sizeof *after) == 0);
        ck_assert_uint_eq (edit.n_calls, 3);
    }
    ck_assert (memcmp (edited[0], edited[1], CHUNKS * V * sizeof *edited[0]) == 0);
    ck_assert_double_gt (support_difference (edited[0], plain, CHUNKS * V), 1e-3);
    g_free (edited[0]);
    g_free (edited[1]);
    close_pair (&pair);
}
END_TEST

/* What is recorded of the site, and of the same tensor under its other name, is what the hook left. */
START_TEST (what_is_kept_of_a_site_is_what_the_hook_left)
{
    Pair pair;
    open_pair (&pair);
    for (int which = 0; which < 2; which++) {
        Edit edit = {.factor = 0};
        gint64 n;
        const Runner *runner = &pair.runners[which];
        set_edit (runner, "blocks.2.hook_resid_post", &edit);
        g_autoptr (FoveaTrace) trace =
            runner_capture (runner, pair.ids, T, "blocks.2.hook_resid_post,blocks.3.hook_resid_pre",
                            FOVEA_F32, FALSE, NULL);
        static const char *const names[] = {"blocks.2.hook_resid_post", "blocks.3.hook_resid_pre"};
        for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
            g_autofree float *rows = support_read_point (trace, names[i], &n);
            gint64 zeros = 0;
            ck_assert_int_eq (n, T * C);
            for (gint64 j = 0; j < n; j++) {
                gint64 in_chunk = j % (CHUNK * C);
                ck_assert_msg (in_chunk % 5 != 0 || rows[j] == 0, "%s, %d: %g", names[i], (int) j,
                               (double) rows[j]);
                zeros += rows[j] == 0;
            }
            ck_assert_int_lt (zeros, n / 4);
        }
    }
    close_pair (&pair);
}
END_TEST

START_TEST (a_hook_that_fails_ends_the_run_and_nothing_else)
{
    Pair pair;
    open_pair (&pair);
    for (int which = 0; which < 2; which++) {
        g_autoptr (GError) error = NULL;
        Edit edit = {.factor = 2, .fail_at = 2};
        FoveaSession *session = pair.runners[which].session;
        g_autofree float *plain = run (&pair, which), *logits = g_new (float, V);
        set_edit (&pair.runners[which], "blocks.1.hook_mlp_out", &edit);
        fovea_session_reset (session);
        ck_assert (!fovea_session_run (session, pair.ids, T, logits, NULL, &error));
        ck_assert_str_eq (error->message, "the hook has had enough");
        ck_assert_uint_eq (edit.n_calls, 2);
        set_edit (&pair.runners[which], NULL, NULL);
        g_autofree float *after = run (&pair, which);
        ck_assert (memcmp (after, plain, CHUNKS * V * sizeof *after) == 0);
    }
    close_pair (&pair);
}
END_TEST

START_TEST (a_point_that_cannot_be_replaced_is_refused_by_name)
{
    static const char *const points[] = {"blocks.1.attn.hook_q",    "blocks.1.attn.hook_pattern",
                                         "blocks.6.hook_resid_pre", "ln_final.hook_normalized",
                                         "blocks.1.hook_nothing",   ""};
    Pair pair;
    Edit edit = {.factor = 2};
    open_pair (&pair);
    set_edit (&pair.runners[0], "blocks.1.hook_mlp_out", &edit);
    for (guint i = 0; i < G_N_ELEMENTS (points); i++) {
        g_autoptr (GError) error = NULL;
        ck_assert (!fovea_session_set_edit_hook (pair.runners[0].session, points[i], edit_rows,
                                                 NULL, &error));
        ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
        ck_assert_msg (g_str_has_prefix (error->message, points[i]), "%s", error->message);
    }
    g_autofree float *logits = run (&pair, 0);
    ck_assert_int_eq (edit.next, T); /* the hook of before is still there */
    close_pair (&pair);
}
END_TEST

/* Heads 3 and up of layer 2 are put to zero, by what the hook leaves of z. */
static gboolean
silence (gpointer data, guint layer, const FoveaAttendArgs *args, GError **error)
{
    guint *n_calls = data;
    ck_assert_int_eq (args->heads, HEADS);
    ck_assert_int_eq (args->width, WIDTH);
    ck_assert_int_eq (args->n_keys, args->first_query + args->rows);
    n_calls[layer]++;
    for (gint64 i = 0; layer == 2 && i < args->rows * HEADS * WIDTH; i++)
        if (i / WIDTH % HEADS >= 3)
            args->z[i] = 0;
    return TRUE;
}

/* FoveaEditHook: the same by the site z. */
static gboolean
silence_z (gpointer data, gint64 first, gint64 rows, gint64 width, float *values, GError **error)
{
    for (gint64 i = 0; i < rows * width; i++)
        if (i / WIDTH % HEADS >= 3)
            values[i] = 0;
    return TRUE;
}

START_TEST (heads_silenced_by_either_hook_are_silent_in_the_same_bits)
{
    Pair pair;
    float *runs[4];
    open_pair (&pair);
    g_autofree float *plain = run (&pair, 0);
    for (int which = 0; which < 2; which++) {
        guint n_calls[LAYERS] = {0};
        FoveaSession *session = pair.runners[which].session;
        fovea_session_set_attend_hook (session, silence, n_calls);
        runs[which] = run (&pair, which);
        fovea_session_set_attend_hook (session, NULL, NULL);
        for (int layer = 0; layer < LAYERS; layer++)
            ck_assert_uint_eq (n_calls[layer], 3);
        ck_assert (
            fovea_session_set_edit_hook (session, "blocks.2.attn.hook_z", silence_z, NULL, NULL));
        runs[2 + which] = run (&pair, which);
    }
    for (int i = 0; i < 4; i++)
        ck_assert_msg (memcmp (runs[i], runs[0], CHUNKS * V * sizeof *plain) == 0, "run %d differs",
                       i);
    ck_assert_double_gt (support_difference (runs[0], plain, CHUNKS * V), 1e-3);
    for (int i = 0; i < 4; i++)
        g_free (runs[i]);
    close_pair (&pair);
}
END_TEST

START_TEST (heads_are_projected_as_the_layer_does)
{
    Pair pair;
    open_pair (&pair);
    float out[2][CHUNK * C];
    for (int which = 0; which < 2; which++) {
        g_autoptr (GError) error = NULL;
        gint64 n;
        const Runner *runner = &pair.runners[which];
        g_autoptr (FoveaTrace) trace =
            runner_capture (runner, pair.ids, T, "blocks.4.attn.hook_z,blocks.4.hook_attn_out",
                            FOVEA_F32, FALSE, NULL);
        g_autofree float *z = support_read_point (trace, "blocks.4.attn.hook_z", &n);
        g_autofree float *want = support_read_point (trace, "blocks.4.hook_attn_out", &n);
        ck_assert (fovea_session_project_heads (runner->session, 4, z, CHUNK, out[which], &error));
        for (int i = 0; i < CHUNK * C; i++)
            ck_assert_float_eq_tol (out[which][i], want[i], 1e-5f * (1 + fabsf (want[i])));
    }
    ck_assert (memcmp (out[0], out[1], sizeof out[0]) == 0);
    close_pair (&pair);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("hooks");
    TCase *edits = tcase_create ("edits"), *heads = tcase_create ("heads");
    tcase_add_loop_test (edits, an_edit_is_the_same_where_memory_is_not_the_host_s, 0,
                         G_N_ELEMENTS (sites));
    tcase_add_test (edits, what_is_kept_of_a_site_is_what_the_hook_left);
    tcase_add_test (edits, a_hook_that_fails_ends_the_run_and_nothing_else);
    tcase_add_test (edits, a_point_that_cannot_be_replaced_is_refused_by_name);
    tcase_add_test (heads, heads_silenced_by_either_hook_are_silent_in_the_same_bits);
    tcase_add_test (heads, heads_are_projected_as_the_layer_does);
    suite_add_tcase (suite, edits);
    suite_add_tcase (suite, heads);
    return support_run (suite);
}
