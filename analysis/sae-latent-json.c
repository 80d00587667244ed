/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A latent as JSON, by the names that Neuronpedia's feature files have. */
#include <math.h>

#include "analysis/sae-latent.h"

enum {
    BINS = 50,
    ALIGNED = 3, /* dimensions */
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
add_number (JsonBuilder *builder, const char *key, double value)
{
    set_object (builder, key);
    if (isfinite (value))
        json_builder_add_double_value (builder, value);
    else
        json_builder_add_null_value (builder);
}

/* Kinds of tokens; nothing before effects are known. */
static void
add_sets (JsonBuilder *builder, const FoveaSaeLatent *latent)
{
    if (latent->up->len == 0)
        return;
    set_object (builder, "tokenSets");
    json_builder_begin_array (builder);
    for (int set = 0; set < FOVEA_N_TOKEN_SETS; set++) {
        const FoveaTokenEnrichment *enriched = &latent->sets[set];
        json_builder_begin_object (builder);
        set_object (builder, "name");
        json_builder_add_string_value (builder, fovea_token_set_name (set));
        set_object (builder, "n");
        json_builder_add_int_value (builder, enriched->n);
        add_number (builder, "enrichment", enriched->score);
        set_object (builder, "pushedUp");
        json_builder_add_boolean_value (builder, enriched->top);
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
}

/* The stream's dimensions that the latent writes most to, with their shares of all it writes. */
static void
add_alignment (JsonBuilder *builder, const FoveaSaeLatent *latent, const FoveaSae *sae)
{
    const float *row = sae->w_dec + latent->latent * sae->d_out;
    gint64 best[ALIGNED];
    gint64 n = MIN (ALIGNED, sae->d_out);
    double total = 0;
    for (gint64 c = 0; c < sae->d_out; c++)
        total += fabs ((double) row[c]);
    for (gint64 i = 0; i < n; i++) {
        best[i] = -1;
        for (gint64 c = 0; c < sae->d_out; c++) {
            gboolean taken = FALSE;
            for (gint64 j = 0; j < i; j++)
                taken = taken || best[j] == c;
            if (!taken && (best[i] < 0 || fabsf (row[c]) > fabsf (row[best[i]])))
                best[i] = c;
        }
    }
    set_object (builder, "neuron_alignment_indices");
    json_builder_begin_array (builder);
    for (gint64 i = 0; i < n; i++)
        json_builder_add_int_value (builder, best[i]);
    json_builder_end_array (builder);
    set_object (builder, "neuron_alignment_values");
    json_builder_begin_array (builder);
    for (gint64 i = 0; i < n; i++)
        json_builder_add_double_value (builder, (double) row[best[i]]);
    json_builder_end_array (builder);
    set_object (builder, "neuron_alignment_l1");
    json_builder_begin_array (builder);
    for (gint64 i = 0; i < n; i++)
        json_builder_add_double_value (builder,
                                       total > 0 ? fabs ((double) row[best[i]]) / total : 0);
    json_builder_end_array (builder);
}

static void
add_correlated (JsonBuilder *builder, GArray *list)
{
    static const char *const keys[] = {"correlated_features_indices", "correlated_features_pearson",
                                       "correlated_features_cosine"};
    for (guint key = 0; list->len > 0 && key < G_N_ELEMENTS (keys); key++) {
        set_object (builder, keys[key]);
        json_builder_begin_array (builder);
        for (guint i = 0; i < list->len; i++) {
            const FoveaCorrelated *item = &g_array_index (list, FoveaCorrelated, i);
            if (key == 0)
                json_builder_add_int_value (builder, item->latent);
            else
                json_builder_add_double_value (builder, key == 1 ? item->pearson : item->cosine);
        }
        json_builder_end_array (builder);
    }
}

/* How well it tells two kinds of text apart, beside supervised directions. */
static void
add_detection (JsonBuilder *builder, FoveaTable *table)
{
    static const char *const notes[] = {"positive", "negative", "test_positive", "test_negative"};
    if (table == NULL)
        return;
    set_object (builder, "detection");
    json_builder_begin_object (builder);
    for (guint i = 0; i < G_N_ELEMENTS (notes); i++) {
        set_object (builder, notes[i]);
        add_text (builder, fovea_table_get_note (table, notes[i]));
    }
    set_object (builder, "detectors");
    json_builder_begin_array (builder);
    for (guint row = 0; row < fovea_table_get_n_rows (table); row++) {
        json_builder_begin_object (builder);
        set_object (builder, "name");
        add_text (builder, fovea_table_read_text (table, row, "detector"));
        add_number (builder, "side", fovea_table_read_number (table, row, "side"));
        add_number (builder, "auroc", fovea_table_read_number (table, row, "auroc"));
        add_number (builder, "cosine", fovea_table_read_number (table, row, "cosine"));
        json_builder_end_object (builder);
    }
    json_builder_end_array (builder);
    json_builder_end_object (builder);
}

/* Direct attribution by source, of the window's tokens. */
static void
add_sources (JsonBuilder *builder, const FoveaLatentExample *example)
{
    double most = 0;
    if (example->sources == NULL)
        return;
    set_object (builder, "dfaValues");
    json_builder_begin_array (builder);
    for (guint i = 0; i < example->n; i++) {
        json_builder_add_double_value (builder, (double) example->sources[i]);
        most = fmax (most, (double) example->sources[i]);
    }
    json_builder_end_array (builder);
    add_number (builder, "dfaMaxValue", most);
    set_object (builder, "dfaTargetIndex");
    json_builder_add_int_value (builder, example->position - example->first);
}

/* @interval: NULL for one of the strongest, which Neuronpedia's files mark with bins of -1. */
static void
add_example (JsonBuilder *builder,
             const FoveaSaeLatent *latent,
             const FoveaLatentInterval *interval,
             const FoveaLatentExample *example)
{
    double fired = (double) MAX (latent->codes->len, 1);
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
    add_number (builder, "binMin", interval != NULL ? interval->from : -1);
    add_number (builder, "binMax", interval != NULL ? interval->to : -1);
    add_number (builder, "binContains", interval != NULL ? (double) interval->n / fired : -1);
    add_sources (builder, example);
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
    add_number (builder, "logits_std", latent->effect_std);
    add_number (builder, "logits_skew", latent->effect_skew);
    add_number (builder, "logits_kurtosis", latent->effect_kurtosis);
    add_number (builder, "consistentActivation", fovea_sae_latent_consistency (latent));
}

static void
add_examples (JsonBuilder *builder,
              const FoveaSaeLatent *latent,
              const FoveaLatentInterval *interval,
              GPtrArray *list)
{
    for (guint i = 0; i < list->len; i++)
        add_example (builder, latent, interval, g_ptr_array_index (list, i));
}

char *
fovea_sae_latent_print_json (const FoveaSaeLatent *latent, const FoveaSae *sae)
{
    g_autoptr (JsonBuilder) builder = json_builder_new ();
    json_builder_begin_object (builder);
    add_facts (builder, latent, sae);
    add_tokens (builder, "pos_str", "pos_values", latent->up);
    add_tokens (builder, "neg_str", "neg_values", latent->down);
    add_sets (builder, latent);
    add_alignment (builder, latent, sae);
    add_histogram (builder, latent);
    add_neighbours (builder, "topkCosSimIndices", "topkCosSimValues", latent->near);
    add_neighbours (builder, "oppositeIndices", "oppositeValues", latent->opposite);
    add_correlated (builder, latent->correlated);
    add_detection (builder, latent->detection);
    set_object (builder, "activations");
    json_builder_begin_array (builder);
    add_examples (builder, latent, NULL, latent->positive);
    add_examples (builder, latent, NULL, latent->negative);
    for (guint i = 0; i < latent->intervals->len; i++) {
        const FoveaLatentInterval *interval = g_ptr_array_index (latent->intervals, i);
        add_examples (builder, latent, interval, interval->examples);
    }
    json_builder_end_array (builder);
    json_builder_end_object (builder);
    g_autoptr (JsonNode) root = json_builder_get_root (builder);
    return json_to_string (root, TRUE);
}
