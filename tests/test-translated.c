/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* test-translated MAKE-PSEUDO ROOT: the window in a made-up language, whose texts stand in brackets and are a third
 * longer than the English ones (tests/make-pseudo.py). What people read is in brackets, and no
 * control is pushed out of sight. Exit status 77 without a display. */
#include "app/window/language.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"

static const char *const views[] = {"heads", "map", "sparsity", "features"};

/* Not English but data, terms of the field that stand in filters and files, names of devices. */
static gboolean
is_data (const char *text)
{
    static GRegex *pattern;
    if (pattern == NULL)
        pattern = g_regex_new (
            "^(fovea-demo|demo|look\\.fovea|The Psychologist.*|llama, .*|CPU, .*|bf16, .*|sha256 "
            ".*|Fovea"
            "|\\(None\\)|induction|previous token|duplicate token|sink|local|retrieval|streaming"
            "|[0-9.]+.[kMG]B|hook_\\w+|mlp\\.hook_post|PDF|[0-9]+ pt|fovea \\w+ (.|\\n)*)$",
            G_REGEX_OPTIMIZE, 0, NULL);
    return g_regex_match (pattern, text, 0, NULL);
}

/* Words are two letters in a row; numbers with a unit, ids and marks are none. */
static gboolean
has_words (const char *text)
{
    for (const char *at = text; at[0] != '\0'; at++)
        if (g_ascii_isalpha (at[0]) && g_ascii_isalpha (at[1]))
            return TRUE;
    return FALSE;
}

/* Tokens of the text and lists of heads are data wherever they stand. */
static gboolean
is_below (GtkWidget *widget, const char *type)
{
    GType wanted = g_type_from_name (type);
    return wanted != 0 && gtk_widget_get_ancestor (widget, wanted) != NULL;
}

static void
list_untranslated (GtkWidget *parent, GString *found)
{
    for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
         child = gtk_widget_get_next_sibling (child)) {
        if (!gtk_widget_get_mapped (child))
            continue;
        const char *text = GTK_IS_LABEL (child) ? gtk_label_get_text (GTK_LABEL (child)) : "";
        if (has_words (text) && strpbrk (text, "[]") == NULL && !is_data (text) &&
            !is_below (child, "FoveaFactRow"))
            g_string_append_printf (found, "“%s” in %s\n", text, G_OBJECT_TYPE_NAME (parent));
        list_untranslated (child, found);
    }
}

/* A control outside of what its frame shows is there for the pointer only after scrolling. */
static void
list_hidden (GtkWidget *parent, GtkWidget *frame, GString *found)
{
    for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
         child = gtk_widget_get_next_sibling (child)) {
        graphene_rect_t place;
        if (!gtk_widget_get_mapped (child))
            continue;
        if ((GTK_IS_BUTTON (child) || GTK_IS_DROP_DOWN (child)) &&
            gtk_widget_compute_bounds (child, frame, &place) &&
            (place.origin.x < 0 ||
             place.origin.x + place.size.width > (float) gtk_widget_get_width (frame)))
            g_string_append_printf (found, "%s “%s” ends at %.0f of %d\n",
                                    G_OBJECT_TYPE_NAME (child), gtk_widget_get_tooltip_text (child),
                                    place.origin.x + place.size.width,
                                    gtk_widget_get_width (frame));
        list_hidden (child, frame, found);
    }
}

static void
list_hidden_controls (GtkWidget *parent, GString *found)
{
    EACH_WIDGET (widget, parent)
        if (gtk_widget_get_mapped (widget) && gtk_widget_has_css_class (widget, "toolbar"))
            list_hidden (widget, gtk_widget_get_parent (widget), found);
}

/* The toolbar that is mapped has its size: there is one a view. */
static gboolean
is_laid_out (GtkWidget *parent)
{
    for (GtkWidget *child = gtk_widget_get_first_child (parent); child != NULL;
         child = gtk_widget_get_next_sibling (child))
        if (gtk_widget_get_mapped (child) &&
            ((gtk_widget_has_css_class (child, "toolbar") && gtk_widget_get_width (child) > 0) ||
             is_laid_out (child)))
            return TRUE;
    return FALSE;
}

static void
settle (void)
{
    while (g_main_context_pending (NULL))
        g_main_context_iteration (NULL, FALSE);
}

START_TEST (the_start_page_speaks_the_language)
{
    Bench *bench = bench_new ();
    g_autoptr (GString) found = g_string_new (NULL);
    settle ();
    list_untranslated (GTK_WIDGET (bench->window), found);
    ck_assert_msg (found->len == 0, "%s", found->str);
    ck_assert_ptr_nonnull (find_text (GTK_WIDGET (bench->window), "[See where"));
    bench_free (bench);
}
END_TEST

START_TEST (every_view_speaks_the_language_and_shows_every_control)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    for (guint i = 0; i < G_N_ELEMENTS (views); i++) {
        g_autoptr (GString) found = g_string_new (NULL);
        g_autoptr (GString) hidden = g_string_new (NULL);
        activate (bench, "view", g_variant_new_string (views[i]));
        RUN_UNTIL (is_laid_out (GTK_WIDGET (bench->window)));
        list_untranslated (GTK_WIDGET (bench->window), found);
        list_hidden_controls (GTK_WIDGET (bench->window), hidden);
        ck_assert_msg (found->len == 0, "%s:\n%s", views[i], found->str);
        ck_assert_msg (hidden->len == 0, "%s:\n%s", views[i], hidden->str);
    }
    bench_free (bench);
}
END_TEST

/* As a border that is dragged does it: what gives way on the way makes room for the next step. */
static void
narrow (GtkWidget *window)
{
    gint64 deadline = g_get_monotonic_time () + WINDOW_BENCH_DEADLINE_S * G_USEC_PER_SEC;
    while (gtk_widget_get_width (window) > 960 && g_get_monotonic_time () < deadline) {
        gtk_window_set_default_size (GTK_WINDOW (window), 960, 600);
        for (guint turn = 0; turn < 5; turn++)
            window_bench_iterate ();
    }
}

/* The least size that ui.md names: sidebar and inspector are folded away there. */
START_TEST (the_longer_words_fit_the_smallest_window)
{
    Bench *bench = bench_new ();
    GtkWidget *window = GTK_WIDGET (bench->window);
    open_scored (bench);
    narrow (window);
    for (guint i = 0; i < G_N_ELEMENTS (views); i++) {
        g_autoptr (GString) hidden = g_string_new (NULL);
        activate (bench, "view", g_variant_new_string (views[i]));
        RUN_UNTIL (is_laid_out (window));
        ck_assert_msg (gtk_widget_get_width (window) <= 960, "%s makes the window %d wide",
                       views[i], gtk_widget_get_width (window));
        list_hidden_controls (window, hidden);
        ck_assert_msg (hidden->len == 0, "%s:\n%s", views[i], hidden->str);
    }
    bench_free (bench);
}
END_TEST

static void
list_dialog (Bench *bench, const char *action, const char *title, GString *found)
{
    activate (bench, action, NULL);
    RUN_UNTIL (find_window (title) != NULL && gtk_widget_get_mapped (find_window (title)));
    settle ();
    list_untranslated (find_window (title), found);
    gtk_window_destroy (GTK_WINDOW (find_window (title)));
}

START_TEST (dialogs_speak_the_language)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    g_autoptr (GString) found = g_string_new (NULL);
    list_dialog (bench, "new-capture", "[New capture~~~]", found);
    list_dialog (bench, "export", "[Export~~]", found);
    list_dialog (bench, "preferences", "[Preferences~~~]", found);
    ck_assert_msg (found->len == 0, "%s", found->str);
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, the_start_page_speaks_the_language);
    tcase_add_test (tcase, every_view_speaks_the_language_and_shows_every_control);
    tcase_add_test (tcase, the_longer_words_fit_the_smallest_window);
    tcase_add_test (tcase, dialogs_speak_the_language);
}

/* gettext wants a folder of folders, and a locale that is not plain C. */
int
main (int argc, char **argv)
{
    char *folder = g_dir_make_tmp ("fovea-words-XXXXXX", NULL);
    g_autofree char *language = g_build_filename (folder, "qps", "LC_MESSAGES", NULL);
    g_autofree char *words = g_build_filename (language, "fovea.mo", NULL);
    g_autoptr (GError) error = NULL;
    int made;
    if (argc != 3 || g_mkdir_with_parents (language, 0700) != 0 ||
        !g_spawn_sync (NULL, (char *[]){argv[1], argv[2], words, NULL}, NULL, 0, NULL, NULL, NULL,
                       NULL, &made, &error) ||
        !g_spawn_check_wait_status (made, &error)) {
        g_printerr ("no made-up language: %s\n", error != NULL ? error->message : "two arguments");
        return 1;
    }
    g_setenv ("LC_ALL", "C.UTF-8", TRUE);
    g_setenv ("LANGUAGE", "qps", TRUE);
    g_setenv ("FOVEA_LOCALE_DIR", folder, TRUE);
    fovea_language_start ();
    int status = window_bench_main ("translated", add_tests);
    support_remove_dir (folder);
    return status;
}
