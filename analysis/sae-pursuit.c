/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Matching pursuit: the row of W_dec that fits the residual best is taken off it, again and again,
 * until the residual is small, nothing new is chosen, or the number of steps is used up. Rows that
 * are still at it are kept together at the front, so a step multiplies only these. Cost: 2 d F flops
 * a row and step. */
#include <math.h>
#include <string.h>

#include "analysis/sae-encode-private.h"

/* A chunk under way. */
typedef struct {
    FoveaSaeEncoding *encoding;
    float *codes;  /* (chunk, F) dense */
    gint64 *owner; /* (chunk): which row stands at this place of the active ones */
    gint64 n_active;
} Pursuit;

static gint64
find_best (const float *p, gint64 n)
{
    gint64 best = 0;
    for (gint64 j = 1; j < n; j++)
        if (p[j] > p[best])
            best = j;
    return best;
}

/* One step of the row at @place; true when it has converged. */
static gboolean
step (Pursuit *pursuit, gint64 place)
{
    const FoveaSae *sae = pursuit->encoding->sae;
    float *residual = pursuit->encoding->rows + place * sae->d_in;
    gint64 best = find_best (pursuit->encoding->products + place * sae->d_sae, sae->d_sae);
    const float *atom = sae->w_dec + best * sae->d_out;
    float *code = pursuit->codes + pursuit->owner[place] * sae->d_sae + best;
    double product = 0, squares = 0;
    for (gint64 c = 0; c < sae->d_in; c++)
        product += (double) residual[c] * (double) atom[c];
    float value = product > 0 ? (float) product : 0;
    gboolean same_support = value == 0 || *code != 0;
    *code += value;
    for (gint64 c = 0; c < sae->d_in; c++) {
        residual[c] -= value * atom[c];
        squares += (double) residual[c] * (double) residual[c];
    }
    return (sae->stop_on_duplicate_support && same_support) ||
           (sae->residual_threshold > 0 && sqrt (squares) < sae->residual_threshold);
}

/* The last active row takes the place of one that is done; its product is not needed any more. */
static void
retire (Pursuit *pursuit, gint64 place)
{
    FoveaSaeEncoding *encoding = pursuit->encoding;
    gsize d = (gsize) encoding->sae->d_in, F = (gsize) encoding->sae->d_sae;
    gint64 last = --pursuit->n_active;
    if (last == place)
        return;
    memcpy (encoding->rows + (gsize) place * d, encoding->rows + (gsize) last * d,
            d * sizeof (float));
    memcpy (encoding->products + (gsize) place * F, encoding->products + (gsize) last * F,
            F * sizeof (float));
    pursuit->owner[place] = pursuit->owner[last];
}

gboolean
fovea_sae_encoding_pursue (FoveaSaeEncoding *encoding, gint64 first, gint64 n, GError **error)
{
    const FoveaSae *sae = encoding->sae;
    g_autofree float *codes = g_new0 (float, (gsize) (n * sae->d_sae));
    g_autofree gint64 *owner = g_new (gint64, (gsize) n);
    Pursuit pursuit = {encoding, codes, owner, n};
    gint64 most = sae->max_iterations > 0 ? sae->max_iterations : sae->d_in;
    for (gint64 i = 0; i < n; i++)
        owner[i] = i;
    for (gint64 s = 0; s < most && pursuit.n_active > 0; s++) {
        if (!fovea_sae_encoding_multiply (encoding, pursuit.n_active, encoding->rows, sae->w_dec,
                                          FALSE, NULL, error))
            return FALSE;
        /* From the back: a row that moves forward has had its step. */
        for (gint64 place = pursuit.n_active - 1; place >= 0; place--)
            if (step (&pursuit, place))
                retire (&pursuit, place);
    }
    for (gint64 i = 0; i < n; i++) {
        for (gint64 j = 0; j < sae->d_sae; j++)
            fovea_sae_encoding_push (encoding, (gint32) j, codes[i * sae->d_sae + j]);
        encoding->codes->offsets[first + i + 1] = encoding->latents->len;
    }
    return TRUE;
}
