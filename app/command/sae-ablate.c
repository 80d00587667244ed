/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea sae ablate`: which latents at one token decide between two answers, and whether other words in
 * the prompt leave the choice as it is. */
#include <math.h>

#include "analysis/sae-ablation.h"
#include "analysis/sae-file.h"
#include "app/command/prompts.h"
#include "capture/texts.h"

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE ("sae", 0, TEXT, "FOLDER", "the autoencoder (needed)"),
    FOVEA_ROW_VALUE ("answer", 0, TEXT, "TOKEN", "a next token, ' Mary' (needed)"),
    FOVEA_ROW_VALUE ("against", 0, TEXT, "TOKEN", "the other one, ' John' (needed)"),
    FOVEA_ROW_INTEGER (
        "position", "T", 0, G_MAXINT32, "token (default: where the other one stands last)"),
    FOVEA_ROW_VALUE ("other", 0, TEXT, "TEXT", "the prompt in other words, as it is"),
    FOVEA_ROW_VALUE ("file", 'f', TEXTS, "FILE", "prompt from a file; - is standard input"),
    FOVEA_ROW_VALUE ("ids", 0, IDS, "LIST", "prompt as token ids"),
    FOVEA_ROW_FLAG ("no-special", "add no BOS and the like"),
    {NULL},
};

/* The prompt, its model and what is asked. */
typedef struct {
    FoveaModel *model;
    FoveaTokenizer *tokenizer; /* the model's */
    GPtrArray *infos;
    FoveaSaeChoice choice;
} Question;

static void
clear_question (Question *q)
{
    g_clear_pointer (&q->infos, g_ptr_array_unref);
    g_clear_pointer (&q->model, fovea_model_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Question, clear_question)

static const FoveaTraceInfo *
get_info (const Question *q)
{
    return g_ptr_array_index (q->infos, 0);
}

static gboolean
find_position (const FoveaArguments *a, Question *q, GError **error)
{
    gint64 found = fovea_choice_find_subject (get_info (q), q->choice.against);
    q->choice.position = fovea_arguments_integer (a, "position", found);
    if (q->choice.position >= 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                 "\"%s\" is not in the prompt; --position T says where latents are taken away",
                 fovea_arguments_text (a, "against", ""));
    return FALSE;
}

static gboolean
read_question (FoveaContext *context, Question *q, GError **error)
{
    const FoveaArguments *a = context->arguments;
    q->model = fovea_model_open (fovea_arguments_positional (a, 0), error);
    if (q->model == NULL || !fovea_model_check_complete (q->model, error) ||
        (q->tokenizer = fovea_model_get_tokenizer (q->model, error)) == NULL ||
        !fovea_command_read_token (context, "answer", q->tokenizer, &q->choice.answer, error) ||
        !fovea_command_read_token (context, "against", q->tokenizer, &q->choice.against, error))
        return FALSE;
    q->infos = fovea_command_read_prompts (context, q->model, error);
    return q->infos != NULL && find_position (a, q, error);
}

static FoveaTable *
make_table (const Question *q)
{
    static const FoveaColumn columns[] = {
        {"without", FOVEA_COLUMN_TEXT, "", "what is taken away"},
        {"latent", FOVEA_COLUMN_INTEGER, "", ""},
        {"code", FOVEA_COLUMN_NUMBER, "", "of the latent at the token"},
        {"difference", FOVEA_COLUMN_NUMBER, "logits", "answer less the other token"},
        {"kept", FOVEA_COLUMN_NUMBER, "share", "of the first row's"},
    };
    FoveaTable *table = fovea_table_new_with ("sae_ablation", columns, G_N_ELEMENTS (columns));
    g_autofree char *position = g_strdup_printf ("%" G_GINT64_FORMAT, q->choice.position);
    fovea_table_set_note (table, "position", position);
    return table;
}

static guint
add_row (FoveaTable *table, const char *without, double difference, double clean)
{
    guint row = fovea_table_add_row (table);
    fovea_table_set_text (table, row, 0, without);
    fovea_table_set_number (table, row, 3, difference);
    fovea_table_set_number (table, row, 4, fabs (clean) > 1e-6 ? difference / clean : NAN);
    return row;
}

/* The prompt in other words, nothing taken away. */
static gboolean
add_other (FoveaContext *context,
           const Question *q,
           FoveaSession *session,
           double clean,
           FoveaTable *table,
           GError **error)
{
    const char *text = fovea_arguments_text (context->arguments, "other", NULL);
    gboolean special = !fovea_arguments_has (context->arguments, "no-special");
    double difference = 0;
    if (text == NULL)
        return TRUE;
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (q->tokenizer, text, -1, special, error);
    if (tokens == NULL)
        return FALSE;
    g_autoptr (GArray) ids = g_array_new (FALSE, FALSE, sizeof (gint32));
    for (guint t = 0; t < tokens->len; t++)
        g_array_append_val (ids, g_array_index (tokens, FoveaToken, t).id);
    g_autoptr (FoveaTraceInfo) info = fovea_texts_from_ids (
        q->model, "other", (const gint32 *) (gpointer) ids->data, ids->len, error);
    if (info == NULL)
        return FALSE;
    if (!fovea_choice_difference (session, info, &q->choice, &difference, context->cancellable,
                                  error))
        return FALSE;
    add_row (table, "nothing, in other words", difference, clean);
    return TRUE;
}

static FoveaTable *
tabulate (const Question *q, const FoveaSaeAblation *ablation)
{
    FoveaTable *table = make_table (q);
    add_row (table, "nothing", ablation->clean, ablation->clean);
    add_row (table, "all", ablation->none, ablation->clean);
    for (guint i = 0; i < ablation->latents->len; i++) {
        const FoveaLatentAblation *item =
            &g_array_index (ablation->latents, FoveaLatentAblation, i);
        guint row = add_row (table, "latent", item->difference, ablation->clean);
        fovea_table_set_integer (table, row, 1, item->latent);
        fovea_table_set_number (table, row, 2, (double) item->code);
    }
    return table;
}

static gboolean
measure (FoveaContext *context, const FoveaSae *sae, const Question *q, GError **error)
{
    const FoveaArguments *a = context->arguments;
    const FoveaSessionOptions session_options = {
        .precision = fovea_command_get_precision (context),
        .max_tokens = fovea_arguments_has (a, "other") ? get_info (q)->architecture->context
                                                       : get_info (q)->n_tokens,
        .memory = (guint64) fovea_arguments_integer (a, "memory", 0)};
    g_autoptr (FoveaDevice) device = fovea_command_open_device (context, error);
    g_autoptr (FoveaSession) session =
        device != NULL ? fovea_session_new (q->model, device, &session_options, error) : NULL;
    g_autoptr (FoveaSaeAblation) ablation =
        session != NULL ? fovea_sae_ablation_run (session, sae, get_info (q), &q->choice,
                                                  context->cancellable, error)
                        : NULL;
    if (ablation == NULL)
        return FALSE;
    g_autoptr (FoveaTable) table = tabulate (q, ablation);
    return add_other (context, q, session, ablation->clean, table, error) &&
           fovea_command_write_table (context, table, error);
}

static gboolean
run (FoveaContext *context, GError **error)
{
    static const char *const needed[] = {"sae", "answer", "against"};
    g_auto (Question) question = {0};
    for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
        if (!fovea_arguments_has (context->arguments, needed[i])) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                         "sae ablate needs --sae FOLDER, --answer TOKEN and --against TOKEN");
            return FALSE;
        }
    g_autoptr (FoveaSae) sae =
        fovea_sae_load (fovea_arguments_text (context->arguments, "sae", ""), error);
    return sae != NULL && read_question (context, &question, error) &&
           measure (context, sae, &question, error);
}

const FoveaCommand fovea_command_sae_ablate = {
    .name = "sae ablate",
    .usage = "MODEL (TEXT, -f FILE or --ids LIST) --sae FOLDER --answer TOKEN --against TOKEN",
    .summary = "Take latents away at one token and see which answer is left",
    .details =
        "Of two next tokens: how much likelier the answer is than the other, in logits, with\n"
        "each latent that fires at the token taken away, and with all of them. What the\n"
        "autoencoder cannot reconstruct stays. --other tells the same of the prompt in other\n"
        "words: with 'alongside' for 'and', say.",
    .example = "fovea sae ablate demo \"The father and the mother went out, and the father gave it "
               "to the\" "
               "--sae my-sae --answer \" mother\" --against \" father\"",
    .options = options,
    .runs_model = TRUE,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 2,
    .run = run,
};
