/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What selfcheck compares with: sequences, and values of their points that somebody else computed. */
#include "capture/model.h"
#include "capture/trace.h"

typedef struct {
    char *name; /* of the point */
    gint64 n;
    gint64 *places;   /* (n) index into the point, row-major; NULL = all of it, in order */
    double *values;   /* (n) */
    gboolean sampled; /* some values of many: judged one by one in every precision */
} SelfcheckPoint;

typedef struct {
    FoveaTraceInfo *info; /* the sequence */
    GPtrArray *points; /* of SelfcheckPoint; empty = nothing to compare with but the plain table */
} SelfcheckRecord;

/**
 * fovea_selfcheck_record_new:
 * @info: (transfer full):
 *
 * A record without values.   Owner: caller frees with fovea_selfcheck_record_free(); autoptr.
 *
 * Thread: main.
 */
SelfcheckRecord *fovea_selfcheck_record_new (FoveaTraceInfo *info);

/**
 * fovea_selfcheck_record_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @record.
 */
void fovea_selfcheck_record_free (SelfcheckRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SelfcheckRecord, fovea_selfcheck_record_free)

/**
 * fovea_selfcheck_point_free:
 *
 * Thread: any.   Owner: takes @point.
 */
void fovea_selfcheck_point_free (SelfcheckPoint *point);

/**
 * fovea_selfcheck_record_read:
 * @model: the bundled one
 *
 * The file demo/selfcheck.json among the shipped data: a few values of every point.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND, FOVEA_ERROR_FORMAT naming file and member.
 * Thread: main.
 * Owner: caller, fovea_selfcheck_record_free().
 */
SelfcheckRecord *fovea_selfcheck_record_read (FoveaModel *model, GError **error);

/**
 * fovea_selfcheck_reference_read:
 * @path: *.safetensors
 * @ignored: (out) (transfer full) (nullable): tensors that name no point, joined by ", "
 *
 * Records of SelfcheckRecord, one a sequence. input_ids (T) or (B, T), or pixel_values (B, channels,
 * height, width), are the sequences. Other tensors are points under TransformerLens's names, with B
 * in front where input_ids have it, or what transformers returns: hidden.N or hidden_states.N,
 * attention.N or attentions.N, logits. The last hidden state is that behind the final norm.
 *
 * Errors: FOVEA_ERROR_FORMAT for a file without sequences; FOVEA_ERROR_SHAPE with tensor and both
 * sizes; those of the tokens' vocabulary.
 * Thread: main.
 * Owner: caller, g_ptr_array_unref().
 */
GPtrArray *fovea_selfcheck_reference_read (FoveaModel *model,
                                           const char *path,
                                           char **ignored,
                                           GError **error);
