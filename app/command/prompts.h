/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Texts given on the command line: the second argument, -f, --ids and --no-special. */
#include "app/command/command.h"
#include "capture/trace.h"

/**
 * fovea_command_read_prompts:
 *
 * The sequences that they stand for, of #FoveaTraceInfo; a text longer than the context is several.
 * The command's options must have file (TEXTS), ids and no-special.
 *
 * Errors: FOVEA_ERROR_USAGE without exactly one of them, or with --no-special for ids; file errors.
 * Thread: main; blocks.   Owner: caller.
 */
GPtrArray *fovea_command_read_prompts (FoveaContext *context, FoveaModel *model, GError **error);

/**
 * fovea_command_find_token:
 * @option: the option that @text is a value of
 *
 * The one token that @text is.
 *
 * Errors: FOVEA_ERROR_USAGE if it is more than one, or none.   Thread: any.
 */
gboolean fovea_command_find_token (
    const char *option, const char *text, FoveaTokenizer *tokenizer, gint32 *id, GError **error);

/**
 * fovea_command_read_token:
 * @id: (out):
 *
 * The same of an option of one value.
 *
 * Errors: FOVEA_ERROR_USAGE if the text is not one token of the model.
 * Thread: main.
 */
gboolean fovea_command_read_token (FoveaContext *context,
                                   const char *option,
                                   FoveaTokenizer *tokenizer,
                                   gint32 *id,
                                   GError **error);
