/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* An operation that the late device has put off, and how it is done on the CPU in the end. */
#include "kernels/device-codes.h"
#include "kernels/device-experts.h"
#include "kernels/device.h"

typedef enum {
    LATE_WRITE,
    LATE_ZERO,
    LATE_COPY_ROWS,
    LATE_COPY_OUT,
    LATE_ORDER,
    LATE_CONVERT,
    LATE_FIND_NAN,
    LATE_EMBED,
    LATE_ADD,
    LATE_SCALE,
    LATE_SOFT_CAP,
    LATE_CLIP,
    LATE_ADD_GATED,
    LATE_ROUTE,
    LATE_EXPERTS,
    LATE_NORM,
    LATE_LINEAR,
    LATE_ROTARY,
    LATE_ACTIVATE,
    LATE_ATTEND,
    LATE_RECTANGLE,
    LATE_TOP_ROWS,
    LATE_MASK_ROWS,
    LATE_CROSS_ENTROPY,
    LATE_CODES_ABOVE,
} LateKind;

/* One operation with its arguments, pointers into buffers translated. */
typedef struct {
    LateKind kind;
    FoveaTicket ticket; /* of LATE_COPY_OUT and LATE_ORDER */
    union {
        FoveaNormArgs norm;
        FoveaLinearArgs linear;
        FoveaRotaryArgs rotary;
        FoveaAttendArgs attend;
        FoveaRectangleArgs rectangle;
        FoveaTopRowsArgs top_rows;
        FoveaMaskRowsArgs mask_rows;
        FoveaAboveArgs above;
        FoveaRouteArgs route;
        FoveaExpertsArgs experts;
        FoveaWeight table;
    };
    FoveaActivation activation;
    FoveaDtype dtype;
    void *to;
    const void *from, *from2;
    void *owned; /* host memory copied at enqueueing */
    float factor;
    size_t to_stride, from_stride, bytes;
    int64_t n, width;
} LateItem;

/* Entries of the device's table that compute; the others are empty. */
extern const FoveaOps late_arithmetic;

/**
 * late_real:
 *
 * Where the values of a buffer's address are; NULL stays NULL, anything else is a bug.
 */
void *late_real (FoveaDevice *device, const void *handle);

/**
 * late_enqueue:
 *
 * Puts off an operation, of which a copy is kept.
 */
void late_enqueue (FoveaDevice *device, const LateItem *item);

/**
 * late_run_arithmetic:
 * @inner: a CPU
 *
 * Does one of the operations that compute; not those that copy, order or fill.
 */
void late_run_arithmetic (FoveaDevice *inner, LateItem *item);
