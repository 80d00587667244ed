/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Points with a row of the stream for every head: what enters each head, and what each adds.
 * TransformerLens keeps them behind flags, for they are H times as long as the stream. They are made
 * a few rows at a time, so that memory beside the kept arrays stays small whatever is asked for; the
 * cut depends on sizes alone, which makes the bits the same for every sink.
 * Cost: repeats are copies; hook_result takes the flops of hook_attn_out once more. */
#include "capture/recorder-heads.h"

#include "capture/recorder-attend.h"
#include "capture/recorder.h"

enum {
    HOST_BYTES = 4 << 20,
    OWN_BYTES = 64 << 20 /* products of few rows leave a GPU idle */
};

/* A run of rows under way. */
typedef struct {
    FoveaRecorder *recorder;
    FoveaPointKind kind;
    guint layer;
    gint64 first, n; /* positions */
    gint64 heads;
} Rows;

gint64
fovea_recorder_heads_rows (const FoveaArchitecture *architecture, gint64 max_rows, gboolean host)
{
    gint64 row = architecture->n_heads * architecture->width * (gint64) sizeof (float);
    return CLAMP ((host ? HOST_BYTES : OWN_BYTES) / MAX (row, 1), 1, MAX (max_rows, 1));
}

gsize
fovea_recorder_heads_bytes (const FoveaArchitecture *architecture, gint64 rows)
{
    /* Layers of one file may have weights of different types. */
    gint64 width = architecture->head_width + 2 * (FOVEA_MAX_BLOCK - 1);
    return (gsize) (rows * width) * sizeof (float);
}

/* Where rows of the point are made: in place if the sink has memory for them. */
static float *
get_home (const Rows *rows)
{
    return fovea_recorder_destination (rows->recorder, rows->kind, rows->layer, rows->first,
                                       rows->n, rows->recorder->per_head);
}

static gboolean
record_rows (const Rows *rows, const float *values, GError **error)
{
    return fovea_recorder_record (rows->recorder, rows->kind, rows->layer, rows->first, rows->n,
                                  values, error);
}

static gint64
get_most_rows (const FoveaRecorder *recorder)
{
    return fovea_recorder_heads_rows (recorder->architecture, recorder->max_rows, recorder->host);
}

/* The same row once a head. */
static gboolean
record_repeated (const Rows *rows, const float *resid, GError **error)
{
    const FoveaRecorder *recorder = rows->recorder;
    gsize row = (gsize) recorder->architecture->width * sizeof (float);
    float *to = get_home (rows);
    for (gint64 h = 0; h < rows->heads; h++)
        recorder->ops->copy_rows (recorder->device, to + h * recorder->architecture->width,
                                  (gsize) rows->heads * row, resid, row, (gsize) rows->n, row);
    return record_rows (rows, to, error);
}

gboolean
fovea_recorder_record_inputs (FoveaRecorder *recorder,
                              guint layer,
                              gint64 first,
                              gint64 n,
                              const float *resid,
                              GError **error)
{
    for (guint kind = FOVEA_POINT_ATTN_IN; kind <= FOVEA_POINT_V_INPUT; kind++) {
        if (!fovea_recorder_wants (recorder, kind, layer))
            continue;
        Rows rows = {recorder, kind, layer, first, get_most_rows (recorder), recorder->heads[kind]};
        for (; rows.first < first + n; rows.first += rows.n) {
            rows.n = MIN (rows.n, first + n - rows.first);
            const float *from = resid + (rows.first - first) * recorder->architecture->width;
            if (!record_repeated (&rows, from, error))
                return FALSE;
        }
    }
    return TRUE;
}

/* A head's part of rows of z, with zeros where the whole blocks that its columns lie in begin before
 * or end behind it. */
static const float *
pad_head (const Rows *rows, const FoveaLinearArgs *product, gint64 before)
{
    const FoveaRecorder *recorder = rows->recorder;
    gsize width = (gsize) product->weight.n_in * sizeof (float);
    gsize own = (gsize) recorder->architecture->head_width * sizeof (float);
    recorder->ops->zero (recorder->device, recorder->one_head, (gsize) rows->n * width);
    recorder->ops->copy_rows (recorder->device, recorder->one_head + before, width,
                              product->x + before, (gsize) product->x_stride * sizeof (float),
                              (gsize) rows->n, own);
    return recorder->one_head;
}

/* The head's columns of the weight with its part of each row of z. A quantised weight can be cut
 * between blocks only. */
static void
multiply_head (const Rows *rows, gint64 head, FoveaLinearArgs product, float *to)
{
    FoveaRecorder *recorder = rows->recorder;
    gint64 D = recorder->architecture->head_width, C = recorder->architecture->width;
    FoveaWeight *weight = &product.weight;
    gint64 block = (gint64) fovea_dtype_block (weight->dtype);
    gint64 first = head * D / block * block, end = ((head + 1) * D + block - 1) / block * block;
    gint64 skipped = first * (weight->input_major ? weight->stride : 1);
    weight->data = (const char *) weight->data + fovea_dtype_bytes (weight->dtype, (gsize) skipped);
    weight->n_in = end - first;
    product.bias = NULL;
    product.rows = rows->n;
    product.x += first;
    if (weight->n_in != D) {
        product.x = pad_head (rows, &product, head * D - first);
        product.x_stride = weight->n_in;
    }
    product.y = to + head * C;
    product.y_stride = rows->heads * C;
    recorder->ops->linear (recorder->device, &product);
}

gboolean
fovea_recorder_record_result (FoveaRecorder *recorder,
                              guint layer,
                              gint64 first,
                              const FoveaLinearArgs *product,
                              GError **error)
{
    if (!fovea_recorder_wants (recorder, FOVEA_POINT_RESULT, layer))
        return TRUE;
    Rows rows = {recorder, FOVEA_POINT_RESULT,       layer,
                 first,    get_most_rows (recorder), recorder->heads[FOVEA_POINT_RESULT]};
    FoveaLinearArgs part = *product;
    for (gint64 end = first + product->rows; rows.first < end; rows.first += rows.n) {
        rows.n = MIN (rows.n, end - rows.first);
        part.x = product->x + (rows.first - first) * product->x_stride;
        float *to = get_home (&rows);
        for (gint64 h = 0; h < rows.heads; h++)
            multiply_head (&rows, h, part, to);
        if (!record_rows (&rows, to, error))
            return FALSE;
    }
    return TRUE;
}
