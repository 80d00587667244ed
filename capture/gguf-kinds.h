/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The architectures that are read from GGUF: tables from llama.cpp's keys and tensor names to those
 * of Hugging Face. */
#include "capture/gguf.h"

typedef enum {
    FOVEA_GGUF_INTEGER,
    FOVEA_GGUF_NUMBER,
    FOVEA_GGUF_BOOLEAN,
    FOVEA_GGUF_NAME,
    FOVEA_GGUF_IGNORED, /* says nothing that tensors do not say */
} FoveaGgufKeyKind;

/* Values of expert_gating_func. */
enum {
    FOVEA_GGUF_SOFTMAX = 1,
    FOVEA_GGUF_SIGMOID = 2
};

typedef struct {
    const char *gguf; /* without the architecture's name */
    const char *config;
    FoveaGgufKeyKind kind;
} FoveaGgufKey;

typedef struct {
    const char *gguf;   /* without ".weight" or ".bias", or with it; '#' stands for the layer */
    const char *family; /* '@' for the expert, whose tensors stand one after another in GGUF */
} FoveaGgufStem;

typedef struct {
    const char *gguf; /* general.architecture */
    const char *model_type;
    const FoveaGgufKey *keys;
    const FoveaGgufStem *stems;
    gboolean turned;    /* queries and keys stand as turned pairs */
    const char *part;   /* key for the part of heads that turns, whose default is not all of it */
    const char *always; /* key that is true in every file of the kind */
    const char *biased; /* key for whether attention has biases, which here the tensors say */
    const char *mlp_biased; /* the same of the MLP */
    gboolean exact_yarn;    /* the family does not round where yarn begins and ends */
    gboolean latent;        /* widths of heads and the choice of experts are DeepSeek's */
} FoveaGgufKind;

/**
 * fovea_gguf_find_kind:
 *
 * By general.architecture, and by whether there are experts; NULL if it is not known.
 *
 * Thread: any.   Owner: static.
 */
const FoveaGgufKind *fovea_gguf_find_kind (const FoveaGguf *file);

/**
 * fovea_gguf_list_kinds:
 *
 * Names of all architectures, separated by commas, for people.
 *
 * Thread: any.   Owner: caller frees with g_free().
 */
char *fovea_gguf_list_kinds (void);
