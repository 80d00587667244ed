/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The line under the toolbar of the Heads view, there while it has something to say: what is wrong with
 * the filter, or what is beside what in a comparison. */
#include <glib/gi18n.h>

#include "ui/failure-bar.h"
#include "ui/heads-page-private.h"
#include "ui/token-text.h"
#include "ui/trace-source.h"
#include "ui/tip.h"

/* NULL where every map is this text's alone. */
static char *
describe_comparison (FoveaHeadsPage *self)
{
    const FoveaReference *reference = fovea_selection_get_reference (self->selection);
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    FoveaHeadCompare how = fovea_heads_page_get_compare (self);
    gint64 others =
        how != FOVEA_HEAD_ALONE
            ? fovea_trace_get_info (fovea_trace_source_get_trace (reference->source))->n_tokens
            : 0;
    g_autofree char *mine = info != NULL ? fovea_number_text (info->n_tokens) : NULL;
    g_autofree char *theirs = fovea_number_text (others);
    if (how == FOVEA_HEAD_DIFFERENCE && others != info->n_tokens)
        return g_strdup_printf (_ ("A difference is of texts of one length. Above: this text, %s "
                                   "tokens. Below: “%s”, %s tokens"),
                                mine, reference->title, theirs);
    switch (how) {
    case FOVEA_HEAD_BESIDE:
        return g_strdup_printf (_ ("Above: this text, %s tokens. Below: “%s”, %s tokens"), mine,
                                reference->title, theirs);
    case FOVEA_HEAD_DIFFERENCE:
        return g_strdup_printf (
            _ ("This text less “%s”: brown where the mean weight is larger here, "
               "blue where it is larger there, fully at %g."),
            reference->title, fovea_color_map_difference_limit (info->n_tokens));
    case FOVEA_HEAD_ALONE:
    default:
        return NULL;
    }
}

void
fovea_heads_page_show_notice (FoveaHeadsPage *self)
{
    gboolean none = g_list_model_get_n_items (G_LIST_MODEL (self->rows)) == 0 &&
                    g_list_model_get_n_items (G_LIST_MODEL (self->items)) > 0;
    g_autofree char *text = self->problem != NULL
                                ? g_strdup_printf (_ ("Filter: %s."), self->problem)
                            : none ? g_strdup (_ ("No head matches the filter."))
                                   : describe_comparison (self);
    if (text != NULL && !none && self->problem == NULL && fovea_heads_page_wants_change (self)) {
        g_autofree char *comparison = g_steal_pointer (&text);
        text = g_strconcat (comparison, " ",
                            _ ("Change: the share of attention that lies in other ones of 64 × 64 "
                               "blocks than there."),
                            NULL);
    }
    gtk_label_set_text (GTK_LABEL (self->notice), text);
    gtk_widget_remove_css_class (self->notice, self->problem != NULL ? "quiet" : "failure");
    gtk_widget_add_css_class (self->notice, self->problem != NULL ? "failure" : "quiet");
    gtk_widget_set_visible (self->notice, text != NULL);
}

GtkWidget *
fovea_heads_page_build_notice (FoveaHeadsPage *self)
{
    self->notice = gtk_label_new (NULL);
    gtk_label_set_xalign (GTK_LABEL (self->notice), 0);
    gtk_label_set_wrap (GTK_LABEL (self->notice), TRUE);
    gtk_widget_add_css_class (self->notice, "notice");
    gtk_widget_set_visible (self->notice, FALSE);
    self->offer = fovea_offer_bar_new ();
    return self->notice;
}

/* As a rule a layer's maps fail together, and each once more whenever another comes: one is told, the
 * others are counted. */
static void
map_failed (FoveaHeadsPage *self, const char *message)
{
    FoveaFailureBar *bar = FOVEA_FAILURE_BAR (self->failure);
    const char *shown = fovea_failure_bar_get_message (bar);
    if (shown == NULL)
        g_hash_table_remove_all (self->failures);
    if (!g_hash_table_add (self->failures, g_strdup (message)))
        return;
    guint others = g_hash_table_size (self->failures) - 1;
    g_autofree char *line =
        others == 0 ? g_strdup (message)
                    : g_strdup_printf (ngettext ("%s · %u other map cannot be read",
                                                 "%s · %u other maps cannot be read", others),
                                       message, others);
    fovea_failure_bar_show (bar, line);
}

/* The caches have forgotten what failed, so a look asks for it again. */
static void
look_again (FoveaHeadsPage *self)
{
    fovea_heads_page_renew_cells (self);
}

GtkWidget *
fovea_heads_page_build_failure (FoveaHeadsPage *self)
{
    FoveaTileCache *const caches[] = {self->thumbnails, self->others};
    self->failures = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
    self->failure = fovea_failure_bar_new (TRUE);
    for (guint i = 0; i < G_N_ELEMENTS (caches); i++)
        g_signal_connect_object (caches[i], "failed", G_CALLBACK (map_failed), self,
                                 G_CONNECT_SWAPPED);
    g_signal_connect_object (self->failure, "retry", G_CALLBACK (look_again), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->selection, "trace-changed", G_CALLBACK (fovea_failure_bar_close),
                             self->failure, G_CONNECT_SWAPPED);
    return self->failure;
}

FoveaOfferBar *
fovea_heads_page_get_offer (FoveaHeadsPage *self)
{
    return FOVEA_OFFER_BAR (self->offer);
}

/* A problem is told in place: the entry turns red, and the notice under it says why, as do pointer
 * and screen reader. What was shown stays, so that half a condition does not empty the grid. */
gboolean
fovea_heads_page_check_filter (FoveaHeadsPage *self, const FoveaHeadFilter *typed)
{
    g_autoptr (FoveaHeadItem) any = g_list_model_get_item (G_LIST_MODEL (self->items), 0);
    g_autofree char *problem = fovea_head_filter_find_problem (typed, any);
    GtkWidget *entry = GTK_WIDGET (self->entry);
    if (problem != NULL)
        gtk_widget_add_css_class (entry, "error");
    else
        gtk_widget_remove_css_class (entry, "error");
    g_free (self->problem);
    self->problem = g_strdup (problem);
    fovea_heads_page_show_notice (self);
    fovea_tip_set (entry, problem != NULL ? problem : FOVEA_FILTER_TIP);
    gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                    problem != NULL ? problem : "", -1);
    if (problem == NULL)
        gtk_accessible_reset_state (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_STATE_INVALID);
    else
        gtk_accessible_update_state (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_STATE_INVALID,
                                     GTK_ACCESSIBLE_INVALID_TRUE, -1);
    return problem == NULL;
}

/* The list of ways to compare is there only while there is something to compare with. */
void
fovea_heads_page_follow_reference (FoveaHeadsPage *self)
{
    const FoveaReference *reference = fovea_selection_get_reference (self->selection);
    FoveaTraceSource *source = reference != NULL ? reference->source : NULL;
    fovea_tile_cache_set_other (self->thumbnails, source);
    fovea_tile_cache_set_source (self->others, source);
    gtk_widget_set_visible (GTK_WIDGET (self->compare),
                            fovea_selection_is_compared (self->selection));
    fovea_heads_page_offer_change (self);
    fovea_heads_page_show_notice (self);
}
