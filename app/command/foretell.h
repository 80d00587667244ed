/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What takes long says so before it begins, with time and memory and the options that would not. It begins
 * all the same. */
#include "app/command/command.h"
#include "app/job-time.h"
#include "app/recall-job.h"

/**
 * fovea_command_foretell_heads:
 * @run: 0 = every sequence
 * @said: (out caller-allocates): of what was asked for
 *
 * Errors: those of heads-prediction.h.   Thread: the store's; blocks.
 */
gboolean fovea_command_foretell_heads (
    FoveaContext *context, FoveaStore *store, gint64 run, FoveaJobTime *said, GError **error);

/**
 * fovea_command_foretell_recall:
 * @said: (out caller-allocates): of what was asked for
 *
 * Errors: those of recall-job.h.   Thread: the store's; blocks.
 */
gboolean fovea_command_foretell_recall (FoveaContext *context,
                                        FoveaStore *store,
                                        FoveaRecallRequest *request,
                                        FoveaJobTime *said,
                                        GError **error);

/**
 * fovea_command_note_measured:
 * @share: of the work, that a job that was stopped has left: 0 .. 1
 *
 * That the job goes on there, if there is any.   Thread: main.
 */
void fovea_command_note_measured (FoveaContext *context, double share);

/**
 * fovea_command_set_stopped:
 * @what: command
 * @share: of the work that is kept
 * @error: (inout): of a job that failed; where it was interrupted it says what stays
 *
 * Thread: any.
 */
void fovea_command_set_stopped (const char *what, double share, GError **error);
