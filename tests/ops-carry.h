/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Operations on any device with arguments in host memory, so that one suite serves all tables. A
 * device whose buffers are the host's gets the arguments as they are. For one with its own memory
 * every array travels into a buffer, and back if the operation writes it. Arrays that overlap share
 * a buffer: what is in place stays in place.
 *
 * Each call fails the test if the operation wrote behind the end of a buffer, or into one that it
 * should only read. Each returns when results are there. */
#include "kernels/device-experts.h"
#include "kernels/device.h"

/** carry_norm: */
void carry_norm (FoveaDevice *device, const FoveaNormArgs *args);

/** carry_linear: gaps between rows travel too, so that a write into them shows. */
void carry_linear (FoveaDevice *device, const FoveaLinearArgs *args);

/** carry_rotary: the tables hold the positions up to the last row's. */
void carry_rotary (FoveaDevice *device, const FoveaRotaryArgs *args);

/** carry_activate: */
void carry_activate (FoveaDevice *device,
                     FoveaActivation kind,
                     const float *x,
                     const float *up,
                     int64_t n,
                     float *out);

/** carry_add: */
void carry_add (FoveaDevice *device, const float *a, const float *b, int64_t n, float *out);

/** carry_scale: */
void carry_scale (FoveaDevice *device, const float *x, float factor, int64_t n, float *out);

/** carry_clip: */
void carry_clip (FoveaDevice *device, const float *x, float limit, int64_t n, float *out);
/** carry_soft_cap: */
void carry_soft_cap (FoveaDevice *device, const float *x, float cap, int64_t n, float *out);

/** carry_add_gated: */
void carry_add_gated (FoveaDevice *device,
                      const float *x,
                      const float *gates,
                      int64_t rows,
                      int64_t width,
                      float *out);

/** carry_route: */
void carry_route (FoveaDevice *device, const FoveaRouteArgs *args);

/** carry_experts: the device's list of addresses is made here; args->data is not looked at. */
void carry_experts (FoveaDevice *device, const FoveaExpertsArgs *args);

/** carry_embed: */
void carry_embed (
    FoveaDevice *device, const FoveaWeight *table, const int32_t *ids, int64_t n, float *out);

/** carry_attend: the rule's arrays are host memory for every device. */
void carry_attend (FoveaDevice *device, const FoveaAttendArgs *args);

/** carry_rectangle: */
void carry_rectangle (FoveaDevice *device, const FoveaRectangleArgs *args);

/** carry_top_rows: numbers of keys of all rows are host memory for every device. */
void carry_top_rows (FoveaDevice *device, const FoveaTopRowsArgs *args);

/** carry_mask_rows: lists of tiles are host memory for every device. */
void carry_mask_rows (FoveaDevice *device, const FoveaMaskRowsArgs *args);

/** carry_cross_entropy: */
void carry_cross_entropy (FoveaDevice *device,
                          const float *logits,
                          const int32_t *targets,
                          int64_t rows,
                          int64_t V,
                          float *nll);

/** carry_convert: */
void carry_convert (FoveaDevice *device, const float *from, FoveaDtype dtype, int64_t n, void *to);

/** carry_round: */
void carry_round (FoveaDevice *device, float *x, FoveaDtype dtype, int64_t n);

/** carry_find_nan: */
void
carry_find_nan (FoveaDevice *device, const float *x, int64_t rows, int64_t width, int32_t *first);

/** carry_copy_rows: */
void carry_copy_rows (FoveaDevice *device,
                      void *to,
                      size_t to_stride,
                      const void *from,
                      size_t from_stride,
                      size_t n_rows,
                      size_t bytes);
