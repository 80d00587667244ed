/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to capture/: TransformerLens's names of an encoder-decoder's points. Here its layers are
 * counted through, so that everything that goes by layer and head needs to know of one kind alone;
 * there each block of the decoder has both attentions. */
#include "capture/point-table.h"

/**
 * fovea_point_text_name:
 *
 * "decoder.1.cross_attn.hook_q" for "blocks.5.attn.hook_q", say. NULL where the point has no such
 * name, or the model reads one text.
 *
 * Thread: any.   Owner: caller, g_free().
 */
char *fovea_point_text_name (const FoveaArchitecture *architecture, FoveaPoint point);

/**
 * fovea_point_find_text_name:
 *
 * The point that @name says so; FALSE if none.
 *
 * Thread: any.
 */
gboolean fovea_point_find_text_name (const FoveaArchitecture *architecture,
                                     const char *name,
                                     FoveaPoint *point);
