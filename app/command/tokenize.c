/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* `fovea tokenize`: ids, texts and byte ranges of a text. */
#include <string.h>

#include "app/command/command.h"

static const FoveaOption options[] = {
    FOVEA_ROW_VALUE ("file", 'f', TEXT, "FILE", "text file; - is standard input"),
    FOVEA_ROW_FLAG ("ids-only", "print ids on one line"),
    FOVEA_ROW_FLAG ("no-special", "add no BOS and the like"),
    {NULL},
};

static gboolean
write_ids (FoveaContext *context, GArray *tokens, GError **error)
{
    g_autoptr (GString) line = g_string_new (NULL);
    for (guint i = 0; i < tokens->len; i++)
        g_string_append_printf (line, "%s%d", i > 0 ? " " : "",
                                g_array_index (tokens, FoveaToken, i).id);
    g_string_append_c (line, '\n');
    return fovea_command_write (context, line->str, (gssize) line->len, error);
}

/* One row a token, its text as bytes: half a character stays half a character. */
static FoveaTable *
make_table (FoveaTokenizer *tokenizer, GArray *tokens)
{
    static const FoveaColumn columns[] = {
        {"pos", FOVEA_COLUMN_INTEGER, "tokens", "position"},
        {"id", FOVEA_COLUMN_INTEGER, "", "token id"},
        {"text", FOVEA_COLUMN_TEXT, "", "what the token stands for"},
        {"start", FOVEA_COLUMN_INTEGER, "bytes", "first byte"},
        {"end", FOVEA_COLUMN_INTEGER, "bytes", "one past the last byte"},
    };
    FoveaTable *table = fovea_table_new_with ("tokens", columns, G_N_ELEMENTS (columns));
    for (guint i = 0; i < tokens->len; i++) {
        const FoveaToken *token = &g_array_index (tokens, FoveaToken, i);
        gsize length;
        const char *bytes = fovea_tokenizer_get_bytes (tokenizer, token->id, &length);
        g_autofree char *text = g_strndup (bytes, length);
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, i);
        fovea_table_set_integer (table, row, 1, token->id);
        fovea_table_set_text (table, row, 2, text);
        fovea_table_set_integer (table, row, 3, token->start);
        fovea_table_set_integer (table, row, 4, token->end);
    }
    return table;
}

/* The text of the command line or of -f. */
static char *
get_text (const FoveaArguments *arguments, gsize *length, GError **error)
{
    const char *text = fovea_arguments_positional (arguments, 1);
    const char *path = fovea_arguments_text (arguments, "file", NULL);
    if ((text == NULL) == (path == NULL)) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE, "give either a TEXT or -f FILE");
        return NULL;
    }
    if (path != NULL)
        return fovea_command_read_input (path, length, error);
    *length = strlen (text);
    return g_strdup (text);
}

static gboolean
run_tokenize (FoveaContext *context, GError **error)
{
    static const char *const forms[] = {"ids-only", "format", NULL};
    const FoveaArguments *arguments = context->arguments;
    if (!fovea_arguments_exclude (arguments, forms, error))
        return FALSE;
    gsize length;
    g_autofree char *text = get_text (arguments, &length, error);
    if (text == NULL)
        return FALSE;
    g_autoptr (FoveaModel) model =
        fovea_model_open (fovea_arguments_positional (arguments, 0), error);
    FoveaTokenizer *tokenizer = model != NULL ? fovea_model_get_tokenizer (model, error) : NULL;
    if (tokenizer == NULL)
        return FALSE;
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (
        tokenizer, text, (gssize) length, !fovea_arguments_has (arguments, "no-special"), error);
    if (tokens == NULL)
        return FALSE;
    if (fovea_arguments_has (arguments, "ids-only"))
        return write_ids (context, tokens, error);
    g_autoptr (FoveaTable) table = make_table (tokenizer, tokens);
    return fovea_command_write_table (context, table, error);
}

const FoveaCommand fovea_command_tokenize = {
    .name = "tokenize",
    .usage = "MODEL (TEXT or -f FILE)",
    .summary = "Cut a text into a model's tokens",
    .example = "fovea tokenize demo \"The time traveller\"",
    .options = options,
    .prints = TRUE,
    .least_arguments = 1,
    .most_arguments = 2,
    .run = run_tokenize,
};
