/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What happens when something was chosen in the command palette: the same as by its key, its row or
 * a click on it. And the header's search, which goes to a head or a token. */
#include "app/window/window-private.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "ui/attention-gate.h"
#include "ui/figures/picture-image.h"
#include "ui/finder.h"
#include "ui/token-text.h"

/* Canvas actions belong to a view, which comes to the front first. */
static void
run_action (FoveaWindow *self, const char *detailed)
{
    g_autofree char *name = NULL;
    g_autoptr (GVariant) target = NULL;
    GtkWidget *widget = GTK_WIDGET (self);
    if (!g_action_parse_detailed_name (detailed, &name, &target, NULL))
        return;
    if (g_str_has_prefix (name, "map.")) {
        fovea_window_show_view (self, "map");
        widget = GTK_WIDGET (fovea_map_page_get_canvas (self->map));
    } else if (g_str_has_prefix (name, "curves.")) {
        fovea_window_show_view (self, "sparsity");
        widget = gtk_window_get_focus (GTK_WINDOW (self));
    } else if (g_str_has_prefix (name, "latent.")) {
        fovea_window_show_view (self, "features");
        fovea_features_page_activate (self->features_page, name);
        return;
    } else if (g_str_has_prefix (name, "picture.")) {
        fovea_window_show_view (self, "picture");
        widget = GTK_WIDGET (self->picture);
    } else if (g_str_has_prefix (name, "table.")) {
        widget = gtk_window_get_focus (GTK_WINDOW (self));
    } else if (g_str_has_prefix (name, "heads.")) {
        fovea_window_show_view (self, "heads");
        widget = GTK_WIDGET (self->heads);
    }
    gtk_widget_activate_action_variant (widget, name, target);
}

static void
chosen (FoveaFinder *finder, FoveaFinderItem *item, FoveaWindow *self)
{
    const FoveaFinderTarget *target = fovea_finder_item_get_target (item);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    switch (target->kind) {
    case FOVEA_FINDER_ACTION:
        run_action (self, target->action);
        break;
    case FOVEA_FINDER_HEAD:
        fovea_selection_select_head (self->selection, target->layer, target->head);
        break;
    case FOVEA_FINDER_SEQUENCE:
        fovea_window_forget_open_failure (self);
        fovea_window_read_item (self, target->sequence);
        break;
    case FOVEA_FINDER_LATENT:
        fovea_window_show_view (self, "features");
        fovea_feature_model_select (self->features, target->latent);
        break;
    case FOVEA_FINDER_NOTE: /* where the inspector has it */
        fovea_window_show_view (self, target->token < 0 ? "heads" : "map");
        if (target->token < 0)
            fovea_selection_select_head (self->selection, target->layer, target->head);
        else
            fovea_selection_select (self->selection, &(FoveaPlace){target->layer, target->head,
                                                                   target->token, target->key});
        break;
    case FOVEA_FINDER_TOKEN:
    default:
        fovea_selection_select_cell (self->selection, target->token,
                                     MIN (place->key, target->token));
        break;
    }
}

/* Without curves there is no point to step to, without a picture no patch.   Owner: caller. */
static GStrv
list_absent (FoveaWindow *self)
{
    GStrvBuilder *absent = g_strv_builder_new ();
    if (!fovea_attention_gate_is_open (gtk_stack_get_child_by_name (self->views, "map")))
        g_strv_builder_add_many (absent, "heads.", "map.", "curves.", NULL);
    if (fovea_sparse_model_get_table (self->sparse) == NULL)
        g_strv_builder_add (absent, "curves.");
    if (fovea_feature_model_get_source (self->features) == NULL)
        g_strv_builder_add (absent, "latent.");
    if (!fovea_picture_image_has (fovea_selection_get_info (self->selection)))
        g_strv_builder_add_many (absent, "picture.", "win.view('picture')", NULL);
    GStrv list = g_strv_builder_end (absent);
    g_strv_builder_unref (absent);
    return list;
}

void
fovea_window_find (FoveaWindow *self)
{
    fovea_window_want_features (self);
    g_auto (GStrv) absent = list_absent (self);
    FoveaFinder *finder = fovea_finder_new (
        GTK_WINDOW (self), self->selection, fovea_library_get_stores (self->library),
        self->features, self->notes, (const char *const *) absent);
    g_signal_connect_object (finder, "chosen", G_CALLBACK (chosen), self, 0);
    gtk_window_present (GTK_WINDOW (finder));
}

void
fovea_window_search (FoveaWindow *self)
{
    gboolean features = g_strcmp0 (gtk_stack_get_visible_child_name (self->views), "features") == 0;
    if (features && fovea_feature_model_get_source (self->features) != NULL) {
        fovea_features_page_search (self->features_page);
        return;
    }
    gtk_widget_set_visible (self->search, TRUE);
    gtk_widget_grab_focus (self->search);
    gtk_editable_select_region (GTK_EDITABLE (self->search), 0, -1); /* typing asks anew */
}

static gboolean
find_token (FoveaWindow *self, const char *text)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    for (gint64 i = 1; i <= info->n_tokens; i++) {
        gint64 token = (place->query + i) % info->n_tokens;
        g_autofree char *word = fovea_token_text (info, token);
        if (!g_str_match_string (text, word, TRUE) && g_ascii_strcasecmp (text, word) != 0 &&
            !fovea_token_begins (info, token, text))
            continue;
        fovea_selection_select_cell (self->selection, token, place->key);
        return TRUE;
    }
    return FALSE;
}

/* "5.10"; FALSE = no head is called that. */
static gboolean
find_head (FoveaWindow *self, const char *text)
{
    const FoveaArchitecture *model = fovea_selection_get_info (self->selection)->architecture;
    gint64 layer, head;
    g_auto (GStrv) parts = g_strsplit (text, ".", 2);
    if (g_strv_length (parts) != 2 ||
        !g_ascii_string_to_signed (parts[0], 10, 0, model->n_layers - 1, &layer, NULL) ||
        !g_ascii_string_to_signed (parts[1], 10, 0, model->n_heads - 1, &head, NULL))
        return FALSE;
    fovea_selection_select_head (self->selection, (guint) layer, (guint) head);
    return TRUE;
}

/* "role:induction" shows these heads; FALSE = there are none.  As the page's own entry does, it then
 * has the keys with a head that is shown. */
static gboolean
find_heads (FoveaWindow *self, const char *text)
{
    if (!fovea_heads_page_try_filter (self->heads, text))
        return FALSE;
    fovea_window_show_view (self, "heads");
    return TRUE;
}

/* "5.10" goes to a head, "157" to a query, a word to the next token with that text, and what no token
 * is to the heads for which it holds. */
static void
find (FoveaWindow *self, const char *text)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    gint64 token;
    if (info == NULL || *text == '\0' || find_head (self, text))
        return;
    if (g_ascii_string_to_signed (text, 10, 0, info->n_tokens - 1, &token, NULL)) {
        fovea_selection_select_cell (self->selection, token,
                                     fovea_selection_get_place (self->selection)->key);
        return;
    }
    if (find_token (self, text) || find_heads (self, text))
        return;
    g_autofree char *last = fovea_number_text (info->n_tokens - 1);
    g_autofree char *none = g_strdup_printf (
        _ ("No head or token “%s”: heads are 0.0 to %" PRId64 ".%" PRId64 ", tokens 0 to %s"), text,
        info->architecture->n_layers - 1, info->architecture->n_heads - 1, last);
    fovea_window_say (self, none);
}

static void
search_activated (FoveaWindow *self)
{
    find (self, gtk_editable_get_text (GTK_EDITABLE (self->search)));
}

/* Escape gives the focus back to the view, and there to what has its keys. */
static void
search_left (FoveaWindow *self)
{
    gtk_editable_set_text (GTK_EDITABLE (self->search), "");
    fovea_window_show_view (self, gtk_stack_get_visible_child_name (self->views));
}

void
fovea_window_connect_search (FoveaWindow *self)
{
    g_signal_connect_object (self->search, "activate", G_CALLBACK (search_activated), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (self->search, "stop-search", G_CALLBACK (search_left), self,
                             G_CONNECT_SWAPPED);
}
