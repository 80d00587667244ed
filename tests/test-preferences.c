/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The settings and their dialog: everything that people choose has a row, counts at once, follows what changes
 * it elsewhere, and can be taken back, by keyboard alone. An older version's schema is installed meanwhile. Exit
 * status 77 without a display. */
#include <string.h>

#include "app/window/preferences.h"
#include "app/window/window-private.h"
#include "tests/press-shortcut.h"
#include "tests/support.h"
#include "tests/widget-tree.h"
#include "tests/window-bench.h"

/* Keys of the schema: those with the title of their row, and those that the window merely remembers. */
static const struct {
    const char *key, *title;
} chosen[] = {{"look", "Colours of the window"},
              {"reopen", "Open what was open last"},
              {"sequence-order", "Sequences in the sidebar"},
              {"patience", "Longest job without asking"}};
static const char *const remembered[] = {"export-choices",   "recent-models",  "window-size",
                                         "window-maximized", "last-store",     "listed-stores",
                                         "show-sidebar",     "show-inspector", NULL};

/* Once it has been laid out, which decides where Tab goes. */
static GtkWidget *
wait_for_dialog (void)
{
    GtkWidget *dialog = wait_for_window ("Preferences");
    RUN_UNTIL (gtk_window_get_modal (GTK_WINDOW (dialog)));
    RUN_UNTIL (gtk_widget_get_height (gtk_window_get_child (GTK_WINDOW (dialog))) > 100);
    return dialog;
}

static GtkWidget *
open_dialog (Bench *bench)
{
    activate (bench, "preferences", NULL);
    return wait_for_dialog ();
}

static void
close_dialog (Bench *bench, GtkWidget *dialog)
{
    gtk_window_destroy (GTK_WINDOW (dialog));
    for (guint i = 0; i < G_N_ELEMENTS (chosen); i++)
        g_settings_reset (fovea_preferences_get (), chosen[i].key);
    bench_free (bench);
}

/* Beside the words of its row; NULL = there is no such row. */
static GtkWidget *
find_control (GtkWidget *dialog, const char *title)
{
    GtkWidget *label = find_label (dialog, title);
    return label != NULL ? gtk_widget_get_next_sibling (gtk_widget_get_parent (label)) : NULL;
}

static GtkWidget *
find_reset (GtkWidget *dialog, const char *title)
{
    return gtk_widget_get_last_child (gtk_widget_get_parent (find_control (dialog, title)));
}

START_TEST (every_key_is_chosen_in_a_row_or_merely_remembered)
{
    Bench *bench = bench_new ();
    GtkWidget *dialog = open_dialog (bench);
    g_autoptr (GSettingsSchema) schema = NULL;
    g_object_get (fovea_preferences_get (), "settings-schema", &schema, NULL);
    g_auto (GStrv) keys = g_settings_schema_list_keys (schema);
    ck_assert_uint_eq (g_strv_length (keys),
                       G_N_ELEMENTS (chosen) + g_strv_length ((char **) remembered));
    for (guint i = 0; i < G_N_ELEMENTS (chosen); i++) {
        ck_assert (g_settings_schema_has_key (schema, chosen[i].key));
        ck_assert_msg (find_control (dialog, chosen[i].title) != NULL, "%s", chosen[i].title);
    }
    for (guint i = 0; remembered[i] != NULL; i++)
        ck_assert (g_settings_schema_has_key (schema, remembered[i]));
    close_dialog (bench, dialog);
}
END_TEST

START_TEST (a_number_counts_while_it_is_typed_and_is_taken_back)
{
    Bench *bench = bench_new ();
    GtkWidget *dialog = open_dialog (bench);
    GtkSpinButton *spin = GTK_SPIN_BUTTON (find_control (dialog, "Longest job without asking"));
    GtkWidget *reset = find_reset (dialog, "Longest job without asking");
    ck_assert_double_eq_tol (gtk_spin_button_get_value (spin), 10, 1e-9);
    ck_assert (!gtk_widget_get_sensitive (reset));
    gtk_editable_set_text (GTK_EDITABLE (spin), "42");
    ck_assert_double_eq_tol (fovea_preferences_get_patience (), 42, 1e-9);
    ck_assert (gtk_widget_get_sensitive (reset));
    gtk_editable_set_text (GTK_EDITABLE (spin), "99999999"); /* more than the schema allows */
    ck_assert_double_le (fovea_preferences_get_patience (), 86400);
    g_settings_set_double (fovea_preferences_get (), "patience", 7);
    ck_assert_double_eq_tol (gtk_spin_button_get_value (spin), 7, 1e-9);
    gtk_widget_grab_focus (reset);
    g_signal_emit_by_name (reset, "clicked");
    ck_assert_double_eq_tol (gtk_spin_button_get_value (spin), 10, 1e-9);
    ck_assert_double_eq_tol (fovea_preferences_get_patience (), 10, 1e-9);
    ck_assert (!gtk_widget_get_sensitive (reset));
    /* The keys go on from the row. */
    ck_assert (
        gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (dialog)), GTK_WIDGET (spin)));
    close_dialog (bench, dialog);
}
END_TEST

START_TEST (the_order_of_the_sidebar_is_chosen_here_and_there)
{
    Bench *bench = bench_new ();
    GtkWidget *dialog = open_dialog (bench);
    GtkDropDown *list = GTK_DROP_DOWN (find_control (dialog, "Sequences in the sidebar"));
    gtk_drop_down_set_selected (list, FOVEA_ORDER_LONGEST);
    ck_assert_int_eq (fovea_sidebar_get_order (bench->window->sidebar), FOVEA_ORDER_LONGEST);
    g_action_group_change_action_state (G_ACTION_GROUP (bench->window), "sequence-order",
                                        g_variant_new_string ("title"));
    ck_assert_uint_eq (gtk_drop_down_get_selected (list), FOVEA_ORDER_TITLE);
    g_signal_emit_by_name (find_reset (dialog, "Sequences in the sidebar"), "clicked");
    ck_assert_int_eq (fovea_sidebar_get_order (bench->window->sidebar), FOVEA_ORDER_CAPTURED);
    ck_assert_uint_eq (gtk_drop_down_get_selected (list), FOVEA_ORDER_CAPTURED);
    close_dialog (bench, dialog);
}
END_TEST

static gboolean
is_dark (void)
{
    gboolean dark;
    g_object_get (gtk_settings_get_default (), "gtk-application-prefer-dark-theme", &dark, NULL);
    return dark;
}

/* Nobody tells here what the desktop has, which is then light. */
START_TEST (colours_change_at_once_and_back_to_the_desktops)
{
    Bench *bench = bench_new ();
    GtkWidget *dialog = open_dialog (bench);
    GtkDropDown *list = GTK_DROP_DOWN (find_control (dialog, "Colours of the window"));
    ck_assert (!is_dark ());
    gtk_drop_down_set_selected (list, FOVEA_LOOK_DARK);
    ck_assert (is_dark ());
    gtk_drop_down_set_selected (list, FOVEA_LOOK_LIGHT);
    ck_assert (!is_dark ());
    gtk_drop_down_set_selected (list, FOVEA_LOOK_DARK);
    g_signal_emit_by_name (find_reset (dialog, "Colours of the window"), "clicked");
    ck_assert (!is_dark ());
    ck_assert_uint_eq (gtk_drop_down_get_selected (list), FOVEA_LOOK_DESKTOP);
    close_dialog (bench, dialog);
}
END_TEST

static gboolean
is_at_start (Bench *bench)
{
    return g_str_equal (gtk_stack_get_visible_child_name (bench->window->root), "start");
}

/* The last store stays noted, so that it is opened again once that is wanted. */
START_TEST (a_start_opens_what_was_open_only_if_that_is_wanted)
{
    Bench *bench = bench_new ();
    open_scored (bench);
    activate (bench, "start", NULL);
    GtkWidget *dialog = open_dialog (bench);
    GSettings *settings = fovea_preferences_get ();
    GtkSwitch *control = GTK_SWITCH (find_control (dialog, "Open what was open last"));
    g_settings_set_string (settings, "last-store", bench->path);
    ck_assert (gtk_switch_get_active (control));
    gtk_switch_set_active (control, FALSE);
    fovea_window_restore (bench->window);
    ck_assert_ptr_null (fovea_window_get_wanted (bench->window));
    ck_assert (is_at_start (bench));
    gtk_switch_set_active (control, TRUE);
    fovea_window_restore (bench->window);
    ck_assert_str_eq (fovea_window_get_wanted (bench->window), bench->path);
    RUN_UNTIL (!is_at_start (bench));
    close_dialog (bench, dialog);
}
END_TEST

static gboolean
has_focus (GtkWidget *dialog, GtkWidget *control)
{
    GtkWidget *focus = gtk_window_get_focus (GTK_WINDOW (dialog));
    return focus != NULL && (focus == control || gtk_widget_is_ancestor (focus, control));
}

/* Tab goes from row to row, past what is not to be taken back; Escape leaves. */
START_TEST (the_keyboard_alone_reaches_every_row)
{
    Bench *bench = bench_new ();
    ck_assert (press_key (GTK_WINDOW (bench->window), GDK_KEY_comma, GDK_CONTROL_MASK));
    GtkWidget *dialog = wait_for_dialog ();
    for (guint i = 0; i < G_N_ELEMENTS (chosen); i++) {
        ck_assert_msg (has_focus (dialog, find_control (dialog, chosen[i].title)), "%s",
                       chosen[i].title);
        g_signal_emit_by_name (dialog, "move-focus", GTK_DIR_TAB_FORWARD);
    }
    g_settings_set_boolean (fovea_preferences_get (), "reopen", FALSE);
    gtk_widget_grab_focus (find_control (dialog, "Open what was open last"));
    g_signal_emit_by_name (dialog, "move-focus", GTK_DIR_TAB_FORWARD);
    ck_assert (has_focus (dialog, find_reset (dialog, "Open what was open last")));
    g_settings_reset (fovea_preferences_get (), "reopen");
    ck_assert (press_shortcut (dialog, GDK_KEY_Escape));
    RUN_UNTIL (find_window ("Preferences") == NULL);
    bench_free (bench);
}
END_TEST

static void
add_tests (TCase *tcase)
{
    tcase_add_test (tcase, every_key_is_chosen_in_a_row_or_merely_remembered);
    tcase_add_test (tcase, a_number_counts_while_it_is_typed_and_is_taken_back);
    tcase_add_test (tcase, the_order_of_the_sidebar_is_chosen_here_and_there);
    tcase_add_test (tcase, colours_change_at_once_and_back_to_the_desktops);
    tcase_add_test (tcase, a_start_opens_what_was_open_only_if_that_is_wanted);
    tcase_add_test (tcase, the_keyboard_alone_reaches_every_row);
}

/* The schema of a version that knew fewer keys, as it may be installed. GSettings ends a program that asks it for
 * others. */
static char *
install_old_schema (void)
{
    static const char old[] =
        "<schemalist><schema id='org.fovea.Fovea' path='/org/fovea/Fovea/'><key name='patience' "
        "type='d'><default>3</default></key></schema></schemalist>";
    char *folder = g_dir_make_tmp ("fovea-schema-XXXXXX", NULL);
    g_autofree char *file = g_build_filename (folder, "old.gschema.xml", NULL);
    char *arguments[] = {"glib-compile-schemas", folder, NULL};
    int status = -1;
    if (!g_file_set_contents (file, old, -1, NULL) ||
        !g_spawn_sync (NULL, arguments, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL, &status,
                       NULL) ||
        status != 0)
        g_error ("no old schema can be made");
    g_setenv ("GSETTINGS_SCHEMA_DIR", folder, TRUE);
    return folder;
}

int
main (void)
{
    g_unsetenv ("FOVEA_THEME"); /* which would have the last word */
    char *folder = install_old_schema ();
    int status = window_bench_main ("preferences", add_tests);
    support_remove_dir (folder);
    return status;
}
