/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Parts of the window program that need no display. */
#include "app/capture-prediction.h"
#include "app/capture-remedy.h"
#include "app/capture-speed.h"
#include "app/window/device-choice.h"
#include "app/window/language.h"
#include "app/window/memory-use.h"
#include "app/window/preferences.h"
#include "fovea-config.h"
#include "tests/support.h"

#include <locale.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

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
    ck_assert_int_eq (tokens->theme, FOVEA_THEME_LIGHT);
    g_autoptr (FoveaExportChoices) recall = fovea_export_choices_load (FOVEA_FIGURE_RECALL);
    g_autoptr (FoveaExportChoices) mask = fovea_export_choices_load (FOVEA_FIGURE_MASK);
    ck_assert (recall->width_mm == 183 && recall->letters);
    ck_assert (mask->width_mm == 89 && mask->letters);
}
END_TEST

START_TEST (export_choices_are_kept_for_each_kind_apart)
{
    const FoveaExportChoices map = {120, 80, 8, (char *) "png-600", TRUE, FALSE, FOVEA_THEME_DARK};
    const FoveaExportChoices heads = {254, 143, 7, (char *) "svg", FALSE, TRUE, FOVEA_THEME_LIGHT};
    ck_assert_ptr_nonnull (fovea_preferences_get ());
    fovea_export_choices_keep (FOVEA_FIGURE_MAP, &heads);
    fovea_export_choices_keep (FOVEA_FIGURE_HEADS, &heads);
    fovea_export_choices_keep (FOVEA_FIGURE_MAP, &map);
    g_autoptr (FoveaExportChoices) m = fovea_export_choices_load (FOVEA_FIGURE_MAP);
    g_autoptr (FoveaExportChoices) h = fovea_export_choices_load (FOVEA_FIGURE_HEADS);
    ck_assert (m->width_mm == 120 && m->height_mm == 80 && m->text_pt == 8);
    ck_assert (m->letters && !m->caption);
    ck_assert_int_eq (m->theme, FOVEA_THEME_DARK);
    ck_assert_int_eq (h->theme, FOVEA_THEME_LIGHT);
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

static FoveaCaptureJob *
prepare (const char *text, FoveaDtype keep, guint64 memory)
{
    g_autoptr (GError) error = NULL;
    FoveaCaptureRequest *request = fovea_capture_request_new ();
    request->model = g_strdup ("demo");
    request->text = g_strdup (text);
    request->tokens = 16;
    request->stride = 16;
    request->keep = keep;
    request->memory = memory;
    request->device = g_strdup ("cpu");
    FoveaCaptureJob *job = fovea_capture_job_prepare (request, NULL, &error);
    ck_assert_msg (job != NULL, "%s", error != NULL ? error->message : "");
    return job;
}

static const char words[] = "The other men were Blank, the Editor aforementioned, a certain "
                            "journalist, and another, a quiet, shy man with a beard.";

/* A capture that ends at the store's file need not begin. */
START_TEST (a_prediction_says_what_is_wrong_with_the_stores_place)
{
    g_autoptr (FoveaCaptureJob) job = prepare (words, FOVEA_F32, 0);
    g_autofree char *folder = g_dir_make_tmp ("fovea-test-XXXXXX", NULL);
    const struct {
        const char *name, *refusal;
    } places[] = {
        {"new.fovea", NULL},
        {"", "” is a folder."},
        {"no/such.fovea", "/no”."},
        {"text.txt", "is not a Fovea store"},
        {"empty.fovea", "it is empty"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (places); i++) {
        g_autofree char *path = g_build_filename (folder, places[i].name, NULL);
        gboolean made = i > 2;
        ck_assert (!made || g_file_set_contents (path, i == 3 ? "words" : "", -1, NULL));
        g_autoptr (FoveaPrediction) p = fovea_prediction_new (job, path);
        if (places[i].refusal == NULL)
            ck_assert_ptr_null (p->refusal);
        else
            ck_assert_msg (p->refusal != NULL && strstr (p->refusal, places[i].refusal) != NULL,
                           "%s: %s", places[i].name, p->refusal);
        ck_assert (!made || g_unlink (path) == 0);
    }
    g_autofree char *kept = g_build_filename (folder, "kept.fovea", NULL);
    fovea_store_close (fovea_store_open (kept, FOVEA_STORE_CREATE, NULL));
    g_autoptr (FoveaPrediction) good = fovea_prediction_new (job, kept);
    ck_assert_ptr_null (good->refusal);
    ck_assert_int_eq (g_chmod (kept, 0400), 0);
    if (access (kept, W_OK) != 0) { /* who may do everything may write it all the same */
        g_autoptr (FoveaPrediction) p = fovea_prediction_new (job, kept);
        ck_assert (g_str_has_suffix (p->refusal, "“kept.fovea” may not be written."));
    }
    ck_assert_int_eq (g_unlink (kept), 0);
    ck_assert_int_eq (g_rmdir (folder), 0);
}
END_TEST

START_TEST (parts_of_a_prediction_add_up_to_the_store)
{
    g_autoptr (FoveaCaptureJob) job = prepare (words, FOVEA_F32, 0);
    g_autofree char *path = g_build_filename (g_get_tmp_dir (), "no-such.fovea", NULL);
    g_autoptr (FoveaPrediction) p = fovea_prediction_new (job, path);
    ck_assert_int_gt (p->n_sequences, 1);
    ck_assert_int_gt (p->n_tokens, 16);
    /* Windows of one text are counted together, under the text's own name. */
    FoveaTextTokens text = fovea_prediction_count_tokens (p, "The other men were Blan…");
    ck_assert_int_eq (text.captured, p->n_tokens);
    ck_assert_int_eq (text.whole, p->n_tokens);
    ck_assert_int_eq (fovea_prediction_count_tokens (p, "other").captured, 0);
    ck_assert_uint_eq (p->part_bytes[FOVEA_KEEP_ATTENTION] + p->part_bytes[FOVEA_KEEP_SUMMARIES],
                       p->store_bytes);
    const FoveaArchitecture *a = fovea_model_get_architecture (fovea_capture_job_get_model (job));
    guint64 row = (guint64) (a->n_layers * p->n_tokens) * sizeof (float);
    ck_assert_uint_eq (p->part_bytes[FOVEA_KEEP_RESIDUAL], row * (guint64) a->width);
    ck_assert_uint_eq (p->part_bytes[FOVEA_KEEP_MLP], row * (guint64) a->mlp_width);
    ck_assert_uint_gt (p->part_bytes[FOVEA_KEEP_DENSE], 0);
    ck_assert_uint_lt (p->store_free, G_MAXUINT64);
    ck_assert (p->seconds > 0 && p->seconds < 60);
    ck_assert_ptr_null (p->refusal);
    ck_assert_int_eq (p->fitting, p->longest);
}
END_TEST

START_TEST (half_as_wide_elements_halve_what_a_part_adds)
{
    g_autoptr (FoveaCaptureJob) wide = prepare (words, FOVEA_F32, 0);
    g_autoptr (FoveaCaptureJob) narrow = prepare (words, FOVEA_F16, 0);
    g_autoptr (FoveaPrediction) a = fovea_prediction_new (wide, NULL);
    g_autoptr (FoveaPrediction) b = fovea_prediction_new (narrow, NULL);
    ck_assert_uint_eq (a->part_bytes[FOVEA_KEEP_MLP], 2 * b->part_bytes[FOVEA_KEEP_MLP]);
    ck_assert_uint_eq (a->store_free, G_MAXUINT64); /* no store was named */
}
END_TEST

START_TEST (a_limit_below_what_is_needed_is_refused_with_what_would_fit)
{
    g_autoptr (FoveaCaptureJob) job = prepare (words, FOVEA_F32, 1000);
    g_autoptr (FoveaPrediction) p = fovea_prediction_new (job, NULL);
    ck_assert_uint_eq (p->host_room, 1000);
    ck_assert_int_lt (p->fitting, p->longest);
    ck_assert_msg (g_str_has_prefix (p->refusal, "Memory: ") && strstr (p->refusal, "would fit"),
                   "%s", p->refusal);
}
END_TEST

START_TEST (the_first_room_that_is_too_small_is_named)
{
    FoveaPrediction p = {.n_tokens = 1000,
                         .store_bytes = 4000,
                         .store_free = 1000,
                         .host_bytes = 20,
                         .host_room = 10,
                         .fitting = 7};
    fovea_prediction_check_room (&p);
    ck_assert_msg (g_str_has_prefix (p.refusal, "The store: ") &&
                       strstr (p.refusal, "; 250 tokens in all would fit.") != NULL,
                   "%s", p.refusal);
    ck_assert_int_eq (p.refused, FOVEA_CAPTURE_CHOICE_STORE);
    p.store_free = G_MAXUINT64;
    fovea_prediction_check_room (&p);
    ck_assert_msg (g_str_has_prefix (p.refusal, "Memory: ") && strstr (p.refusal, "; 7 tokens"),
                   "%s", p.refusal);
    p.device_room = 5;
    p.device_bytes = 6;
    fovea_prediction_check_room (&p);
    ck_assert_msg (g_str_has_prefix (p.refusal, "Device memory: "), "%s", p.refusal);
    ck_assert_int_eq (p.refused, FOVEA_CAPTURE_CHOICE_MEMORY);
    p.device_bytes = p.host_bytes = 5;
    fovea_prediction_check_room (&p);
    ck_assert_ptr_null (p.refusal);
    ck_assert_int_eq (p.refused, FOVEA_CAPTURE_CHOICE_NONE);
}
END_TEST

static const struct {
    const char *name;
    guint64 store, store_free, host, host_room, device, device_room;
    gint64 fitting, window;
    gboolean residual, dense;
    const char *words; /* of the buttons, with bars between */
} remedies[] = {
    {"all fits", 10, 20, 1, 2, 0, 0, 9, 100, TRUE, TRUE, ""},
    {"largest part is enough", 4000, 1500, 1, 2, 0, 0, 999, 100, TRUE, TRUE,
     "Without dense maps|Windows of 37 tokens"},
    {"either part is enough", 4000, 3800, 1, 2, 0, 0, 999, 100, TRUE, TRUE,
     "Without dense maps|Without the residual stream|Windows of 95 tokens"},
    {"part that is not kept", 4000, 1500, 1, 2, 0, 0, 999, 100, TRUE, FALSE,
     "Windows of 37 tokens"},
    {"no part is enough, nor a window", 4000, 100, 1, 2, 0, 0, 999, 100, TRUE, TRUE, ""},
    {"input without windows", 4000, 1500, 1, 2, 0, 0, 999, 0, FALSE, TRUE, "Without dense maps"},
    {"memory", 10, 20, 5, 2, 0, 0, 60, 100, TRUE, TRUE, "Windows of 60 tokens"},
    {"memory for nothing", 10, 20, 5, 2, 0, 0, 3, 100, TRUE, TRUE, ""},
    {"memory and store", 4000, 1500, 5, 2, 0, 0, 30, 100, TRUE, TRUE, "Windows of 30 tokens"},
    {"device, host has room", 10, 20, 1, 50, 9, 8, 60, 100, TRUE, TRUE,
     "Windows of 60 tokens|Use the CPU"},
    {"device, host has none", 10, 20, 1, 9, 9, 8, 60, 100, TRUE, TRUE, "Windows of 60 tokens"},
    {"device and store", 4000, 1500, 1, 50, 9, 8, 60, 100, TRUE, TRUE, "Windows of 37 tokens"},
};

/* Ten sequences of 100 tokens; dense maps take 3,000 bytes of the store, the stream 500. */
START_TEST (what_would_make_a_capture_fit_is_offered_and_nothing_else)
{
    FoveaPrediction p = {.n_tokens = 1000,
                         .n_sequences = 10,
                         .store_bytes = remedies[_i].store,
                         .store_free = remedies[_i].store_free,
                         .host_bytes = remedies[_i].host,
                         .host_room = remedies[_i].host_room,
                         .device_bytes = remedies[_i].device,
                         .device_room = remedies[_i].device_room,
                         .fitting = remedies[_i].fitting};
    FoveaRemedyForm form = {.window = remedies[_i].window};
    FoveaRemedy offered[FOVEA_MAX_REMEDIES];
    g_autoptr (GString) offers = g_string_new (NULL);
    p.part_bytes[FOVEA_KEEP_DENSE] = 3000;
    p.part_bytes[FOVEA_KEEP_RESIDUAL] = 500;
    form.kept[FOVEA_KEEP_ATTENTION] = form.kept[FOVEA_KEEP_SUMMARIES] = TRUE;
    form.kept[FOVEA_KEEP_DENSE] = remedies[_i].dense;
    form.kept[FOVEA_KEEP_RESIDUAL] = remedies[_i].residual;
    fovea_prediction_check_room (&p);
    guint n = fovea_prediction_list_remedies (&p, &form, offered);
    for (guint i = 0; i < n; i++) {
        g_autofree char *word = fovea_remedy_describe (&offered[i]);
        g_string_append_printf (offers, "%s%s", i > 0 ? "|" : "", word);
    }
    ck_assert_msg (strcmp (offers->str, remedies[_i].words) == 0, "%s: %s", remedies[_i].name,
                   offers->str);
    g_free (p.refusal);
}
END_TEST

static const struct {
    double seconds;
    const char *text;
} times[] = {
    {0, ""},
    {0.2, "under a second"},
    {3.6, "about 4 s"},
    {71, "about 70 s"},
    {200, "about 3 min"},
    {5 * 3600, "about 5 h"},
};

START_TEST (times_are_told_as_coarsely_as_they_are_known)
{
    g_autofree char *text = fovea_prediction_describe_time (times[_i].seconds);
    ck_assert_str_eq (text, times[_i].text);
}
END_TEST

START_TEST (the_measured_rate_is_a_processors_and_is_remembered)
{
    g_autoptr (FoveaDevice) device = fovea_device_open ("cpu", 0, NULL);
    double rate = fovea_capture_speed_measure (device, FOVEA_PRECISION_F32, FOVEA_BF16);
    ck_assert_msg (rate > 1e8 && rate < 1e15, "%g flop/s", rate);
    ck_assert (fovea_capture_speed_measure (device, FOVEA_PRECISION_F32, FOVEA_BF16) == rate);
}
END_TEST

START_TEST (work_grows_with_tokens_and_faster_than_they_do)
{
    FoveaArchitecture a = {.n_layers = 2,
                           .n_heads = 4,
                           .head_width = 8,
                           .width = 32,
                           .vocabulary = 100,
                           .n_parameters = 10000 + 100 * 32};
    double weights, attention, more;
    fovea_capture_speed_flops (&a, 10, &weights, &attention);
    ck_assert (weights == 2 * 10000 * 10);      /* less the table of embeddings */
    ck_assert (attention == 2 * (4 * 50 * 64)); /* half of 100 pairs */
    fovea_capture_speed_flops (&a, 20, &weights, &more);
    ck_assert (weights == 2 * 10000 * 20 && more == 4 * attention);
}
END_TEST

START_TEST (every_listed_device_opens_by_its_name)
{
    g_autoptr (GPtrArray) choices = fovea_device_choices_find ();
    ck_assert_uint_ge (choices->len, 2);
    ck_assert_str_eq (((FoveaDeviceChoice *) g_ptr_array_index (choices, 0))->name, "auto");
    ck_assert_str_eq (((FoveaDeviceChoice *) g_ptr_array_index (choices, 1))->name, "cpu");
    for (guint i = 0; i < choices->len; i++) {
        const FoveaDeviceChoice *choice = g_ptr_array_index (choices, i);
        g_autoptr (FoveaDevice) device = fovea_device_open (choice->name, 0, NULL);
        ck_assert_msg (device != NULL, "%s", choice->name);
        ck_assert_str_ne (choice->label, "");
    }
}
END_TEST

START_TEST (a_request_is_told_as_the_command_that_makes_it)
{
    g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
    const gint32 ids[] = {0, 519};
    request->model = g_strdup ("my model");
    request->ids = g_memdup2 (ids, sizeof ids);
    request->n_ids = 2;
    request->points = g_strdup ("attention,blocks.*.hook_z");
    request->keep = FOVEA_BF16;
    request->precision = FOVEA_PRECISION_F16;
    request->device = g_strdup ("cuda:1");
    request->memory = 1 << 20;
    g_autofree char *line = fovea_capture_request_to_command (request, "a.fovea");
    ck_assert_str_eq (line, "fovea capture 'my model' \\\n  -o 'a.fovea' \\\n  --ids '0,519' \\\n"
                            "  --points 'attention,blocks.*.hook_z' \\\n  --keep 'bf16' \\\n"
                            "  --device 'cuda:1' \\\n  --precision 'f16' \\\n  --memory 1048576");
}
END_TEST

/* Each test is a process of its own, so the locale of one does not reach another. */
START_TEST (numbers_keep_their_point_in_every_language)
{
    g_setenv ("LC_ALL", "C.UTF-8", TRUE);
    fovea_language_start ();
    ck_assert_str_eq (setlocale (LC_MESSAGES, NULL), "C.UTF-8");
    ck_assert_str_eq (setlocale (LC_NUMERIC, NULL), "C");
}
END_TEST

START_TEST (words_come_from_the_build_tree_of_the_program_unless_told_otherwise)
{
    g_unsetenv ("FOVEA_LOCALE_DIR");
    g_autofree char *built = fovea_language_find ();
    ck_assert_str_eq (built, FOVEA_BUILD_DIR "/po");
    g_setenv ("FOVEA_LOCALE_DIR", "/somewhere", TRUE);
    g_autofree char *chosen = fovea_language_find ();
    ck_assert_str_eq (chosen, "/somewhere");
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
    TCase *prediction = tcase_create ("prediction");
    tcase_add_test (prediction, parts_of_a_prediction_add_up_to_the_store);
    tcase_add_test (prediction, a_prediction_says_what_is_wrong_with_the_stores_place);
    tcase_add_test (prediction, half_as_wide_elements_halve_what_a_part_adds);
    tcase_add_test (prediction, a_limit_below_what_is_needed_is_refused_with_what_would_fit);
    tcase_add_test (prediction, the_first_room_that_is_too_small_is_named);
    tcase_add_loop_test (prediction, what_would_make_a_capture_fit_is_offered_and_nothing_else, 0,
                         G_N_ELEMENTS (remedies));
    tcase_add_loop_test (prediction, times_are_told_as_coarsely_as_they_are_known, 0,
                         G_N_ELEMENTS (times));
    tcase_add_test (prediction, the_measured_rate_is_a_processors_and_is_remembered);
    tcase_add_test (prediction, work_grows_with_tokens_and_faster_than_they_do);
    tcase_add_test (prediction, every_listed_device_opens_by_its_name);
    tcase_add_test (prediction, a_request_is_told_as_the_command_that_makes_it);
    suite_add_tcase (suite, prediction);
    TCase *language = tcase_create ("language");
    tcase_add_test (language, numbers_keep_their_point_in_every_language);
    tcase_add_test (language, words_come_from_the_build_tree_of_the_program_unless_told_otherwise);
    suite_add_tcase (suite, language);
    return support_run (suite);
}
