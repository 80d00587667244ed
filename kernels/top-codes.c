/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Codes from candidates (top-codes.h): preparation of weights, candidates by BLAS, and the choice of
 * the k largest by products in f32. Items are runs of rows; a row's work never depends on which
 * item or thread it falls to.
 *
 * Cost: besides the quick pass, about 1.5 k products of a row (k candidates and those that the bound
 * cannot tell from them), each a read of n_in floats. */
#include "kernels/top-codes.h"

#include <cblas.h>

#include "kernels/candidates.h"
#include "kernels/cpu-kernels.h"
#include "kernels/device-encoder.h"
#include "kernels/device-private.h"
#include "kernels/sparse-rows.h"

enum {
    BLAS_ROWS = 64, /* of a product by BLAS: its result stays in the second-level cache */
    BLAS_LATENTS = 1024
};

typedef struct {
    FoveaTopEncoder *encoder;
    const FoveaTopCodesArgs *args;
    int64_t n_rows; /* of an item */
    int64_t room;
    size_t tiles_bytes, lists_bytes;
} Run;

gboolean
fovea_top_encoder_is_for (const FoveaDevice *device)
{
    return device->kernels != NULL || fovea_device_encoder_is_for (device);
}

FoveaTopEncoder *
fovea_top_encoder_new (FoveaDevice *device, int64_t n_in, GError **error)
{
    if (!fovea_top_encoder_is_for (device) || n_in < 1) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_DEVICE,
                     "top-k codes: the device (%s) has no loops for them",
                     fovea_device_describe (device));
        return NULL;
    }
    FoveaTopEncoder *encoder = g_new0 (FoveaTopEncoder, 1);
    encoder->device = device;
    encoder->n_in = n_in;
    if (fovea_device_encoder_is_for (device))
        encoder->remote = fovea_device_encoder_new (device, n_in);
    return encoder;
}

void
fovea_top_encoder_free (FoveaTopEncoder *encoder)
{
    if (encoder == NULL)
        return;
    fovea_device_encoder_free (encoder->remote);
    if (encoder->remote == NULL)
        fovea_host_free (encoder->device, encoder->panels);
    g_free (encoder->reach);
    g_free (encoder->bias);
    g_free (encoder);
}

static bool
has_tiles (const FoveaTopEncoder *encoder)
{
#ifdef __x86_64__
    return encoder->device->kernels->linear != NULL;
#else
    return false;
#endif
}

static int64_t
get_row (const FoveaTopWeights *w, int64_t j)
{
    return w->members != NULL ? w->members[j] : j;
}

/* Bounds for a quick pass in f32: rounding takes nothing off the weights. */
static float
measure_panel (FoveaTopEncoder *encoder, int64_t panel)
{
    const FoveaTopWeights *w = &encoder->weights;
    int64_t end = MIN ((panel + 1) * CANDIDATE_PANEL, w->n_latents);
    for (int64_t j = panel * CANDIDATE_PANEL; j < end; j++) {
        const float *row = w->w + get_row (w, j) * encoder->n_in;
        double squares = 0, scale = w->scale != NULL ? (double) w->scale[get_row (w, j)] : 1;
        for (int64_t i = 0; i < encoder->n_in; i++)
            squares += (double) row[i] * (double) row[i];
        encoder->reach[j] = (float) (scale * sqrt (squares) * (1 + 1e-6));
    }
    return 0;
}

typedef struct {
    FoveaTopEncoder *encoder;
    float *lost; /* (panels) */
} Packing;

static void
pack_panel (void *data, int64_t panel, int worker)
{
    Packing *p = data;
#ifdef __x86_64__
    if (has_tiles (p->encoder)) {
        p->lost[panel] = fovea_candidates_pack_amx (p->encoder, panel);
        return;
    }
#endif
    p->lost[panel] = measure_panel (p->encoder, panel);
}

/* Room for the padded arrays and panels; grown, never shrunk, for a trainer sets its weights every
 * step. */
static void
grow (FoveaTopEncoder *encoder)
{
    size_t padded = (size_t) encoder->n_padded * sizeof (float);
    size_t line = (size_t) ((encoder->n_in + CANDIDATE_PANEL - 1) & -CANDIDATE_PANEL);
    size_t panels = has_tiles (encoder) ? (size_t) encoder->n_padded * line * sizeof (uint16_t) : 0;
    if (padded > encoder->padded_bytes) {
        encoder->reach = g_realloc (encoder->reach, padded);
        encoder->bias = g_realloc (encoder->bias, padded);
        encoder->padded_bytes = padded;
    }
    if (panels > encoder->panels_bytes) {
        fovea_host_free (encoder->device, encoder->panels);
        encoder->panels = fovea_host_alloc (encoder->device, panels);
        encoder->panels_bytes = panels;
    }
}

void
fovea_top_encoder_set (FoveaTopEncoder *encoder, const FoveaTopWeights *weights)
{
    float largest = 0;
    encoder->weights = *weights;
    if (encoder->remote != NULL) {
        fovea_device_encoder_set (encoder->remote, weights, NULL);
        return;
    }
    encoder->n_padded = (weights->n_latents + CANDIDATE_PANEL - 1) & -CANDIDATE_PANEL;
    grow (encoder);
    if (encoder->device->failed)
        return;
    for (int64_t j = 0; j < encoder->n_padded; j++) {
        int64_t row = j < weights->n_latents ? get_row (weights, j) : 0;
        bool in = j < weights->n_latents && weights->bias != NULL;
        encoder->bias[j] =
            in ? weights->bias[row] * (weights->scale != NULL ? weights->scale[row] : 1) : 0;
        encoder->reach[j] = 0;
        largest = MAX (largest, fabsf (encoder->bias[j]));
    }
    int64_t n_panels = encoder->n_padded / CANDIDATE_PANEL;
    g_autofree float *lost = g_new0 (float, (gsize) n_panels);
    Packing packing = {encoder, lost};
    fovea_threads_loop (encoder->device->threads, n_panels, pack_panel, &packing);
    encoder->lost = 0;
    for (int64_t i = 0; i < n_panels; i++)
        encoder->lost = MAX (encoder->lost, lost[i]);
    /* The smallest normal numbers are where tiles and products give up bits. */
    encoder->slack = 1.01f * (float) (encoder->n_in + 2) * (largest * 0x1p-23f + 4 * 0x1p-126f);
}

/* Candidates of a few rows, from products of a few latents at a time. */
static void
scan_by_blas (const FoveaCandidateScan *scan)
{
    const FoveaTopEncoder *e = scan->encoder;
    const FoveaTopWeights *w = &e->weights;
    const FoveaTopCodesArgs *a = scan->args;
    float *products = scan->tiles, *gathered = products + BLAS_ROWS * BLAS_LATENTS;
    for (int64_t r = 0; r < scan->n_rows; r++) {
        const float *x = a->x + (scan->row0 + r) * a->x_stride;
        float size = 0;
        e->device->kernels->sparse->dots (x, x, e->n_in, e->n_in, NULL, 1, &size);
        scan->rows[r].error = sqrtf (size) * 1.01f * (float) (e->n_in + 2) * 0x1p-23f;
    }
    for (int64_t j0 = 0; j0 < w->n_latents; j0 += BLAS_LATENTS) {
        int64_t n = MIN (BLAS_LATENTS, w->n_latents - j0);
        const float *rows = w->w + j0 * e->n_in;
        for (int64_t j = 0; j < n && w->members != NULL; j++)
            memcpy (gathered + j * e->n_in, w->w + get_row (w, j0 + j) * e->n_in,
                    (size_t) e->n_in * sizeof *gathered);
        cblas_sgemm (CblasRowMajor, CblasNoTrans, CblasTrans, (blasint) scan->n_rows, (blasint) n,
                     (blasint) e->n_in, 1.0f, a->x + scan->row0 * a->x_stride,
                     (blasint) a->x_stride, w->members != NULL ? gathered : rows, (blasint) e->n_in,
                     0.0f, products, BLAS_LATENTS);
        for (int64_t r = 0; r < scan->n_rows; r++) {
            FoveaCandidateRow *row = &scan->rows[r];
            for (int64_t j = 0; j < n; j++) {
                float scale = w->scale != NULL ? w->scale[get_row (w, j0 + j)] : 1;
                float score = products[r * BLAS_LATENTS + j] * scale + e->bias[j0 + j];
                score = a->by_magnitude ? fabsf (score) : score;
                if (!(score + row->error * e->reach[j0 + j] >= row->threshold))
                    continue;
                scan->score[r * scan->room + row->n] = score;
                scan->latent[r * scan->room + row->n++] = (int32_t) (j0 + j);
                make_room (scan, r);
            }
        }
    }
}

/* The k largest of @n exact products into the row's codes; ties to the lower latent, which comes
 * first. @rank: what they compete by. */
static void
choose_codes (const FoveaTopCodesArgs *args,
              int64_t row,
              const float *rank,
              const float *value,
              const int32_t *latent,
              int64_t n)
{
    int32_t *out = args->latent + row * args->k;
    float *p = args->value + row * args->k;
    int32_t count = 0;
    float bound = n > args->k ? kth_largest (rank, n, args->k) : -INFINITY;
    int64_t above = 0, ties;
    for (int64_t i = 0; i < n; i++)
        above += rank[i] > bound;
    ties = args->k - above;
    for (int64_t i = 0; i < n; i++) {
        bool in = rank[i] > bound || (rank[i] == bound && ties-- > 0);
        if (!in || (args->only_positive && !(value[i] > 0)))
            continue;
        out[count] = latent[i];
        p[count++] = value[i];
    }
    args->count[row] = count;
}

/* Products of @n candidates in f32, and the choice among them. */
static void
finish_row (const Run *run, int64_t row, const int32_t *found, int64_t n, float *room)
{
    const FoveaTopEncoder *e = run->encoder;
    const FoveaTopWeights *w = &e->weights;
    float *value = room, *rank = room + n;
    int32_t *latent = (int32_t *) (void *) (room + 2 * n);
    for (int64_t i = 0; i < n; i++)
        latent[i] = (int32_t) get_row (w, found != NULL ? found[i] : i);
    e->device->kernels->sparse->dots (run->args->x + row * run->args->x_stride, w->w, e->n_in,
                                      e->n_in, latent, n, value);
    for (int64_t i = 0; i < n; i++) {
        value[i] += w->bias != NULL ? w->bias[latent[i]] : 0;
        float p = value[i] * (w->scale != NULL ? w->scale[latent[i]] : 1);
        rank[i] = run->args->by_magnitude ? fabsf (p) : p;
    }
    choose_codes (run->args, row, rank, value, latent, n);
}

/* Scratch of a worker: rows, lists, room of shortening and of products, tiles. */
static void
lay_out (const Run *run, void *scratch, FoveaCandidateScan *scan, float **room)
{
    char *at = scratch;
    scan->tiles = at;
    at += run->tiles_bytes;
    scan->score = (float *) (void *) at;
    at += run->lists_bytes;
    scan->latent = (int32_t *) (void *) at;
    at += run->lists_bytes;
    scan->rows = (FoveaCandidateRow *) (void *) at;
    at += (size_t) run->n_rows * sizeof (FoveaCandidateRow);
    scan->lower = (float *) (void *) at;
    *room = scan->lower + run->room;
}

static void
run_rows (void *data, int64_t item, int worker)
{
    const Run *run = data;
    FoveaTopEncoder *e = run->encoder;
    float *room;
    FoveaCandidateScan scan = {.encoder = e, .args = run->args, .room = run->room};
    scan.row0 = item * run->n_rows;
    scan.n_rows = MIN (run->n_rows, run->args->rows - scan.row0);
    lay_out (run, fovea_device_scratch (e->device, worker), &scan, &room);
    for (int64_t r = 0; r < run->n_rows; r++)
        scan.rows[r] = (FoveaCandidateRow){.threshold = r >= scan.n_rows           ? INFINITY
                                                        : run->args->only_positive ? -e->slack
                                                                                   : -INFINITY};
#ifdef __x86_64__
    if (has_tiles (e))
        fovea_candidates_scan_amx (&scan);
    else
#endif
        scan_by_blas (&scan);
    for (int64_t r = 0; r < scan.n_rows; r++) {
        shorten_candidates (&scan, r);
        bool all = scan.rows[r].overflowed;
        finish_row (run, scan.row0 + r, all ? NULL : scan.latent + r * scan.room,
                    all ? e->weights.n_latents : scan.rows[r].n, room);
    }
}

/* Rows of an item: as many as share a reading of the weights, but an item for every thread, and
 * lists that stay in the second-level cache. */
static void
plan (Run *run)
{
    const FoveaTopEncoder *e = run->encoder;
    int64_t threads = fovea_threads_count (e->device->threads), k = run->args->k;
    run->room = MIN (3 * k + 64, e->n_padded) + 2 * CANDIDATE_PANEL;
    int64_t most = CLAMP ((1 << 20) / (run->room * 8), CANDIDATE_PANEL, CANDIDATE_ROWS);
    int64_t share = (run->args->rows + threads - 1) / threads;
    run->n_rows = MIN (most, share);
    run->n_rows = MAX ((run->n_rows + CANDIDATE_PANEL - 1) & -CANDIDATE_PANEL, CANDIDATE_PANEL);
    if (!has_tiles (e))
        run->n_rows = MIN (run->n_rows, BLAS_ROWS);
    run->lists_bytes = (size_t) (run->n_rows * run->room) * sizeof (float);
    run->tiles_bytes = (size_t) BLAS_LATENTS *
                       (BLAS_ROWS + (e->weights.members != NULL ? (size_t) e->n_in : 0)) *
                       sizeof (float);
#ifdef __x86_64__
    if (has_tiles (e))
        run->tiles_bytes = fovea_candidates_room_amx (e, run->n_rows);
#endif
}

gboolean
fovea_top_encoder_run (FoveaTopEncoder *encoder, const FoveaTopCodesArgs *args, GError **error)
{
    Run run = {.encoder = encoder, .args = args};
    if (args->k < 1 || args->k > encoder->weights.n_latents) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "top-k codes: k %" G_GINT64_FORMAT " is outside 1 .. %" G_GINT64_FORMAT,
                     args->k, encoder->weights.n_latents);
        return FALSE;
    }
    if (encoder->remote != NULL)
        return fovea_device_encoder_run (encoder->remote, args, error);
    plan (&run);
    size_t bytes = run.tiles_bytes + 2 * run.lists_bytes +
                   (size_t) run.n_rows * sizeof (FoveaCandidateRow) +
                   (size_t) (run.room + 3 * encoder->weights.n_latents) * sizeof (float);
    if (!fovea_device_reserve (encoder->device, "top-k codes", bytes, 0))
        return fovea_device_sync (encoder->device, error);
    fovea_threads_loop (encoder->device->threads, (args->rows + run.n_rows - 1) / run.n_rows,
                        run_rows, &run);
    return fovea_device_sync (encoder->device, error);
}
