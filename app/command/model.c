/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea model`: what a checkpoint is, in one table of facts. Reads headers only, except for the
 * hash, which reads every weight once. */
#include <stdarg.h>
#include <string.h>

#include "app/command/command.h"
#include "capture/session.h"

static void add (FoveaTable *table, const char *fact, const char *format, ...) G_GNUC_PRINTF (3, 4);

/* One row: a fact and its formatted value. */
static void
add (FoveaTable *table, const char *fact, const char *format, ...)
{
    va_list list;
    va_start (list, format);
    g_autofree char *value = g_strdup_vprintf (format, list);
    va_end (list);
    guint row = fovea_table_add_row (table);
    fovea_table_set_text (table, row, 0, fact);
    fovea_table_set_text (table, row, 1, value);
}

static const char *
name_position (const FoveaArchitecture *a)
{
    if (a->position == FOVEA_POSITION_ROTARY)
        return a->rotary_interleaved ? "rotary, interleaved pairs" : "rotary";
    if (a->position == FOVEA_POSITION_ALIBI)
        return g_str_equal (a->family, "falcon") /* whose slopes are told in two ways */
                   ? "ALiBi slopes, added once (eager transformers adds Falcon's twice)"
                   : "ALiBi slopes";
    if (a->distance_buckets > 0)
        return "biases by distance";
    return a->position == FOVEA_POSITION_LEARNED ? "learned table" : "none";
}

static void
add_rotary (FoveaTable *table, const FoveaArchitecture *a)
{
    static const char *const scalings[] = {"none", "linear",  "dynamic",
                                           "YaRN", "Llama 3", "longrope"};
    if (a->position != FOVEA_POSITION_ROTARY)
        return;
    add (table, "rotary_base", "%g", a->rotary_base);
    if (a->rotary_local_base > 0)
        add (table, "rotary_base_local", "%g", a->rotary_local_base);
    if (a->rotary_width < a->head_width)
        add (table, "rotary_width", "%" G_GINT64_FORMAT, a->rotary_width);
    if (a->rotary_scaling != FOVEA_ROTARY_PLAIN)
        add (table, "rotary_scaling", "%s, factor %g, trained on %" G_GINT64_FORMAT,
             scalings[a->rotary_scaling], a->rotary_factor, a->rotary_context);
}

/* Which layers see less than all tokens, or no positions. */
static void
add_layers (FoveaTable *table, const FoveaArchitecture *a)
{
    gint64 window = 0, n = 0;
    for (gint64 l = 0; a->windows != NULL && l < a->n_layers; l++) {
        n += a->windows[l] > 0;
        window = MAX (window, a->windows[l]);
    }
    if (n > 0 && a->bidirectional)
        add (table, "windows",
             "%" G_GINT64_FORMAT " tokens in either direction in %" G_GINT64_FORMAT " layers",
             window - 1, n);
    else if (n > 0)
        add (table, "windows", "%" G_GINT64_FORMAT " tokens in %" G_GINT64_FORMAT " layers", window,
             n);
    n = 0;
    for (gint64 l = 0; a->still != NULL && l < a->n_layers; l++)
        n += a->still[l];
    if (n > 0)
        add (table, "layers_without_positions", "%" G_GINT64_FORMAT, n);
}

/* What only some families have. */
static void
add_block (FoveaTable *table, const FoveaArchitecture *a)
{
    static const char *const places[] = {"before each branch", "behind each branch",
                                         "before and behind each branch", "of each sum", "nowhere"};
    add (table, "blocks", "%s, norm %s%s%s", a->parallel ? "parallel" : "serial",
         places[a->norm_place], a->first_bare ? " but the first" : "",
         a->qk_norm != FOVEA_QK_NORM_NONE ? ", queries and keys normalised" : "");
    if (a->image_size > 0)
        add (table, "pictures",
             "%" G_GINT64_FORMAT " x %" G_GINT64_FORMAT " pixels of %" G_GINT64_FORMAT
             " channels, patches of %" G_GINT64_FORMAT,
             a->image_size, a->image_size, a->n_channels, a->patch_size);
    if (a->n_encoder_layers > 0)
        add (table, "stacks",
             "%" G_GINT64_FORMAT " layers of an encoder; then two for each of %" G_GINT64_FORMAT
             " blocks of a decoder, to itself and to the source; targets begin with id %d",
             a->n_encoder_layers, (a->n_layers - a->n_encoder_layers) / 2, a->start_id);
    if (a->bidirectional)
        add (table, "direction", "both ways (an encoder)");
    add_layers (table, a);
    if (a->attention_soft_cap > 0 || a->logit_soft_cap > 0)
        add (table, "soft_caps", "scores %g, logits %g (0 = none)", (double) a->attention_soft_cap,
             (double) a->logit_soft_cap);
    if (a->sink_logits != NULL)
        add (table, "sinks", "a logit for each head, whose weight goes nowhere");
    if (a->kv_latent > 0)
        add (table, "latents",
             "keys and values from %" G_GINT64_FORMAT ", queries from %" G_GINT64_FORMAT,
             a->kv_latent, a->q_latent > 0 ? a->q_latent : a->width);
    if (a->shared_width > 0)
        add (table, "shared_expert_width", "%" G_GINT64_FORMAT, a->shared_width);
    if (a->n_dense_layers > 0)
        add (table, "dense_layers", "%" G_GINT64_FORMAT " of width %" G_GINT64_FORMAT,
             a->n_dense_layers, a->dense_width);
    if (a->n_experts > 0)
        add (table, "experts", "%" G_GINT64_FORMAT ", %" G_GINT64_FORMAT " for each token",
             a->n_experts, a->n_experts_used);
}

static const char *
name_activation (FoveaActivation activation)
{
    static const char *const names[FOVEA_N_ACTIVATIONS] = {"gelu", "gelu_new",     "silu",
                                                           "relu", "clamped silu", "relu squared"};
    return names[activation];
}

static void
add_sizes (FoveaTable *table, const FoveaArchitecture *a)
{
    add (table, "family", "%s", a->family);
    add (table, "parameters", "%" G_GINT64_FORMAT, a->n_parameters);
    add (table, "weight_type", "%s", fovea_dtype_name (a->weight_dtype));
    add (table, "layers", "%" G_GINT64_FORMAT, a->n_layers);
    add (table, "heads", "%" G_GINT64_FORMAT, a->n_heads);
    add (table, "key_value_heads", "%" G_GINT64_FORMAT, a->n_kv_heads);
    add (table, "head_width", "%" G_GINT64_FORMAT, a->head_width);
    add (table, "width", "%" G_GINT64_FORMAT, a->width);
    add (table, "mlp_width", "%" G_GINT64_FORMAT, a->mlp_width);
    add (table, "vocabulary", "%" G_GINT64_FORMAT, a->vocabulary);
    add (table, "context", "%" G_GINT64_FORMAT, a->context);
    if (a->norm_place == FOVEA_NORM_NOWHERE)
        add (table, "norm", "none");
    else
        add (table, "norm", "%s, eps %g", a->norm == FOVEA_NORM_RMS ? "RMS" : "layer",
             (double) a->norm_eps);
    add (table, "positions", "%s", name_position (a));
    add_rotary (table, a);
    add_block (table, a);
    if (a->mlp_width > 0)
        add (table, "mlp", "%s%s", name_activation (a->activation), a->gated ? ", gated" : "");
    else
        add (table, "mlp", "none");
    add (table, "tied_head", "%s", a->no_head ? "no head" : a->tied_head ? "yes" : "no");
}

/* What the tokenizer is, or why there is none: a model without one can still be run with ids. */
static void
add_tokenizer (FoveaTable *table, FoveaModel *model)
{
    g_autoptr (GError) why = NULL;
    if (fovea_model_get_architecture (model)->image_size > 0)
        return;
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (model, &why);
    add (table, "tokenizer", "%s",
         tokenizer != NULL ? fovea_tokenizer_describe (tokenizer) : why->message);
}

/* Whether there is a chat template, which a cell of a table is too small for. */
static gboolean
add_chat_template (FoveaTable *table, FoveaModel *model, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autofree char *text = fovea_model_read_chat_template (model, &local);
    if (local != NULL) {
        g_propagate_error (error, g_steal_pointer (&local));
        return FALSE;
    }
    if (text != NULL)
        add (table, "chat_template", "%zu bytes of Jinja; --chat-template prints them",
             strlen (text));
    return TRUE;
}

static gboolean
print_chat_template (FoveaContext *context, FoveaModel *model, GError **error)
{
    g_autoptr (GError) local = NULL;
    g_autofree char *text = fovea_model_read_chat_template (model, &local);
    if (text != NULL)
        return fovea_command_write (context, text, -1, error) &&
               (g_str_has_suffix (text, "\n") || fovea_command_write (context, "\n", 1, error));
    if (local != NULL)
        g_propagate_error (error, g_steal_pointer (&local));
    else
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND, "%s has no chat template",
                     fovea_model_get_name (model));
    return FALSE;
}

/* Peak memory of a plain forward over the whole context. */
static gboolean
add_memory (FoveaContext *context, FoveaTable *table, FoveaModel *model, GError **error)
{
    g_autoptr (FoveaDevice) device = fovea_command_open_device (context, error);
    if (device == NULL ||
        !fovea_device_check_precision (device, fovea_command_get_precision (context), error))
        return FALSE;
    FoveaSessionOptions options = {
        .precision = fovea_command_get_precision (context),
        .max_tokens = fovea_model_get_architecture (model)->context,
        .memory = (guint64) fovea_arguments_integer (context->arguments, "memory", 0),
    };
    FoveaMemoryPlan memory = {0};
    fovea_session_predict_memory (model, device, &options, &memory);
    add (table, "weight_bytes", "%" G_GUINT64_FORMAT, fovea_model_get_weight_bytes (model));
    add (table, "memory_full_context",
         "%" G_GUINT64_FORMAT " bytes (weights %" G_GUINT64_FORMAT ", cache %" G_GUINT64_FORMAT
         ", scratch %" G_GUINT64_FORMAT ")",
         memory.weights + memory.cache + memory.scratch, memory.weights, memory.cache,
         memory.scratch);
    add (table, "device", "%s", fovea_device_describe (device));
    return TRUE;
}

static gboolean
run_model (FoveaContext *context, GError **error)
{
    g_autoptr (FoveaModel) model =
        fovea_model_open (fovea_arguments_positional (context->arguments, 0), error);
    if (model == NULL)
        return FALSE;
    if (fovea_arguments_has (context->arguments, "chat-template"))
        return print_chat_template (context, model, error);
    g_autoptr (FoveaTable) table = fovea_table_new ("model");
    fovea_table_add_column (table, "fact", FOVEA_COLUMN_TEXT, "", "what");
    fovea_table_add_column (table, "value", FOVEA_COLUMN_TEXT, "", "value");
    add (table, "name", "%s", fovea_model_get_name (model));
    add (table, "path", "%s", fovea_model_get_path (model));
    add_sizes (table, fovea_model_get_architecture (model));
    add_tokenizer (table, model);
    if (!add_chat_template (table, model, error))
        return FALSE;
    const char *hash = fovea_model_get_hash (model, context->cancellable, error);
    if (hash == NULL)
        return FALSE;
    add (table, "content_hash", "%s", hash);
    g_autoptr (GError) missing = NULL;
    if (!fovea_model_check_complete (model, &missing))
        add (table, "incomplete", "%s", missing->message);
    else if (!add_memory (context, table, model, error))
        return FALSE;
    return fovea_command_write_table (context, table, error);
}

/* Of the options for running, those that change what this command says. */
static const FoveaOption options[] = {
    FOVEA_ROW_VALUE (
        "device", 0, TEXT, "NAME", "device that memory is predicted for (default auto)"),
    FOVEA_ROW_CHOICE ("precision",
                      "TYPE",
                      "f32|bf16|f16|tf32",
                      "of products: f32, bf16, f16, or on a GPU tf32 (default f32)"),
    FOVEA_ROW_INTEGER ("threads", "N", 1, 4096, "threads of a CPU (default: its cores)"),
    FOVEA_ROW_VALUE ("memory", 0, SIZE, "SIZE", "memory that the prediction may use"),
    FOVEA_ROW_FLAG ("chat-template", "print how it wants conversations written, and nothing else"),
    {NULL},
};

const FoveaCommand fovea_command_model = {
    .name = "model",
    .usage = "MODEL",
    .summary = "Say what a checkpoint is: family, sizes, tokenizer, hash, memory needed",
    .example = "fovea model demo",
    .options = options,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 1,
    .run = run_model,
};
