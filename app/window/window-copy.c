/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What "Copy value" copies: of every view what is selected there, in words or as the bare number that
 * a program wants. */
#include "app/window/window-private.h"

#include <glib/gi18n.h>
#include <inttypes.h>

#include "ui/head-set.h"
#include "ui/score-bars.h"
#include "ui/sentences.h"
#include "ui/token-strip.h"
#include "ui/token-text.h"

/* One sentence a line, in order of layers. */
static char *
describe_heads (FoveaWindow *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    g_autoptr (GArray) heads = fovea_head_set_list (fovea_selection_get_chosen (self->selection));
    if (heads->len == 0)
        return fovea_sentence_for_head (self->selection, place->layer, place->head);
    GString *text = g_string_new (NULL);
    for (guint i = 0; i < heads->len; i++) {
        FoveaHeadPlace at = g_array_index (heads, FoveaHeadPlace, i);
        g_autofree char *line = fovea_sentence_for_head (self->selection, at.layer, at.head);
        g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", line);
    }
    return g_string_free (text, FALSE);
}

/* NULL = no point is selected. */
static char *
describe_point (FoveaWindow *self)
{
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (self->sparse, NULL, NULL);
    g_autofree char *name = fovea_sparse_model_get_name (self->sparse);
    g_autofree char *object = fovea_sparse_model_describe (self->sparse);
    return point != NULL && name != NULL
               ? g_strdup_printf (_ ("%s, %s: density %.6g, mass recall %.6g"), name, object,
                                  point->density, point->recall)
               : NULL;
}

/* The code of the latent at the token that is asked about; NULL = no latent is looked at. */
static char *
describe_code (FoveaWindow *self)
{
    gint32 latent = fovea_feature_model_get_source (self->features) != NULL
                        ? fovea_feature_model_get_latent (self->features)
                        : -1;
    gint64 token = fovea_selection_get_place (self->selection)->query;
    if (latent < 0)
        return NULL;
    g_autofree char *word = fovea_token_text (fovea_selection_get_info (self->selection), token);
    g_autofree char *code = fovea_token_paint_describe (
        fovea_token_strip_get_paint (FOVEA_TOKEN_STRIP (self->strip)), token, 6);
    return g_strdup_printf (_ ("Latent %d at token %" PRId64 " “%s”: %s"), latent, token, word,
                            code);
}

/* Who went to the bars of the score wants their numbers: dimension and product, a line each. */
static char *
list_products (FoveaWindow *self, const FoveaCellData *cell)
{
    if (cell == NULL || cell->parts == NULL ||
        !FOVEA_IS_SCORE_BARS (gtk_window_get_focus (GTK_WINDOW (self))))
        return NULL;
    GString *text = g_string_new (NULL);
    for (gint64 d = 0; d < cell->parts->width; d++)
        g_string_append_printf (text, "%s%" PRId64 "\t%.9g", d > 0 ? "\n" : "", d,
                                (double) cell->parts->products[d]);
    return g_string_free (text, FALSE);
}

char *
fovea_window_describe_selected (FoveaWindow *self)
{
    const char *view = gtk_stack_get_visible_child_name (self->views);
    const FoveaCellData *cell = fovea_cell_model_get_data (self->cells);
    char *text = list_products (self, cell);
    if (text == NULL)
        text = fovea_sentence_for_tokens (
            self->selection, fovea_token_strip_get_paint (FOVEA_TOKEN_STRIP (self->strip)));
    gboolean weights = g_strcmp0 (view, "map") == 0 || fovea_window_shows_picture (self);
    if (text == NULL && weights && cell != NULL)
        text = g_strdup_printf ("%.9g", (double) cell->row[cell->place.key]);
    if (text == NULL && g_strcmp0 (view, "sparsity") == 0)
        text = describe_point (self);
    if (text == NULL && g_strcmp0 (view, "features") == 0)
        text = describe_code (self);
    return text != NULL ? text : describe_heads (self);
}
