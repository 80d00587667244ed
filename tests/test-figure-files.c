/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Files of figures: the same bytes twice, their query inside, text that stays text, pixels as asked for;
 * and what is cut or cannot be written. */
#include "tests/figure-support.h"
#include "tests/support.h"

#include <gio/gio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const suffixes[] = {"pdf", "svg", "png"};
static const char query[] = "{\"kind\":\"map\",\"text\":\"Größe (a) <b> & \\\"c\\\" \\\\ ⏎\"}";

static char *
save_once (const char *folder, const char *name, const char *suffix, const char *provenance)
{
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaTrace) trace = figure_trace (24);
    FoveaMapOptions options = figure_whole_map;
    options.query = 20;
    options.key = 3;
    g_autoptr (FoveaFigure) figure = figure_map_of (trace, options, 0);
    g_autofree char *file = g_strconcat (name, ".", suffix, NULL);
    char *path = g_build_filename (folder, file, NULL);
    gboolean saved = fovea_figure_save (figure, path, 300, provenance, &error);
    ck_assert_msg (saved, "%s", error != NULL ? error->message : "");
    return path;
}

static GBytes *
load (const char *path)
{
    char *data;
    gsize length;
    g_autoptr (GError) error = NULL;
    gboolean loaded = g_file_get_contents (path, &data, &length, &error);
    ck_assert_msg (loaded, "%s", error != NULL ? error->message : "");
    return g_bytes_new_take (data, length);
}

START_TEST (file_is_the_same_bytes_twice_and_in_another_process)
{
    char *folder = support_temp_dir ();
    pid_t child = fork ();
    if (child == 0) {
        g_free (save_once (folder, "c", suffixes[_i], query));
        _exit (0);
    }
    int status = 1;
    waitpid (child, &status, 0);
    ck_assert_int_eq (status, 0);
    g_autofree char *a = save_once (folder, "a", suffixes[_i], query);
    g_autofree char *b = save_once (folder, "b", suffixes[_i], query);
    g_autofree char *c = g_strdup_printf ("%s/c.%s", folder, suffixes[_i]);
    g_autoptr (GBytes) first = load (a), second = load (b), third = load (c);
    ck_assert (g_bytes_equal (first, second));
    ck_assert (g_bytes_equal (first, third));
    support_remove_dir (folder);
}
END_TEST

START_TEST (query_comes_back_from_the_file)
{
    char *folder = support_temp_dir ();
    static const char *const texts[] = {query, "{\"plain\": \"ascii (1) \\\\ )(\"}", "{}",
                                        "{\"cut\":\"a) b\"}"};
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        g_autoptr (GError) error = NULL;
        g_autofree char *path = save_once (folder, "a", suffixes[_i], texts[i]);
        g_autofree char *back = fovea_figure_read_provenance (path, &error);
        ck_assert_msg (back != NULL, "%s", error != NULL ? error->message : "");
        ck_assert_str_eq (back, texts[i]);
    }
    support_remove_dir (folder);
}
END_TEST

START_TEST (file_without_query_says_so)
{
    char *folder = support_temp_dir ();
    g_autoptr (GError) error = NULL;
    g_autofree char *path = save_once (folder, "a", suffixes[_i], NULL);
    ck_assert_ptr_null (fovea_figure_read_provenance (path, &error));
    ck_assert (g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND));
    support_remove_dir (folder);
}
END_TEST

START_TEST (cut_files_are_refused_and_never_read_past_the_end)
{
    char *folder = support_temp_dir ();
    g_autofree char *path = save_once (folder, "a", suffixes[_i], query);
    g_autoptr (GBytes) bytes = load (path);
    gsize length, refused = 0;
    const char *data = g_bytes_get_data (bytes, &length);
    for (gsize cut = 0; cut < length; cut += 1 + length / 200) {
        g_autoptr (GError) error = NULL;
        /* Without the flag for renaming GLib writes over a longer file and leaves its tail. */
        unlink (path);
        ck_assert (g_file_set_contents_full (path, data, (gssize) cut, G_FILE_SET_CONTENTS_NONE,
                                             0600, NULL));
        g_autofree char *back = fovea_figure_read_provenance (path, &error);
        ck_assert (back == NULL ? error != NULL : strcmp (back, query) == 0);
        refused += back == NULL;
    }
    ck_assert_uint_gt (refused, 0);
    support_remove_dir (folder);
}
END_TEST

START_TEST (text_stays_text_in_svg_and_pdf)
{
    char *folder = support_temp_dir ();
    g_autofree char *svg = save_once (folder, "a", "svg", query);
    g_autofree char *pdf = save_once (folder, "a", "pdf", query);
    g_autoptr (GBytes) text = load (svg), page = load (pdf);
    gsize length, page_length;
    const char *data = g_bytes_get_data (text, &length);
    ck_assert_ptr_nonnull (g_strstr_len (data, (gssize) length, ">query position</text>"));
    ck_assert_ptr_nonnull (g_strstr_len (data, (gssize) length, "width=\"89mm\""));
    const char *pages = g_bytes_get_data (page, &page_length);
    ck_assert_ptr_nonnull (memmem (pages, page_length, "/ToUnicode", 10));
    ck_assert_ptr_null (memmem (pages, page_length, "CreationDate", 12));
    support_remove_dir (folder);
}
END_TEST

/* What a model calls itself may hold anything; GLib's reader refuses what XML does not allow. */
START_TEST (any_text_makes_a_well_formed_svg)
{
    static const char *const texts[] = {"a\x1b[31m\x07", "<b> & \"c\"", "\xc2\x9b", "\x01"};
    static const GMarkupParser parser = {NULL};
    g_autoptr (FoveaScene) scene = fovea_scene_new (100, fovea_inks_get (FOVEA_THEME_LIGHT));
    const FoveaTextStyle style = {7, FALSE, 0xFF000000, FOVEA_ANCHOR_START, FALSE};
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
        fovea_scene_add_text (scene, 0, 10 * i, texts[i], &style);
    g_autofree char *svg = fovea_scene_print_svg (scene, texts[0], texts[1]);
    g_autoptr (GError) error = NULL;
    g_autoptr (GMarkupParseContext) context = g_markup_parse_context_new (&parser, 0, NULL, NULL);
    gboolean read = g_markup_parse_context_parse (context, svg, -1, &error) &&
                    g_markup_parse_context_end_parse (context, &error);
    ck_assert_msg (read, "%s in %s", error != NULL ? error->message : "", svg);
    ck_assert_ptr_nonnull (strstr (svg, ">a\\x1B[31m\\x07</text>"));
    ck_assert_ptr_nonnull (strstr (svg, ">&lt;b&gt; &amp; &quot;c&quot;</text>"));
}
END_TEST

START_TEST (png_has_the_pixels_of_its_resolution_and_states_it)
{
    char *folder = support_temp_dir ();
    g_autofree char *path = save_once (folder, "a", "png", query);
    g_autoptr (GBytes) bytes = load (path);
    gsize length;
    const guint8 *data = g_bytes_get_data (bytes, &length);
    guint width = (guint) data[18] << 8 | data[19];
    ck_assert_uint_eq (width, (guint) lround (89 / 25.4 * 300));
    const guint8 *resolution = memmem (data, length, "pHYs", 4);
    ck_assert_ptr_nonnull (resolution);
    ck_assert_uint_eq ((guint) resolution[6] << 8 | resolution[7], 11811);
    cairo_surface_t *surface = cairo_image_surface_create_from_png (path);
    ck_assert_int_eq (cairo_surface_status (surface), CAIRO_STATUS_SUCCESS);
    ck_assert_int_eq (cairo_image_surface_get_width (surface), (int) width);
    cairo_surface_destroy (surface);
    support_remove_dir (folder);
}
END_TEST

START_TEST (unknown_suffix_and_missing_folder_leave_nothing_behind)
{
    char *folder = support_temp_dir ();
    g_autoptr (FoveaTrace) trace = figure_trace (6);
    g_autoptr (FoveaFigure) figure = figure_map_of (trace, figure_whole_map, 0);
    g_autoptr (GError) suffix = NULL, missing = NULL;
    g_autofree char *gif = g_build_filename (folder, "a.gif", NULL);
    ck_assert (!fovea_figure_save (figure, gif, 0, NULL, &suffix));
    ck_assert (g_error_matches (suffix, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED));
    ck_assert (!g_file_test (gif, G_FILE_TEST_EXISTS));
    g_autofree char *deep = g_build_filename (folder, "no", "a.pdf", NULL);
    ck_assert (!fovea_figure_save (figure, deep, 0, NULL, &missing));
    ck_assert_int_eq (missing->domain, G_FILE_ERROR);
    support_remove_dir (folder);
}
END_TEST

int
main (void)
{
    const int n = G_N_ELEMENTS (suffixes);
    Suite *suite = suite_create ("figure files");
    TCase *tcase = tcase_create ("files");
    tcase_add_loop_test (tcase, file_is_the_same_bytes_twice_and_in_another_process, 0, n);
    tcase_add_loop_test (tcase, query_comes_back_from_the_file, 0, n);
    tcase_add_loop_test (tcase, file_without_query_says_so, 0, n);
    tcase_add_loop_test (tcase, cut_files_are_refused_and_never_read_past_the_end, 0, n);
    tcase_add_test (tcase, text_stays_text_in_svg_and_pdf);
    tcase_add_test (tcase, any_text_makes_a_well_formed_svg);
    tcase_add_test (tcase, png_has_the_pixels_of_its_resolution_and_states_it);
    tcase_add_test (tcase, unknown_suffix_and_missing_folder_leave_nothing_behind);
    tcase_set_timeout (tcase, 60);
    suite_add_tcase (suite, tcase);
    return support_run (suite);
}
