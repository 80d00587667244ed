/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Runs a model through the plain table and a device in every precision it has, and says how far
 * their points lie apart, and from a record. */
#include "app/command/selfcheck-record.h"
#include "capture/session.h"

/* What is compared with what, by precision: first with the plain table, then with a record. */
typedef enum {
    FOVEA_CHECK_PLAIN_F32,
    FOVEA_CHECK_RECORD_F32,
    FOVEA_CHECK_PLAIN_BF16,
    FOVEA_CHECK_RECORD_BF16,
    FOVEA_CHECK_PLAIN_F16, /* of GPUs */
    FOVEA_CHECK_RECORD_F16,
    FOVEA_N_CHECKS,
} FoveaCheck;

/* What one kind of point, such as blocks.*.attn.hook_q, came to. */
typedef struct {
    char *kind;
    gint64 n_points, n_values;    /* compared with the plain table */
    double worst[FOVEA_N_CHECKS]; /* differences; NaN = not compared, infinite = one was NaN */
    double of_row[FOVEA_CHECK_RECORD_F32 + 1]; /* those in f32 by the size of their rows: judged */
    gboolean sampled;                          /* its record is a sample, see SelfcheckPoint */
} SelfcheckResult;

/**
 * fovea_selfcheck_run:
 * @device_name: of the device to check
 * @results: of SelfcheckResult, in the order of the forward pass; grows by kinds met for the first
 * time, else keeps the worst of all records
 *
 * Differences in f32 are the worst of any value, as a share of it where it is above 1, and for the
 * verdict as a share of its row's root mean square where that is larger; in bf16 and f16 a point's root
 * mean square over that of its values.
 *
 * Errors: those of sessions; FOVEA_ERROR_NOT_FOUND for a recorded point that the model does not
 * have, FOVEA_ERROR_SHAPE for one of another size.
 * Thread: any; blocks.
 */
gboolean fovea_selfcheck_run (FoveaModel *model,
                              const SelfcheckRecord *record,
                              const char *device_name,
                              int n_threads,
                              GPtrArray *results,
                              GCancellable *cancellable,
                              GError **error);

/**
 * fovea_selfcheck_result_free:
 *
 * Thread: any.   Owner: takes @result.
 */
void fovea_selfcheck_result_free (SelfcheckResult *result);

/**
 * fovea_selfcheck_get_name:
 *
 * "plain_f32" and so on.   Thread: any.   Owner: static.
 */
const char *fovea_selfcheck_get_name (FoveaCheck check);

/**
 * fovea_selfcheck_passes:
 *
 * Whether every f32 difference is within 1e-4 of its row, those of samples in bf16 within 1e-2, and nothing is
 * NaN.   Thread: any.
 */
gboolean fovea_selfcheck_passes (const SelfcheckResult *result);
