/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Written from the conversion's side, so that it shares no table with the reader: a name is built
 * by replacing words, a row is moved to where it goes. */
#include "tests/gguf-convert.h"

#include <json-glib/json-glib.h>
#include <math.h>
#include <string.h>

#include "capture/gguf.h"
#include "capture/safetensors-writer.h"
#include "capture/safetensors.h"
#include "tests/gguf-recipes.h"
#include "tests/support.h"

/* Keys of config.json; several where families differ. */
static const struct {
    const char *gguf;
    const char *config[4];
    gboolean number;
} keys[] = {
    {"block_count", {"num_hidden_layers", "n_layer"}},
    {"context_length", {"max_position_embeddings", "n_positions"}},
    {"embedding_length", {"hidden_size", "n_embd"}},
    {"feed_forward_length", {"intermediate_size", "n_inner"}},
    {"attention.head_count", {"num_attention_heads", "n_head"}},
    {"attention.head_count_kv", {"num_key_value_heads"}},
    {"attention.key_length", {"head_dim"}},
    {"attention.value_length", {"head_dim"}},
    {"attention.layer_norm_rms_epsilon", {"rms_norm_eps"}, TRUE},
    {"attention.layer_norm_epsilon",
     {"layer_norm_epsilon", "layer_norm_eps", "norm_epsilon", "norm_eps"},
     TRUE},
    {"expert_count", {"num_local_experts", "n_routed_experts"}},
    {"expert_shared_count", {"n_shared_experts"}},
    {"expert_group_count", {"n_group"}},
    {"expert_group_used_count", {"topk_group"}},
    {"expert_weights_scale", {"routed_scaling_factor"}, TRUE},
    {"leading_dense_block_count", {"first_k_dense_replace"}},
    {"attention.q_lora_rank", {"q_lora_rank"}},
    {"attention.kv_lora_rank", {"kv_lora_rank"}},
    {"rope.dimension_count", {"qk_rope_head_dim"}},
    {"expert_used_count", {"num_experts_per_tok"}},
    {"expert_feed_forward_length", {"moe_intermediate_size"}},
    {"rope.freq_base", {"rope_theta"}, TRUE},
    {"rope.scaling.factor", {"factor"}, TRUE},
    {"rope.scaling.yarn_beta_fast", {"beta_fast"}, TRUE},
    {"rope.scaling.yarn_beta_slow", {"beta_slow"}, TRUE},
    {"rope.scaling.original_context_length", {"original_max_position_embeddings"}},
    {"attention.scale", {"attention_multiplier"}, TRUE},
    {"embedding_scale", {"embedding_multiplier"}, TRUE},
    {"residual_scale", {"residual_multiplier"}, TRUE},
    {"logit_scale", {"logits_scaling"}, TRUE},
    {"attn_logit_softcapping", {"attn_logit_softcapping"}, TRUE},
    {"final_logit_softcapping", {"final_logit_softcapping"}, TRUE},
    {"attention.sliding_window", {"sliding_window", "local_attention"}},
    {"attention.sliding_window_pattern", {"global_attn_every_n_layers"}},
};

void
gguf_write (GgufBuilder *builder, const char *path)
{
    g_autoptr (GBytes) bytes = gguf_builder_finish (builder, 3);
    gsize length;
    const char *data = g_bytes_get_data (bytes, &length);
    ck_assert (g_file_set_contents (path, data, (gssize) length, NULL));
}

/* A member of config.json, or of its rope_parameters. */
static JsonNode *
find_member (JsonObject *config, const char *name)
{
    JsonNode *node = json_object_get_member (config, name);
    JsonNode *rope = json_object_get_member (config, "rope_parameters");
    if (node == NULL && rope != NULL && JSON_NODE_HOLDS_OBJECT (rope))
        node = json_object_get_member (json_node_get_object (rope), name);
    return node != NULL && JSON_NODE_HOLDS_VALUE (node) ? node : NULL;
}

static gint64
get_member (JsonObject *config, const char *name)
{
    return json_node_get_int (find_member (config, name));
}

/* Without a latent of queries the file is of the older kind, whose keys and values are one matrix, and
 * which does not say how experts are chosen. */
static gboolean
is_older (JsonObject *config)
{
    return find_member (config, "q_lora_rank") == NULL;
}

static void
add_latent_metadata (GgufBuilder *builder, const GgufRecipe *recipe, JsonObject *config)
{
    guint32 plain = (guint32) get_member (config, "qk_nope_head_dim");
    guint32 turning = (guint32) get_member (config, "qk_rope_head_dim");
    guint32 latent = (guint32) get_member (config, "kv_lora_rank");
    guint32 values = (guint32) get_member (config, "v_head_dim");
    gboolean older = is_older (config);
    JsonNode *all = find_member (config, "mscale_all_dim");
    gguf_add_u32 (builder, "deepseek2.attention.key_length", (older ? plain : latent) + turning);
    gguf_add_u32 (builder, "deepseek2.attention.value_length", older ? values : latent);
    if (!older) {
        gguf_add_u32 (builder, "deepseek2.attention.key_length_mla", plain + turning);
        gguf_add_u32 (builder, "deepseek2.attention.value_length_mla", values);
        gguf_add_u32 (builder, "deepseek2.expert_gating_func", (guint32) recipe->gating);
    }
    if (json_node_get_boolean (find_member (config, "norm_topk_prob")))
        gguf_add_integer (builder, "deepseek2.expert_weights_norm", FOVEA_GGUF_BOOL, 1, TRUE);
    if (all != NULL)
        gguf_add_f32 (builder, "deepseek2.rope.scaling.yarn_log_multiplier",
                      (float) (0.1 * json_node_get_double (all)));
}

static void
add_metadata (GgufBuilder *builder, const GgufRecipe *recipe, JsonObject *config)
{
    gguf_add_text (builder, "general.architecture", recipe->architecture);
    if (recipe->gating != 0)
        add_latent_metadata (builder, recipe, config);
    for (gsize i = 0; i < G_N_ELEMENTS (keys); i++) {
        if (recipe->gating != 0 && g_str_has_suffix (keys[i].config[0], "head_dim") &&
            g_str_has_suffix (keys[i].gguf, "_length"))
            continue;
        g_autofree char *key = g_strconcat (recipe->architecture, ".", keys[i].gguf, NULL);
        JsonNode *node = NULL;
        for (int k = 0; k < 4 && keys[i].config[k] != NULL && node == NULL; k++)
            node = find_member (config, keys[i].config[k]);
        if (node != NULL && keys[i].number)
            gguf_add_f32 (builder, key, (float) json_node_get_double (node));
        else if (node != NULL)
            gguf_add_u32 (builder, key, (guint32) json_node_get_int (node));
    }
    JsonNode *part = find_member (config, "partial_rotary_factor");
    JsonNode *rope = find_member (config, "rope_type");
    if (rope != NULL && strcmp (json_node_get_string (rope), "yarn") == 0) {
        g_autofree char *key = g_strconcat (recipe->architecture, ".rope.scaling.type", NULL);
        gguf_add_text (builder, key, "yarn");
    }
    JsonNode *parallel = find_member (config, "use_parallel_residual");
    if (part != NULL) {
        gint64 D = json_node_get_int (find_member (config, "hidden_size")) /
                   json_node_get_int (find_member (config, "num_attention_heads"));
        g_autofree char *key = g_strconcat (recipe->architecture, ".rope.dimension_count", NULL);
        gguf_add_u32 (builder, key, (guint32) ((double) D * json_node_get_double (part)));
    }
    if (parallel != NULL) {
        g_autofree char *key = g_strconcat (recipe->architecture, ".use_parallel_residual", NULL);
        gguf_add_integer (builder, key, FOVEA_GGUF_BOOL, 1, json_node_get_boolean (parallel));
    }
    if (g_str_equal (recipe->architecture, "bert")) {
        gguf_add_integer (builder, "bert.attention.causal", FOVEA_GGUF_BOOL, 1, FALSE);
        gguf_add_u32 (builder, "bert.pooling_type", 1);
    }
    if (g_str_equal (recipe->architecture, "modern-bert")) {
        gguf_add_integer (builder, "modern-bert.attention.causal", FOVEA_GGUF_BOOL, 1, FALSE);
        gguf_add_f32 (builder, "modern-bert.rope.freq_base", 160000);
        gguf_add_f32 (builder, "modern-bert.rope.freq_base_swa", 10000);
        gguf_add_text (builder, "modern-bert.hidden_activation", "gelu");
    }
    JsonNode *eos = find_member (config, "eos_token_id");
    if (eos != NULL)
        gguf_add_u32 (builder, "tokenizer.ggml.eos_token_id", (guint32) json_node_get_int (eos));
}

static char *
rename_tensor (const GgufRecipe *recipe, const char *name)
{
    g_autoptr (GString) text = g_string_new (name);
    for (const GgufWords *words = recipe->words; (*words)[0] != NULL; words++)
        g_string_replace (text, (*words)[0], (*words)[1], 1);
    g_string_replace (text, "post_attention_layernorm",
                      recipe->around ? "post_attention_norm" : "ffn_norm", 1);
    return g_strdup (text->str);
}

/* Row d < D/2 of a head goes to row 2d, row d + D/2 beside it. */
static void
turn_rows (float *values, gint64 rows, gint64 columns, gint64 D)
{
    g_autofree float *from = g_memdup2 (values, (gsize) (rows * columns) * sizeof *values);
    for (gint64 row = 0; row < rows; row++) {
        gint64 d = row % D, to = row - d + (d * 2 < D ? 2 * d : 2 * d - D + 1);
        memcpy (values + to * columns, from + row * columns, (gsize) columns * sizeof *values);
    }
}

/* Rows of q, k and v of each head in turn become all of q, all of k, all of v. */
static void
part_heads (float *values, gint64 rows, gint64 columns, gint64 D)
{
    g_autofree float *from = g_memdup2 (values, (gsize) (rows * columns) * sizeof *values);
    gint64 H = rows / (3 * D);
    for (gint64 row = 0; row < rows; row++) {
        gint64 h = row / (3 * D), which = row / D % 3, to = (which * H + h) * D + row % D;
        memcpy (values + to * columns, from + row * columns, (gsize) columns * sizeof *values);
    }
}

static void
transpose (float *values, gint64 *shape)
{
    gint64 rows = shape[0], columns = shape[1];
    g_autofree float *from = g_memdup2 (values, (gsize) (rows * columns) * sizeof *values);
    for (gint64 r = 0; r < rows; r++)
        for (gint64 c = 0; c < columns; c++)
            values[c * rows + r] = from[r * columns + c];
    shape[0] = columns;
    shape[1] = rows;
}

static void
add_tensor (GgufBuilder *builder, const GgufRecipe *recipe, const FoveaTensor *tensor, gint64 D)
{
    g_autofree char *name = rename_tensor (recipe, tensor->name);
    g_autofree float *values = g_new (float, tensor->n_elements);
    gint64 shape[2] = {tensor->shape[0], tensor->rank > 1 ? tensor->shape[1] : 1};
    fovea_dtype_to_f32 (tensor->data, tensor->dtype, (gsize) tensor->n_elements, values);
    if (recipe->turned && (strstr (name, "attn_q.") != NULL || strstr (name, "attn_k.") != NULL))
        turn_rows (values, shape[0], shape[1], D);
    if (strstr (tensor->name, "query_key_value") != NULL)
        part_heads (values, shape[0], shape[1], D);
    if (recipe->conv1d && g_str_has_prefix (name, "blk.") && tensor->rank == 2)
        transpose (values, shape);
    if (recipe->adds_one && g_str_has_suffix (name, "norm.weight"))
        for (gint64 i = 0; i < tensor->n_elements; i++)
            values[i] += 1;
    gguf_add_tensor (builder, name, 0, tensor->rank, shape, values,
                     (gsize) tensor->n_elements * sizeof *values);
}

/* (H * (plain + V), latent) as (H, latent, plain) and (H, V, latent). */
static void
add_split (GgufBuilder *builder,
           const GgufRecipe *recipe,
           const FoveaTensor *both,
           JsonObject *config)
{
    const gint64 H = get_member (config, "num_attention_heads"), N = both->shape[1];
    const gint64 plain = get_member (config, "qk_nope_head_dim"),
                 V = get_member (config, "v_head_dim");
    const gint64 key_shape[] = {H, N, plain}, value_shape[] = {H, V, N};
    g_autofree float *keys_out = g_new (float, H *N *plain), *values_out = g_new (float, H *V *N);
    g_autofree float *from = g_new (float, both->n_elements);
    g_autofree char *name = rename_tensor (recipe, both->name);
    g_autoptr (GString) key_name = g_string_new (name), value_name = g_string_new (name);
    g_string_replace (key_name, "kv_b", "k_b", 1);
    g_string_replace (value_name, "kv_b", "v_b", 1);
    fovea_dtype_to_f32 (both->data, both->dtype, (gsize) both->n_elements, from);
    for (gint64 h = 0; h < H; h++)
        for (gint64 n = 0; n < N; n++) {
            for (gint64 d = 0; d < plain; d++)
                keys_out[(h * N + n) * plain + d] = from[(h * (plain + V) + d) * N + n];
            for (gint64 d = 0; d < V; d++)
                values_out[(h * V + d) * N + n] = from[(h * (plain + V) + plain + d) * N + n];
        }
    gguf_add_tensor (builder, key_name->str, 0, 3, key_shape, keys_out,
                     (gsize) (H * N * plain) * sizeof (float));
    gguf_add_tensor (builder, value_name->str, 0, 3, value_shape, values_out,
                     (gsize) (H * V * N) * sizeof (float));
}

/* Of the layer that foretells a second token, which is left out. */
static gboolean
is_beyond (const FoveaTensor *tensor, JsonObject *config)
{
    const char *at = strstr (tensor->name, "layers.");
    return at != NULL && find_member (config, "num_nextn_predict_layers") != NULL &&
           g_ascii_strtoll (at + strlen ("layers."), NULL, 10) >=
               get_member (config, "num_hidden_layers");
}

/* llama.cpp keeps what sentence vectors are made of. */
static gboolean
is_of_encoders_head (const FoveaTensor *tensor)
{
    return g_str_has_prefix (tensor->name, "cls.") || strstr (tensor->name, "pooler.") != NULL;
}

/* All experts' matrices of one kind and layer as one tensor; @first is the first expert's. */
static void
add_experts (GgufBuilder *builder,
             const GgufRecipe *recipe,
             FoveaSafetensors *file,
             const FoveaTensor *first,
             int n)
{
    g_autofree char *name = rename_tensor (recipe, first->name);
    g_autofree float *values = g_new (float, n * first->n_elements);
    const gint64 shape[3] = {n, first->shape[0], first->shape[1]};
    for (int e = 0; e < n; e++) {
        g_autofree char *expert = g_strdup_printf (".experts.%d.", e);
        g_autoptr (GString) other = g_string_new (first->name);
        g_string_replace (other, ".experts.0.", expert, 1);
        const FoveaTensor *tensor = fovea_safetensors_lookup (file, other->str);
        ck_assert_ptr_nonnull (tensor);
        fovea_dtype_to_f32 (tensor->data, tensor->dtype, (gsize) tensor->n_elements,
                            values + e * tensor->n_elements);
    }
    gguf_add_tensor (builder, name, 0, 3, shape, values,
                     (gsize) (n * first->n_elements) * sizeof *values);
}

/* gpt-oss: @part (0 or 1) of two of what alternates along the last axis of (E, in, out), or of (E,
 * out) for biases; all of it if @step is 1. Matrices become (E, out, in). */
static void
add_stack (GgufBuilder *builder, const FoveaTensor *all, const char *name, gint64 part, gint64 step)
{
    gboolean bias = all->rank == 2;
    gint64 E = all->shape[0], n_in = bias ? 1 : all->shape[1];
    gint64 n_out = all->shape[bias ? 1 : 2] / step;
    const gint64 shape[3] = {E, n_out, n_in};
    g_autofree float *from = g_new (float, all->n_elements);
    g_autofree float *to = g_new (float, E *n_out *n_in);
    fovea_dtype_to_f32 (all->data, all->dtype, (gsize) all->n_elements, from);
    for (gint64 e = 0; e < E; e++)
        for (gint64 o = 0; o < n_out; o++)
            for (gint64 i = 0; i < n_in; i++)
                to[(e * n_out + o) * n_in + i] =
                    from[(e * n_in + i) * n_out * step + o * step + part];
    gguf_add_tensor (builder, name, 0, bias ? 2 : 3, shape, to,
                     (gsize) (E * n_out * n_in) * sizeof *to);
}

/* The same of blocks of MXFP4: neighbours that share a byte come to stand 16 apart. */
static void
add_packed_stack (GgufBuilder *builder,
                  const FoveaTensor *blocks,
                  const FoveaTensor *scales,
                  const char *name,
                  gint64 part,
                  gint64 step)
{
    gint64 E = blocks->shape[0], n_out = blocks->shape[1] / step, n = blocks->shape[2];
    const gint64 shape[3] = {E, n_out, n * 32};
    g_autoptr (GByteArray) to = g_byte_array_new ();
    for (gint64 row = 0; row < E * n_out; row++)
        for (gint64 b = 0; b < n; b++) {
            gint64 at = (row * step + part) * n + b;
            const guint8 *from = (const guint8 *) blocks->data + at * 16;
            guint8 elements[32], block[17] = {((const guint8 *) scales->data)[at]};
            for (int i = 0; i < 32; i++)
                elements[i] = from[i / 2] >> (i % 2 == 0 ? 0 : 4) & 15;
            for (int i = 0; i < 16; i++)
                block[1 + i] = (guint8) (elements[i] | elements[16 + i] << 4);
            g_byte_array_append (to, block, sizeof block);
        }
    gguf_add_tensor (builder, name, 39, 3, shape, to->data, to->len);
}

/* A tensor of all experts of gpt-oss; @given is of "mlp.experts.". */
static void
add_oss_experts (GgufBuilder *builder, FoveaSafetensors *file, const FoveaTensor *given)
{
    static const struct {
        const char *ending, *gguf[2];
    } stacks[] = {{"gate_up_proj", {"ffn_gate_exps.weight", "ffn_up_exps.weight"}},
                  {"down_proj", {"ffn_down_exps.weight"}},
                  {"gate_up_proj_bias", {"ffn_gate_exps.bias", "ffn_up_exps.bias"}},
                  {"down_proj_bias", {"ffn_down_exps.bias"}},
                  {"gate_up_proj_blocks", {"ffn_gate_exps.weight", "ffn_up_exps.weight"}},
                  {"down_proj_blocks", {"ffn_down_exps.weight"}}};
    const char *layer = given->name + strlen ("model.layers.");
    for (gsize i = 0; i < G_N_ELEMENTS (stacks); i++) {
        g_autofree char *ending = g_strconcat (".experts.", stacks[i].ending, NULL);
        gint64 step = stacks[i].gguf[1] != NULL ? 2 : 1;
        for (gint64 part = 0; part < step && g_str_has_suffix (given->name, ending); part++) {
            g_autofree char *name = g_strdup_printf ("blk.%c.%s", *layer, stacks[i].gguf[part]);
            g_autoptr (GString) scales = g_string_new (given->name);
            if (!g_str_has_suffix (ending, "_blocks")) {
                add_stack (builder, given, name, part, step);
                continue;
            }
            g_string_replace (scales, "_blocks", "_scales", 1);
            add_packed_stack (builder, given, fovea_safetensors_lookup (file, scales->str), name,
                              part, step);
        }
    }
}

/* The lists of longrope. */
static void
add_long_rope (GgufBuilder *builder, JsonObject *config)
{
    static const char *const lists[][2] = {{"long_factor", "rope_factors_long.weight"},
                                           {"short_factor", "rope_factors_short.weight"}};
    JsonNode *node = json_object_get_member (config, "rope_parameters");
    JsonObject *rope =
        node != NULL && JSON_NODE_HOLDS_OBJECT (node) ? json_node_get_object (node) : NULL;
    for (int i = 0; rope != NULL && i < 2 && json_object_has_member (rope, lists[i][0]); i++) {
        JsonArray *list = json_object_get_array_member (rope, lists[i][0]);
        const gint64 shape[1] = {json_array_get_length (list)};
        g_autofree float *values = g_new (float, shape[0]);
        for (gint64 k = 0; k < shape[0]; k++)
            values[k] = (float) json_array_get_double_element (list, (guint) k);
        gguf_add_tensor (builder, lists[i][1], 0, 1, shape, values,
                         (gsize) shape[0] * sizeof *values);
    }
}

/* Divisors of the frequencies that Llama 3's scaling comes to, as transformers computes them. */
static void
add_rope (GgufBuilder *builder, JsonObject *config, gint64 D)
{
    JsonNode *type = find_member (config, "rope_type");
    if (type == NULL || strcmp (json_node_get_string (type), "llama3") != 0)
        return;
    double base = json_node_get_double (find_member (config, "rope_theta"));
    double factor = json_node_get_double (find_member (config, "factor"));
    double low = json_node_get_double (find_member (config, "low_freq_factor"));
    double high = json_node_get_double (find_member (config, "high_freq_factor"));
    double context =
        (double) json_node_get_int (find_member (config, "original_max_position_embeddings"));
    g_autofree float *divisors = g_new (float, D / 2);
    const gint64 shape[1] = {D / 2};
    for (gint64 i = 0; i < D / 2; i++) {
        double frequency = pow (base, -2.0 * (double) i / (double) D);
        double length = 2 * G_PI / frequency, scaled = frequency;
        if (length > context / low) {
            scaled = frequency / factor;
        } else if (length >= context / high) {
            double smooth = (context / length - low) / (high - low);
            scaled = (1 - smooth) * frequency / factor + smooth * frequency;
        }
        divisors[i] = (float) (frequency / scaled);
    }
    gguf_add_tensor (builder, "rope_freqs.weight", 0, 1, shape, divisors,
                     (gsize) (D / 2) * sizeof *divisors);
}

void
gguf_convert (const char *folder, const char *path)
{
    g_autofree char *config_path = g_build_filename (folder, "config.json", NULL);
    g_autofree char *weights = g_build_filename (folder, "model.safetensors", NULL);
    g_autoptr (JsonParser) parser = json_parser_new ();
    ck_assert (json_parser_load_from_file (parser, config_path, NULL));
    JsonObject *config = json_node_get_object (json_parser_get_root (parser));
    const GgufRecipe *recipe =
        gguf_recipe_find (json_object_get_string_member (config, "model_type"));
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (weights, NULL);
    ck_assert_ptr_nonnull (file);
    GgufBuilder *builder = gguf_builder_new ();
    add_metadata (builder, recipe, config);
    JsonNode *head = find_member (config, "head_dim"), *C = find_member (config, "hidden_size");
    gint64 D = head != NULL ? json_node_get_int (head) : 1;
    if (head == NULL && C != NULL)
        D = json_node_get_int (C) / json_node_get_int (find_member (config, "num_attention_heads"));
    guint n;
    const FoveaTensor *tensors = fovea_safetensors_list (file, &n);
    for (guint i = 0; i < n; i++) {
        if (is_beyond (&tensors[i], config) || is_of_encoders_head (&tensors[i]))
            continue;
        if (strstr (tensors[i].name, "kv_b_proj") != NULL && !is_older (config))
            add_split (builder, recipe, &tensors[i], config);
        else if (strstr (tensors[i].name, ".mlp.experts.") != NULL &&
                 g_str_equal (recipe->model_type, "gpt_oss"))
            add_oss_experts (builder, file, &tensors[i]);
        else if (strstr (tensors[i].name, ".experts.") == NULL)
            add_tensor (builder, recipe, &tensors[i], D);
        else if (strstr (tensors[i].name, ".experts.0.") != NULL)
            add_experts (builder, recipe, file, &tensors[i],
                         (int) get_member (config, recipe->gating != 0 ? "n_routed_experts"
                                                                       : "num_local_experts"));
    }
    add_rope (builder, config, D);
    add_long_rope (builder, config);
    gguf_write (builder, path);
}

char *
gguf_copy_with_context (const char *from, const char *folder, guint32 context)
{
    static const char key[] = "llama.context_length";
    gsize length;
    g_autofree char *data = NULL, *name = g_path_get_basename (from);
    ck_assert (g_file_get_contents (from, &data, &length, NULL));
    char *at = memmem (data, length, key, strlen (key));
    ck_assert_ptr_nonnull (at);
    memcpy (at + strlen (key) + 4, &context, sizeof context); /* behind the type */
    char *path = g_build_filename (folder, name, NULL);
    ck_assert (g_file_set_contents (path, data, (gssize) length, NULL));
    return path;
}

/* What projections of the small Llama add, by the width of each. */
static const struct {
    const char *name;
    gint64 n;
} biases[] = {
    {"self_attn.q_proj", 48}, {"self_attn.k_proj", 24}, {"self_attn.v_proj", 24},
    {"self_attn.o_proj", 48}, {"mlp.gate_proj", 96},    {"mlp.up_proj", 96},
    {"mlp.down_proj", 48},
};

void
gguf_copy_with_biases (const char *folder)
{
    g_autofree char *golden = support_data ("tests/golden/tiny/llama"), *text = NULL;
    g_autofree char *from = g_build_filename (golden, "config.json", NULL);
    g_autofree char *old = g_build_filename (golden, "model.safetensors", NULL);
    g_autofree char *to = g_build_filename (folder, "config.json", NULL);
    g_autofree char *new = g_build_filename (folder, "model.safetensors", NULL);
    ck_assert (g_file_get_contents (from, &text, NULL, NULL));
    g_autoptr (GString) config = g_string_new (text);
    ck_assert_uint_eq (
        g_string_replace (config, "\"attention_bias\": false", "\"attention_bias\": true", 0), 1);
    ck_assert_uint_eq (g_string_replace (config, "\"mlp_bias\": false", "\"mlp_bias\": true", 0),
                       1);
    ck_assert (g_file_set_contents (to, config->str, -1, NULL));
    g_autoptr (FoveaSafetensors) file = fovea_safetensors_open (old, NULL);
    g_autoptr (FoveaSafetensorsWriter) writer = fovea_safetensors_writer_new (new);
    guint n;
    const FoveaTensor *tensors = fovea_safetensors_list (file, &n);
    for (guint i = 0; i < n; i++)
        ck_assert (fovea_safetensors_writer_add_tensor (writer, tensors[i].name, tensors[i].dtype,
                                                        tensors[i].rank, tensors[i].shape, NULL));
    for (guint b = 0; b < 3 * G_N_ELEMENTS (biases); b++) {
        g_autofree char *name =
            g_strdup_printf ("model.layers.%u.%s.bias", b % 3, biases[b / 3].name);
        ck_assert (fovea_safetensors_writer_add_tensor (writer, name, FOVEA_F32, 1,
                                                        &biases[b / 3].n, NULL));
    }
    for (guint i = 0; i < n; i++)
        ck_assert (
            fovea_safetensors_writer_append (writer, tensors[i].data, tensors[i].n_bytes, NULL));
    for (guint b = 0; b < 3 * G_N_ELEMENTS (biases); b++) {
        float values[96];
        for (guint i = 0; i < G_N_ELEMENTS (values); i++)
            values[i] = (float) sin (97 * b + 13 * i);
        ck_assert (fovea_safetensors_writer_append (
            writer, values, (gsize) biases[b / 3].n * sizeof (float), NULL));
    }
    ck_assert (fovea_safetensors_writer_finish (writer, NULL));
}
