/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How a model wants conversations written: a program in Jinja that comes with its tokenizer. It is shown
 * to people and never executed. */
#include "capture/gguf.h"

/**
 * fovea_chat_template_read:
 * @folder: with chat_template.jinja, or "chat_template" in tokenizer_config.json
 *
 * The first of them that is there. Of several named ones each begins with its name as a comment of
 * Jinja. NULL without error if there is none.
 *
 * Errors: FOVEA_ERROR_FORMAT for what is neither text nor a list of names and texts; those of reading.
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_chat_template_read (const char *folder, GError **error);

/**
 * fovea_chat_template_read_gguf:
 *
 * The same of "tokenizer.chat_template" and of the named ones behind it; NULL if there is none.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_chat_template_read_gguf (const FoveaGguf *file);
