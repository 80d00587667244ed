/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* How well latents tell two kinds of text apart, beside the two supervised directions that they should
 * be measured against: the difference in means and a logistic probe, and that probe on shuffled labels
 * (methods/features-and-sparsity.md 8.4). Directions are learnt on some texts and scored on others. */
#include "analysis/saebench-rows.h"
#include "analysis/table.h"

typedef struct _FoveaSaeDetection FoveaSaeDetection;

/**
 * fovea_sae_detection_learn:
 * @sae: must outlive the detection
 * @train: means of texts
 * @labels: (n) 1 = positive, 0 = negative
 * @latent: the one that is asked about, or -1
 * @n_latents: those with the largest difference of means, listed beside it
 * @seed: of shuffling
 *
 * Errors: FOVEA_ERROR_RANGE unless both labels occur; FOVEA_ERROR_NUMERIC; FOVEA_ERROR_UNSUPPORTED for
 * a transcoder, whose decoder rows are of another site.
 * Thread: any; blocks.   Owner: caller frees with fovea_sae_detection_free(); autoptr.
 */
FoveaSaeDetection *fovea_sae_detection_learn (const FoveaSae *sae,
                                              const FoveaBenchRows *train,
                                              const guint8 *labels,
                                              gint32 latent,
                                              guint n_latents,
                                              guint64 seed,
                                              GError **error);

/**
 * fovea_sae_detection_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @detection.
 */
void fovea_sae_detection_free (FoveaSaeDetection *detection);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaSaeDetection, fovea_sae_detection_free)

/**
 * fovea_sae_detection_add:
 * @x: (codes->n_rows, d)
 * @codes: of one text that nothing was learnt from; at least one row
 *
 * A text's score by a direction or a latent is its largest over the tokens, on the latent's more
 * frequent side among positives; by a probe that of the text's mean.   Thread: one at a time.
 */
void fovea_sae_detection_add (FoveaSaeDetection *detection,
                              const float *x,
                              const FoveaSaeCodes *codes,
                              gboolean positive);

/**
 * fovea_sae_detection_tabulate:
 *
 * The table "sae_detection": detector, latent, side, AUROC on the texts that were added, and the cosine
 * of its direction with the difference in means.
 *
 * Thread: one at a time.   Owner: caller, fovea_table_unref().
 */
FoveaTable *fovea_sae_detection_tabulate (const FoveaSaeDetection *detection);
