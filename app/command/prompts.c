/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Prompts become sequences by the same rules as `fovea capture` has. */
#include "app/command/prompts.h"

#include "app/capture-input.h"

GPtrArray *
fovea_command_read_prompts (FoveaContext *context, FoveaModel *model, GError **error)
{
    static const char *const together[][3] = {{"file", "ids"}, {"ids", "no-special"}};
    const FoveaArguments *a = context->arguments;
    g_autoptr (FoveaCaptureRequest) request = fovea_capture_request_new ();
    gint64 n = 0;
    const gint32 *ids = fovea_arguments_ids (a, "ids", &n);
    for (guint i = 0; i < G_N_ELEMENTS (together); i++)
        if (!fovea_arguments_exclude (a, together[i], error))
            return NULL;
    request->text = g_strdup (fovea_arguments_positional (a, 1));
    if (fovea_arguments_has (a, "file"))
        request->files = g_strdupv (fovea_arguments_texts (a, "file"));
    request->ids = ids != NULL ? g_memdup2 (ids, (gsize) n * sizeof *ids) : NULL;
    request->n_ids = n;
    request->no_special = fovea_arguments_has (a, "no-special");
    return fovea_capture_input_read (model, request, error);
}

gboolean
fovea_command_find_token (
    const char *option, const char *text, FoveaTokenizer *tokenizer, gint32 *id, GError **error)
{
    g_autoptr (GArray) tokens = fovea_tokenizer_encode (tokenizer, text, -1, FALSE, error);
    if (tokens == NULL)
        return FALSE;
    if (tokens->len == 1) {
        *id = g_array_index (tokens, FoveaToken, 0).id;
        return TRUE;
    }
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_USAGE,
                 "--%s \"%s\" is %u tokens of this model, not one", option, text, tokens->len);
    return FALSE;
}

gboolean
fovea_command_read_token (FoveaContext *context,
                          const char *option,
                          FoveaTokenizer *tokenizer,
                          gint32 *id,
                          GError **error)
{
    return fovea_command_find_token (option, fovea_arguments_text (context->arguments, option, ""),
                                     tokenizer, id, error);
}
