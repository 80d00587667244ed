/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rotary positions of a config.json: base, share of the head that turns, and how frequencies are
 * stretched. A member that the type at hand does not read is refused by name: it would change the
 * angles in a way that nothing here knows of.
 * Source of the types and of their defaults: Peng et al. 2023 (arXiv:2309.00071) and the rules of
 * Hugging Face transformers. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "capture/families-private.h"
#include "capture/json.h"

/* What one object says; 0 = nothing. */
typedef struct {
    double theta, part, factor, low, high, beta_fast, beta_slow;
    double amplitude, mscale, mscale_all, original;
    gboolean exact;
    JsonArray *short_list, *long_list; /* borrowed */
} Rope;

enum {
    PLAIN = 1 << FOVEA_ROTARY_PLAIN,
    LINEAR = 1 << FOVEA_ROTARY_LINEAR,
    DYNAMIC = 1 << FOVEA_ROTARY_DYNAMIC,
    YARN = 1 << FOVEA_ROTARY_YARN,
    LLAMA3 = 1 << FOVEA_ROTARY_LLAMA3,
    LONGROPE = 1 << FOVEA_ROTARY_LONGROPE,
    EVERY = PLAIN | LINEAR | DYNAMIC | YARN | LLAMA3 | LONGROPE,
};

static const struct {
    const char *name;
    gsize offset;
    int types; /* that read it */
} members[] = {
    {"rope_theta", offsetof (Rope, theta), EVERY},
    {"partial_rotary_factor", offsetof (Rope, part), EVERY},
    {"factor", offsetof (Rope, factor), EVERY & ~PLAIN},
    {"low_freq_factor", offsetof (Rope, low), LLAMA3},
    {"high_freq_factor", offsetof (Rope, high), LLAMA3},
    {"beta_fast", offsetof (Rope, beta_fast), YARN},
    {"beta_slow", offsetof (Rope, beta_slow), YARN},
    {"attention_factor", offsetof (Rope, amplitude), YARN | LONGROPE},
    {"mscale", offsetof (Rope, mscale), YARN},
    {"mscale_all_dim", offsetof (Rope, mscale_all), YARN},
    {"original_max_position_embeddings", offsetof (Rope, original),
     YARN | LLAMA3 | LINEAR | DYNAMIC | LONGROPE},
};

static const char *const type_names[] = {"default", "linear", "dynamic",
                                         "yarn",    "llama3", "longrope"};

static FoveaRotaryScaling
read_type (FoveaConfig *config, JsonObject *object)
{
    const char *type = fovea_json_get_text (object, "rope_type");
    if (type == NULL)
        type = fovea_json_get_text (object, "type");
    if (g_strcmp0 (type, "su") == 0) /* what the first files called it */
        return FOVEA_ROTARY_LONGROPE;
    for (guint i = 0; i < G_N_ELEMENTS (type_names); i++)
        if (type == NULL || g_str_equal (type, type_names[i]))
            return (FoveaRotaryScaling) i;
    fovea_config_refuse (
        config,
        "rope type \"%s\" is not supported (known: default, linear, dynamic, yarn, llama3, "
        "longrope)",
        type);
    return FOVEA_ROTARY_PLAIN;
}

/* FALSE if the member has no meaning for the type, or no number above 0. */
static gboolean
read_member (const char *name, JsonNode *value, FoveaRotaryScaling type, Rope *rope)
{
    if (g_str_equal (name, "rope_type") || g_str_equal (name, "type") ||
        JSON_NODE_HOLDS_NULL (value))
        return TRUE;
    if (g_str_equal (name, "truncate")) {
        rope->exact = JSON_NODE_HOLDS_VALUE (value) && !json_node_get_boolean (value);
        return type == FOVEA_ROTARY_YARN && JSON_NODE_HOLDS_VALUE (value);
    }
    if (JSON_NODE_HOLDS_ARRAY (value) && type == FOVEA_ROTARY_LONGROPE) {
        JsonArray **list = g_str_equal (name, "short_factor")  ? &rope->short_list
                           : g_str_equal (name, "long_factor") ? &rope->long_list
                                                               : NULL;
        if (list != NULL)
            *list = json_node_get_array (value);
        return list != NULL;
    }
    double number = JSON_NODE_HOLDS_VALUE (value) ? json_node_get_double (value) : 0;
    for (guint i = 0; i < G_N_ELEMENTS (members); i++) {
        if (!g_str_equal (members[i].name, name))
            continue;
        *(double *) (void *) ((char *) rope + members[i].offset) = number;
        return (members[i].types & 1 << type) != 0 && number > 0 && isfinite (number);
    }
    return FALSE;
}

static FoveaRotaryScaling
read_object (FoveaConfig *config, const char *key, JsonObject *object, Rope *rope)
{
    FoveaRotaryScaling type = read_type (config, object);
    JsonObjectIter iter;
    const char *name;
    JsonNode *value;
    json_object_iter_init (&iter, object);
    while (json_object_iter_next (&iter, &name, &value))
        if (!read_member (name, value, type, rope))
            fovea_config_refuse (config, "\"%s.%s\" is not supported with rope type \"%s\"", key,
                                 name, type_names[type]);
    return type;
}

/* The stretch of yarn makes scores flatter; amplitudes undo it. */
static double
yarn_amplitude (const Rope *rope)
{
    if (rope->amplitude > 0)
        return rope->amplitude;
    double stretch = rope->factor > 1 ? 0.1 * log (rope->factor) : 0;
    if (rope->mscale > 0 && rope->mscale_all > 0)
        return (rope->mscale * stretch + 1) / (rope->mscale_all * stretch + 1);
    return stretch + 1;
}

/* One divisor a pair; the width that turns is known only when all is read. */
static double *
read_divisors (FoveaConfig *config, JsonArray *list, gint64 n_pairs, const char *key)
{
    double *divisors = g_new0 (double, (gsize) MAX (n_pairs, 1));
    gboolean good = list != NULL && json_array_get_length (list) == (guint64) n_pairs;
    for (guint i = 0; good && i < n_pairs; i++) {
        JsonNode *node = json_array_get_element (list, i);
        divisors[i] = JSON_NODE_HOLDS_VALUE (node) ? json_node_get_double (node) : 0;
        good = divisors[i] > 0 && isfinite (divisors[i]);
    }
    if (!good)
        fovea_config_refuse (config, "\"%s\" is no list of %" G_GINT64_FORMAT " numbers above 0",
                             key, n_pairs);
    return divisors;
}

static void
set_longrope (FoveaConfig *config, FoveaArchitecture *a, const Rope *rope)
{
    gint64 n_pairs = a->rotary_width / 2;
    gint64 original = rope->original > 0
                          ? (gint64) MIN (rope->original, (double) FOVEA_MAX_TOKENS)
                          : fovea_config_get_integer (config, "original_max_position_embeddings",
                                                      FOVEA_CONFIG_REQUIRED, FOVEA_MAX_TOKENS);
    double factor = rope->factor > 0 ? rope->factor : (double) a->context / (double) original;
    a->rotary_context = original;
    a->rotary_factor = factor;
    a->rotary_short = read_divisors (config, rope->short_list, n_pairs, "short_factor");
    a->rotary_long = read_divisors (config, rope->long_list, n_pairs, "long_factor");
    a->rotary_amplitude = rope->amplitude > 0 ? rope->amplitude
                          : factor > 1 && original > 1
                              ? sqrt (1 + log (factor) / log ((double) original))
                              : 1;
}

static void
set_scaling (FoveaConfig *config, FoveaArchitecture *a, FoveaRotaryScaling type, const Rope *rope)
{
    a->rotary_scaling = type;
    if (type == FOVEA_ROTARY_PLAIN || type == FOVEA_ROTARY_LONGROPE)
        return;
    if (rope->factor == 0 || (type == FOVEA_ROTARY_LLAMA3 && !(rope->low < rope->high))) {
        fovea_config_refuse (
            config, "rope type \"%s\" without factor%s is not supported", type_names[type],
            type == FOVEA_ROTARY_LLAMA3 ? ", low_freq_factor < high_freq_factor" : "");
        return;
    }
    gint64 beside = fovea_config_get_integer (config, "original_max_position_embeddings",
                                              a->context, FOVEA_MAX_TOKENS);
    a->rotary_factor = rope->factor;
    a->rotary_context =
        rope->original > 0 ? (gint64) MIN (rope->original, (double) FOVEA_MAX_TOKENS) : beside;
    if (type == FOVEA_ROTARY_YARN) {
        a->rotary_low = rope->beta_slow > 0 ? rope->beta_slow : 1;
        a->rotary_high = rope->beta_fast > 0 ? rope->beta_fast : 32;
        a->rotary_amplitude = yarn_amplitude (rope);
        a->rotary_exact = rope->exact;
    } else if (type == FOVEA_ROTARY_LLAMA3) {
        a->rotary_low = rope->low;
        a->rotary_high = rope->high;
    } else if (type == FOVEA_ROTARY_DYNAMIC) {
        a->rotary_context = a->context;
        a->context = MIN ((gint64) ((double) a->context * rope->factor), FOVEA_MAX_TOKENS);
    }
}

/* An object a kind of layer, as Gemma 3 has it. */
static gboolean
read_by_layer (FoveaConfig *config, JsonObject *object, FoveaArchitecture *a, Rope *rope)
{
    JsonNode *full = json_object_get_member (object, "full_attention");
    JsonNode *local = json_object_get_member (object, "sliding_attention");
    if (full == NULL || local == NULL || !JSON_NODE_HOLDS_OBJECT (full) ||
        !JSON_NODE_HOLDS_OBJECT (local) || json_object_get_size (object) != 2 || a->windows == NULL)
        return FALSE;
    Rope near = {0};
    FoveaRotaryScaling plain = read_object (config, "rope_parameters.sliding_attention",
                                            json_node_get_object (local), &near);
    if (plain != FOVEA_ROTARY_PLAIN || near.part != 0)
        fovea_config_refuse (config, "scaled rotary positions in sliding layers are not supported");
    a->rotary_local_base = near.theta > 0 ? near.theta : 10000;
    FoveaRotaryScaling type =
        read_object (config, "rope_parameters.full_attention", json_node_get_object (full), rope);
    set_scaling (config, a, type, rope);
    return TRUE;
}

static void
read_key (FoveaConfig *config, const char *key, FoveaArchitecture *a, Rope *rope)
{
    JsonNode *node = fovea_config_get_member (config, key);
    if (node == NULL)
        return;
    if (!JSON_NODE_HOLDS_OBJECT (node)) {
        fovea_config_refuse (config, "\"%s\" that is no object is not supported", key);
        return;
    }
    JsonObject *object = json_node_get_object (node);
    if (!read_by_layer (config, object, a, rope))
        set_scaling (config, a, read_object (config, key, object, rope), rope);
}

void
fovea_describe_rotary (FoveaConfig *config,
                       FoveaArchitecture *a,
                       const char *theta_key,
                       const char *part_key,
                       double part)
{
    Rope rope = {.theta = fovea_config_get_number (config, theta_key, 10000),
                 .part = fovea_config_get_number (config, part_key, part)};
    a->position = FOVEA_POSITION_ROTARY;
    read_key (config, "rope_scaling", a, &rope);
    read_key (config, "rope_parameters", a, &rope);
    a->rotary_base = rope.theta;
    a->rotary_width = (gint64) (rope.part * (double) a->head_width);
    if (rope.part > 1 || a->rotary_width < 1 || a->rotary_width % 2 != 0) {
        fovea_config_refuse (config,
                             "rotary positions that turn %g of heads of width %" G_GINT64_FORMAT
                             " (odd width %" G_GINT64_FORMAT ")",
                             rope.part, a->head_width, a->rotary_width);
        a->rotary_width = 0;
    }
    if (a->rotary_scaling == FOVEA_ROTARY_LONGROPE)
        set_longrope (config, a, &rope);
}
