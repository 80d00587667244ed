/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* The model that a run was captured with, where it still is. */
#include "capture/model.h"
#include "storage/store.h"

/**
 * fovea_run_model_find:
 * @others: (nullable) (array zero-terminated=1): models captured before, looked at where the run's own
 *     is gone
 *
 * Its name as fovea_model_open() takes it, NULL if there is none with the run's weights: name and hash
 * are both compared, so another model that was put in its place is none.
 *
 * Thread: any; blocks: sums the hash of what it finds.   Owner: caller, g_free().
 */
char *fovea_run_model_find (FoveaStore *store,
                            gint64 run,
                            const char *const *others,
                            GCancellable *cancellable);
