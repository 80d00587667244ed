/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* What both ways of finding candidates share (top-codes.h): the prepared weights and one list of
 * candidates per row. A list holds every latent seen so far whose upper bound reaches the row's
 * threshold, which is the k-th largest lower bound seen so far and so never above the k-th largest
 * product. Lists are shortened when they are nearly full: a few times a row. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "kernels/top-codes.h"

enum {
    CANDIDATE_ROWS = 256, /* rows of an item: weights are read once for all of them */
    CANDIDATE_PANEL = 32  /* latents of a panel: what a scan appends at most */
};

typedef struct _FoveaDeviceEncoder FoveaDeviceEncoder;

struct _FoveaTopEncoder {
    FoveaDevice *device;
    FoveaDeviceEncoder *remote; /* of a device with memory of its own, else NULL */
    int64_t n_in;
    FoveaTopWeights weights;
    int64_t n_padded; /* n_latents, rounded up to whole panels */
    float *reach;     /* (n_padded) |scale w~|: error per unit of a row's error */
    float *bias;      /* (n_padded) scale * bias */
    float lost;       /* largest |w~ - w| / |w~| */
    float slack;      /* error that does not grow with x: rounding of the bias, underflow */
    uint16_t *panels; /* (panels, steps, 2, 16, 32) bf16; NULL without tile registers */
    size_t panels_bytes, padded_bytes; /* room */
};

/* One row of x in a scan. */
typedef struct {
    float threshold; /* candidates have score + error * reach >= threshold */
    float error;     /* of this row, per unit of reach */
    int32_t n;
    bool overflowed; /* more candidates than room: the row is done the slow way */
} FoveaCandidateRow;

/* An item's scan: rows [row0, row0 + n_rows) of x. */
typedef struct {
    const FoveaTopEncoder *encoder;
    const FoveaTopCodesArgs *args;
    int64_t row0, n_rows;
    int64_t room;            /* entries of a list; a list is shortened above room - PANEL */
    FoveaCandidateRow *rows; /* (n_rows) */
    float *score;            /* (n_rows, room) scale * p of the quick pass, or its magnitude */
    int32_t *latent;         /* (n_rows, room) rising */
    float *lower;            /* (room) scratch of shortening */
    void *tiles;             /* what the scan itself needs */
} FoveaCandidateScan;

/**
 * fovea_candidates_pack_amx:
 * @panel: of 32 latents
 *
 * Rounds a panel of weights to bf16 tiles and finds reach and bias. Gives the largest
 * |w~ - w| / |w~|.
 *
 * Thread: any.
 */
float fovea_candidates_pack_amx (FoveaTopEncoder *encoder, int64_t panel);

/**
 * fovea_candidates_scan_amx:
 *
 * Fills the lists of a scan's rows.   Thread: any.
 */
void fovea_candidates_scan_amx (const FoveaCandidateScan *scan);

/**
 * fovea_candidates_room_amx:
 *
 * Bytes of FoveaCandidateScan.tiles for @n_rows rows.   Thread: any.
 */
size_t fovea_candidates_room_amx (const FoveaTopEncoder *encoder, int64_t n_rows);

/* Floats as integers of the same order. */
static inline int32_t
order_bits (float x)
{
    int32_t bits;
    memcpy (&bits, &x, sizeof bits);
    return bits ^ (int32_t) ((uint32_t) (bits >> 31) >> 1);
}

static inline float
from_order_bits (int32_t bits)
{
    float x;
    bits ^= (int32_t) ((uint32_t) (bits >> 31) >> 1);
    memcpy (&x, &bits, sizeof x);
    return x;
}

/* The k-th largest of n >= k floats by halving the interval of their bits: 32 passes over a list
 * that lies in the first cache, without a branch on the values. */
static inline float
kth_largest (const float *x, int64_t n, int64_t k)
{
    int64_t low = order_bits (-INFINITY), high = order_bits (INFINITY);
    while (low < high) {
        int64_t middle = low + (high - low + 1) / 2;
        float bound = from_order_bits ((int32_t) middle);
        int32_t reached = 0;
        for (int64_t i = 0; i < n; i++)
            reached += x[i] >= bound;
        if (reached >= k)
            low = middle;
        else
            high = middle - 1;
    }
    return from_order_bits ((int32_t) low);
}

/* Raises the threshold of row @r as far as its list allows and drops what falls below. */
static inline void
shorten_candidates (const FoveaCandidateScan *scan, int64_t r)
{
    FoveaCandidateRow *row = &scan->rows[r];
    float *score = scan->score + r * scan->room;
    int32_t *latent = scan->latent + r * scan->room, kept = 0;
    const float *reach = scan->encoder->reach;
    if (row->n < scan->args->k)
        return;
    for (int32_t i = 0; i < row->n; i++)
        scan->lower[i] = score[i] - row->error * reach[latent[i]] - scan->encoder->slack;
    float bound = kth_largest (scan->lower, row->n, scan->args->k) - scan->encoder->slack;
    row->threshold = bound > row->threshold ? bound : row->threshold;
    for (int32_t i = 0; i < row->n; i++) {
        float s = score[i];
        int32_t j = latent[i];
        score[kept] = s;
        latent[kept] = j;
        kept += s + row->error * reach[j] >= row->threshold;
    }
    row->n = kept;
}

/* After a panel: room for the next. A list that cannot be shortened has ties or a bound too wide for
 * its room. */
static inline void
make_room (const FoveaCandidateScan *scan, int64_t r)
{
    if (scan->rows[r].n <= scan->room - CANDIDATE_PANEL)
        return;
    shorten_candidates (scan, r);
    if (scan->rows[r].n <= scan->room - CANDIDATE_PANEL)
        return;
    scan->rows[r].overflowed = true;
    scan->rows[r].threshold = INFINITY;
    scan->rows[r].n = 0;
}
