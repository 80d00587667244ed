/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows to codes: prepare a chunk of rows, multiply it with the encoder, and let each row's rule
 * choose. Many rows of a rule by rank of a row go through sae-encode-top.c, rules by value on a GPU
 * through sae-encode-above.c; a few through a heap of the k best, so a row costs F comparisons and few
 * moves; rules by batch have one heap for the whole call. Cost: 2 d F flops a row. */
#include "analysis/sae-encode-private.h"

#include <math.h>
#include <string.h>

/* A product that competes; @at is row * F + latent, so that order is that of the result. */
typedef struct {
    gint64 at;
    float key, value;
} Candidate;

/* The @most best candidates, the worst of them on top. */
typedef struct {
    Candidate *items;
    gint64 n, most;
} Heap;

void
fovea_sae_encoding_push (FoveaSaeEncoding *encoding, gint32 latent, float value)
{
    if (encoding->sae->scaling_factor != NULL)
        value *= encoding->sae->scaling_factor[latent];
    if (value == 0)
        return;
    g_array_append_val (encoding->latents, latent);
    g_array_append_val (encoding->values, value);
}

gboolean
fovea_sae_encoding_multiply (FoveaSaeEncoding *encoding,
                             gint64 n,
                             const float *x,
                             const float *w,
                             gboolean input_major,
                             const float *bias,
                             GError **error)
{
    const FoveaSae *sae = encoding->sae;
    FoveaLinearArgs args = {.precision = FOVEA_PRECISION_F32,
                            .rows = n,
                            .x = x,
                            .x_stride = sae->d_in,
                            .weight = {.data = w,
                                       .dtype = FOVEA_F32,
                                       .n_out = sae->d_sae,
                                       .n_in = sae->d_in,
                                       .stride = input_major ? sae->d_sae : sae->d_in,
                                       .input_major = input_major},
                            .bias = bias,
                            .y = encoding->products,
                            .y_stride = sae->d_sae};
    fovea_device_get_ops (encoding->device)->linear (encoding->device, &args);
    return fovea_device_sync (encoding->device, error);
}

/* Worse: a smaller key, or at equal keys what stands later. */
static gboolean
is_worse (const Candidate *a, const Candidate *b)
{
    return a->key != b->key ? a->key < b->key : a->at > b->at;
}

static void
sink_top (Heap *heap)
{
    Candidate moved = heap->items[0];
    gint64 at = 0;
    for (gint64 child; (child = 2 * at + 1) < heap->n; at = child) {
        if (child + 1 < heap->n && is_worse (&heap->items[child + 1], &heap->items[child]))
            child++;
        if (!is_worse (&heap->items[child], &moved))
            break;
        heap->items[at] = heap->items[child];
    }
    heap->items[at] = moved;
}

static void
heap_offer (Heap *heap, Candidate candidate)
{
    if (heap->n == heap->most) {
        if (heap->most == 0 || is_worse (&candidate, &heap->items[0]))
            return;
        heap->items[0] = candidate;
        sink_top (heap);
        return;
    }
    gint64 at = heap->n++;
    for (; at > 0 && is_worse (&candidate, &heap->items[(at - 1) / 2]); at = (at - 1) / 2)
        heap->items[at] = heap->items[(at - 1) / 2];
    heap->items[at] = candidate;
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
    const Candidate *x = a, *y = b;
    return x->at < y->at ? -1 : x->at > y->at;
}

static gboolean
is_by_batch (const FoveaSae *sae)
{
    return (sae->architecture == FOVEA_SAE_BATCHTOPK ||
            sae->architecture == FOVEA_SAE_MATRYOSHKA_BATCHTOPK ||
            sae->architecture == FOVEA_SAE_BATCH_ABSTOPK) &&
           sae->threshold == NULL;
}

static void
offer_row (const FoveaSaeEncoding *encoding, Heap *heap, gint64 row, const float *p)
{
    const FoveaSae *sae = encoding->sae;
    gboolean by_magnitude = fovea_sae_has_signs (sae->architecture);
    for (gint64 j = 0; j < sae->d_sae; j++) {
        float value = encoding->norms != NULL ? p[j] * encoding->norms[j] : p[j];
        float key = by_magnitude ? fabsf (value) : value;
        if (key > 0)
            heap_offer (heap, (Candidate){row * sae->d_sae + j, key, value});
    }
}

/* Empties the heap into the codes; rows from @first on that it does not name are empty. */
static void
take_codes (FoveaSaeEncoding *encoding, Heap *heap, gint64 first, gint64 n_rows)
{
    gint64 F = encoding->sae->d_sae, at = 0;
    if (heap->n > 0) /* qsort wants an array even of no elements */
        qsort (heap->items, (gsize) heap->n, sizeof *heap->items, compare_places);
    for (gint64 i = first; i < first + n_rows; i++) {
        for (; at < heap->n && heap->items[at].at / F == i; at++)
            fovea_sae_encoding_push (encoding, (gint32) (heap->items[at].at % F),
                                     heap->items[at].value);
        encoding->codes->offsets[i + 1] = encoding->latents->len;
    }
    heap->n = 0;
}

gboolean
fovea_sae_is_by_value (const FoveaSae *sae)
{
    return sae->architecture != FOVEA_SAE_MATCHING_PURSUIT &&
           (sae->threshold != NULL || !fovea_sae_has_k (sae->architecture));
}

float
fovea_sae_get_code (const FoveaSae *sae, float p, gint64 j)
{
    if (sae->architecture == FOVEA_SAE_GATED) {
        if (!(p + sae->b_gate[j] > 0))
            return 0;
        return MAX (p * expf (sae->r_mag[j]) + sae->b_mag[j], 0);
    }
    if (sae->threshold != NULL && !(p > sae->threshold[j]))
        return 0;
    return MAX (p, 0);
}

static void
choose_by_value (FoveaSaeEncoding *encoding, gint64 row, const float *p)
{
    for (gint64 j = 0; j < encoding->sae->d_sae; j++)
        fovea_sae_encoding_push (encoding, (gint32) j, fovea_sae_get_code (encoding->sae, p[j], j));
    encoding->codes->offsets[row + 1] = encoding->latents->len;
}

/* Scale and shift that undo what is done to a row here; 1 and 0 for what is not normalised. */
static void
normalize_row (const FoveaSae *sae, float *x, float *scale, float *shift)
{
    double sum = 0, squares = 0, d = (double) sae->d_in, mean = 0, by = 1;
    *scale = 1;
    *shift = 0;
    for (gint64 c = 0; c < sae->d_in; c++)
        sum += (double) x[c];
    if (sae->normalize == FOVEA_SAE_NORMALIZE_LAYER_NORM)
        mean = sum / d;
    for (gint64 c = 0; c < sae->d_in; c++)
        squares += ((double) x[c] - mean) * ((double) x[c] - mean);
    if (sae->normalize == FOVEA_SAE_NORMALIZE_LAYER_NORM) {
        double deviation = d > 1 ? sqrt (squares / (d - 1)) : 0;
        by = 1 / (deviation + 1e-5);
        *scale = (float) deviation;
        *shift = (float) mean;
    } else if (sae->normalize == FOVEA_SAE_NORMALIZE_CONSTANT_NORM && squares > 0) {
        by = sqrt (d / squares); /* a row of zeros has no direction to keep and stays */
        *scale = (float) (1 / by);
    } else if (sae->normalize == FOVEA_SAE_NORMALIZE_EXPECTED_AVERAGE && sae->scaler > 0) {
        by = sae->scaler;
        *scale = (float) (1 / by);
    }
    for (gint64 c = 0; c < sae->d_in; c++)
        x[c] = (float) (((double) x[c] - mean) * by);
}

gboolean
fovea_sae_encoding_prepare (
    FoveaSaeEncoding *encoding, gint64 first, gint64 n, const float *x, GError **error)
{
    const FoveaSae *sae = encoding->sae;
    gboolean centred = sae->apply_b_dec_to_input && !fovea_sae_is_transcoder (sae->architecture);
    memcpy (encoding->rows, x + first * sae->d_in, (gsize) (n * sae->d_in) * sizeof *x);
    for (gint64 i = 0; i < n; i++) {
        float *row = encoding->rows + i * sae->d_in, scale = 1, shift = 0;
        for (gint64 c = 0; c < sae->d_in; c++)
            if (!isfinite (row[c])) {
                g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NUMERIC,
                             "input row %" G_GINT64_FORMAT ", column %" G_GINT64_FORMAT " is %g",
                             first + i, c, (double) row[c]);
                return FALSE;
            }
        if (sae->normalize != FOVEA_SAE_NORMALIZE_NONE)
            normalize_row (sae, row, &scale, &shift);
        if (encoding->codes->scale != NULL) {
            encoding->codes->scale[first + i] = scale;
            encoding->codes->shift[first + i] = shift;
        }
        for (gint64 c = 0; centred && c < sae->d_in; c++)
            row[c] -= sae->b_dec[c];
    }
    return TRUE;
}

static gboolean
encode_chunk (
    FoveaSaeEncoding *encoding, Heap *heap, gint64 first, gint64 n, const float *x, GError **error)
{
    const FoveaSae *sae = encoding->sae;
    if (!fovea_sae_encoding_prepare (encoding, first, n, x, error))
        return FALSE;
    if (sae->architecture == FOVEA_SAE_MATCHING_PURSUIT)
        return fovea_sae_encoding_pursue (encoding, first, n, error);
    if (!fovea_sae_encoding_multiply (encoding, n, encoding->rows, sae->w_enc, TRUE, sae->b_enc,
                                      error))
        return FALSE;
    for (gint64 i = 0; i < n; i++) {
        const float *p = encoding->products + i * sae->d_sae;
        if (heap->items == NULL) {
            choose_by_value (encoding, first + i, p);
            continue;
        }
        offer_row (encoding, heap, first + i, p);
        if (!is_by_batch (sae))
            take_codes (encoding, heap, first + i, 1);
    }
    return TRUE;
}

static gboolean
allocate (FoveaSaeEncoding *encoding, Heap *heap, gint64 n_rows, GError **error)
{
    const FoveaSae *sae = encoding->sae;
    gsize chunk = (gsize) CLAMP (n_rows, 1, FOVEA_SAE_CHUNK), n = 0;
    gboolean ranks = fovea_sae_has_k (sae->architecture) && sae->threshold == NULL;
    heap->most = (gint64) (is_by_batch (sae) ? floor (sae->k * (double) n_rows) : sae->k);
    encoding->rows = g_try_new (float, chunk *(gsize) sae->d_in);
    if (g_size_checked_mul (&n, chunk, (gsize) sae->d_sae))
        encoding->products = g_try_new (float, n);
    if (ranks)
        heap->items = g_try_new (Candidate, (gsize) MAX (heap->most, 1));
    if (encoding->rows != NULL && encoding->products != NULL && (heap->items != NULL || !ranks))
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_MEMORY,
                 "no memory to encode %" G_GINT64_FORMAT " rows into %" G_GINT64_FORMAT " latents",
                 n_rows, sae->d_sae);
    return FALSE;
}

static gboolean
encode_rows (FoveaSaeEncoding *encoding, gint64 n_rows, const float *x, GError **error)
{
    Heap heap = {0};
    gboolean fine = allocate (encoding, &heap, n_rows, error);
    for (gint64 at = 0; fine && at < n_rows; at += FOVEA_SAE_CHUNK)
        fine = encode_chunk (encoding, &heap, at, MIN (FOVEA_SAE_CHUNK, n_rows - at), x, error);
    if (fine && heap.items != NULL && is_by_batch (encoding->sae))
        take_codes (encoding, &heap, 0, n_rows);
    g_free (heap.items);
    return fine;
}

static FoveaSaeCodes *
new_codes (const FoveaSae *sae, gint64 n_rows)
{
    FoveaSaeCodes *codes = g_new0 (FoveaSaeCodes, 1);
    codes->n_rows = n_rows;
    codes->n_latents = sae->d_sae;
    codes->offsets = g_new0 (gint64, (gsize) n_rows + 1);
    /* Another site's values were never normalised, so there is nothing to undo. */
    if (sae->normalize != FOVEA_SAE_NORMALIZE_NONE &&
        !fovea_sae_is_transcoder (sae->architecture)) {
        codes->scale = g_new (float, (gsize) n_rows);
        codes->shift = g_new (float, (gsize) n_rows);
    }
    return codes;
}

/* Why a device with memory of its own does not make the codes; NULL if it does. */
static const char *
find_obstacle (const FoveaSae *sae, const FoveaDevice *device)
{
    gboolean by_value = fovea_sae_is_by_value (sae);
    if (by_value ? fovea_device_encoder_has_levels (device) : fovea_sae_top_is_for (sae, device))
        return NULL;
    return sae->architecture == FOVEA_SAE_MATCHING_PURSUIT ? "each depends on those before it"
           : is_by_batch (sae) ? "without thresholds the rows of a call compete"
                               : "the device has no loops for them";
}

FoveaSaeEncoder *
fovea_sae_encoder_new (const FoveaSae *sae, FoveaDevice *device, GError **error)
{
    const char *obstacle =
        fovea_device_has_own_memory (device) ? find_obstacle (sae, device) : NULL;
    if (obstacle != NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                     "codes of %s are computed on the CPU, not on %s: %s",
                     fovea_sae_architecture_name (sae->architecture),
                     fovea_device_describe (device), obstacle);
        return NULL;
    }
    if (!fovea_sae_check (sae, error))
        return NULL;
    FoveaSaeEncoder *encoder = g_new0 (FoveaSaeEncoder, 1);
    encoder->sae = sae;
    encoder->device = device;
    if (sae->rescale_acts_by_decoder_norm && fovea_sae_has_k (sae->architecture))
        encoder->norms = fovea_sae_decoder_norms (sae);
    return encoder;
}

void
fovea_sae_encoder_free (FoveaSaeEncoder *encoder)
{
    if (encoder == NULL)
        return;
    fovea_top_encoder_free (encoder->top);
    fovea_device_encoder_free (encoder->above);
    g_free (encoder->turned);
    g_free (encoder->norms);
    g_free (encoder);
}

FoveaSaeCodes *
fovea_sae_encoder_run (FoveaSaeEncoder *encoder, gint64 n_rows, const float *x, GError **error)
{
    g_return_val_if_fail (n_rows >= 0, NULL);
    g_autoptr (FoveaSaeCodes) codes = new_codes (encoder->sae, n_rows);
    FoveaSaeEncoding encoding = {.sae = encoder->sae,
                                 .device = encoder->device,
                                 .codes = codes,
                                 .latents = g_array_new (FALSE, FALSE, sizeof (gint32)),
                                 .values = g_array_new (FALSE, FALSE, sizeof (float)),
                                 .norms = encoder->norms,
                                 .encoder = encoder};
    gboolean fine = fovea_sae_encoding_can_top (&encoding, n_rows)
                        ? fovea_sae_encoding_run_top (&encoding, n_rows, x, error)
                    : fovea_device_has_own_memory (encoder->device)
                        ? fovea_sae_encoding_run_above (&encoding, n_rows, x, error)
                        : encode_rows (&encoding, n_rows, x, error);
    g_free (encoding.rows);
    g_free (encoding.products);
    codes->latents = (gint32 *) (gpointer) g_array_free (encoding.latents, FALSE);
    codes->values = (float *) (gpointer) g_array_free (encoding.values, FALSE);
    return fine ? g_steal_pointer (&codes) : NULL;
}

FoveaSaeCodes *
fovea_sae_encode (
    const FoveaSae *sae, FoveaDevice *device, gint64 n_rows, const float *x, GError **error)
{
    g_autoptr (FoveaSaeEncoder) encoder = fovea_sae_encoder_new (sae, device, error);
    return encoder != NULL ? fovea_sae_encoder_run (encoder, n_rows, x, error) : NULL;
}
