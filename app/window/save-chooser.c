/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The name begins without an ending, which the filter then says: no dialog tells of its filter before
 * the answer. */
#include "app/window/save-chooser.h"

#include <glib/gi18n.h>

typedef struct {
    const FoveaSaveFormat *formats;
    guint n;
    FoveaSaveChosen chosen;
    GWeakRef object;
} Question;

static void
question_free (gpointer data)
{
    Question *question = data;
    g_weak_ref_clear (&question->object);
    g_free (question);
}

char *
fovea_save_chooser_complete (const char *path,
                             const FoveaSaveFormat *formats,
                             guint n,
                             guint chosen)
{
    for (guint i = 0; i < n; i++) {
        g_autofree char *ending = g_strdup_printf (".%s", formats[i].ending);
        if (g_str_has_suffix (path, ending))
            return NULL;
    }
    return g_strdup_printf ("%s.%s", path, formats[MIN (chosen, n - 1)].ending);
}

/* The first where the dialog does not say. */
static guint
find_chosen (GtkFileChooser *chooser)
{
    g_autoptr (GListModel) filters = gtk_file_chooser_get_filters (chooser);
    GtkFileFilter *chosen = gtk_file_chooser_get_filter (chooser);
    for (guint i = 0; i < g_list_model_get_n_items (filters); i++) {
        g_autoptr (GtkFileFilter) filter = g_list_model_get_item (filters, i);
        if (filter == chosen)
            return i;
    }
    return 0;
}

/* The dialog asked about a file of the name without its ending: it asks again about one that is there
 * under the whole name. */
static void
answered (GtkNativeDialog *dialog, int response, Question *question)
{
    GtkFileChooser *chooser = GTK_FILE_CHOOSER (dialog);
    g_autoptr (GFile) file =
        response == GTK_RESPONSE_ACCEPT ? gtk_file_chooser_get_file (chooser) : NULL;
    g_autofree char *path = file != NULL ? g_file_get_path (file) : NULL;
    g_autofree char *whole = path != NULL
                                 ? fovea_save_chooser_complete (path, question->formats,
                                                                question->n, find_chosen (chooser))
                                 : NULL;
    if (whole != NULL && g_file_test (whole, G_FILE_TEST_EXISTS)) {
        g_autoptr (GFile) there = g_file_new_for_path (whole);
        gtk_file_chooser_set_file (chooser, there, NULL);
        gtk_native_dialog_show (dialog);
        return;
    }
    g_autoptr (GObject) object = g_weak_ref_get (&question->object);
    if (path != NULL && object != NULL)
        question->chosen (object, whole != NULL ? whole : path);
    g_object_unref (dialog);
}

static void
add_formats (GtkFileChooser *chooser, const Question *question)
{
    for (guint i = 0; i < question->n; i++) {
        g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();
        g_autofree char *name = g_strdup_printf ("%s (*.%s)", _ (question->formats[i].name),
                                                 question->formats[i].ending);
        gtk_file_filter_set_name (filter, name);
        gtk_file_filter_add_suffix (filter, question->formats[i].ending);
        gtk_file_chooser_add_filter (chooser, filter);
        if (i == 0)
            gtk_file_chooser_set_filter (chooser, filter);
    }
}

void
fovea_save_chooser_ask (GtkWindow *parent,
                        const char *title,
                        const char *stem,
                        const FoveaSaveFormat *formats,
                        guint n,
                        FoveaSaveChosen chosen,
                        gpointer object)
{
    GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
        title, parent, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("Save"), _ ("Cancel"));
    Question *question = g_new0 (Question, 1);
    question->formats = formats;
    question->n = n;
    question->chosen = chosen;
    g_weak_ref_init (&question->object, object);
    g_object_set_data_full (G_OBJECT (dialog), "question", question, question_free);
    add_formats (GTK_FILE_CHOOSER (dialog), question);
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (dialog), stem);
    gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
    g_signal_connect (dialog, "response", G_CALLBACK (answered), question);
    gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}
