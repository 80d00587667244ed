/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea sae steer`: what a model answers when one latent's code is changed, over a sweep of values
 * of either sign, beside what it answers untouched. */
#include <math.h>
#include <string.h>

#include "analysis/sae-file.h"
#include "analysis/sae-steer.h"
#include "app/command/prompts.h"
#include "storage/dictionary.h"

enum {
    USUAL_TOKENS = 20
};

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE ("sae", 0, TEXT, "FOLDER", "the autoencoder (needed)"),
    FOVEA_ROW_INTEGER ("latent", "J", 0, G_MAXINT32, "which one (needed)"),
    FOVEA_ROW_VALUE ("value", 0, TEXT, "LIST", "codes, -8,-4,4,8; of either sign"),
    FOVEA_ROW_VALUE ("factor", 0, TEXT, "LIST", "the same in units of its largest code in --store"),
    FOVEA_ROW_VALUE ("store", 0, TEXT, "STORE", "with the codes that 'sae encode' kept"),
    FOVEA_ROW_CHOICE ("mode",
                      "NAME",
                      "clamp|add|scale|least",
                      "set the code (default), add to it, multiply it, or keep it at the value at "
                      "least (at most, if negative)"),
    FOVEA_ROW_VALUE ("file", 'f', TEXTS, "FILE", "prompt from a file; - is standard input"),
    FOVEA_ROW_VALUE ("ids", 0, IDS, "LIST", "prompt as token ids"),
    FOVEA_ROW_FLAG ("no-special", "add no BOS and the like"),
    FOVEA_ROW_FLAG ("all-tokens", "steer at special tokens too"),
    FOVEA_ROW_VALUE ("at", 0, IDS, "LIST", "steer at these positions of the prompt alone"),
    FOVEA_ROW_INTEGER ("max-tokens", "N", 0, 1 << 20, "tokens to continue with (default 20)"),
    FOVEA_ROW_NUMBER ("temperature", "X", 1e-6, 1000, "sample the continuation (default: greedy)"),
    FOVEA_ROW_VALUE (
        "watch", 0, TEXTS, "TOKEN", "report the probability of these next tokens together"),
    FOVEA_ROW_INTEGER (
        "next", "N", 1, 1 << 20, "the N likeliest next tokens of every value instead"),
    {NULL},
};

/* All that the rows of one sequence are made from. */
typedef struct {
    FoveaContext *context;
    FoveaModel *model;
    FoveaTokenizer *tokenizer;
    FoveaSae *sae;
    FoveaSession *session;
    GArray *values;  /* of double, in units of the code */
    GArray *watched; /* of gint32 */
    FoveaTable *table;
    gint64 n_next; /* 0 = the table of values */
} Sweep;

static gboolean
check_options (const FoveaArguments *a, GError **error)
{
    static const char *const together[][3] = {{"value", "factor"},
                                              {"at", "all-tokens"},

                                              {"next", "watch"},
                                              {"next", "max-tokens"},
                                              {"next", "temperature"}};
    static const char *const needed[] = {"sae", "latent"};
    for (guint i = 0; i < G_N_ELEMENTS (together); i++)
        if (!fovea_arguments_exclude (a, together[i], error))
            return FALSE;
    if (!fovea_arguments_need (a, "factor", "store", error) ||
        !fovea_arguments_need (a, "store", "factor", error) ||
        !fovea_arguments_need (a, "seed", "temperature", error))
        return FALSE;
    gboolean complete = fovea_arguments_has (a, "value") || fovea_arguments_has (a, "factor");
    for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
        complete = complete && fovea_arguments_has (a, needed[i]);
    if (!complete)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "sae steer needs --sae FOLDER, --latent J, and --value or --factor");
    return complete;
}

/* "-8,-4.5,8" times @unit. */
static GArray *
parse_values (const char *name, const char *text, double unit, GError **error)
{
    g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (double));
    g_auto (GStrv) parts = g_strsplit (text, ",", -1);
    for (guint i = 0; parts[i] != NULL; i++) {
        char *end;
        double value = g_ascii_strtod (parts[i], &end) * unit;
        if (end == parts[i] || *end != '\0' || !isfinite (value)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--%s %s: \"%s\" is not a number",
                         name, text, parts[i]);
            return NULL;
        }
        g_array_append_val (values, value);
    }
    return g_steal_pointer (&values);
}

/* The largest code, by magnitude, that the store has of the latent. */
static gboolean
find_largest (const char *path, const FoveaSae *sae, gint32 latent, double *largest, GError **error)
{
    g_autofree char *hash = fovea_sae_hash ((FoveaSae *) sae);
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, error);
    gint64 dictionary = 0;
    if (store == NULL || !fovea_store_require_dictionary (store, hash, &dictionary, NULL, error))
        return FALSE;
    g_autoptr (GArray) firings = fovea_store_read_firings (store, dictionary, latent, error);
    if (firings == NULL)
        return FALSE;
    *largest = 0;
    for (guint i = 0; i < firings->len; i++)
        *largest = fmax (*largest, fabs ((double) g_array_index (firings, FoveaFiring, i).value));
    if (*largest > 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "%s has no codes of latent %d: it fires on no token", path, latent);
    return FALSE;
}

static GArray *
read_values (const FoveaArguments *a, const FoveaSae *sae, GError **error)
{
    double unit = 1;
    const char *name = fovea_arguments_has (a, "factor") ? "factor" : "value";
    if (g_str_equal (name, "factor") &&
        !find_largest (fovea_arguments_text (a, "store", ""), sae,
                       (gint32) fovea_arguments_integer (a, "latent", 0), &unit, error))
        return NULL;
    return parse_values (name, fovea_arguments_text (a, name, ""), unit, error);
}

/* Each text must be one token, or its probability would not be one number. */
static GArray *
read_watched (const FoveaArguments *a, FoveaTokenizer *tokenizer, GError **error)
{
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
    char **texts = fovea_arguments_texts (a, "watch");
    for (guint i = 0; texts != NULL && texts[i] != NULL; i++) {
        gint32 id;
        if (!fovea_command_find_token ("watch", texts[i], tokenizer, &id, error))
            return NULL;
        g_array_append_val (ids, id);
    }
    return g_steal_pointer (&ids);
}

static FoveaTable *
make_table (gint64 n_next)
{
    static const FoveaColumn both[] = {
        {"sequence", FOVEA_COLUMN_TEXT, "", "prompt"},
        {"value", FOVEA_COLUMN_NUMBER, "code", "none = untouched"},
    };
    static const FoveaColumn next[] = {
        {"rank", FOVEA_COLUMN_INTEGER, "", "1 = likeliest"},
        {"id", FOVEA_COLUMN_INTEGER, "", "next token"},
        {"text", FOVEA_COLUMN_TEXT, "", "what it stands for"},
        {"probability", FOVEA_COLUMN_NUMBER, "share", "steered"},
        {"clean", FOVEA_COLUMN_NUMBER, "share", "untouched"},
    };
    static const FoveaColumn whole[] = {
        {"changed", FOVEA_COLUMN_INTEGER, "tokens", "of the prompt whose code changed"},
        {"kl", FOVEA_COLUMN_NUMBER, "nats", "KL (untouched || steered), mean over the prompt"},
        {"kl_next", FOVEA_COLUMN_NUMBER, "nats", "the same of the token after the prompt"},
        {"loss", FOVEA_COLUMN_NUMBER, "nats", "of the prompt's tokens"},
        {"loss_change", FOVEA_COLUMN_NUMBER, "nats", "by steering"},
        {"watched", FOVEA_COLUMN_NUMBER, "share",
         "probability of the watched tokens after the prompt"},
        {"perplexity", FOVEA_COLUMN_NUMBER, "", "of the continuation, for the untouched model"},
        {"continuation", FOVEA_COLUMN_TEXT, "", ""},
    };
    FoveaTable *table =
        fovea_table_new_with (n_next > 0 ? "steer_next" : "steer", both, G_N_ELEMENTS (both));
    if (n_next > 0)
        fovea_table_add_columns (table, next, G_N_ELEMENTS (next));
    else
        fovea_table_add_columns (table, whole, G_N_ELEMENTS (whole));
    return table;
}

/* What is new of the text of prompt and continuation together: a token may be half a character. */
static char *
decode (const Sweep *sweep, const FoveaTraceInfo *info, GArray *ids, GError **error)
{
    gsize before = 0, all = 0;
    g_autoptr (GArray) joined = g_array_new (FALSE, FALSE, sizeof (gint32));
    g_array_append_vals (joined, info->ids, (guint) info->n_tokens);
    g_array_append_vals (joined, ids->data, ids->len);
    g_autofree char *prompt = fovea_tokenizer_decode (sweep->tokenizer, info->ids,
                                                      (guint) info->n_tokens, TRUE, &before, error);
    g_autofree char *text =
        prompt != NULL ? fovea_tokenizer_decode (sweep->tokenizer, (const gint32 *) joined->data,
                                                 joined->len, TRUE, &all, error)
                       : NULL;
    return text != NULL ? g_utf8_make_valid (text + MIN (before, all), -1) : NULL;
}

static double
sum_watched (const Sweep *sweep, const FoveaSteerResult *result)
{
    double sum = sweep->watched->len > 0 ? 0 : NAN;
    for (guint i = 0; i < sweep->watched->len; i++)
        sum += exp ((double) result->next[g_array_index (sweep->watched, gint32, i)]);
    return sum;
}

static gboolean
add_row (const Sweep *sweep,
         const FoveaTraceInfo *info,
         double value,
         const FoveaSteerResult *result,
         GError **error)
{
    FoveaTable *table = sweep->table;
    g_autofree char *text = decode (sweep, info, result->ids, error);
    if (text == NULL)
        return FALSE;
    guint row = fovea_table_add_row (table);
    fovea_table_set_text (table, row, 0, info->title != NULL ? info->title : "");
    fovea_table_set_number (table, row, 1, value);
    fovea_table_set_integer (table, row, 2, result->n_changed);
    fovea_table_set_number (table, row, 3, result->divergence);
    fovea_table_set_number (table, row, 4, result->next_divergence);
    fovea_table_set_number (table, row, 5, result->loss);
    fovea_table_set_number (table, row, 6, result->loss - result->clean_loss);
    fovea_table_set_number (table, row, 7, sum_watched (sweep, result));
    fovea_table_set_number (table, row, 8, exp (result->text_loss));
    fovea_table_set_text (table, row, 9, text);
    return TRUE;
}

/* The likeliest tokens of one value; the lower id first where they tie. */
static void
add_next (const Sweep *sweep,
          const FoveaTraceInfo *info,
          double value,
          const FoveaSteerResult *result,
          const float *clean)
{
    gint64 V = fovea_model_get_architecture (sweep->model)->vocabulary;
    g_autofree float *left = g_memdup2 (result->next, (gsize) V * sizeof *left);
    for (gint64 rank = 1; rank <= MIN (sweep->n_next, V); rank++) {
        gint64 best = 0;
        gsize length = 0;
        for (gint64 v = 1; v < V; v++)
            best = left[v] > left[best] ? v : best;
        left[best] = -INFINITY;
        const char *bytes = fovea_tokenizer_get_bytes (sweep->tokenizer, (gint32) best, &length);
        g_autofree char *text = g_utf8_make_valid (bytes != NULL ? bytes : "", (gssize) length);
        guint row = fovea_table_add_row (sweep->table);
        fovea_table_set_text (sweep->table, row, 0, info->title != NULL ? info->title : "");
        fovea_table_set_number (sweep->table, row, 1, value);
        fovea_table_set_integer (sweep->table, row, 2, rank);
        fovea_table_set_integer (sweep->table, row, 3, best);
        fovea_table_set_text (sweep->table, row, 4, text);
        fovea_table_set_number (sweep->table, row, 5, exp ((double) result->next[best]));
        fovea_table_set_number (sweep->table, row, 6, exp ((double) clean[best]));
    }
}

/* The untouched model first, then every value. */
static gboolean
sweep_sequence (Sweep *sweep, const FoveaTraceInfo *info, GError **error)
{
    const FoveaArguments *a = sweep->context->arguments;
    g_autoptr (FoveaSteerResult) clean = NULL;
    g_autoptr (FoveaSaeSteer) steer = fovea_sae_steer_new (
        sweep->session, sweep->sae, (gint32) fovea_arguments_integer (a, "latent", 0), info,
        fovea_arguments_has (a, "all-tokens"), sweep->context->cancellable, error);
    gint64 n_at = 0;
    const gint32 *at = fovea_arguments_ids (a, "at", &n_at);
    if (steer == NULL || (at != NULL && !fovea_sae_steer_limit (steer, at, n_at, error)))
        return FALSE;
    for (guint i = 0; i <= sweep->values->len; i++) {
        const FoveaSteerOptions wanted = {
            .mode = i == 0 ? FOVEA_STEER_NONE
                           : (FoveaSteerMode) fovea_steer_mode_from_name (
                                 fovea_arguments_text (a, "mode", "clamp")),
            .value = i == 0 ? NAN : g_array_index (sweep->values, double, i - 1),
            .n_more =
                sweep->n_next > 0 ? 0 : fovea_arguments_integer (a, "max-tokens", USUAL_TOKENS),
            .sampler = {.temperature = fovea_arguments_number (a, "temperature", 0), .top_p = 1},
            .seed = (guint64) fovea_arguments_integer (a, "seed", 0),
        };
        g_autoptr (FoveaSteerResult) result =
            fovea_sae_steer_measure (steer, &wanted, sweep->context->cancellable, error);
        if (result == NULL ||
            (sweep->n_next == 0 && !add_row (sweep, info, wanted.value, result, error)))
            return FALSE;
        if (sweep->n_next > 0)
            add_next (sweep, info, wanted.value, result,
                      clean != NULL ? clean->next : result->next);
        if (i == 0)
            clean = g_steal_pointer (&result);
    }
    return TRUE;
}

static gboolean
run_sweep (Sweep *sweep, GPtrArray *prompts, FoveaDevice *device, GError **error)
{
    const FoveaArguments *a = sweep->context->arguments;
    FoveaSessionOptions session = {.precision = fovea_command_get_precision (sweep->context),
                                   .memory = (guint64) fovea_arguments_integer (a, "memory", 0)};
    for (guint i = 0; i < prompts->len; i++)
        session.max_tokens =
            MAX (session.max_tokens, ((FoveaTraceInfo *) g_ptr_array_index (prompts, i))->n_tokens);
    session.max_tokens += fovea_arguments_integer (a, "max-tokens", USUAL_TOKENS);
    g_autoptr (FoveaSession) own = fovea_session_new (sweep->model, device, &session, error);
    sweep->session = own;
    for (guint i = 0; own != NULL && i < prompts->len; i++)
        if (!sweep_sequence (sweep, g_ptr_array_index (prompts, i), error))
            return FALSE;
    return own != NULL && fovea_command_write_table (sweep->context, sweep->table, error);
}

static gboolean
run_steer (FoveaContext *context, GError **error)
{
    const FoveaArguments *a = context->arguments;
    if (!check_options (a, error))
        return FALSE;
    g_autoptr (FoveaSae) sae = fovea_sae_load (fovea_arguments_text (a, "sae", ""), error);
    g_autoptr (GArray) values = sae != NULL ? read_values (a, sae, error) : NULL;
    g_autoptr (FoveaModel) model =
        values != NULL ? fovea_model_open (fovea_arguments_positional (a, 0), error) : NULL;
    if (model == NULL || !fovea_model_check_complete (model, error))
        return FALSE;
    FoveaTokenizer *tokenizer = fovea_model_get_tokenizer (model, error);
    g_autoptr (GArray) watched = tokenizer != NULL ? read_watched (a, tokenizer, error) : NULL;
    g_autoptr (GPtrArray) prompts =
        watched != NULL ? fovea_command_read_prompts (context, model, error) : NULL;
    g_autoptr (FoveaDevice) device =
        prompts != NULL ? fovea_command_open_device (context, error) : NULL;
    if (device == NULL)
        return FALSE;
    gint64 n_next = fovea_arguments_integer (a, "next", 0);
    g_autoptr (FoveaTable) table = make_table (n_next);
    Sweep sweep = {context, model, tokenizer, sae, NULL, values, watched, table, n_next};
    return run_sweep (&sweep, prompts, device, error);
}

const FoveaCommand fovea_command_sae_steer = {
    .name = "sae steer",
    .usage = "MODEL (TEXT, -f FILE or --ids LIST) --sae FOLDER --latent J --value LIST",
    .summary = "Change one latent's code and compare the model's answers",
    .details =
        "The first row is the untouched model. What the autoencoder cannot reconstruct stays\n"
        "as it is (error-term mode), so a code that is not changed changes nothing. With\n"
        "negative values a signed latent is pushed to its other pole.",
    .example = "fovea sae steer demo \"It was a\" --sae my-sae --latent 17 --value -20,20",
    .options = options,
    .runs_model = TRUE,
    .draws = TRUE,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 2,
    .run = run_steer,
};
