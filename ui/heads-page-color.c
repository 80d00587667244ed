/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What colours the heads of the grid: their maps, or a score of all of them. */
#include "ui/heads-page-private.h"

#include "analysis/heads.h"

void
fovea_heads_page_renew_paint (FoveaHeadsPage *self)
{
    const char *score = fovea_heads_page_get_column (self->colors);
    gboolean was = self->paint.score != NULL;
    fovea_head_paint_set (&self->paint, G_LIST_MODEL (self->items), score,
                          fovea_heads_page_get_compare (self) == FOVEA_HEAD_DIFFERENCE);
    fovea_paint_key_set (FOVEA_PAINT_KEY (self->key), &self->paint);
    if (was || self->paint.score != NULL)
        fovea_heads_page_show_cells (self);
}

void
fovea_heads_page_add_key (FoveaHeadsPage *self, GtkWidget *bar)
{
    self->key = fovea_paint_key_new ();
    gtk_box_append (GTK_BOX (bar), self->key);
    g_signal_connect_object (self->colors, "notify::selected",
                             G_CALLBACK (fovea_heads_page_renew_paint), self, G_CONNECT_SWAPPED);
}

const char *
fovea_heads_page_get_color (FoveaHeadsPage *self)
{
    FoveaTable *heads = fovea_selection_get_heads (self->selection);
    if (self->paint.score == NULL || self->paint.difference || heads == NULL)
        return NULL;
    const char *column = fovea_heads_get_evidence (heads, 0, self->paint.score);
    return column != NULL ? column : self->paint.score;
}
