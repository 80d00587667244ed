/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* A model's description from the names and shapes of the arrays that it left. */
#include "capture/architecture.h"
#include "capture/safetensors.h"

/* An array of a file on its way into a trace. */
typedef struct {
    const FoveaTensor *tensor;
    char *name; /* classic where one exists; before that the file's */
    guint rank; /* without batch axis */
    const gint64 *shape;
} FoveaImported;

/**
 * fovea_infer_names:
 * @arrays: of #FoveaImported
 * @known: (nullable): the description, if the file has it
 *
 * Turns names into classic ones (bare q, k, v and bridge names), and drops batch axes of length 1.
 *
 * Errors: FOVEA_ERROR_SHAPE naming an array with a larger batch.
 * Thread: any.
 */
gboolean fovea_infer_names (GArray *arrays, const FoveaArchitecture *known, GError **error);

/**
 * fovea_infer_architecture:
 * @given: (nullable): the description, if the file has it
 * @n_tokens: (out): T
 *
 * A copy of @given, or what arrays with classic names tell, with FOVEA_INFERRED_FAMILY as family.
 *
 * Errors: FOVEA_ERROR_SHAPE naming the array whose shape contradicts another's;
 * FOVEA_ERROR_NOT_FOUND if no array tells layers, tokens or heads.
 * Thread: any.   Owner: caller.
 */
FoveaArchitecture *fovea_infer_architecture (GArray *arrays,
                                             const FoveaArchitecture *given,
                                             gint64 *n_tokens,
                                             GError **error);
