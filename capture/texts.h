/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* From what a user hands over (text, file, JSON lines, ids, random repeats) to the sequences of a
 * run. */
#include <gio/gio.h>

#include "capture/model.h"
#include "capture/trace.h"

typedef struct {
    gint64 max_tokens; /* window length; 0 = the context */
    gint64 stride;     /* start of the next window of a long text; 0 = only the first window */
    gint64 limit;      /* most sequences; 0 = all */
    gboolean add_special;
    const char *target; /* what an encoder-decoder's decoder reads beside the text; NULL = nothing
                           but the id that begins it; borrowed */
} FoveaTextsOptions;

/**
 * fovea_texts_from_text:
 * @title: what to call it
 *
 * Sequences (of #FoveaTraceInfo) of one text, cut into windows of max_tokens, each with BOS of its
 * own.
 *
 * Errors: FOVEA_ERROR_RANGE for empty text; those of the tokenizer.
 * Thread: any.   Owner: caller.
 */
GPtrArray *fovea_texts_from_text (FoveaModel *model,
                                  const char *title,
                                  const char *text,
                                  gssize length,
                                  const FoveaTextsOptions *options,
                                  GError **error);

/**
 * fovea_texts_from_ids:
 *
 * One sequence of given ids. Those of an encoder-decoder are a source and a target; where the id that
 * begins the target is missing it comes last.
 *
 * Errors: FOVEA_ERROR_RANGE naming position, id and vocabulary.
 * Thread: any.   Owner: caller.
 */
FoveaTraceInfo *fovea_texts_from_ids (
    FoveaModel *model, const char *title, const gint32 *ids, gint64 n, GError **error);

/**
 * fovea_texts_from_jsonl:
 * @text: lines of {"text": ...} or {"ids": [...]}, perhaps with "title"; a text perhaps with "target"
 *
 * Errors: FOVEA_ERROR_FORMAT with the line number.
 * Thread: any.   Owner: caller.
 */
GPtrArray *fovea_texts_from_jsonl (FoveaModel *model,
                                   const char *name,
                                   const char *text,
                                   gsize length,
                                   const FoveaTextsOptions *options,
                                   GError **error);

/**
 * fovea_texts_random_repeat:
 * @period: P
 * @n: sequences
 *
 * The standard induction test: [bos] + r + r, see fovea_random_repeat_tokens(). BOS only if the
 * model has one.
 *
 * Errors: FOVEA_ERROR_RANGE if 2 P + 1 is over the context.
 * Thread: any.   Owner: caller.
 */
GPtrArray *
fovea_texts_random_repeat (FoveaModel *model, gint64 period, guint n, guint64 seed, GError **error);
