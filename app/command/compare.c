/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea compare A B`: the same tokens through two models, say a checkpoint and a quantised form of
 * it, and how far they differ at every point, in every head, role or feature. Both captures are held
 * in memory; --tokens bounds them. */
#include <string.h>

#include "analysis/compare-latents.h"
#include "analysis/compare-roles.h"
#include "analysis/compare.h"
#include "analysis/sae-file.h"
#include "app/command/command.h"
#include "app/heads-job.h"
#include "capture/count-text.h"
#include "capture/session.h"
#include "capture/sink.h"
#include "capture/texts.h"

#define DEFAULT_TOKENS 128

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE ("file", 'f', TEXT, "FILE", "text to run instead of TEXT; - is standard input"),
    FOVEA_ROW_VALUE ("ids", 0, IDS, "LIST", "token ids to run instead of a text"),
    FOVEA_ROW_INTEGER ("tokens", "N", 1, 1 << 20, "first tokens of a text (default 128)"),
    FOVEA_ROW_CHOICE ("by",
                      "WHAT",
                      "point|head|role|feature",
                      "a row a point (default), a head, a role or a feature"),
    FOVEA_ROW_VALUE (
        "sae", 0, TEXT, "FOLDER", "of features: a sparse autoencoder of A's activations"),
    {NULL},
};

/* The ids of the command line, or of its text in A's tokens. */
static GArray *
get_ids (FoveaContext *context, FoveaModel *model, GError **error)
{
    const FoveaArguments *arguments = context->arguments;
    const char *text = fovea_arguments_positional (arguments, 2);
    const char *path = fovea_arguments_text (arguments, "file", NULL);
    gint64 n;
    const gint32 *given = fovea_arguments_ids (arguments, "ids", &n);
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
    if ((text != NULL) + (path != NULL) + (given != NULL) != 1) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "give one of TEXT, -f FILE and --ids LIST");
        return NULL;
    }
    if (given != NULL)
        return g_array_append_vals (g_steal_pointer (&ids), given, (guint) n);
    gsize length = text != NULL ? strlen (text) : 0;
    g_autofree char *content =
        path != NULL ? fovea_command_read_input (path, &length, error) : g_strdup (text);
    FoveaTokenizer *tokenizer = content != NULL ? fovea_model_get_tokenizer (model, error) : NULL;
    g_autoptr (GArray) tokens =
        tokenizer != NULL
            ? fovea_tokenizer_encode (tokenizer, content, (gssize) length, TRUE, error)
            : NULL;
    if (tokens == NULL)
        return NULL;
    gint64 most = fovea_arguments_integer (arguments, "tokens", DEFAULT_TOKENS);
    for (guint i = 0; i < MIN (tokens->len, most); i++)
        g_array_append_val (ids, g_array_index (tokens, FoveaToken, i).id);
    return g_steal_pointer (&ids);
}

/* Everything that a model computes on the ids, in memory. */
static FoveaTrace *
capture_all (FoveaContext *context,
             FoveaModel *model,
             FoveaDevice *device,
             const GArray *ids,
             GError **error)
{
    FoveaPrecision precision = fovea_command_get_precision (context);
    const FoveaPlanOptions plan_options = {
        .points = "all",
        .keep = FOVEA_F32,
        .attend = fovea_device_attend_dtype (device, precision),
    };
    g_autoptr (FoveaTraceInfo) info = fovea_texts_from_ids (
        model, "compare", (const gint32 *) (const void *) ids->data, ids->len, error);
    g_autoptr (FoveaPlan) plan =
        info != NULL ? fovea_plan_new (fovea_model_get_architecture (model), &plan_options, error)
                     : NULL;
    const FoveaSessionOptions session_options = {
        .precision = precision,
        .max_tokens = ids->len,
        .memory = (guint64) fovea_arguments_integer (context->arguments, "memory", 0),
        .plan = plan,
        .in_memory = TRUE,
    };
    g_autoptr (FoveaSession) session =
        plan != NULL ? fovea_session_new (model, device, &session_options, error) : NULL;
    g_autoptr (FoveaSink) sink = fovea_memory_sink_new ();
    return session != NULL ? fovea_session_capture (session, info, plan, sink, NULL, NULL, NULL,
                                                    context->cancellable, error)
                           : NULL;
}

/* Scores of a model's heads on what `fovea heads` tries it on. */
static FoveaTable *
score_heads (FoveaContext *context, guint which, GError **error)
{
    const FoveaArguments *arguments = context->arguments;
    const FoveaHeadsRequest request = {
        .model = fovea_arguments_positional (arguments, which),
        .seed = (guint64) fovea_arguments_integer (arguments, "seed", 0),
        .device = fovea_arguments_text (arguments, "device", NULL),
        .precision = fovea_command_get_precision (context),
        .threads = (int) fovea_arguments_integer (arguments, "threads", 0),
        .memory = (guint64) fovea_arguments_integer (arguments, "memory", 0),
    };
    return fovea_heads_job_run_model (&request, NULL, NULL, context->cancellable, error);
}

/* One text tells no role: those need several sequences, and random repeats. */
static FoveaTable *
compare_roles (FoveaContext *context, GError **error)
{
    g_autoptr (FoveaTable) a = score_heads (context, 0, error);
    g_autoptr (FoveaTable) b = a != NULL ? score_heads (context, 1, error) : NULL;
    return b != NULL ? fovea_compare_roles (a, b, error) : NULL;
}

/* Codes are made on the CPU, wherever the models ran. */
static FoveaTable *
compare_features (FoveaContext *context, FoveaTrace *a, FoveaTrace *b, GError **error)
{
    int threads = (int) fovea_arguments_integer (context->arguments, "threads", 0);
    g_autoptr (FoveaSae) sae =
        fovea_sae_load (fovea_arguments_text (context->arguments, "sae", NULL), error);
    g_autoptr (FoveaDevice) device = sae != NULL ? fovea_device_open ("cpu", threads, error) : NULL;
    return device != NULL ? fovea_compare_latents (sae, device, a, b, error) : NULL;
}

static FoveaTable *
make_table (FoveaContext *context, FoveaTrace *a, FoveaTrace *b, GError **error)
{
    const char *by = fovea_arguments_text (context->arguments, "by", "point");
    if (g_str_equal (by, "head"))
        return fovea_compare_heads (a, b, context->cancellable, error);
    if (g_str_equal (by, "role"))
        return compare_roles (context, error);
    if (g_str_equal (by, "feature"))
        return compare_features (context, a, b, error);
    return fovea_compare_points (a, b, context->cancellable, error);
}

static gboolean
predicts (FoveaTrace *trace)
{
    return !fovea_trace_get_info (trace)->architecture->no_head;
}

static void
note_predictions (FoveaTable *table, const FoveaPredictionChange *change)
{
    g_autofree char *divergence = g_strdup_printf ("%.6g", change->divergence);
    g_autofree char *agreement = g_strdup_printf ("%.6g", change->agreement);
    fovea_table_set_note (table, "divergence_nats", divergence);
    fovea_table_set_note (table, "same_best_token", agreement);
}

/* Sentence encoders predict nothing. */
static gboolean
write_tables (FoveaContext *context, FoveaTrace *a, FoveaTrace *b, GError **error)
{
    FoveaPredictionChange change;
    const gboolean both = predicts (a) && predicts (b);
    if (both && !fovea_compare_predictions (a, b, &change, context->cancellable, error))
        return FALSE;
    g_autoptr (FoveaTable) table = make_table (context, a, b, error);
    if (table == NULL)
        return FALSE;
    fovea_table_set_note (table, "a", fovea_trace_get_info (a)->model_name);
    fovea_table_set_note (table, "b", fovea_trace_get_info (b)->model_name);
    if (both)
        note_predictions (table, &change);
    if (!fovea_command_write_table (context, table, error))
        return FALSE;
    g_autofree char *tokens = fovea_count_text (fovea_trace_get_info (a)->n_tokens);
    if (both)
        fovea_command_note (
            context,
            "compare: over %s tokens the predictions diverge by %.3g nats, %.1f %% have the same "
            "best token",
            tokens, change.divergence, 100 * change.agreement);
    return TRUE;
}

/* Before either is run, which may take minutes. */
static gboolean
check_models (FoveaModel *a, FoveaModel *b, GError **error)
{
    return fovea_compare_check_models (fovea_model_get_architecture (a), fovea_model_get_name (a),
                                       fovea_model_get_architecture (b), fovea_model_get_name (b),
                                       error);
}

static gboolean
run_compare (FoveaContext *context, GError **error)
{
    const FoveaArguments *arguments = context->arguments;
    gboolean features = g_str_equal (fovea_arguments_text (arguments, "by", "point"), "feature");
    if (fovea_arguments_has (arguments, "ids") && fovea_arguments_has (arguments, "tokens")) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--tokens cuts a text, not --ids");
        return FALSE;
    }
    if (fovea_arguments_has (arguments, "sae") != features) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "--by feature and --sae go together");
        return FALSE;
    }
    if (fovea_arguments_has (arguments, "seed") &&
        !g_str_equal (fovea_arguments_text (arguments, "by", "point"), "role")) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "--seed has no effect without --by role");
        return FALSE;
    }
    g_autoptr (FoveaModel) a = fovea_model_open (fovea_arguments_positional (arguments, 0), error);
    g_autoptr (FoveaModel) b =
        a != NULL ? fovea_model_open (fovea_arguments_positional (arguments, 1), error) : NULL;
    g_autoptr (GArray) ids =
        b != NULL && check_models (a, b, error) ? get_ids (context, a, error) : NULL;
    g_autoptr (FoveaDevice) device =
        ids != NULL ? fovea_command_open_device (context, error) : NULL;
    g_autoptr (FoveaTrace) of_a =
        device != NULL ? capture_all (context, a, device, ids, error) : NULL;
    g_autoptr (FoveaTrace) of_b =
        of_a != NULL ? capture_all (context, b, device, ids, error) : NULL;
    return of_b != NULL && write_tables (context, of_a, of_b, error);
}

const FoveaCommand fovea_command_compare = {
    .name = "compare",
    .usage = "A B (TEXT, -f FILE or --ids LIST)",
    .summary = "Where two models differ on the same tokens",
    .details =
        "A is the reference, B for instance a quantised form of it. The tokens are A's. An\n"
        "error is the root mean square of the difference as a share of A's own; 'moved' is\n"
        "the attention that went to other keys. Roles are those that `fovea heads` finds on\n"
        "its own texts; features are the latents of --sae, those first that changed most.",
    .example = "fovea compare demo demo \"The time traveller\" --by head",
    .options = options,
    .runs_model = TRUE,
    .draws = TRUE,
    .prints = TRUE,
    .least_arguments = 2,
    .most_arguments = 3,
    .run = run_compare,
};
