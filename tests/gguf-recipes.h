/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What llama.cpp's conversion does with each family: its names, and which rows and gains it changes. */
#include <glib.h>

/* Words of a name in the order in which they are replaced. */
typedef const char *GgufWords[2];

typedef struct {
    const char *model_type, *architecture;
    const GgufWords *words;
    gboolean turned;   /* rows of q and k become pairs */
    gboolean around;   /* post_attention_layernorm is a norm of its own */
    gboolean adds_one; /* to gains */
    gboolean conv1d;   /* matrices of blocks are (in, out) */
    gint64 gating;     /* of experts beside latent attention; 0 = there is none */
} GgufRecipe;

/**
 * gguf_recipe_find:
 * @model_type: of config.json
 *
 * Fails the test for a family without one.   Owner: static.
 */
const GgufRecipe *gguf_recipe_find (const char *model_type);
