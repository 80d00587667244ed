/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea generate`: continues a text token by token. Text streams as it comes: after each token the
 * whole continuation is decoded and what is new, up to the last complete character, is written,
 * since a token may hold half a character and a decoder may look at its neighbours. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "app/command/command.h"
#include "app/command/generate-rows.h"
#include "capture/sampler.h"
#include "capture/session.h"

#define USUAL_TOKENS 100

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE ("file", 'f', TEXT, "FILE", "prompt from a file; - is standard input"),
    FOVEA_ROW_VALUE ("ids", 0, IDS, "LIST", "prompt as token ids"),
    FOVEA_ROW_INTEGER ("max-tokens", "N", 1, 1 << 24, "most tokens to add (default 100)"),
    FOVEA_ROW_FLAG ("greedy",
                    "always the most likely token (the default without sampling options)"),
    FOVEA_ROW_NUMBER ("temperature",
                      "X",
                      1e-6,
                      1000,
                      "sample; lower is closer to greedy (default 1 when sampling)"),
    FOVEA_ROW_INTEGER ("top-k", "K", 1, 1 << 24, "sample among the K most likely"),
    FOVEA_ROW_NUMBER ("top-p", "P", 1e-9, 1, "sample among the most likely that hold this mass"),
    FOVEA_ROW_FLAG ("ids-only", "print new ids on one line"),
    FOVEA_ROW_FLAG ("no-special", "add no BOS and the like"),
    FOVEA_ROW_VALUE ("heads",
                     0,
                     TEXT,
                     "FILE",
                     "what every head looks at from each new token but the last, as TSV"),
    {NULL},
};

/* One continuation under way. */
typedef struct {
    FoveaContext *context;
    FoveaModel *model;
    FoveaTokenizer *tokenizer; /* NULL if only ids are wanted and there is none */
    FoveaSession *session;
    GArray *ids; /* of gint32, prompt included */
    guint n_prompt;
    GString *text;  /* continuation so far */
    gsize streamed; /* bytes of it that are out */
    gboolean streams;
    FoveaOutputFile *heads; /* NULL = not wanted */
} Generation;

/* Refuses prompts that contradict each other and options that would do nothing. */
static gboolean
check_combinations (const FoveaArguments *arguments, GError **error)
{
    static const char *const choosing[][3] = {
        {"greedy", "temperature"}, {"greedy", "top-k"}, {"greedy", "top-p"},
        {"greedy", "seed"},        {"file", "ids"},     {"ids", "no-special"},
        {"ids-only", "format"},
    };
    for (guint i = 0; i < G_N_ELEMENTS (choosing); i++)
        if (!fovea_arguments_exclude (arguments, choosing[i], error))
            return FALSE;
    gboolean samples = fovea_arguments_has (arguments, "temperature") ||
                       fovea_arguments_has (arguments, "top-k") ||
                       fovea_arguments_has (arguments, "top-p");
    int n_prompts = (fovea_arguments_positional (arguments, 1) != NULL) +
                    fovea_arguments_has (arguments, "file") +
                    fovea_arguments_has (arguments, "ids");
    if (n_prompts != 1)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "give one prompt: TEXT, -f FILE or --ids LIST");
    else if (fovea_arguments_has (arguments, "seed") && !samples)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                     "--seed has no effect without --temperature, --top-k or --top-p");
    else
        return TRUE;
    return FALSE;
}

/* Greedy unless an option of sampling is there. */
static FoveaSamplerOptions
get_sampler (const FoveaArguments *arguments)
{
    gboolean samples = fovea_arguments_has (arguments, "temperature") ||
                       fovea_arguments_has (arguments, "top-k") ||
                       fovea_arguments_has (arguments, "top-p");
    FoveaSamplerOptions sampler = {
        .temperature = fovea_arguments_number (arguments, "temperature", samples ? 1 : 0),
        .top_k = (guint) fovea_arguments_integer (arguments, "top-k", 0),
        .top_p = fovea_arguments_number (arguments, "top-p", 1),
    };
    return sampler;
}

/* Tokens of TEXT or of -f. */
static gboolean
add_text_prompt (Generation *g, GError **error)
{
    const FoveaArguments *arguments = g->context->arguments;
    const char *path = fovea_arguments_text (arguments, "file", NULL);
    gsize length = 0;
    g_autofree char *text = path != NULL ? fovea_command_read_input (path, &length, error)
                                         : g_strdup (fovea_arguments_positional (arguments, 1));
    if (text == NULL)
        return FALSE;
    g_autoptr (GArray) tokens =
        fovea_tokenizer_encode (g->tokenizer, text, path != NULL ? (gssize) length : -1,
                                !fovea_arguments_has (arguments, "no-special"), error);
    for (guint i = 0; tokens != NULL && i < tokens->len; i++)
        g_array_append_val (g->ids, g_array_index (tokens, FoveaToken, i).id);
    return tokens != NULL;
}

/* What an encoder-decoder continues is not the prompt but a text that its decoder begins. */
static void
begin_target (Generation *g)
{
    const FoveaArchitecture *architecture = fovea_model_get_architecture (g->model);
    const gint32 *ids = (const gint32 *) (const void *) g->ids->data;
    if (architecture->n_encoder_layers > 0 &&
        fovea_architecture_count_source (architecture, ids, g->ids->len) == 0)
        g_array_append_val (g->ids, architecture->start_id);
}

static gboolean
add_prompt (Generation *g, GError **error)
{
    gint64 n;
    const gint32 *ids = fovea_arguments_ids (g->context->arguments, "ids", &n);
    if (ids != NULL)
        g_array_append_vals (g->ids, ids, (guint) n);
    else if (!add_text_prompt (g, error))
        return FALSE;
    begin_target (g);
    g->n_prompt = g->ids->len;
    if (g->n_prompt > 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, "generate: the prompt has no tokens");
    return FALSE;
}

/* Bytes at the end of @text that begin a character without finishing it. */
static gsize
count_unfinished (const char *text, gsize length)
{
    for (gsize back = 1; back <= MIN (length, 3); back++) {
        guchar byte = (guchar) text[length - back];
        if (byte < 0x80)
            return 0;
        if (byte >= 0xC0)
            return back < (byte >= 0xF0 ? 4u : byte >= 0xE0 ? 3u : 2u) ? back : 0;
    }
    return 0;
}

/* Decodes again and writes what is new. @ended: also half a character. */
static gboolean
update_text (Generation *g, gboolean ended, GError **error)
{
    gsize length, skipped;
    /* A target is a text of its own. */
    guint from = fovea_model_get_architecture (g->model)->n_encoder_layers > 0 ? g->n_prompt : 0;
    const gint32 *ids = (const gint32 *) g->ids->data + from;
    g_autofree char *before =
        fovea_tokenizer_decode (g->tokenizer, ids, g->n_prompt - from, TRUE, &skipped, error);
    g_autofree char *all =
        before != NULL
            ? fovea_tokenizer_decode (g->tokenizer, ids, g->ids->len - from, TRUE, &length, error)
            : NULL;
    if (all == NULL)
        return FALSE;
    skipped = MIN (skipped, length);
    g_string_truncate (g->text, 0);
    g_string_append_len (g->text, all + skipped, (gssize) (length - skipped));
    gsize ready = g->text->len - (ended ? 0 : count_unfinished (g->text->str, g->text->len));
    if (!g->streams || ready <= g->streamed)
        return TRUE;
    gsize n = ready - g->streamed;
    if (fwrite (g->text->str + g->streamed, 1, n, stdout) != n || fflush (stdout) != 0) {
        g_set_error (error, G_FILE_ERROR, g_file_error_from_errno (errno), "standard output: %s",
                     g_strerror (errno));
        return FALSE;
    }
    g->streamed = ready;
    return TRUE;
}

/* Where heads looked from the token that was just run at @position. */
static gboolean
write_heads (Generation *g, gint64 position, GError **error)
{
    if (g->heads == NULL || position < (gint64) g->n_prompt)
        return TRUE;
    g_autoptr (FoveaRowStatistics) rows = fovea_session_read_rows (g->session, error);
    return rows != NULL && fovea_rows_file_add (g->heads, rows, position, error);
}

/* Adds one token after another until the end of text or the limit. */
static gboolean
continue_prompt (Generation *g, gint64 n_more, GError **error)
{
    const FoveaArchitecture *architecture = fovea_model_get_architecture (g->model);
    FoveaSamplerOptions sampler = get_sampler (g->context->arguments);
    g_autofree float *logits = g_new (float, architecture->vocabulary);
    FoveaRandom random;
    fovea_random_init (&random,
                       (guint64) fovea_arguments_integer (g->context->arguments, "seed", 0));
    guint done = 0;
    for (gint64 i = 0; i < n_more; i++) {
        const gint32 *fresh = &g_array_index (g->ids, gint32, done);
        if (!fovea_session_run (g->session, fresh, g->ids->len - done, logits,
                                g->context->cancellable, error) ||
            !write_heads (g, done, error))
            return FALSE;
        done = g->ids->len;
        gint32 id = fovea_sample_token (logits, architecture->vocabulary, &sampler, &random);
        if (fovea_architecture_ends_text (architecture, id))
            break;
        g_array_append_val (g->ids, id);
        if (g->tokenizer != NULL && !update_text (g, i + 1 == n_more, error))
            return FALSE;
    }
    return g->tokenizer == NULL || update_text (g, TRUE, error);
}

/* New ids on one line. */
static gboolean
write_ids (Generation *g, GError **error)
{
    g_autoptr (GString) line = g_string_new (NULL);
    for (guint i = g->n_prompt; i < g->ids->len; i++)
        g_string_append_printf (line, "%s%d", i > g->n_prompt ? " " : "",
                                g_array_index (g->ids, gint32, i));
    g_string_append_c (line, '\n');
    return fovea_command_write (g->context, line->str, -1, error);
}

/* New tokens as a table, for --format. */
static gboolean
write_tokens (Generation *g, GError **error)
{
    g_autoptr (FoveaTable) table = fovea_table_new ("continuation");
    fovea_table_add_column (table, "pos", FOVEA_COLUMN_INTEGER, "tokens", "position");
    fovea_table_add_column (table, "id", FOVEA_COLUMN_INTEGER, "", "token id");
    fovea_table_add_column (table, "text", FOVEA_COLUMN_TEXT, "", "what the token stands for");
    for (guint i = g->n_prompt; i < g->ids->len; i++) {
        gsize length;
        gint32 id = g_array_index (g->ids, gint32, i);
        const char *bytes = fovea_tokenizer_get_bytes (g->tokenizer, id, &length);
        g_autofree char *text = g_utf8_make_valid (bytes, (gssize) length);
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, i);
        fovea_table_set_integer (table, row, 1, id);
        fovea_table_set_text (table, row, 2, text);
    }
    return fovea_command_write_table (g->context, table, error);
}

static gboolean
write_result (Generation *g, GError **error)
{
    if (fovea_arguments_has (g->context->arguments, "ids-only"))
        return write_ids (g, error);
    if (fovea_command_get_format (g->context) != FOVEA_FORMAT_TEXT)
        return write_tokens (g, error);
    if (g->streams)
        return fovea_command_write (g->context, "\n", 1, error);
    g_string_append_c (g->text, '\n');
    return fovea_command_write (g->context, g->text->str, (gssize) g->text->len, error);
}

/* Sizes the session for prompt and continuation together, so the cache never grows. */
static gboolean
run_session (Generation *g, FoveaDevice *device, GError **error)
{
    const FoveaArguments *arguments = g->context->arguments;
    gint64 n_more = fovea_arguments_integer (arguments, "max-tokens", USUAL_TOKENS);
    gint64 context_length = fovea_model_get_architecture (g->model)->context;
    if (!fovea_arguments_has (arguments, "max-tokens"))
        n_more = CLAMP (n_more, 0, MAX (context_length - (gint64) g->ids->len, 0));
    FoveaSessionOptions session_options = {
        .precision = fovea_command_get_precision (g->context),
        .max_tokens = (gint64) g->ids->len + n_more,
        .memory = (guint64) fovea_arguments_integer (arguments, "memory", 0),
    };
    g_autoptr (FoveaSession) session =
        fovea_session_new (g->model, device, &session_options, error);
    g->session = session;
    const char *path = fovea_arguments_text (arguments, "heads", NULL);
    if (session == NULL || (path != NULL && !fovea_session_watch_rows (session, 1, error)))
        return FALSE;
    g_autoptr (FoveaOutputFile) heads = path != NULL ? fovea_rows_file_begin (path, error) : NULL;
    g->heads = heads;
    return (path == NULL || heads != NULL) && continue_prompt (g, n_more, error) &&
           (heads == NULL || fovea_output_file_finish (heads, error)) && write_result (g, error);
}

static gboolean
run_generate (FoveaContext *context, GError **error)
{
    const FoveaArguments *arguments = context->arguments;
    if (!check_combinations (arguments, error))
        return FALSE;
    g_autoptr (FoveaModel) model =
        fovea_model_open (fovea_arguments_positional (arguments, 0), error);
    if (model == NULL || !fovea_model_check_complete (model, error))
        return FALSE;
    gboolean by_ids =
        fovea_arguments_has (arguments, "ids") && fovea_arguments_has (arguments, "ids-only");
    FoveaTokenizer *tokenizer = by_ids ? NULL : fovea_model_get_tokenizer (model, error);
    if (tokenizer == NULL && !by_ids)
        return FALSE;
    g_autoptr (FoveaDevice) device = fovea_command_open_device (context, error);
    if (device == NULL)
        return FALSE;
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
    g_autoptr (GString) text = g_string_new (NULL);
    Generation g = {
        .context = context, .model = model, .tokenizer = tokenizer, .ids = ids, .text = text};
    g.streams = !fovea_arguments_has (arguments, "ids-only") &&
                fovea_command_get_format (context) == FOVEA_FORMAT_TEXT &&
                g_str_equal (fovea_arguments_text (arguments, "output", "-"), "-");
    return add_prompt (&g, error) && run_session (&g, device, error);
}

const FoveaCommand fovea_command_generate = {
    .name = "generate",
    .usage = "MODEL (TEXT, -f FILE or --ids LIST)",
    .summary = "Continue a text and print what is new",
    .example = "fovea generate demo \"The time traveller\" --max-tokens 40",
    .options = options,
    .runs_model = TRUE,
    .draws = TRUE,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 2,
    .run = run_generate,
};
