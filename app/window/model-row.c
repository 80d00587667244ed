/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The list of the models of before never shows one as chosen: beside a typed path that would name another model
 * than the one which is run. */
#include "app/window/model-row.h"

#include <glib/gi18n.h>
#include <string.h>

#include "app/window/preferences.h"
#include "ui/tip.h"

#define MODELS_KEY "fovea-models" /* whole paths of the list */

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

/* What was chosen goes into the entry, and the list is of all again: the same may be chosen twice. */
static void
recent_chosen (GtkDropDown *list, GParamSpec *pspec, GtkEditable *entry)
{
    char **models = g_object_get_data (G_OBJECT (list), MODELS_KEY);
    guint at = gtk_drop_down_get_selected (list);
    if (at == 0 || at == GTK_INVALID_LIST_POSITION)
        return;
    gtk_drop_down_set_selected (list, 0);
    gtk_editable_set_text (entry, models[at - 1]);
}

static GtkWidget *
new_recent (GtkEditable *entry, char **models)
{
    g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
    g_strv_builder_add (builder, _ ("Recent"));
    for (guint i = 0; models[i] != NULL; i++) {
        g_autofree char *name = shorten (models[i]);
        g_strv_builder_add (builder, name);
    }
    g_auto (GStrv) names = g_strv_builder_end (builder);
    GtkWidget *list =
        fovea_form_new_list ((const char *const *) names, _ ("Models captured before"));
    g_object_set_data_full (G_OBJECT (list), MODELS_KEY, g_strdupv (models),
                            (GDestroyNotify) g_strfreev);
    g_signal_connect_object (list, "notify::selected", G_CALLBACK (recent_chosen), entry, 0);
    fovea_tip_set (list, _ ("Models captured before"));
    return list;
}

GtkWidget *
fovea_model_row_new (GtkEditable **entry, FoveaFormChanged changed, gpointer data)
{
    GtkWidget *row = fovea_form_new_path (entry, _ ("Model folder, file or demo"),
                                          GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, changed, data);
    g_auto (GStrv) models = fovea_preferences_list_models ();
    gtk_box_insert_child_after (GTK_BOX (row), new_recent (*entry, models),
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
