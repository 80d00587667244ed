/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The models of before are a menu and no list with a choice of its own: beside a typed path that would
 * name another model than the one which is run. */
#include "app/window/model-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/window/preferences.h"
#include "ui/tip.h"

static void
recent_chosen (GSimpleAction *action, GVariant *path, GtkEditable *entry)
{
    gtk_editable_set_text (entry, g_variant_get_string (path, NULL));
}

/* Whole, since folders of one model are often called by a hash; a home is a tilde. */
static char *
shorten (const char *path)
{
    const char *home = g_get_home_dir ();
    gsize n = strlen (home);
    if (g_str_has_prefix (path, home) && path[n] == G_DIR_SEPARATOR)
        return g_strconcat ("~", path + n, NULL);
    return g_strdup (path);
}

/* Made when it is looked at. */
static void
fill_recent (GtkMenuButton *button, gpointer unused)
{
    g_autoptr (GMenu) menu = g_menu_new ();
    g_auto (GStrv) models = fovea_preferences_list_models ();
    for (guint i = 0; models[i] != NULL; i++) {
        g_autofree char *name = shorten (models[i]);
        g_autoptr (GMenuItem) item = g_menu_item_new (name, NULL);
        g_menu_item_set_action_and_target (item, "model.recent", "s", models[i]);
        g_menu_append_item (menu, item);
    }
    gtk_menu_button_set_menu_model (button, G_MENU_MODEL (menu));
}

static GtkWidget *
new_recent (GtkEditable *entry)
{
    GtkWidget *button = gtk_menu_button_new ();
    g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();
    g_autoptr (GSimpleAction) action = g_simple_action_new ("recent", G_VARIANT_TYPE_STRING);
    g_signal_connect_object (action, "activate", G_CALLBACK (recent_chosen), entry, 0);
    g_action_map_add_action (G_ACTION_MAP (actions), G_ACTION (action));
    gtk_widget_insert_action_group (button, "model", G_ACTION_GROUP (actions));
    gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _ ("Recent"));
    gtk_menu_button_set_create_popup_func (GTK_MENU_BUTTON (button), fill_recent, NULL, NULL);
    fovea_tip_set (button, _ ("Models captured before"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Models captured before"), -1);
    return button;
}

GtkWidget *
fovea_model_row_new (GtkEditable **entry, FoveaFormChanged changed, gpointer data)
{
    GtkWidget *row = fovea_form_new_path (entry, _ ("Model folder, file or demo"),
                                          GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, changed, data);
    g_auto (GStrv) models = fovea_preferences_list_models ();
    gtk_box_insert_child_after (GTK_BOX (row), new_recent (*entry),
                                gtk_widget_get_first_child (row));
    fovea_form_add_chooser (row, *entry, _ ("File…"), GTK_FILE_CHOOSER_ACTION_OPEN);
    gtk_editable_set_text (*entry, models[0]);
    return row;
}

gboolean
fovea_model_row_is_model (const char *path)
{
    static const char *const suffixes[] = {".gguf", ".safetensors", ".bin", ".pt", ".pth"};
    for (guint i = 0; i < G_N_ELEMENTS (suffixes); i++)
        if (g_str_has_suffix (path, suffixes[i]))
            return TRUE;
    return g_file_test (path, G_FILE_TEST_IS_DIR);
}
