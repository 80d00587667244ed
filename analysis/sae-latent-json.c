/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A latent as JSON, by the names that Neuronpedia's feature files have. */
#include <math.h>

#include "analysis/sae-latent.h"

enum {
    BINS = 50,
};

static void
set_object (JsonBuilder *builder, const char *key)
{
    json_builder_set_member_name (builder, key);
}

static void
add_text (JsonBuilder *builder, const char *bytes)
{
    g_autofree char *valid = g_utf8_make_valid (bytes != NULL ? bytes : "", -1);
    json_builder_add_string_value (builder, valid);
}

static void
add_tokens (JsonBuilder *builder, const char *words, const char *values, GArray *tokens)
{
    set_object (builder, words);
    json_builder_begin_array (builder);
    for (guint i = 0; i < tokens->len; i++)
        add_text (builder, g_array_index (tokens, FoveaLatentToken, i).text);
    json_builder_end_array (builder);
    set_object (builder, values);
    json_builder_begin_array (builder);
    for (guint i = 0; i < tokens->len; i++)
        json_builder_add_double_value (builder,
                                       (double) g_array_index (tokens, FoveaLatentToken, i).effect);
    json_builder_end_array (builder);
}

static void
add_histogram (JsonBuilder *builder, const FoveaSaeLatent *latent)
{
    double limit;
    g_autofree gint64 *counts = fovea_sae_latent_count_codes (latent, BINS, &limit);
    set_object (builder, "freq_hist_data_bar_heights");
    json_builder_begin_array (builder);
    for (guint i = 0; i < BINS; i++)
        json_builder_add_int_value (builder, counts[i]);
    json_builder_end_array (builder);
    set_object (builder, "freq_hist_data_bar_values");
    json_builder_begin_array (builder);
    for (guint i = 0; i < BINS; i++)
        json_builder_add_double_value (builder, limit * ((i + .5) * 2 / BINS - 1));
    json_builder_end_array (builder);
}

static void
add_neighbours (JsonBuilder *builder, const char *indices, const char *values, GArray *list)
{
    set_object (builder, indices);
    json_builder_begin_array (builder);
    for (guint i = 0; i < list->len; i++)
        json_builder_add_int_value (builder, g_array_index (list, FoveaLatentNeighbour, i).latent);
    json_builder_end_array (builder);
    set_object (builder, values);
    json_builder_begin_array (builder);
    for (guint i = 0; i < list->len; i++)
        json_builder_add_double_value (
            builder, (double) g_array_index (list, FoveaLatentNeighbour, i).cosine);
    json_builder_end_array (builder);
}

static void
add_example (JsonBuilder *builder, const FoveaLatentExample *example)
{
    json_builder_begin_object (builder);
    set_object (builder, "tokens");
    json_builder_begin_array (builder);
    for (guint i = 0; i < example->n; i++)
        add_text (builder, example->texts[i]);
    json_builder_end_array (builder);
    set_object (builder, "values");
    json_builder_begin_array (builder);
    for (guint i = 0; i < example->n; i++)
        json_builder_add_double_value (builder, (double) example->codes[i]);
    json_builder_end_array (builder);
    set_object (builder, example->value > 0 ? "maxValue" : "minValue");
    json_builder_add_double_value (builder, (double) example->value);
    set_object (builder, example->value > 0 ? "maxValueTokenIndex" : "minValueTokenIndex");
    json_builder_add_int_value (builder, example->position - example->first);
    set_object (builder, "sequence");
    json_builder_add_int_value (builder, example->sequence);
    json_builder_end_object (builder);
}

static void
add_facts (JsonBuilder *builder, const FoveaSaeLatent *latent, const FoveaSae *sae)
{
    double n = (double) MAX (latent->n_rows, 1);
    const char *model = fovea_sae_get_metadata (sae, "model_name");
    const char *site = fovea_sae_get_metadata (sae, "hook_name");
    set_object (builder, "modelId");
    add_text (builder, model);
    set_object (builder, "hookName");
    add_text (builder, site);
    set_object (builder, "index");
    g_autofree char *index = g_strdup_printf ("%d", latent->latent);
    json_builder_add_string_value (builder, index);
    set_object (builder, "frac_nonzero");
    json_builder_add_double_value (builder, (double) latent->codes->len / n);
    set_object (builder, "frac_negative");
    json_builder_add_double_value (builder, (double) latent->n_negative / n);
}

char *
fovea_sae_latent_print_json (const FoveaSaeLatent *latent, const FoveaSae *sae)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_object (builder);
    add_facts (builder, latent, sae);
    add_tokens (builder, "pos_str", "pos_values", latent->up);
    add_tokens (builder, "neg_str", "neg_values", latent->down);
    add_histogram (builder, latent);
    add_neighbours (builder, "topkCosSimIndices", "topkCosSimValues", latent->near);
    add_neighbours (builder, "oppositeIndices", "oppositeValues", latent->opposite);
    set_object (builder, "activations");
    json_builder_begin_array (builder);
    for (guint i = 0; i < latent->positive->len; i++)
        add_example (builder, g_ptr_array_index (latent->positive, i));
    for (guint i = 0; i < latent->negative->len; i++)
        add_example (builder, g_ptr_array_index (latent->negative, i));
    json_builder_end_array (builder);
    json_builder_end_object (builder);
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    return json_to_string (root, TRUE);
}
