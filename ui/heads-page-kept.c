/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What of the Heads view is there again at the next start. */
#include "ui/heads-page-private.h"

#include "ui/head-plots.h"

static GVariant *
get_filter (gpointer page)
{
    g_autofree char *filter = NULL;
    g_object_get (page, "filter", &filter, NULL);
    return g_variant_new_string (filter);
}

static void
set_filter (gpointer page, GVariant *filter)
{
    g_object_set (page, "filter", g_variant_get_string (filter, NULL), NULL);
}

static FoveaHeadsPage *
get_page (gpointer panes)
{
    return FOVEA_HEADS_PAGE (gtk_widget_get_ancestor (panes, FOVEA_TYPE_HEADS_PAGE));
}

/* Where a hand left the handle between grid and plots, -1 = it is where their heights put it. */
static GVariant *
get_handle (gpointer panes)
{
    FoveaHeadsPage *self = get_page (panes);
    return g_variant_new_int32 (self->divided ? gtk_paned_get_position (self->panes) : -1);
}

static void
set_handle (gpointer panes, GVariant *handle)
{
    FoveaHeadsPage *self = get_page (panes);
    self->divided = g_variant_get_int32 (handle) >= 0;
    if (self->divided)
        gtk_paned_set_position (self->panes, g_variant_get_int32 (handle));
    else
        fovea_heads_page_share_anew (self);
}

void
fovea_heads_page_keep (FoveaHeadsPage *self, FoveaKept *kept)
{
    static const char *const shown[] = {"heads-grid", "heads-plots", "heads-table"};
    for (guint i = 0; i < G_N_ELEMENTS (shown); i++)
        fovea_kept_add (kept, shown[i], self->show[i], "active");
    fovea_kept_add (kept, "heads-compare", self->compare, "selected");
    fovea_kept_add (kept, "heads-sort", self->sort, "selected");
    fovea_kept_add (kept, "heads-badge", self->badge, "selected");
    fovea_kept_add (kept, "heads-color", self->colors, "selected");
    fovea_kept_add_value (kept, "heads-filter", self, "notify::n-shown", get_filter, set_filter);
    fovea_kept_add_value (kept, "heads-handle", self->panes, "notify::position", get_handle,
                          set_handle);
    fovea_head_plots_keep (self->plots, kept);
}
