/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Which sequence of a store a command is about: --run and --sequence, alike for every command. */
#include "app/command/options.h"
#include "storage/store.h"

#define FOVEA_OPTIONS_SEQUENCE                                                                     \
    FOVEA_ROW_INTEGER ("run", "N", 1, G_MAXINT64, "run of the store (default: any)"),              \
        FOVEA_ROW_INTEGER ("sequence", "N", 1, G_MAXINT64,                                         \
                           "sequence, as 'store info' numbers them (default: the first)")

/**
 * fovea_store_choice_find:
 * @run: 0 = any
 * @sequence: 0 = the first one
 *
 * A committed sequence.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND naming store, run and sequence and what there is.
 * Thread: main.   Owner: caller, fovea_sequence_info_free().
 */
FoveaSequenceInfo *
fovea_store_choice_find (FoveaStore *store, gint64 run, gint64 sequence, GError **error);

/**
 * fovea_store_choice_from_arguments:
 *
 * The same from --run and --sequence.
 *
 * Errors: FOVEA_ERROR_NOT_FOUND, naming what there is; FOVEA_ERROR_STORE.
 * Thread: main.   Owner: caller, fovea_sequence_info_free().
 */
FoveaSequenceInfo *fovea_store_choice_from_arguments (FoveaStore *store,
                                                      const FoveaArguments *arguments,
                                                      GError **error);
