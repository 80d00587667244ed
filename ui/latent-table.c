/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows are objects that own their words, since the latent they are of goes before they do. They are
 * made while somebody looks: some forty contexts and twelve tokens. */
#include "ui/latent-table.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/data-table.h"
#include "ui/figures/text.h"
#include "ui/token-text.h"

#define AROUND 4 /* tokens on either side of the firing one */

#define FOVEA_TYPE_LATENT_LINE (fovea_latent_line_get_type ())
G_DECLARE_FINAL_TYPE (FoveaLatentLine, fovea_latent_line, FOVEA, LATENT_LINE, GObject)

struct _FoveaLatentLine {
    GObject parent_instance;
    const char *what; /* translated, static */
    char *words;
    double value;
    gint64 sequence, position; /* -1: a next token stands nowhere */
};

G_DEFINE_FINAL_TYPE (FoveaLatentLine, fovea_latent_line, G_TYPE_OBJECT)

static void
fovea_latent_line_finalize (GObject *object)
{
    g_free (FOVEA_LATENT_LINE (object)->words);
    G_OBJECT_CLASS (fovea_latent_line_parent_class)->finalize (object);
}

static void
fovea_latent_line_class_init (FoveaLatentLineClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = fovea_latent_line_finalize;
}

static void
fovea_latent_line_init (FoveaLatentLine *self)
{
    self->sequence = self->position = -1;
}

struct _FoveaLatentTable {
    GtkBox parent_instance;
    FoveaFeatureModel *model;
    FoveaDataTable *table;
};

G_DEFINE_FINAL_TYPE (FoveaLatentTable, fovea_latent_table, GTK_TYPE_BOX)

static char *
what_text (gpointer item, gconstpointer unused)
{
    return g_strdup (((FoveaLatentLine *) item)->what);
}

static char *
words_text (gpointer item, gconstpointer unused)
{
    return g_strdup (((FoveaLatentLine *) item)->words);
}

static double
get_value (gpointer item, gconstpointer unused)
{
    return ((FoveaLatentLine *) item)->value;
}

static char *
value_text (gpointer item, gconstpointer unused)
{
    return fovea_weight_text (((FoveaLatentLine *) item)->value, 2);
}

static double
get_position (gpointer item, gconstpointer unused)
{
    gint64 position = ((FoveaLatentLine *) item)->position;
    return position >= 0 ? (double) position : NAN;
}

static char *
position_text (gpointer item, gconstpointer unused)
{
    gint64 position = ((FoveaLatentLine *) item)->position;
    return position >= 0 ? fovea_number_text (position) : g_strdup ("");
}

/* Tokens as they follow each other, the firing one set off. */
static char *
spell_context (const FoveaLatentExample *e)
{
    guint own = (guint) (e->position - e->first);
    GString *words = g_string_new (NULL);
    for (guint i = own > AROUND ? own - AROUND : 0; i < MIN (e->n, own + AROUND + 1); i++) {
        g_autofree char *text = fovea_text_token (e->texts[i], e->special[i], TRUE);
        gsize spaces = i == own ? strspn (text, " ") : 0;
        g_string_append_printf (words, i == own ? "%.*s»%s«" : "%.*s%s", (int) spaces, text,
                                text + spaces);
    }
    return g_strstrip (g_string_free (words, FALSE));
}

static void
add_contexts (GPtrArray *lines, GPtrArray *examples, const char *what)
{
    for (guint i = 0; i < examples->len; i++) {
        const FoveaLatentExample *e = g_ptr_array_index (examples, i);
        FoveaLatentLine *line = g_object_new (FOVEA_TYPE_LATENT_LINE, NULL);
        line->what = what;
        line->words = spell_context (e);
        line->value = (double) e->value;
        line->sequence = e->sequence;
        line->position = e->position;
        g_ptr_array_add (lines, line);
    }
}

static void
add_pushed (GPtrArray *lines, GArray *tokens, const char *what)
{
    for (guint i = 0; i < tokens->len; i++) {
        const FoveaLatentToken *token = &g_array_index (tokens, FoveaLatentToken, i);
        FoveaLatentLine *line = g_object_new (FOVEA_TYPE_LATENT_LINE, NULL);
        line->what = what;
        line->words = fovea_text_token (token->text, token->special, FALSE);
        line->value = (double) token->effect;
        g_ptr_array_add (lines, line);
    }
}

/* The last latent's rows stay until the next is read. */
static void
show (FoveaLatentTable *self)
{
    const FoveaSaeLatent *latent =
        self->model != NULL ? fovea_feature_model_get_shown (self->model) : NULL;
    g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_object_unref);
    if (latent == NULL || !gtk_widget_get_mapped (GTK_WIDGET (self)))
        return;
    const FoveaLatentInterval *interval = fovea_feature_model_get_interval (self->model);
    if (interval != NULL) { /* of the bins that were chosen in the histogram */
        add_contexts (lines, interval->examples, _ ("Chosen bins"));
    } else {
        add_contexts (lines, latent->positive, _ ("Strongest +"));
        add_contexts (lines, latent->negative, _ ("Strongest −"));
    }
    add_pushed (lines, latent->up, _ ("+ pushes up"));
    add_pushed (lines, latent->down, _ ("− pushes up"));
    fovea_data_table_set_items (self->table, lines);
}

static void
line_chosen (FoveaLatentTable *self, FoveaLatentLine *line)
{
    if (line->position >= 0)
        fovea_feature_model_visit (self->model, line->sequence, line->position);
}

/* As over the firing token of that context. */
static void
line_hovered (FoveaLatentTable *self, FoveaLatentLine *line)
{
    fovea_feature_model_hover (self->model, line != NULL ? line->sequence : -1,
                               line != NULL ? line->position : -1);
}

static void
fovea_latent_table_dispose (GObject *object)
{
    g_clear_object (&FOVEA_LATENT_TABLE (object)->model);
    G_OBJECT_CLASS (fovea_latent_table_parent_class)->dispose (object);
}

static void
fovea_latent_table_class_init (FoveaLatentTableClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_latent_table_dispose;
}

static void
fovea_latent_table_init (FoveaLatentTable *self)
{
    self->table =
        FOVEA_DATA_TABLE (fovea_data_table_new (_ ("Contexts and effects of the latent")));
    fovea_data_table_add_column (self->table, _ ("side"),
                                 &(FoveaDataColumn){.text = what_text, .chars = 12});
    fovea_data_table_add_column (self->table, _ ("value"),
                                 &(FoveaDataColumn){.text = value_text, .number = get_value});
    fovea_data_table_add_column (self->table, _ ("at token"),
                                 &(FoveaDataColumn){.text = position_text, .number = get_position});
    fovea_data_table_add_column (self->table, _ ("words"),
                                 &(FoveaDataColumn){.text = words_text, .expand = TRUE});
    gtk_box_append (GTK_BOX (self), GTK_WIDGET (self->table));
    g_signal_connect_object (self->table, "chosen", G_CALLBACK (line_chosen), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->table, "hovered", G_CALLBACK (line_hovered), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect (self, "map", G_CALLBACK (show), NULL);
}

GtkWidget *
fovea_latent_table_new (FoveaFeatureModel *model)
{
    FoveaLatentTable *self = g_object_new (FOVEA_TYPE_LATENT_TABLE, NULL);
    self->model = g_object_ref (model);
    g_signal_connect_object (model, "latent-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
    g_signal_connect_object (model, "bins-changed", G_CALLBACK (show), self, G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}

GListModel *
fovea_latent_table_get_rows (FoveaLatentTable *self)
{
    return fovea_data_table_get_rows (self->table);
}
