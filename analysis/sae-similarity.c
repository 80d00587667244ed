/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows of length 1 against all of them, a block at a time, so that F x F cosines never stand in
 * memory together: a block of 24,576 latents takes 25 MB. */
#include "analysis/sae-similarity.h"

#include <math.h>

enum {
    BLOCK = 256
};

/* Gets the cosines of @n latents from @first on with all: (n, F). */
typedef void (*Visit) (gpointer data, gint64 first, gint64 n, const float *cosines);

/* Row of latent @j, from either matrix. */
static double
get_weight (const FoveaSae *sae, gboolean encoder, gint64 j, gint64 c)
{
    return (double) (encoder ? sae->w_enc[c * sae->d_sae + j] : sae->w_dec[j * sae->d_out + c]);
}

/* Rows of length 1; a blank latent's is NaN, and so are all its cosines. */
static float *
make_unit_rows (const FoveaSae *sae, gboolean encoder, gint64 width)
{
    float *rows = g_new (float, (gsize) (sae->d_sae * width));
    for (gint64 j = 0; j < sae->d_sae; j++) {
        double square = 0;
        for (gint64 c = 0; c < width; c++)
            square += get_weight (sae, encoder, j, c) * get_weight (sae, encoder, j, c);
        double scale = square > 0 ? 1 / sqrt (square) : (double) NAN;
        for (gint64 c = 0; c < width; c++)
            rows[j * width + c] = (float) (scale * get_weight (sae, encoder, j, c));
    }
    return rows;
}

static gboolean
visit_cosines (const FoveaSae *sae,
               FoveaDevice *device,
               gboolean encoder,
               Visit visit,
               gpointer data,
               GCancellable *cancellable,
               GError **error)
{
    gint64 width = encoder ? sae->d_in : sae->d_out, F = sae->d_sae;
    if (encoder && sae->w_enc == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "%s has no encoder of its own",
                     fovea_sae_architecture_name (sae->architecture));
        return FALSE;
    }
    g_autofree float *rows = make_unit_rows (sae, encoder, width);
    g_autofree float *cosines = g_new (float, (gsize) (MIN (BLOCK, F) * F));
    for (gint64 first = 0; first < F; first += BLOCK) {
        gint64 n = MIN (BLOCK, F - first);
        FoveaLinearArgs args = {.precision = FOVEA_PRECISION_F32,
                                .rows = n,
                                .x = rows + first * width,
                                .x_stride = width,
                                .weight = {.data = rows,
                                           .dtype = FOVEA_F32,
                                           .n_out = F,
                                           .n_in = width,
                                           .stride = width},
                                .y = cosines,
                                .y_stride = F};
        if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return FALSE;
        fovea_device_get_ops (device)->linear (device, &args);
        if (!fovea_device_sync (device, error))
            return FALSE;
        visit (data, first, n, cosines);
    }
    return TRUE;
}

/* A Visit: the extremes of each row but the latent itself. */
static void
find_extremes (gpointer data, gint64 first, gint64 n, const float *cosines)
{
    FoveaLatentKin *kin = ((gpointer *) data)[0];
    gint64 F = *(const gint64 *) ((gpointer *) data)[1];
    for (gint64 i = 0; i < n; i++) {
        const float *row = cosines + i * F;
        FoveaLatentKin best = {-1, -1, NAN, NAN};
        for (gint64 j = 0; j < F; j++) {
            if (j == first + i || isnan (row[j]))
                continue;
            if (best.near < 0 || row[j] > best.near_cosine) {
                best.near = (gint32) j;
                best.near_cosine = row[j];
            }
            if (best.far < 0 || row[j] < best.far_cosine) {
                best.far = (gint32) j;
                best.far_cosine = row[j];
            }
        }
        kin[first + i] = best;
    }
}

FoveaLatentKin *
fovea_sae_find_kin (const FoveaSae *sae,
                    FoveaDevice *device,
                    gboolean encoder,
                    GCancellable *cancellable,
                    GError **error)
{
    g_autofree FoveaLatentKin *kin = g_new (FoveaLatentKin, (gsize) sae->d_sae);
    gpointer data[] = {kin, (gpointer) &sae->d_sae};
    return visit_cosines (sae, device, encoder, find_extremes, data, cancellable, error)
               ? g_steal_pointer (&kin)
               : NULL;
}

typedef struct {
    GArray *axes;
    gint64 n_latents;
    float limit;
} AxisSearch;

/* A Visit: pairs below the limit, each once. */
static void
collect_axes (gpointer data, gint64 first, gint64 n, const float *cosines)
{
    AxisSearch *search = data;
    for (gint64 i = 0; i < n; i++)
        for (gint64 j = first + i + 1; j < search->n_latents; j++) {
            float cosine = cosines[i * search->n_latents + j];
            const FoveaLatentAxis axis = {(gint32) (first + i), (gint32) j, cosine};
            if (cosine < search->limit)
                g_array_append_val (search->axes, axis);
        }
}

static int
compare_axes (gconstpointer a, gconstpointer b)
{
    const FoveaLatentAxis *x = a, *y = b;
    if (x->cosine != y->cosine)
        return x->cosine < y->cosine ? -1 : 1;
    return x->first != y->first ? x->first - y->first : x->second - y->second;
}

GArray *
fovea_sae_list_axes (const FoveaSae *sae,
                     FoveaDevice *device,
                     double limit,
                     GCancellable *cancellable,
                     GError **error)
{
    g_autoptr (GArray) axes = g_array_new (FALSE, FALSE, sizeof (FoveaLatentAxis));
    AxisSearch search = {axes, sae->d_sae, (float) limit};
    if (!visit_cosines (sae, device, FALSE, collect_axes, &search, cancellable, error))
        return NULL;
    g_array_sort (axes, compare_axes);
    return g_steal_pointer (&axes);
}

FoveaTable *
fovea_sae_tabulate_kin (const FoveaSae *sae,
                        FoveaDevice *device,
                        GCancellable *cancellable,
                        GError **error)
{
    g_autofree FoveaLatentKin *decoder =
        fovea_sae_find_kin (sae, device, FALSE, cancellable, error);
    g_autofree FoveaLatentKin *encoder =
        decoder != NULL && sae->w_enc != NULL
            ? fovea_sae_find_kin (sae, device, TRUE, cancellable, error)
            : NULL;
    if (decoder == NULL || (encoder == NULL && sae->w_enc != NULL))
        return NULL;
    g_autofree float *norms = fovea_sae_decoder_norms (sae);
    static const FoveaColumn columns[] = {
        {"latent", FOVEA_COLUMN_INTEGER, "", ""},
        {"norm", FOVEA_COLUMN_NUMBER, "", "of the decoder's row"},
        {"near", FOVEA_COLUMN_INTEGER, "", "closest decoder row"},
        {"near_cosine", FOVEA_COLUMN_NUMBER, "", ""},
        {"far", FOVEA_COLUMN_INTEGER, "", "most opposite decoder row"},
        {"far_cosine", FOVEA_COLUMN_NUMBER, "", "below -0.7: one axis"},
        {"encoder_near", FOVEA_COLUMN_INTEGER, "",
         "closest column of the encoder; -1 = there is none"},
        {"encoder_near_cosine", FOVEA_COLUMN_NUMBER, "", ""},
    };
    FoveaTable *table = fovea_table_new_with ("sae_kin", columns, G_N_ELEMENTS (columns));
    for (gint64 j = 0; j < sae->d_sae; j++) {
        guint row = fovea_table_add_row (table);
        fovea_table_set_integer (table, row, 0, j);
        fovea_table_set_number (table, row, 1, (double) norms[j]);
        fovea_table_set_integer (table, row, 2, decoder[j].near);
        fovea_table_set_number (table, row, 3, (double) decoder[j].near_cosine);
        fovea_table_set_integer (table, row, 4, decoder[j].far);
        fovea_table_set_number (table, row, 5, (double) decoder[j].far_cosine);
        fovea_table_set_integer (table, row, 6, encoder != NULL ? encoder[j].near : -1);
        fovea_table_set_number (table, row, 7,
                                encoder != NULL ? (double) encoder[j].near_cosine : (double) NAN);
    }
    return table;
}
