/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A whole window over a store that is damaged while it is open, or that lacks what is asked for: what the bars
 * of the views and the export dialog say, and that "Try again" reads what can be read by then. Exit status 77
 * without a display. */
#include <sqlite3.h>
#include <string.h>

#include "app/data-files.h"
#include "app/window/export-contents.h"
#include "app/window/window-private.h"
#include "fovea-config.h"
#include "storage/dictionary.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"

/* The bar of the view in front. */
static FoveaFailureBar *
find_bar (Bench *bench)
{
    GtkWidget *view = gtk_stack_get_visible_child (bench->window->views);
    return FOVEA_FAILURE_BAR (find_labelled (view, FOVEA_TYPE_FAILURE_BAR, NULL));
}

static void
change_store (Bench *bench, const char *sql)
{
    sqlite3 *db = NULL;
    char *message = NULL;
    ck_assert_int_eq (sqlite3_open (bench->path, &db), SQLITE_OK);
    sqlite3_busy_timeout (db, 10000);
    ck_assert_msg (sqlite3_exec (db, sql, NULL, NULL, &message) == SQLITE_OK, "%s", message);
    sqlite3_close (db);
}

static void
try_again (FoveaFailureBar *bar)
{
    g_signal_emit_by_name (find_labelled (GTK_WIDGET (bar), GTK_TYPE_BUTTON, "Try again"),
                           "clicked");
}

static void
run_program (const char *arguments)
{
    g_autofree char *line =
        g_strdup_printf ("%s %s", FOVEA_BUILD_DIR "/app/command/fovea", arguments);
    int status = -1;
    ck_assert_msg (g_spawn_command_line_sync (line, NULL, NULL, &status, NULL), "%s", line);
    ck_assert_msg (status == 0, "status %d of %s", status, line);
}

/* The scored store with the codes of the bundled dictionary, not yet looked at. */
static void
open_encoded (Bench *bench)
{
    g_autofree char *folder = fovea_data_find ("sae/abstopk", NULL);
    open_scored (bench);
    g_autofree char *line =
        g_strdup_printf ("%s sae encode %s %s --model demo", FOVEA_BUILD_DIR "/app/command/fovea",
                         folder, bench->path);
    int status = -1;
    ck_assert (g_spawn_command_line_sync (line, NULL, NULL, &status, NULL));
    ck_assert_int_eq (status, 0);
}

START_TEST (a_dictionary_that_cannot_be_read_is_named_and_read_when_tried_again)
{
    Bench *bench = bench_new ();
    open_encoded (bench);
    change_store (bench, "UPDATE code_rows SET n_codes = n_codes + 1");
    activate (bench, "view", g_variant_new_string ("features"));
    FoveaFailureBar *bar = find_bar (bench);
    for (int round = 0; round < 2; round++) {
        RUN_UNTIL (fovea_failure_bar_get_message (bar) != NULL);
        ck_assert_msg (g_str_has_prefix (fovea_failure_bar_get_message (bar),
                                         "Dictionary abstopk on blocks.3.hook_resid_post: "),
                       "%s", fovea_failure_bar_get_message (bar));
        ck_assert_ptr_nonnull (
            find_text (GTK_WIDGET (bench->window), "Its dictionaries cannot be read."));
        if (round == 0)
            try_again (bar);
    }
    /* Where and when it was, as in the bar of the window. */
    gtk_widget_activate_action (GTK_WIDGET (bar), "failure.details", NULL);
    const char *details = fovea_failure_bar_get_details (bar);
    ck_assert_msg (strstr (details, FOVEA_VERSION) != NULL && strstr (details, bench->path) != NULL,
                   "%s", details);
    change_store (bench, "UPDATE code_rows SET n_codes = n_codes - 1");
    try_again (bar);
    RUN_UNTIL (fovea_feature_model_get_source (bench->window->features) != NULL);
    ck_assert_ptr_null (fovea_failure_bar_get_message (bar));
    bench_free (bench);
}
END_TEST

/* Sequences that have codes of the one dictionary, of how many there are. */
static void
assert_encoded (Bench *bench, gint64 n, gint64 n_all)
{
    g_autoptr (FoveaStore) store = fovea_store_open (bench->path, FOVEA_STORE_READ, NULL);
    g_autoptr (GPtrArray) list = fovea_store_list_dictionaries (store, NULL);
    ck_assert_uint_eq (list->len, 1);
    const FoveaDictionaryInfo *info = g_ptr_array_index (list, 0);
    ck_assert_int_eq (info->n_sequences, n);
    ck_assert_int_eq (info->n_all, n_all);
}

/* In both ways that are told. */
START_TEST (what_was_captured_after_an_encoding_is_encoded_too_when_it_is_wanted)
{
    Bench *bench = bench_new ();
    g_autofree char *capture = NULL;
    open_encoded (bench);
    capture = g_strdup_printf ("capture demo 'The time traveller' -o %s", bench->path);
    for (int way = 0; way < 2; way++) {
        run_program (capture);
        assert_encoded (bench, way + 1, way + 2);
        activate (bench, "view", g_variant_new_string ("heads"));
        g_clear_pointer (&bench->window->features_path, g_free); /* as when it is opened again */
        activate (bench, "view", g_variant_new_string ("features"));
        FoveaOfferBar *rest = fovea_features_page_get_rest (bench->window->features_page);
        g_autofree char *text =
            g_strdup_printf ("Codes of %d of %d sequences: the rest came later.", way + 1, way + 2);
        g_autofree char *status =
            g_strdup_printf ("%d of %d sequences have codes of abstopk · blocks.3.hook_resid_post; "
                             "Ctrl+G encodes the rest",
                             way + 1, way + 2);
        RUN_UNTIL (g_strcmp0 (fovea_offer_bar_get_text (rest), text) == 0);
        ck_assert_str_eq (fovea_window_get_status (bench->window), status);
        if (way == 0)
            g_signal_emit_by_name (
                find_labelled (GTK_WIDGET (rest), GTK_TYPE_BUTTON, "Encode the rest"), "clicked");
        else
            activate (bench, "go-on", NULL);
        RUN_UNTIL (fovea_window_is_busy (bench->window));
        RUN_UNTIL (!fovea_window_is_busy (bench->window));
        ck_assert_ptr_null (fovea_window_get_failure (bench->window));
        RUN_UNTIL (fovea_feature_model_get_source (bench->window->features) != NULL);
        assert_encoded (bench, way + 2, way + 2);
        ck_assert_ptr_null (fovea_offer_bar_get_text (rest));
    }
    bench_free (bench);
}
END_TEST

static const char broken[] = "map tile: head 5.10: chunk 7 of run 1 is damaged";

static char *
tell_context (GtkWidget *root)
{
    return g_strdup_printf ("store: %s", gtk_window_get_title (GTK_WINDOW (root)));
}

START_TEST (a_failure_is_one_line_until_its_details_are_asked_for)
{
    FoveaFailureBar *bar = FOVEA_FAILURE_BAR (fovea_failure_bar_new (TRUE));
    GtkWidget *window = gtk_window_new ();
    gtk_window_set_title (GTK_WINDOW (window), "a.fovea");
    gtk_window_set_child (GTK_WINDOW (window), GTK_WIDGET (bar));
    fovea_failure_bar_set_teller (window, tell_context);
    ck_assert_ptr_null (fovea_failure_bar_get_message (bar));
    fovea_failure_bar_show (bar, broken);
    gtk_window_set_title (GTK_WINDOW (window), "b.fovea"); /* opened before anybody looks */
    ck_assert_str_eq (fovea_failure_bar_get_message (bar), broken);
    ck_assert_ptr_null (fovea_failure_bar_get_details (bar));
    gtk_widget_activate_action (GTK_WIDGET (bar), "failure.details", NULL);
    const char *details = fovea_failure_bar_get_details (bar);
    ck_assert_ptr_nonnull (strstr (details, broken));
    ck_assert_ptr_nonnull (strstr (details, "store: a.fovea"));
    gtk_widget_activate_action (GTK_WIDGET (bar), "failure.details", NULL);
    ck_assert_ptr_null (fovea_failure_bar_get_details (bar));
    gtk_window_destroy (GTK_WINDOW (window));
}
END_TEST

/* The export dialog's list whose choices begin so. */
static GtkDropDown *
find_list (GtkWidget *parent, const char *first)
{
    EACH_WIDGET (widget, parent) {
        GListModel *model =
            GTK_IS_DROP_DOWN (widget) ? gtk_drop_down_get_model (GTK_DROP_DOWN (widget)) : NULL;
        if (GTK_IS_STRING_LIST (model) &&
            g_str_equal (gtk_string_list_get_string (GTK_STRING_LIST (model), 0), first))
            return GTK_DROP_DOWN (widget);
    }
    return NULL;
}

static GtkWidget *
open_export_of_map (Bench *bench)
{
    activate (bench, "view", g_variant_new_string ("map"));
    activate (bench, "export", NULL);
    GtkWidget *dialog = wait_for_window ("Export");
    GtkWidget *picture = find_labelled (dialog, GTK_TYPE_PICTURE, NULL);
    RUN_UNTIL (gtk_picture_get_paintable (GTK_PICTURE (picture)) != NULL);
    return dialog;
}

/* A store beside the one of the bench, open.   Owner: caller. */
static char *
open_other (Bench *bench, const char *name)
{
    char *path = g_build_filename (bench->folder, name, NULL);
    fovea_window_open (bench->window, path);
    RUN_UNTIL (bench->window->opened != NULL && g_str_equal (bench->window->opened->path, path) &&
               g_action_group_get_action_enabled (G_ACTION_GROUP (bench->window), "export"));
    return path;
}

static GtkWidget *
find_row (GtkWidget *root, const char *words)
{
    EACH_WIDGET (label, root)
        if (GTK_IS_LABEL (label) &&
            g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), words) == 0 &&
            gtk_widget_get_ancestor (label, GTK_TYPE_LIST_VIEW) != NULL)
            return gtk_widget_get_parent (label);
    return NULL;
}

/* As of a cache of patterns that another program saved. */
START_TEST (a_kept_pattern_has_no_scores_to_choose)
{
    Bench *bench = bench_new ();
    g_autofree char *saved = g_build_filename (bench->folder, "p.safetensors", NULL);
    g_autofree char *imported = g_build_filename (bench->folder, "p.fovea", NULL);
    g_autofree char *save = g_strdup_printf ("export %s --point 'blocks.*.attn.hook_pattern' -o %s",
                                             bench->path, saved);
    g_autofree char *load = g_strdup_printf ("import %s -o %s", saved, imported);
    GtkWidget *row = NULL;
    open_scored (bench);
    run_program (save);
    run_program (load);
    g_autofree char *path = open_other (bench, "p.fovea");
    GtkWidget *dialog = open_export_of_map (bench);
    GtkWidget *scale = GTK_WIDGET (find_list (dialog, "log"));
    g_signal_emit_by_name (scale, "activate");
    RUN_UNTIL ((row = find_row (scale, "score")) != NULL && gtk_widget_get_mapped (row));
    ck_assert (!gtk_widget_get_sensitive (row));
    ck_assert_ptr_nonnull (strstr (gtk_widget_get_tooltip_text (row), ".attn.hook_q and hook_k"));
    ck_assert (gtk_widget_get_sensitive (find_row (scale, "linear")));
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

START_TEST (where_there_is_no_picture_the_dialog_says_what_keeps_one)
{
    Bench *bench = bench_new ();
    g_autofree char *bare = g_build_filename (bench->folder, "n.fovea", NULL);
    g_autofree char *capture = g_strdup_printf (
        "capture demo 'The time traveller' --points 'blocks.*.hook_resid_post' -o %s", bare);
    run_program (capture);
    g_autofree char *path = open_other (bench, "n.fovea");
    activate (bench, "export", NULL);
    GtkWidget *dialog = wait_for_window ("Export");
    for (guint content = 0; content < 3; content++) { /* this map, all heads, tokens */
        RUN_UNTIL (find_list (dialog, "This map") != NULL);
        gtk_drop_down_set_selected (find_list (dialog, "This map"), content);
        RUN_UNTIL (find_text (dialog, "No picture of these choices") != NULL);
        const char *why = find_text (dialog, "Needs blocks.");
        ck_assert_ptr_nonnull (why);
        ck_assert_ptr_nonnull (strstr (why, "fovea capture MODEL -f TEXT -o STORE --points "));
    }
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

/* What would only be refused is not offered; numbers of a map may be its scores. */
START_TEST (a_kind_offers_the_forms_that_it_has)
{
    Bench *bench = bench_new ();
    static const struct {
        FoveaFigureKind kind;
        guint n;
        gboolean csv, npz;
    } kinds[] = {
        {FOVEA_FIGURE_MAP, 6, TRUE, TRUE},      {FOVEA_FIGURE_HEADS, 6, TRUE, TRUE},
        {FOVEA_FIGURE_PICTURE, 5, FALSE, TRUE}, {FOVEA_FIGURE_RECALL, 5, TRUE, FALSE},
        {FOVEA_FIGURE_MASK, 4, FALSE, FALSE},   {FOVEA_FIGURE_SPARSITY, 5, TRUE, FALSE},
        {FOVEA_FIGURE_QK, 6, TRUE, TRUE},
    };
    const FoveaLatentExport none = {NULL, -1};
    g_autoptr (GArray) formats = g_array_new (FALSE, FALSE, sizeof (guint));
    for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
        g_autoptr (GtkStringList) list = fovea_export_list_formats (kinds[i].kind, &none, formats);
        gboolean csv = FALSE, npz = FALSE;
        for (guint f = 0; f < formats->len; f++) {
            csv |= g_array_index (formats, guint, f) == FOVEA_EXPORT_CSV;
            npz |= g_array_index (formats, guint, f) == FOVEA_EXPORT_NPZ;
        }
        ck_assert_uint_eq (formats->len, kinds[i].n);
        ck_assert_uint_eq (g_list_model_get_n_items (G_LIST_MODEL (list)), kinds[i].n);
        ck_assert (csv == kinds[i].csv && npz == kinds[i].npz);
    }
    open_scored (bench);
    GtkWidget *dialog = open_export_of_map (bench);
    gtk_drop_down_set_selected (find_list (dialog, "PDF"), 4); /* CSV */
    ck_assert (gtk_widget_get_sensitive (GTK_WIDGET (find_list (dialog, "log"))));
    gtk_window_destroy (GTK_WINDOW (dialog));
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, a_failure_is_one_line_until_its_details_are_asked_for);
    tcase_add_test (tcase, a_kept_pattern_has_no_scores_to_choose);
    tcase_add_test (tcase, where_there_is_no_picture_the_dialog_says_what_keeps_one);
    tcase_add_test (tcase, a_kind_offers_the_forms_that_it_has);
    tcase_add_test (tcase, what_was_captured_after_an_encoding_is_encoded_too_when_it_is_wanted);
    tcase_add_test (tcase, a_dictionary_that_cannot_be_read_is_named_and_read_when_tried_again);
}

int
main (void)
{
    return window_bench_main ("window-failures", add_tests);
}
