/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Copies of model descriptions, whether one makes sense, and the score rule that follows from it. */
#include "capture/architecture.h"

#include <math.h>

/* Far above every model there is, and low enough that a value for each head of each layer fits in
 * memory and no product of two sizes overflows. */
#define MOST_LAYERS   (1 << 16)
#define MOST_HEADS    (1 << 20) /* of all layers */
#define MOST_EXPERTS  (1 << 20) /* of all layers */
#define MOST_PIXELS   (1 << 15) /* of a side */
#define MOST_CHANNELS 4
#define MOST          (1 << 30)

FoveaArchitecture *
fovea_architecture_copy (const FoveaArchitecture *architecture)
{
    FoveaArchitecture *copy = g_memdup2 (architecture, sizeof *architecture);
    copy->family = g_strdup (architecture->family);
    if (architecture->windows != NULL)
        copy->windows =
            g_memdup2 (architecture->windows, (gsize) architecture->n_layers * sizeof (gint64));
    copy->still =
        g_memdup2 (architecture->still, (gsize) architecture->n_layers * sizeof (gboolean));
    gsize n_distances = (gsize) (2 * architecture->distance_reach + 1);
    copy->distance_bias = g_memdup2 (architecture->distance_bias,
                                     (gsize) architecture->n_heads * n_distances * sizeof (float));
    copy->target_bias = g_memdup2 (architecture->target_bias,
                                   (gsize) architecture->n_heads * n_distances * sizeof (float));
    copy->sink_logits =
        g_memdup2 (architecture->sink_logits,
                   (gsize) (architecture->n_layers * architecture->n_heads) * sizeof (float));
    gsize n_pairs = (gsize) architecture->rotary_width / 2;
    copy->rotary_short = g_memdup2 (architecture->rotary_short, n_pairs * sizeof (double));
    copy->rotary_long = g_memdup2 (architecture->rotary_long, n_pairs * sizeof (double));
    if (architecture->alibi_slopes != NULL)
        copy->alibi_slopes =
            g_memdup2 (architecture->alibi_slopes, (gsize) architecture->n_heads * sizeof (float));
    return copy;
}

void
fovea_architecture_free (FoveaArchitecture *architecture)
{
    if (architecture == NULL)
        return;
    g_free (architecture->family);
    g_free (architecture->windows);
    g_free (architecture->still);
    g_free (architecture->alibi_slopes);
    g_free (architecture->distance_bias);
    g_free (architecture->target_bias);
    g_free (architecture->sink_logits);
    g_free (architecture->rotary_short);
    g_free (architecture->rotary_long);
    g_free (architecture);
}

static gboolean
check_size (const char *name, gint64 value, gint64 least, gint64 most, GError **error)
{
    if (value >= least && value <= most)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "%s is %" G_GINT64_FORMAT ", expected %" G_GINT64_FORMAT " to %" G_GINT64_FORMAT,
                 name, value, least, most);
    return FALSE;
}

static gboolean
check_windows (const FoveaArchitecture *architecture, GError **error)
{
    for (gint64 l = 0; architecture->windows != NULL && l < architecture->n_layers; l++)
        if (!check_size ("windows", architecture->windows[l], 0, G_MAXINT64, error))
            return FALSE;
    return TRUE;
}

gboolean
fovea_architecture_check (const FoveaArchitecture *architecture, GError **error)
{
    const FoveaArchitecture *a = architecture;
    if (!check_size ("n_layers", a->n_layers, 1, MOST_LAYERS, error) ||
        !check_size ("n_heads", a->n_heads, 1, MOST_HEADS / a->n_layers, error) ||
        !check_size ("n_kv_heads", a->n_kv_heads, 1, a->n_heads, error) ||
        !check_size ("head_width", a->head_width, 1, MOST, error) ||
        !check_size ("width", a->width, 0, MOST, error) ||
        !check_size ("mlp_width", a->mlp_width, 0, MOST, error) ||
        !check_size ("vocabulary", a->vocabulary, 0, MOST, error) ||
        !check_size ("rotary_width", a->rotary_width, 0, a->head_width, error) ||
        !check_size ("position_offset", a->position_offset, 0, MOST, error) ||
        !check_size ("n_token_types", a->n_token_types, 0, MOST, error) ||
        !check_size ("n_encoder_layers", a->n_encoder_layers, 0, a->n_layers, error) ||
        !check_size ("shared_width", a->shared_width, 0, MOST, error) ||
        !check_size ("n_dense_layers", a->n_dense_layers, 0, a->n_layers, error) ||
        !check_size ("dense_width", a->dense_width, 0, MOST, error) ||
        !check_size ("n_expert_groups", a->n_expert_groups, 0, a->n_experts, error) ||
        !check_size ("n_expert_groups_used", a->n_expert_groups_used, 0, a->n_expert_groups,
                     error) ||
        !check_size ("q_latent", a->q_latent, 0, MOST, error) ||
        !check_size ("kv_latent", a->kv_latent, 0, MOST, error) ||
        !check_size ("value_width", a->value_width, 0, a->head_width, error) ||
        !check_size ("distance_reach", a->distance_reach, 0, MOST_PIXELS, error) ||
        !check_size ("distance_buckets", a->distance_buckets, 0, MOST_PIXELS, error) ||
        !check_size ("image_size", a->image_size, 0, MOST_PIXELS, error) ||
        !check_size ("patch_size", a->patch_size, MIN (a->image_size, 1), a->image_size, error) ||
        !check_size ("n_channels", a->n_channels, MIN (a->image_size, 1), MOST_CHANNELS, error) ||
        !check_size ("n_experts", a->n_experts, 0, MOST_EXPERTS / a->n_layers, error) ||
        !check_size ("n_experts_used", a->n_experts_used, MIN (a->n_experts, 1), a->n_experts,
                     error) ||
        !check_windows (a, error))
        return FALSE;
    if (a->n_heads % a->n_kv_heads == 0 && a->rotary_width % 2 == 0)
        return TRUE;
    if (a->rotary_width % 2 != 0)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "rotary_width is %" G_GINT64_FORMAT ", expected pairs", a->rotary_width);
    else
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                     "n_kv_heads is %" G_GINT64_FORMAT ", which does not divide %" G_GINT64_FORMAT
                     " heads",
                     a->n_kv_heads, a->n_heads);
    return FALSE;
}

FoveaScoreRule
fovea_architecture_get_score_rule (const FoveaArchitecture *architecture, guint layer)
{
    g_assert (layer < (guint64) architecture->n_layers);
    FoveaStack stack = fovea_architecture_stack (architecture, layer);
    return (FoveaScoreRule){
        .scale = architecture->attention_scale,
        .causal =
            stack == FOVEA_STACK_ONLY ? !architecture->bidirectional : stack == FOVEA_STACK_SELF,
        .window = architecture->windows != NULL ? architecture->windows[layer] : 0,
        .soft_cap = architecture->attention_soft_cap,
        .alibi_slopes = architecture->alibi_slopes,
        .distance_bias = stack == FOVEA_STACK_SELF    ? architecture->target_bias
                         : stack == FOVEA_STACK_CROSS ? NULL
                                                      : architecture->distance_bias,
        .reach = stack == FOVEA_STACK_CROSS ? 0 : architecture->distance_reach,
        .sink_logits = architecture->sink_logits != NULL
                           ? architecture->sink_logits + layer * architecture->n_heads
                           : NULL,
    };
}

FoveaStack
fovea_architecture_stack (const FoveaArchitecture *architecture, guint layer)
{
    gint64 behind = (gint64) layer - architecture->n_encoder_layers;
    if (architecture->n_encoder_layers == 0)
        return FOVEA_STACK_ONLY;
    return behind < 0        ? FOVEA_STACK_ENCODER
           : behind % 2 == 0 ? FOVEA_STACK_SELF
                             : FOVEA_STACK_CROSS;
}

guint
fovea_architecture_block (const FoveaArchitecture *architecture, guint layer)
{
    guint encoder = (guint) architecture->n_encoder_layers;
    return layer < encoder || encoder == 0 ? layer : (layer - encoder) / 2;
}

gint64
fovea_architecture_count_source (const FoveaArchitecture *architecture, const gint32 *ids, gint64 n)
{
    if (architecture->n_encoder_layers == 0 || ids == NULL)
        return 0;
    for (gint64 t = 0; t < n; t++)
        if (ids[t] == architecture->start_id)
            return t;
    return 0;
}

FoveaScoreRule
fovea_architecture_get_sequence_rule (const FoveaArchitecture *architecture,
                                      guint layer,
                                      gint64 n_source)
{
    FoveaScoreRule rule = fovea_architecture_get_score_rule (architecture, layer);
    FoveaStack stack = fovea_architecture_stack (architecture, layer);
    if (stack == FOVEA_STACK_ONLY || n_source == 0)
        return rule;
    if (stack == FOVEA_STACK_ENCODER)
        rule.query_to = n_source;
    else
        rule.query_from = n_source;
    if (stack == FOVEA_STACK_SELF)
        rule.key_from = n_source;
    else
        rule.key_to = n_source;
    return rule;
}

FoveaRotaryAngles
fovea_architecture_rotary_angles (const FoveaArchitecture *architecture, guint layer)
{
    if (architecture->still != NULL && architecture->still[layer])
        return FOVEA_ANGLES_STILL;
    return architecture->rotary_local_base > 0 && architecture->windows != NULL &&
                   architecture->windows[layer] > 0
               ? FOVEA_ANGLES_LOCAL
               : FOVEA_ANGLES_FULL;
}

gboolean
fovea_architecture_has_first_norm (const FoveaArchitecture *architecture, guint layer)
{
    return architecture->norm_place != FOVEA_NORM_NOWHERE &&
           !(architecture->first_bare && layer == 0);
}

gboolean
fovea_architecture_has_experts (const FoveaArchitecture *architecture, guint layer)
{
    return architecture->n_experts > 0 && layer >= (guint64) architecture->n_dense_layers;
}

gint64
fovea_architecture_mlp_width (const FoveaArchitecture *architecture, guint layer)
{
    if (fovea_architecture_stack (architecture, layer) == FOVEA_STACK_SELF)
        return 0;
    return layer < (guint64) architecture->n_dense_layers ? architecture->dense_width
                                                          : architecture->mlp_width;
}

gint64
fovea_architecture_patch_width (const FoveaArchitecture *architecture)
{
    return architecture->n_channels * architecture->patch_size * architecture->patch_size;
}

gboolean
fovea_architecture_ends_text (const FoveaArchitecture *architecture, gint32 id)
{
    for (guint i = 0; i < architecture->n_eos_ids; i++)
        if (architecture->eos_ids[i] == id)
            return TRUE;
    return FALSE;
}

void
fovea_architecture_set_alibi (FoveaArchitecture *architecture)
{
    gint64 n = architecture->n_heads, power = 1;
    while (2 * power <= n)
        power *= 2;
    architecture->position = FOVEA_POSITION_ALIBI;
    g_free (architecture->alibi_slopes);
    architecture->alibi_slopes = g_new (float, (gsize) n);
    for (gint64 h = 0; h < n; h++) {
        double step = h < power ? (double) (h + 1) : (double) (h - power) + 0.5;
        architecture->alibi_slopes[h] = (float) exp2 (-8 * step / (double) power);
    }
}

/* Bucket of @distance > 0 among @n of one direction, in the precision of the original. */
static gint64
find_bucket (gint64 distance, gint64 n, gint64 reach)
{
    gint64 exact = MAX (n / 2, 1);
    if (distance < exact)
        return distance;
    float far = logf ((float) distance / (float) exact) /
                (float) log ((double) reach / (double) exact) * (float) (n - exact);
    return MIN (exact + (gint64) far, n - 1);
}

void
fovea_architecture_set_distance_bias (FoveaArchitecture *architecture,
                                      const float *buckets,
                                      gboolean target)
{
    gint64 H = architecture->n_heads, reach = architecture->distance_reach;
    gint64 half = architecture->distance_buckets / 2, width = 2 * reach + 1;
    float **bias = target ? &architecture->target_bias : &architecture->distance_bias;
    g_free (*bias);
    *bias = g_new (float, (gsize) (H * width));
    for (gint64 at = -reach; at <= reach; at++) {
        /* A target's keys never stand behind their query, so they have all buckets. */
        gint64 bucket = target ? find_bucket (MAX (-at, 0), 2 * half, reach)
                               : find_bucket (ABS (at), half, reach) + (at > 0 ? half : 0);
        for (gint64 h = 0; h < H; h++)
            (*bias)[h * width + at + reach] = buckets[bucket * H + h];
    }
}

void
fovea_architecture_set_windows (FoveaArchitecture *architecture, gint64 window)
{
    g_free (architecture->windows);
    architecture->windows = g_new (gint64, (gsize) architecture->n_layers);
    for (gint64 l = 0; l < architecture->n_layers; l++)
        architecture->windows[l] = window;
}

void
fovea_architecture_still_full_layers (FoveaArchitecture *architecture)
{
    if (architecture->windows == NULL)
        return;
    g_free (architecture->still);
    architecture->still = g_new0 (gboolean, (gsize) architecture->n_layers);
    for (gint64 l = 0; l < architecture->n_layers; l++)
        architecture->still[l] = architecture->windows[l] == 0;
}
