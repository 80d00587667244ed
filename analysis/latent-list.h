/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Every latent of a dictionary in one line each: how often it fires on either side, how strongly, and
 * on which tokens most. */
#include "analysis/sae-codes.h"
#include "capture/trace.h"

enum {
    FOVEA_LATENT_WORDS = 2, /* a side */
};

typedef struct {
    gint64 n_positive, n_negative; /* tokens it fires on */
    float most, least;             /* largest code and most negative one, 0 = none */
    char *up[FOVEA_LATENT_WORDS],
        *down[FOVEA_LATENT_WORDS]; /* strongest tokens, bytes; NULL = none */
} FoveaLatentEntry;

typedef struct _FoveaLatentList FoveaLatentList;

/**
 * fovea_latent_list_new:
 *
 * Thread: any.   Owner: caller, fovea_latent_list_unref(); autoptr.
 */
FoveaLatentList *fovea_latent_list_new (gint64 n_latents);

/**
 * fovea_latent_list_ref:
 *
 * Thread: any.
 */
FoveaLatentList *fovea_latent_list_ref (FoveaLatentList *list);

/**
 * fovea_latent_list_unref:
 *
 * Thread: any.
 */
void fovea_latent_list_unref (FoveaLatentList *list);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaLatentList, fovea_latent_list_unref)

/**
 * fovea_latent_list_add:
 * @positions: (codes->n_rows): tokens that the rows of @codes are; those outside @info are counted
 * and have no word
 *
 * Codes of one sequence. Of equal codes the earlier token stays; a token is named once a side.
 *
 * Errors: FOVEA_ERROR_SHAPE for codes over another number of latents.
 * Thread: the one that fills.   Cost: codes.
 */
gboolean fovea_latent_list_add (FoveaLatentList *list,
                                const FoveaTraceInfo *info,
                                const gint64 *positions,
                                const FoveaSaeCodes *codes,
                                GError **error);

/**
 * fovea_latent_list_get:
 *
 * Thread: any, once filled.   Owner: the list.
 */
const FoveaLatentEntry *fovea_latent_list_get (const FoveaLatentList *list, gint64 latent);

/**
 * fovea_latent_list_get_n:
 *
 * Thread: any.
 */
gint64 fovea_latent_list_get_n (const FoveaLatentList *list);

/**
 * fovea_latent_list_get_n_rows:
 *
 * Tokens that were encoded.   Thread: any, once filled.
 */
gint64 fovea_latent_list_get_n_rows (const FoveaLatentList *list);

/**
 * fovea_latent_entry_get_rank:
 *
 * The balance, drawn towards 0 by as many tokens as are too few to tell: what is worth looking at
 * first.   Thread: any.
 */
double fovea_latent_entry_get_rank (const FoveaLatentEntry *entry);

/**
 * fovea_latent_entry_get_balance:
 *
 * 1 = as often positive as negative, 0 = of one sign only (or silent): twice the share of the rarer
 * side.
 *
 * Thread: any.
 */
double fovea_latent_entry_get_balance (const FoveaLatentEntry *entry);
