/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Parts of the window program that need no display. */
#include "app/window/memory-use.h"
#include "app/window/preferences.h"
#include "tests/support.h"

static const struct {
    const char *name, *status, *machine, *group;
    guint64 used, limit;
} memories[] = {
    {"machine only", "Name:\tx\nVmRSS:\t  2048 kB\n", "MemTotal:  4096 kB\nMemFree: 1 kB\n", NULL,
     2097152, 4194304},
    {"tighter group", "VmRSS: 2048 kB\n", "MemTotal: 4096 kB\n", "3000000\n", 2097152, 3000000},
    {"wider group", "VmRSS: 2048 kB\n", "MemTotal: 4096 kB\n", "9000000\n", 2097152, 4194304},
    {"no group limit", "VmRSS: 2048 kB\n", "MemTotal: 4096 kB\n", "max\n", 2097152, 4194304},
    {"nothing known", NULL, NULL, NULL, 0, 0},
    {"group alone", "VmSize: 1 kB\n", NULL, "77", 0, 77},
};

START_TEST (memory_is_limited_by_the_smaller_of_machine_and_group)
{
    FoveaMemoryUse use =
        fovea_memory_use_parse (memories[_i].status, memories[_i].machine, memories[_i].group);
    ck_assert_msg (use.used == memories[_i].used && use.limit == memories[_i].limit,
                   "%s: %" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT, memories[_i].name, use.used,
                   use.limit);
}
END_TEST

START_TEST (this_process_uses_some_memory_and_less_than_there_is)
{
    FoveaMemoryUse use = fovea_memory_use_read ();
    ck_assert_uint_gt (use.used, 100000);
    ck_assert_uint_gt (use.limit, use.used);
}
END_TEST

START_TEST (a_figure_kind_starts_with_what_suits_it)
{
    g_autoptr (FoveaExportChoices) heads = fovea_export_choices_load (FOVEA_FIGURE_HEADS);
    g_autoptr (FoveaExportChoices) tokens = fovea_export_choices_load (FOVEA_FIGURE_TOKENS);
    ck_assert (heads->width_mm == 183 && heads->height_mm == 0 && heads->letters);
    ck_assert (tokens->width_mm == 89 && tokens->text_pt == 7 && !tokens->letters);
    ck_assert_str_eq (tokens->format, "pdf");
}
END_TEST

START_TEST (export_choices_are_kept_for_each_kind_apart)
{
    const FoveaExportChoices map = {120, 80, 8, (char *) "png-600", TRUE, FALSE};
    const FoveaExportChoices heads = {254, 143, 7, (char *) "svg", FALSE, TRUE};
    ck_assert_ptr_nonnull (fovea_preferences_get ());
    fovea_export_choices_keep (FOVEA_FIGURE_MAP, &heads);
    fovea_export_choices_keep (FOVEA_FIGURE_HEADS, &heads);
    fovea_export_choices_keep (FOVEA_FIGURE_MAP, &map);
    g_autoptr (FoveaExportChoices) m = fovea_export_choices_load (FOVEA_FIGURE_MAP);
    g_autoptr (FoveaExportChoices) h = fovea_export_choices_load (FOVEA_FIGURE_HEADS);
    ck_assert (m->width_mm == 120 && m->height_mm == 80 && m->text_pt == 8);
    ck_assert (m->letters && !m->caption);
    ck_assert_str_eq (m->format, "png-600");
    ck_assert (h->width_mm == 254 && h->height_mm == 143 && !h->letters && h->caption);
    ck_assert_str_eq (h->format, "svg");
}
END_TEST

START_TEST (models_are_listed_latest_first_and_once)
{
    g_auto (GStrv) first = fovea_preferences_list_models ();
    ck_assert_str_eq (first[0], "demo");
    for (guint i = 0; i < 9; i++) {
        g_autofree char *name = g_strdup_printf ("/models/m%u", i);
        fovea_preferences_add_model (name);
    }
    fovea_preferences_add_model ("/models/m7");
    g_auto (GStrv) models = fovea_preferences_list_models ();
    ck_assert_str_eq (models[0], "/models/m7");
    ck_assert_str_eq (models[1], "/models/m8");
    ck_assert_str_eq (models[2], "/models/m6");
    /* The bundled model is offered even when eight others were used since. */
    ck_assert_uint_eq (g_strv_length (models), 9);
    ck_assert (g_strv_contains ((const char *const *) models, "demo"));
}
END_TEST

int
main (void)
{
    /* Nothing of this reaches the desktop's own settings. */
    g_setenv ("GSETTINGS_BACKEND", "memory", TRUE);
    Suite *suite = suite_create ("window parts");
    TCase *memory = tcase_create ("memory");
    tcase_add_loop_test (memory, memory_is_limited_by_the_smaller_of_machine_and_group, 0,
                         G_N_ELEMENTS (memories));
    tcase_add_test (memory, this_process_uses_some_memory_and_less_than_there_is);
    suite_add_tcase (suite, memory);
    TCase *preferences = tcase_create ("preferences");
    tcase_add_test (preferences, a_figure_kind_starts_with_what_suits_it);
    tcase_add_test (preferences, export_choices_are_kept_for_each_kind_apart);
    tcase_add_test (preferences, models_are_listed_latest_first_and_once);
    suite_add_tcase (suite, preferences);
    return support_run (suite);
}
