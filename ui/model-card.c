/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#include "ui/model-card.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <string.h>

#include "ui/tip.h"
#include "ui/token-text.h"

struct _FoveaModelCard {
    GtkBox parent_instance;
    FoveaSelection *selection;
    GtkLabel *name, *fact_names[6], *facts[6];
};

G_DEFINE_FINAL_TYPE (FoveaModelCard, fovea_model_card, GTK_TYPE_BOX)

static const char *const fact_names[] = {N_ ("family"),     N_ ("layers × heads"), N_ ("width"),
                                         N_ ("vocabulary"), N_ ("weights"),        N_ ("hash")};
enum {
    VOCABULARY = 3
};

/* In the middle, where people do not compare; the tooltip has it whole. */
static char *
shorten_hash (const char *hash)
{
    gsize length = hash != NULL ? strlen (hash) : 0;
    if (length < 12)
        return g_strdup (length > 0 ? hash : "–");
    return g_strdup_printf ("sha256 %.4s…%s", hash, hash + length - 4);
}

/* What an imported trace does not know is 0. */
static char *
count_text (gint64 n)
{
    if (n == 0)
        return g_strdup ("–");
    if (n >= 1000000)
        return g_strdup_printf ("%.1f M", (double) n / 1e6);
    return fovea_number_text (n);
}

/* The card is of the trace's model, so it changes with the sequence. */
static void
show_model (FoveaModelCard *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    if (info == NULL)
        return;
    const FoveaArchitecture *a = info->architecture;
    g_autofree char *width = count_text (a->width);
    g_autofree char *parameters = count_text (a->n_parameters);
    g_autofree char *dtype = g_ascii_strdown (fovea_dtype_name (a->weight_dtype), -1);
    char *texts[] = {
        g_strdup_printf ("%s, %s", a->family != NULL ? a->family : _ ("unknown"),
                         a->n_encoder_layers > 0                           ? _ ("encoder-decoder")
                         : fovea_architecture_get_score_rule (a, 0).causal ? _ ("decoder")
                                                                           : _ ("encoder")),
        g_strdup_printf (_ ("%" PRId64 " × %" PRId64 ", %" PRId64 " key/value"), a->n_layers,
                         a->n_heads, a->n_kv_heads),
        g_strdup_printf (_ ("%s, head %" PRId64), width, a->head_width),
        count_text (a->vocabulary),
        a->n_parameters > 0 ? g_strdup_printf ("%s, %s", dtype, parameters) : g_strdup ("–"),
        shorten_hash (info->model_hash),
    };
    gtk_label_set_text (self->name, info->model_name != NULL ? info->model_name : "");
    /* What an image model says of a picture. */
    gtk_label_set_text (self->fact_names[VOCABULARY],
                        a->image_size > 0 ? _ ("labels") : _ (fact_names[VOCABULARY]));
    for (guint i = 0; i < G_N_ELEMENTS (texts); i++) {
        gtk_label_set_text (self->facts[i], texts[i]);
        g_free (texts[i]);
    }
    fovea_tip_set (GTK_WIDGET (self->facts[5]), info->model_hash);
}

/* What a note in a paper needs: every fact, the hash in full. */
static void
copy (FoveaModelCard *self)
{
    g_autoptr (GString) text = g_string_new (gtk_label_get_text (self->name));
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    if (info == NULL)
        return;
    for (guint i = 0; i + 1 < G_N_ELEMENTS (fact_names); i++)
        g_string_append_printf (text, "\n%s\t%s", gtk_label_get_text (self->fact_names[i]),
                                gtk_label_get_text (self->facts[i]));
    g_string_append_printf (text, "\nhash\t%s", info->model_hash);
    gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text->str);
}

static GtkWidget *
build_copy (FoveaModelCard *self)
{
    GtkWidget *button = gtk_button_new_from_icon_name ("edit-copy-symbolic");
    gtk_widget_add_css_class (button, "flat");
    fovea_tip_set (button, _ ("Copy the model's facts, the hash in full"));
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                    _ ("Copy the model's facts"), -1);
    g_signal_connect_swapped (button, "clicked", G_CALLBACK (copy), self);
    return button;
}

/* Values can be selected and copied, but do not take the focus on a click. */
static GtkWidget *
build_facts (FoveaModelCard *self)
{
    GtkWidget *grid = gtk_grid_new ();
    gtk_grid_set_column_spacing (GTK_GRID (grid), 6);
    gtk_grid_set_row_spacing (GTK_GRID (grid), 5);
    for (int i = 0; i < 6; i++) {
        GtkWidget *name = gtk_label_new (_ (fact_names[i])), *value = gtk_label_new ("–");
        gtk_widget_add_css_class (name, "quiet");
        gtk_label_set_xalign (GTK_LABEL (name), 0);
        gtk_label_set_xalign (GTK_LABEL (value), 0);
        gtk_label_set_selectable (GTK_LABEL (value), TRUE);
        gtk_label_set_ellipsize (GTK_LABEL (value), PANGO_ELLIPSIZE_END);
        gtk_widget_set_focus_on_click (value, FALSE);
        gtk_accessible_update_relation (GTK_ACCESSIBLE (value), GTK_ACCESSIBLE_RELATION_LABELLED_BY,
                                        name, NULL, -1);
        gtk_grid_attach (GTK_GRID (grid), name, 0, i, 1, 1);
        gtk_grid_attach (GTK_GRID (grid), value, 1, i, 1, 1);
        self->fact_names[i] = GTK_LABEL (name);
        self->facts[i] = GTK_LABEL (value);
    }
    return grid;
}

static void
fovea_model_card_dispose (GObject *object)
{
    g_clear_object (&FOVEA_MODEL_CARD (object)->selection);
    G_OBJECT_CLASS (fovea_model_card_parent_class)->dispose (object);
}

static void
fovea_model_card_class_init (FoveaModelCardClass *klass)
{
    G_OBJECT_CLASS (klass)->dispose = fovea_model_card_dispose;
}

static void
fovea_model_card_init (FoveaModelCard *self)
{
    GtkBox *card = GTK_BOX (self);
    GtkWidget *heading = gtk_label_new (_ ("MODEL"));
    gtk_orientable_set_orientation (GTK_ORIENTABLE (self), GTK_ORIENTATION_VERTICAL);
    gtk_box_set_spacing (card, 3);
    gtk_widget_add_css_class (GTK_WIDGET (self), "modelcard");
    gtk_widget_add_css_class (heading, "section");
    gtk_label_set_xalign (GTK_LABEL (heading), 0);
    self->name = GTK_LABEL (gtk_label_new (_ ("none yet")));
    gtk_widget_add_css_class (GTK_WIDGET (self->name), "name");
    gtk_label_set_xalign (self->name, 0);
    gtk_label_set_ellipsize (self->name, PANGO_ELLIPSIZE_MIDDLE);
    GtkWidget *row = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
    gtk_widget_set_hexpand (GTK_WIDGET (self->name), TRUE);
    gtk_box_append (GTK_BOX (row), GTK_WIDGET (self->name));
    gtk_box_append (GTK_BOX (row), build_copy (self));
    gtk_box_append (card, heading);
    gtk_box_append (card, row);
    gtk_box_append (card, build_facts (self));
}

GtkWidget *
fovea_model_card_new (FoveaSelection *selection)
{
    FoveaModelCard *self = g_object_new (FOVEA_TYPE_MODEL_CARD, NULL);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (selection, "trace-changed", G_CALLBACK (show_model), self,
                             G_CONNECT_SWAPPED);
    return GTK_WIDGET (self);
}
