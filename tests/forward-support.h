/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What the suites about the forward pass share: a model ready to run, whole captures in memory, and
 * reference tensors. Failures stop the test with the message. */
#include "capture/safetensors.h"
#include "capture/session.h"
#include "tests/support.h"

typedef struct {
    FoveaModel *model;
    FoveaDevice *device;
    FoveaSession *session;
} Runner;

/**
 * runner_open:
 * @model: as for fovea_model_open()
 * @device: as for fovea_device_open(), two threads; where it is "cpu" and the environment variable
 * FOVEA_TEST_DEVICE is set, that device instead: so the golden tests run on a GPU
 * @max_tokens: 0 = the context
 */
Runner runner_open (const char *model, const char *device, gint64 max_tokens, gint64 chunk);

/**
 * runner_open_on:
 * @device: the runner's from now on
 * @memory: limit in bytes, 0 = none
 */
Runner runner_open_on (
    const char *model, FoveaDevice *device, gint64 max_tokens, gint64 chunk, guint64 memory);

/**
 * runner_close:
 */
void runner_close (Runner *runner);

/**
 * runner_info:
 *
 * A sequence of given ids.   Owner: caller.
 */
FoveaTraceInfo *runner_info (const Runner *runner, const gint32 *ids, gint64 n);

/**
 * runner_capture:
 * @points: (nullable): globs, as in plan.h; NULL = nothing
 * @logits: (nullable): (n, V)
 *
 * Owner: caller.
 */
FoveaTrace *runner_capture (const Runner *runner,
                            const gint32 *ids,
                            gint64 n,
                            const char *points,
                            FoveaDtype keep,
                            gboolean dense,
                            float *logits);

/**
 * runner_capture_corner:
 *
 * A capture of the small ViT on a picture of 3 x 3 patches that is bright in its last.   Owner: caller.
 */
FoveaTrace *runner_capture_corner (const char *points);

/**
 * runner_greedy:
 * @ids: (inout): n given ids, room for n + n_more
 *
 * Continues greedily through the cache.
 */
void runner_greedy (const Runner *runner, gint32 *ids, gint64 n, gint64 n_more);

/**
 * support_tensor_f32:
 * @n: (out): elements
 *
 * A tensor of any type as f32.   Owner: caller.
 */
float *support_tensor_f32 (FoveaSafetensors *file, const char *name, gint64 *n);

/**
 * support_tensor_ids:
 *
 * An integer tensor.   Owner: caller.
 */
gint32 *support_tensor_ids (FoveaSafetensors *file, const char *name, gint64 *n);

/**
 * support_read_point:
 *
 * All rows of a point of a trace.   Owner: caller.
 */
float *support_read_point (FoveaTrace *trace, const char *name, gint64 *n);

/**
 * support_scaled_difference:
 * @width: elements in a row
 *
 * Largest |a - b| / max (1, m / 4), m the largest magnitude in b's row; infinity where
 * support_difference() says so. A bound of 1e-4 on it is 1e-4, or 2.5e-5 of the row's largest
 * value where that is more: the demo's stream reaches 1,000 in its last layer, and there the
 * recorded f32 reference is itself 3.2e-3 from a double precision forward.
 */
double support_scaled_difference (const float *a, const float *b, gsize n, gsize width);

/**
 * support_json_ids:
 *
 * An array of integers in a JSON file.   Owner: caller.
 */
gint32 *support_json_ids (const char *path, const char *key, gint64 *n);

/**
 * support_random_ids:
 *
 * @n ids, even over 0 .. vocabulary - 1.   Owner: caller.
 */
gint32 *support_random_ids (gint64 n, gint64 vocabulary, guint64 seed);

/**
 * support_check_layers_leave_the_host_alone:
 * @open: a runner for a model, sequences of up to @n tokens, chunks of @chunk
 *
 * Two models of three and more layers, captured factored: the device takes as many buffers and makes
 * the host wait as often for the one as for the other, so that no layer does either.
 */
void support_check_layers_leave_the_host_alone (
    Runner (*open) (const char *model, gint64 n, gint64 chunk), void (*close) (Runner *runner));

/**
 * support_check_experts_leave_the_host_alone:
 *
 * The same for layers of experts: they take no buffer and wait no more than dense ones do.
 */
void support_check_experts_leave_the_host_alone (
    Runner (*open) (const char *model, gint64 n, gint64 chunk), void (*close) (Runner *runner));

/**
 * support_model_with_nan:
 *
 * A folder with a copy of the small Llama whose tensor @name begins with a NaN.   Owner: caller,
 * support_remove_dir().
 */
char *support_model_with_nan (const char *name);

/**
 * support_check_nan_is_named:
 * @open: a runner of five tokens for the model in a folder
 *
 * A NaN in a weight of attention and one in the embedding, by the first point and position that
 * they reach.
 */
void support_check_nan_is_named (Runner (*open) (const char *folder),
                                 void (*close) (Runner *runner));
