/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What tracing a latent back keeps at hand, and the linear steps it is made of. Everything that is read
 * from the trace is read once. */
#include "analysis/sae-codes.h"
#include "analysis/sae-path.h"
#include "capture/attention.h"

/* An autoencoder at a site and what it makes of the run; (T) rows. */
typedef struct {
    const FoveaSae *sae;
    FoveaSaeCodes *codes; /* NULL = not encoded yet */
    float *norms;         /* (F) decoder norms, if codes are in units of them; else NULL */
} FoveaPathSite;

typedef struct {
    FoveaModel *model;
    const FoveaArchitecture *architecture;
    FoveaTrace *trace;
    FoveaDevice *device;
    gint64 T, C, L;
    FoveaPathSite *stream, *attention; /* (L) */
    /* (L) rows, NULL = not read yet: entering a layer (T, C), its heads' z (T, H*D), and what its
     * branches add (T, C). */
    float **pre, **z, **attn_out, **mlp_out;
    FoveaAttention **weights; /* (L), NULL = not opened yet */
    GCancellable *cancellable;
} FoveaPathFinder;

/* A child to be. */
typedef struct {
    FoveaPathKind kind;
    guint layer;
    gint64 position;
    gint32 latent;
    double value;
    double *direction; /* of ATTENTION: counted, shared by parts of the same token */
} FoveaPathPart;

/* Children of one node before the small ones are put together. */
typedef struct {
    GArray *parts; /* of FoveaPathPart */
    double error, bias;
    gboolean has_error; /* an autoencoder took part */
} FoveaPathSplit;

/**
 * fovea_path_read_rows:
 * @width: numbers of a row
 * @rows: (inout): NULL, or what was read before
 *
 * All rows of a point of a layer.
 *
 * Shape: (T, width).
 * Errors: FOVEA_ERROR_NOT_FOUND for a point that was not kept; the trace's.
 * Thread: the finder's; blocks.   Owner: the finder.
 */
const float *fovea_path_read_rows (const FoveaPathFinder *finder,
                                   float **rows,
                                   guint layer,
                                   const char *point,
                                   gint64 width,
                                   GError **error);

/**
 * fovea_path_encode_site:
 * @rows: (T, d_in)
 *
 * Codes of all rows of the run at @site.
 *
 * Errors: as fovea_sae_encode().
 * Thread: the finder's; blocks.   Owner: the site.
 */
gboolean fovea_path_encode_site (const FoveaPathFinder *finder,
                                 FoveaPathSite *site,
                                 const float *rows,
                                 GError **error);

/**
 * fovea_path_split_attention_latent:
 * @share: 1 for a code of its own; else the part of its code that counts
 *
 * By the sources of the latent's heads into their streams.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND for a point that was not kept; the trace's.
 * Thread: the finder's; blocks.
 */
gboolean fovea_path_split_attention_latent (FoveaPathFinder *finder,
                                            guint layer,
                                            gint64 position,
                                            gint32 latent,
                                            double share,
                                            FoveaPathSplit *split,
                                            GError **error);

/**
 * fovea_path_split_stream_latent:
 * @share: as above
 *
 * Into what was added to the stream before.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND for a point that was not kept; the trace's.
 * Thread: the finder's; blocks.
 */
gboolean fovea_path_split_stream_latent (FoveaPathFinder *finder,
                                         guint layer,
                                         gint64 position,
                                         gint32 latent,
                                         double share,
                                         FoveaPathSplit *split,
                                         GError **error);

/**
 * fovea_path_split_attention:
 * @direction: (C)
 *
 * What a layer's attention added, by the latents of its autoencoder, which must be there.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND for a point that was not kept; the trace's.
 * Thread: the finder's; blocks.
 */
gboolean fovea_path_split_attention (FoveaPathFinder *finder,
                                     guint layer,
                                     gint64 position,
                                     const double *direction,
                                     FoveaPathSplit *split,
                                     GError **error);
