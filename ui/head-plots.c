/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The box with both plots and the lists that choose what they show. */
#include "ui/head-plots.h"

#include <glib/gi18n.h>
#include <stdlib.h>

#include "ui/choice.h"
#include "ui/figures/picture-image.h"
#include "ui/scaled.h"
#include "ui/short-label.h"

typedef struct {
    FoveaHeadPlot *scatter, *ranked;
    GtkDropDown *across, *up, *rank;
    FoveaShortLabel *of, *note;
    gboolean by_hand; /* what ranks was chosen by the user */
    gboolean filling;
    FoveaSelection *selection; /* outlives the box, which the window builds after it */
} Plots;

static const struct {
    const char *name, *title, *column;
} choices[] = {
    {N_ ("Entropy"), N_ ("entropy, share of maximum"), "entropy_normalised"},
    {N_ ("Distance"), N_ ("mean distance, tokens"), "mean_distance"},
    {N_ ("First token"), N_ ("weight on token 0"), "first_token"},
    {N_ ("Window 16"), N_ ("mass within 16 tokens"), "window_16"},
    {N_ ("Largest weight"), N_ ("largest weight"), "max_weight"},
    {N_ ("Previous token"), N_ ("previous-token score"), "previous"},
    {N_ ("Induction"), N_ ("induction score"), "induction"},
    {N_ ("Duplicate token"), N_ ("duplicate-token score"), "duplicate"},
};

#define RANKED      5 /* where random repeats were captured, */
#define RANKED_TEXT 2 /* and where there are texts alone */

/* Titles come along, since the plot cannot know what a column means. */
static void
chosen (Plots *plots)
{
    guint x = gtk_drop_down_get_selected (plots->across),
          y = gtk_drop_down_get_selected (plots->up);
    guint r = gtk_drop_down_get_selected (plots->rank);
    plots->by_hand |= !plots->filling && r != RANKED && r != RANKED_TEXT;
    fovea_head_plot_set_scores (plots->scatter, choices[x].column, _ (choices[x].title),
                                choices[y].column, _ (choices[y].title));
    fovea_head_plot_set_scores (plots->ranked, choices[r].column, _ (choices[r].title), NULL, NULL);
}

static gboolean
is_some (const char *count)
{
    return count != NULL && !g_str_equal (count, "0");
}

/* What the points are of, and what the error bars are, wherever there are any. The plots are of the
 * table that the head roles come from, which may be of other texts than the open one: a model is scored
 * on those that come with Fovea. */
static void
show_note (GtkWidget *box)
{
    Plots *plots = g_object_get_data (G_OBJECT (box), "plots");
    FoveaTable *heads = fovea_selection_get_heads (plots->selection);
    const char *n = heads != NULL ? fovea_table_get_note (heads, "n_repeat") : NULL;
    const char *texts = heads != NULL ? fovea_table_get_note (heads, "n_text") : NULL;
    gboolean picture = fovea_picture_image_has (fovea_selection_get_info (plots->selection));
    g_autofree char *of =
        is_some (texts) && picture
            ? g_strdup_printf (ngettext ("mean over %s picture", "mean over %s pictures",
                                         strtoul (texts, NULL, 10)),
                               texts)
        : is_some (texts) && fovea_table_get_note (heads, "model") != NULL
            ? g_strdup_printf (
                  ngettext ("%s sample text", "%s sample texts", strtoul (texts, NULL, 10)), texts)
        : is_some (texts) ? g_strdup_printf (ngettext ("mean over %s text", "mean over %s texts",
                                                       strtoul (texts, NULL, 10)),
                                             texts)
        : is_some (n)     ? g_strdup (_ ("mean over the repeats"))
                          : g_strdup ("");
    g_autofree char *text =
        is_some (n) ? g_strdup_printf (_ ("mean ± s.e., %s repeats"), n) : g_strdup ("");
    fovea_short_label_set_forms (plots->of, of, NULL);
    fovea_short_label_set_forms (plots->note, text, n != NULL ? _ ("mean ± s.e.") : NULL);
    plots->filling = TRUE;
    if (heads != NULL && !plots->by_hand)
        gtk_drop_down_set_selected (plots->rank, is_some (n) ? RANKED : RANKED_TEXT);
    plots->filling = FALSE;
}

/* At the right end of a heading. */
static FoveaShortLabel *
add_note (GtkWidget *heading)
{
    GtkWidget *note = fovea_short_label_new_spare ();
    gtk_box_append (GTK_BOX (heading), note);
    return FOVEA_SHORT_LABEL (note);
}

/* Takes the room that there is when it stands alone. */
static void
add_plot (GtkWidget *column, FoveaHeadPlot *plot)
{
    GtkWidget *frame = fovea_scaled_new (GTK_WIDGET (plot));
    gtk_widget_set_vexpand (frame, TRUE);
    gtk_box_append (GTK_BOX (column), frame);
}

/* 24 pixels high, as controls in a plot heading are. */
static GtkDropDown *
add_list (GtkWidget *row, Plots *plots, const char *label, guint selected)
{
    g_autoptr (GtkStringList) names = gtk_string_list_new (NULL);
    for (guint i = 0; i < G_N_ELEMENTS (choices); i++)
        gtk_string_list_append (names, _ (choices[i].name));
    GtkDropDown *list = fovea_choice_new (NULL, label);
    gtk_drop_down_set_model (list, G_LIST_MODEL (names));
    gtk_drop_down_set_selected (list, selected);
    gtk_widget_add_css_class (GTK_WIDGET (list), "small");
    g_signal_connect_swapped (list, "notify::selected", G_CALLBACK (chosen), plots);
    gtk_box_append (GTK_BOX (row), GTK_WIDGET (list));
    return list;
}

/* A column with its heading; the lists are added by the caller. */
static GtkWidget *
start_plot (GtkWidget *box, const char *title, GtkWidget **heading)
{
    GtkWidget *column = gtk_box_new (GTK_ORIENTATION_VERTICAL, 2), *label = gtk_label_new (title);
    *heading = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
    gtk_widget_add_css_class (label, "plottitle");
    gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END); /* before a list is cut */
    gtk_label_set_width_chars (GTK_LABEL (label), 3);
    gtk_widget_add_css_class (*heading, "plotheading");
    gtk_box_append (GTK_BOX (*heading), label);
    gtk_box_append (GTK_BOX (column), fovea_sideways_new (*heading));
    gtk_widget_set_hexpand (column, TRUE);
    gtk_box_append (GTK_BOX (box), column);
    return column;
}

GtkWidget *
fovea_head_plots_new (FoveaSelection *selection, GListModel *items)
{
    GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 18), *heading;
    Plots *plots = g_new0 (Plots, 1);
    gtk_box_set_homogeneous (GTK_BOX (box), TRUE);
    gtk_widget_add_css_class (box, "plots");
    GtkWidget *column = start_plot (box, _ ("Compare"), &heading);
    plots->scatter = FOVEA_HEAD_PLOT (fovea_head_plot_new (FOVEA_PLOT_SCATTER, selection, items));
    add_plot (column, plots->scatter);
    plots->across = add_list (heading, plots, _ ("Score across"), 0);
    gtk_box_append (GTK_BOX (heading), gtk_label_new ("×"));
    plots->up = add_list (heading, plots, _ ("Score up"), 1);
    plots->of = add_note (heading);
    column = start_plot (box, _ ("Rank by"), &heading);
    plots->ranked = FOVEA_HEAD_PLOT (fovea_head_plot_new (FOVEA_PLOT_RANKED, selection, items));
    add_plot (column, plots->ranked);
    plots->rank = add_list (heading, plots, _ ("Ranked score"), RANKED);
    plots->note = add_note (heading);
    plots->selection = selection;
    chosen (plots);
    g_object_set_data_full (G_OBJECT (box), "plots", plots, g_free);
    g_signal_connect_object (selection, "heads-changed", G_CALLBACK (show_note), box,
                             G_CONNECT_SWAPPED);
    return box;
}

void
fovea_head_plots_focus (GtkWidget *plots)
{
    Plots *both = g_object_get_data (G_OBJECT (plots), "plots");
    gtk_widget_grab_focus (GTK_WIDGET (both->scatter));
}

void
fovea_head_plots_keep (GtkWidget *plots, FoveaKept *kept)
{
    Plots *both = g_object_get_data (G_OBJECT (plots), "plots");
    fovea_kept_add (kept, "plot-across", both->across, "selected");
    fovea_kept_add (kept, "plot-up", both->up, "selected");
    fovea_kept_add (kept, "plot-rank", both->rank, "selected");
}
