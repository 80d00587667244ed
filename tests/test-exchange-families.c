/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Out and in again, for every family of models: whatever rule attention follows, the description that goes
 * along in the file gives the same maps, statistics and derived points on the other side. */
#include <string.h>

#include "capture/architecture-json.h"
#include "capture/exchange.h"
#include "tests/forward-support.h"

enum {
    T = 9
};

static char *folder;

static void
set_up (void)
{
    folder = support_temp_dir ();
}

static void
tear_down (void)
{
    support_remove_dir (folder);
}

/* What a capture keeps, as globs, and how: derived points differ with it. */
static const struct {
    const char *points;
    gboolean dense;
} plans[] = {{"attention,blocks.*.hook_resid_post,blocks.*.hook_attn_out", FALSE},
             {"all", FALSE},
             {"attention,blocks.*.hook_mlp_out", TRUE}};

static FoveaTrace *
capture (const char *family, int plan)
{
    g_autofree char *relative = g_build_filename ("tests/golden/families", family, NULL);
    g_autofree char *path = support_data (relative);
    Runner runner = runner_open (path, "cpu", T + 1, 0);
    const FoveaArchitecture *a = fovea_model_get_architecture (runner.model);
    gint32 ids[T];
    for (gint32 t = 0; t < T; t++)
        ids[t] = (gint32) ((5 + 7 * t) % a->vocabulary);
    if (a->n_encoder_layers > 0)
        ids[T / 2] = a->start_id; /* of the target */
    FoveaTrace *trace =
        runner_capture (&runner, ids, T, plans[plan].points, FOVEA_F32, plans[plan].dense, NULL);
    runner_close (&runner);
    return trace;
}

static void
check_family (const char *family, int plan)
{
    const FoveaExportOptions whole = {.row1 = -1, .key1 = -1, .head = -1};
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_build_filename (folder, "x.safetensors", NULL);
    g_autoptr (FoveaTrace) trace = capture (family, plan);
    GPtrArray *arrays = fovea_trace_get_arrays (trace);
    g_autoptr (GString) kept = g_string_new (NULL);
    for (guint i = 0; i < arrays->len; i++)
        g_string_append_printf (kept, "%s%s", i > 0 ? "," : "",
                                ((const FoveaArray *) arrays->pdata[i])->name);
    ck_assert_msg (fovea_exchange_export (trace, kept->str, path, &whole, NULL, &error), "%s: %s",
                   family, error != NULL ? error->message : "");
    g_autoptr (FoveaTrace) imported = fovea_exchange_import (path, &error);
    ck_assert_msg (imported != NULL, "%s: %s", family, error != NULL ? error->message : "");
    const FoveaTraceInfo *a = fovea_trace_get_info (trace), *b = fovea_trace_get_info (imported);
    g_autofree char *before = fovea_architecture_to_json (a->architecture);
    g_autofree char *after = fovea_architecture_to_json (b->architecture);
    ck_assert_str_eq (before, after);
    ck_assert_int_eq (a->n_tokens, b->n_tokens);
    g_auto (GStrv) names = fovea_trace_list_points (trace);
    g_auto (GStrv) others = fovea_trace_list_points (imported);
    ck_assert_msg (g_strv_equal ((const char *const *) names, (const char *const *) others),
                   "%s: other points", family);
    for (guint i = 0; names[i] != NULL; i++) {
        gint64 n, m;
        g_autofree float *x = support_read_point (trace, names[i], &n);
        g_autofree float *y = support_read_point (imported, names[i], &m);
        ck_assert_int_eq (n, m);
        ck_assert_msg (memcmp (x, y, (gsize) n * sizeof *x) == 0, "%s: %s", family, names[i]);
    }
}

START_TEST (every_point_of_every_family_survives)
{
    support_check_families (check_family, _i);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("exchange, families");
    TCase *tests = tcase_create ("families");
    tcase_set_timeout (tests, 120);
    tcase_add_checked_fixture (tests, set_up, tear_down);
    tcase_add_loop_test (tests, every_point_of_every_family_survives, 0, G_N_ELEMENTS (plans));
    suite_add_tcase (suite, tests);
    return support_run (suite);
}
