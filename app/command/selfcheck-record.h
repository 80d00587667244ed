/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The shipped record that selfcheck compares with: ids, and a few values of every point. */
#include <glib.h>

#include "kernels/error.h"

typedef struct {
    char *name; /* of the point */
    guint n;
    gint64 *places; /* (n) index into the point, row-major */
    double *values; /* (n) */
} SelfcheckPoint;

typedef struct {
    gint32 *ids; /* (n_ids) */
    gint64 n_ids;
    GPtrArray *points; /* of SelfcheckPoint */
} SelfcheckRecord;

/**
 * fovea_selfcheck_record_read:
 *
 * The file demo/selfcheck.json among the shipped data.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND, FOVEA_ERROR_FORMAT naming file and member.
 * Owner: caller frees with fovea_selfcheck_record_free(); autoptr.
 */
SelfcheckRecord *fovea_selfcheck_record_read (GError **error);

/**
 * fovea_selfcheck_record_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @record.
 */
void fovea_selfcheck_record_free (SelfcheckRecord *record);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (SelfcheckRecord, fovea_selfcheck_record_free)
