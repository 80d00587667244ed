/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One kept array that cannot be read, each in turn, as behind a damaged disk: every point that a trace
 * lists either has the numbers that it would have had, or fails by that array's name. */
#include <string.h>

#include "capture/attention.h"
#include "tests/forward-support.h"
#include "tests/trace-support.h"

enum {
    T = 12
};

/* All rows of a point; NULL and @error if they cannot be read. */
static float *
read_point (FoveaTrace *trace, const char *name, gsize *n, GError **error)
{
    g_autoptr (FoveaArray) array = fovea_trace_describe_point (trace, name, NULL);
    ck_assert_msg (array != NULL, "%s is listed and not described", name);
    *n = (gsize) (fovea_array_n_rows (array) * fovea_array_row_length (array));
    g_autofree float *values = g_new0 (float, *n + 1);
    if (!fovea_trace_read (trace, name, 0, fovea_array_n_rows (array), values, error))
        return NULL;
    return g_steal_pointer (&values);
}

static const struct {
    const char *family, *points;
    gboolean dense;
} captures[] = {
    {"olmo2", "attention", FALSE},
    {"olmo2", "all", FALSE},
    {"gemma2", "attention,blocks.*.hook_resid_pre,blocks.*.ln?.hook_scale", FALSE},
    {"gpt_neox", "all", FALSE},
    {"gpt_neox", "attention,blocks.*.hook_attn_out,blocks.*.hook_mlp_out,hook_embed", TRUE},
    {"qwen3_moe", "all", FALSE},
};

START_TEST (points_are_whole_or_name_what_they_lack)
{
    static const gint32 ids[T] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8};
    g_autofree char *relative =
        g_build_filename ("tests/golden/families", captures[_i].family, NULL);
    g_autofree char *folder = support_data (relative);
    Runner runner = runner_open (folder, "cpu", T, 0);
    g_autoptr (FoveaTrace) whole =
        runner_capture (&runner, ids, T, captures[_i].points, FOVEA_F32, captures[_i].dense, NULL);
    const GPtrArray *arrays = fovea_trace_get_arrays (whole);
    g_auto (GStrv) names = fovea_trace_list_points (whole);
    guint n_names = g_strv_length (names), n_failed = 0;
    g_autoptr (GPtrArray) want = g_ptr_array_new_with_free_func (g_free);
    gsize n;
    for (guint p = 0; p < n_names; p++) {
        g_autoptr (GError) error = NULL;
        TraceReads all = {.unreadable = arrays->len};
        g_autoptr (FoveaTrace) part = trace_watched (whole, &all);
        g_ptr_array_add (want, read_point (part, names[p], &n, &error));
        ck_assert_msg (error == NULL, "%s", error != NULL ? error->message : "");
    }
    for (guint bad = 0; bad < arrays->len; bad++) {
        const char *lost = ((FoveaArray *) arrays->pdata[bad])->name;
        gboolean found = FALSE;
        for (guint p = 0; p < n_names; p++) {
            g_autoptr (GError) error = NULL;
            TraceReads lacking = {.unreadable = bad};
            g_autoptr (FoveaTrace) part = trace_watched (whole, &lacking);
            g_autofree float *got = read_point (part, names[p], &n, &error);
            ck_assert_msg ((got == NULL) == (error != NULL), "%s without %s", names[p], lost);
            if (got != NULL) {
                ck_assert_msg (memcmp (got, want->pdata[p], n * sizeof (float)) == 0,
                               "%s is another without %s", names[p], lost);
                continue;
            }
            ck_assert_msg (g_str_has_suffix (error->message, lost), "%s without %s: %s", names[p],
                           lost, error->message);
            found |= strcmp (names[p], lost) == 0;
            n_failed++;
        }
        ck_assert_msg (found, "%s could be read", lost);
    }
    ck_assert_uint_gt (n_failed, arrays->len);
    runner_close (&runner);
}
END_TEST

int
main (void)
{
    Suite *suite = suite_create ("traces, unreadable");
    TCase *tcase = tcase_create ("unreadable");
    tcase_set_timeout (tcase, 60);
    tcase_add_loop_test (tcase, points_are_whole_or_name_what_they_lack, 0,
                         G_N_ELEMENTS (captures));
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
