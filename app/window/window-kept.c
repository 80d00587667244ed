/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What people have chosen in the views of a store, for the session file: part is as it was whatever is opened,
 * part belongs to the open text and waits until it is there. */
#include "app/window/window-private.h"

#include "ui/head-set.h"

/* Heads that are chosen together. */
static GVariant *
get_heads (gpointer selection)
{
    g_autoptr (GArray) heads = fovea_head_set_list (fovea_selection_get_chosen (selection));
    GVariantBuilder all;
    g_variant_builder_init (&all, G_VARIANT_TYPE ("a(uu)"));
    for (guint i = 0; i < heads->len; i++) {
        const FoveaHeadPlace *at = &g_array_index (heads, FoveaHeadPlace, i);
        g_variant_builder_add (&all, "(uu)", at->layer, at->head);
    }
    return g_variant_builder_end (&all);
}

/* None that the model does not have: the file may be another one by now. */
static void
set_heads (gpointer selection, GVariant *heads)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (selection);
    g_autoptr (GArray) places = g_array_new (FALSE, FALSE, sizeof (FoveaHeadPlace));
    FoveaHeadPlace place;
    GVariantIter each;
    g_variant_iter_init (&each, heads);
    while (g_variant_iter_next (&each, "(uu)", &place.layer, &place.head))
        if (info != NULL && place.layer < info->architecture->n_layers &&
            place.head < info->architecture->n_heads)
            g_array_append_val (places, place);
    fovea_head_set_replace (fovea_selection_get_chosen (selection),
                            (const FoveaHeadPlace *) places->data, places->len);
}

static GVariant *
get_tokens (gpointer selection)
{
    g_autoptr (GArray) tokens = fovea_selection_list_tokens (selection);
    return g_variant_new_fixed_array (G_VARIANT_TYPE_INT64, tokens->data, tokens->len,
                                      sizeof (gint64));
}

/* None that the text does not have. */
static void
set_tokens (gpointer selection, GVariant *tokens)
{
    gint64 token;
    GVariantIter each;
    g_variant_iter_init (&each, tokens);
    fovea_selection_choose_no_token (selection);
    while (g_variant_iter_next (&each, "x", &token))
        if (!fovea_selection_has_token (selection, token))
            fovea_selection_choose_token (selection, token);
}

void
fovea_window_connect_kept (FoveaWindow *self)
{
    self->kept = fovea_kept_new ();
    self->kept_of_text = fovea_kept_new ();
    fovea_kept_add_value (self->kept_of_text, "heads", self->selection, NULL, get_heads, set_heads);
    fovea_kept_add_value (self->kept_of_text, "tokens", self->selection, "tokens-changed",
                          get_tokens, set_tokens);
    fovea_heads_page_keep (self->heads, self->kept);
    fovea_map_page_keep (self->map, self->kept, self->kept_of_text);
    fovea_sparse_model_keep (self->sparse, self->kept);
    fovea_sparse_page_keep (self->sparse_page, self->kept);
    fovea_feature_model_keep (self->features, self->kept);
    fovea_features_page_keep (self->features_page, self->kept);
    fovea_picture_page_keep (self->picture, self->kept);
}

GVariant *
fovea_window_list_kept (FoveaWindow *self)
{
    g_auto (GVariantDict) all = G_VARIANT_DICT_INIT (NULL);
    fovea_kept_list (self->kept, &all);
    fovea_kept_list (self->kept_of_text, &all);
    return g_variant_ref_sink (g_variant_dict_end (&all));
}

void
fovea_window_restore_kept (FoveaWindow *self, GVariant *choices)
{
    fovea_kept_restore (self->kept, choices);
}

/* Rows that are there only now, as of what a text is compared with, are chosen now. */
void
fovea_window_restore_kept_of_text (FoveaWindow *self, GVariant *choices)
{
    fovea_kept_restore (self->kept_of_text, choices);
    fovea_kept_restore (self->kept, choices);
    if (fovea_sparse_model_get_point (self->sparse, NULL, NULL) == NULL) /* none has a mask */
        g_object_set (fovea_map_page_get_canvas (self->map), "overlay", FALSE, NULL);
}
