/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One head is fitted to one sequence, so what comes out is a bound on what a gate of this form could
 * learn there, not what a trained one would say elsewhere. All in double; only the map of keys is
 * learned, as in the published default. Sums run over many outputs side by side and never within one,
 * so their order, and with it every bit, is that of the plain loops. */
#include "analysis/seer-gate.h"

#include <math.h>
#include <string.h>

#include "analysis/every-set.h"
#include "analysis/sparse-select.h"
#include "capture/turn.h"

enum {
    POOLINGS = 3, /* largest, least, mean */
    WARM_UP = 20,
};

struct _FoveaSeerGate {
    gint64 T, D, B, nb;
    FoveaTurn *turn;
    double *q_pool;    /* (nb, D) means */
    double *k_pool;    /* (nb, 3D) */
    double *k_weights; /* (D, 3D) */
    double *q;         /* (nb, D) mapped and turned */
    double *k;         /* (nb, D) mapped and turned, from the last call */
    double *columns;   /* (D, nb) @k turned round; before that, (3D, D) the weights turned round */
    double *logits;    /* (nb, nb) */
};

/* Vectors of the head before the turn. */
static double *
turn_back (const FoveaSeerGate *gate, const float *vectors)
{
    gint64 D = gate->D;
    double *out = g_new (double, (gsize) (gate->T * D));
    for (gint64 t = 0; t < gate->T; t++) {
        for (gint64 d = 0; d < D; d++)
            out[t * D + d] = (double) vectors[t * D + d];
        fovea_turn_apply (gate->turn, t, FOVEA_TURN_BACK, out + t * D);
    }
    return out;
}

/* A last block that is not full is divided by the tokens that it has. */
static void
pool (FoveaSeerGate *gate, const double *q, const double *k)
{
    gint64 D = gate->D;
    for (gint64 b = 0; b < gate->nb; b++) {
        gint64 from = b * gate->B, to = MIN (from + gate->B, gate->T);
        double *largest = gate->k_pool + b * POOLINGS * D, *least = largest + D;
        double *mean = least + D, n = (double) (to - from);
        for (gint64 d = 0; d < D; d++) {
            largest[d] = -INFINITY;
            least[d] = INFINITY;
        }
        for (gint64 t = from; t < to; t++)
            for (gint64 d = 0; d < D; d++) {
                largest[d] = MAX (largest[d], k[t * D + d]);
                least[d] = MIN (least[d], k[t * D + d]);
                mean[d] += k[t * D + d] / n;
                gate->q_pool[b * D + d] += q[t * D + d] / n;
            }
    }
}

/* Turns a block's vector to the position of its first token. */
static void
turn_block (const FoveaSeerGate *gate, gint64 b, FoveaTurnWay way, double *x)
{
    fovea_turn_apply (gate->turn, b * gate->B, way, x);
}

static void
map_queries (FoveaSeerGate *gate, const double *weights)
{
    gint64 D = gate->D;
    for (gint64 b = 0; b < gate->nb; b++) {
        const double *in = gate->q_pool + b * D;
        for (gint64 o = 0; o < D; o++) {
            double sum = weights == NULL ? in[o] : 0;
            for (gint64 i = 0; i < D && weights != NULL; i++)
                sum += weights[o * D + i] * in[i];
            gate->q[b * D + o] = sum;
        }
        turn_block (gate, b, FOVEA_TURN_FORWARD, gate->q + b * D);
    }
}

FoveaSeerGate *
fovea_seer_gate_new (FoveaSparseHead *head, gint64 block, GError **error)
{
    if (head->q == NULL || head->k == NULL) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "layer %u head %u: a gate needs queries and keys", head->layer, head->head);
        return NULL;
    }
    FoveaSeerGate *gate = g_new0 (FoveaSeerGate, 1);
    gsize D = (gsize) head->width, nb = (gsize) fovea_sparse_head_count_blocks (head, block);
    gate->T = head->n_tokens;
    gate->D = head->width;
    gate->B = block;
    gate->nb = (gint64) nb;
    gate->turn = fovea_turn_new (head->attention);
    gate->q_pool = g_new0 (double, nb *D);
    gate->k_pool = g_new0 (double, nb *POOLINGS *D);
    gate->k_weights = g_new0 (double, D *POOLINGS *D);
    gate->q = g_new (double, nb *D);
    gate->k = g_new (double, nb *D);
    gate->columns = g_new (double, MAX (nb, POOLINGS * D) * D);
    gate->logits = g_new (double, nb *nb);
    g_autofree double *q = turn_back (gate, head->q);
    g_autofree double *k = turn_back (gate, head->k);
    pool (gate, q, k);
    for (gsize o = 0; o < D; o++)
        gate->k_weights[o * POOLINGS * D + 2 * D + o] = 1;
    map_queries (gate, NULL);
    return gate;
}

void
fovea_seer_gate_free (FoveaSeerGate *gate)
{
    if (gate == NULL)
        return;
    fovea_turn_free (gate->turn);
    g_free (gate->q_pool);
    g_free (gate->k_pool);
    g_free (gate->k_weights);
    g_free (gate->q);
    g_free (gate->k);
    g_free (gate->columns);
    g_free (gate->logits);
    g_free (gate);
}

gint64
fovea_seer_gate_get_size (const FoveaSeerGate *gate)
{
    return gate->nb;
}

void
fovea_seer_gate_set_weights (FoveaSeerGate *gate, const double *k_weights, const double *q_weights)
{
    memcpy (gate->k_weights, k_weights, (gsize) (gate->D * POOLINGS * gate->D) * sizeof *k_weights);
    map_queries (gate, q_weights);
}

const double *
fovea_seer_gate_get_key_weights (const FoveaSeerGate *gate)
{
    return gate->k_weights;
}

/* (n, m) to (m, n) */
static void
turn_round (const double *restrict in, gint64 n, gint64 m, double *restrict out)
{
    for (gint64 i = 0; i < n; i++)
        for (gint64 j = 0; j < m; j++)
            out[j * n + i] = in[i * m + j];
}

/* out[j] = sum over i of in[i] times row i of @rows, which are @stride apart; j < n. */
FOVEA_EVERY_SET static void
combine_rows (const double *restrict in,
              gint64 n_rows,
              const double *restrict rows,
              gint64 stride,
              gint64 n,
              double *restrict out)
{
    memset (out, 0, (gsize) n * sizeof *out);
    for (gint64 i = 0; i < n_rows; i++)
        for (gint64 j = 0; j < n; j++)
            out[j] += in[i] * rows[i * stride + j];
}

static void
map_keys (FoveaSeerGate *gate)
{
    gint64 D = gate->D, n = POOLINGS * D;
    turn_round (gate->k_weights, D, n, gate->columns);
    for (gint64 b = 0; b < gate->nb; b++) {
        combine_rows (gate->k_pool + b * n, n, gate->columns, D, D, gate->k + b * D);
        turn_block (gate, b, FOVEA_TURN_FORWARD, gate->k + b * D);
    }
}

void
fovea_seer_gate_score (FoveaSeerGate *gate, double *scores)
{
    gint64 D = gate->D, nb = gate->nb;
    double root = sqrt ((double) D);
    map_keys (gate);
    turn_round (gate->k, nb, D, gate->columns);
    for (gint64 I = 0; I < nb; I++) {
        double *row = scores + I * nb;
        combine_rows (gate->q + I * D, D, gate->columns, nb, I + 1, row);
        for (gint64 J = 0; J < nb; J++)
            row[J] = J <= I ? row[J] / root : -INFINITY;
    }
}

/* out[j] += factor * in[j] */
FOVEA_EVERY_SET static void
add_scaled (double factor, const double *restrict in, gint64 n, double *restrict out)
{
    for (gint64 j = 0; j < n; j++)
        out[j] += factor * in[j];
}

/* Adds what one key block's gradient, turned back, does to the weights. */
static void
add_gradient (const FoveaSeerGate *gate, gint64 J, double *by_key, double *gradient)
{
    gint64 D = gate->D, n = POOLINGS * D;
    turn_block (gate, J, FOVEA_TURN_TRANSPOSE, by_key);
    for (gint64 o = 0; o < D; o++)
        add_scaled (by_key[o], gate->k_pool + J * n, n, gradient + o * n);
}

/* Divergence of row @I's softmax @p from its target. */
static double
get_divergence (const double *p, const double *target, gint64 I)
{
    double sum = 0;
    for (gint64 J = 0; J <= I; J++)
        sum += target[J] > 0 ? target[J] * (log (target[J]) - log (MAX (p[J], 1e-300))) : 0;
    return sum;
}

/* Softmax of the scores, row by row; rows before @first do not count. */
static void
predict (FoveaSeerGate *gate, gint64 first)
{
    fovea_seer_gate_score (gate, gate->logits);
    for (gint64 I = first; I < gate->nb; I++)
        fovea_select_softmax (gate->logits + I * gate->nb, (gsize) gate->nb);
}

/* The loss by the weights, of rows that predict() has filled. */
static void
get_gradient (FoveaSeerGate *gate, const double *target, gint64 first, double *gradient)
{
    gint64 D = gate->D, nb = gate->nb;
    double share = 1 / (double) (nb - first), root = sqrt ((double) D);
    g_autofree double *by_key = g_new0 (double, (gsize) (nb * D));
    for (gint64 I = first; I < nb; I++)
        for (gint64 J = 0; J <= I; J++)
            add_scaled (share * (gate->logits[I * nb + J] - target[I * nb + J]) / root,
                        gate->q + I * D, D, by_key + J * D);
    memset (gradient, 0, (gsize) (D * POOLINGS * D) * sizeof *gradient);
    for (gint64 J = 0; J < nb; J++)
        add_gradient (gate, J, by_key + J * D, gradient);
}

double
fovea_seer_gate_get_loss (FoveaSeerGate *gate, const double *target, double *gradient)
{
    gint64 nb = gate->nb, first = nb / 4;
    double loss = 0;
    predict (gate, first);
    for (gint64 I = first; I < nb; I++)
        loss += get_divergence (gate->logits + I * nb, target + I * nb, I);
    if (gradient != NULL)
        get_gradient (gate, target, first, gradient);
    return loss / (double) (nb - first);
}

double *
fovea_seer_gate_make_target (FoveaSparseHead *head, gint64 block, GError **error)
{
    gint64 nb = fovea_sparse_head_count_blocks (head, block);
    const double *largest = fovea_sparse_head_get_block_max (head, block, error);
    if (largest == NULL)
        return NULL;
    double *target = g_memdup2 (largest, (gsize) (nb * nb) * sizeof *target);
    for (gint64 I = 0; I < nb; I++) {
        double sum = 0;
        for (gint64 J = 0; J < nb; J++)
            sum += target[I * nb + J];
        for (gint64 J = 0; J < nb; J++)
            target[I * nb + J] /= sum > 0 ? sum : 1;
    }
    return target;
}

/* Adam's first and second moments of the gradient. */
typedef struct {
    double *mean, *square;
} Moments;

FOVEA_EVERY_SET static void
follow_gradient (const double *restrict gradient,
                 gsize n,
                 double rate,
                 guint step,
                 const Moments *moments,
                 double *restrict weights)
{
    double *restrict mean = moments->mean, *restrict square = moments->square;
    const double unbiased_mean = 1 - pow (.9, step), unbiased_square = 1 - pow (.999, step);
    for (gsize i = 0; i < n; i++) {
        mean[i] = .9 * mean[i] + .1 * gradient[i];
        square[i] = .999 * square[i] + .001 * gradient[i] * gradient[i];
        double m = mean[i] / unbiased_mean, v = square[i] / unbiased_square;
        weights[i] -= rate * m / (sqrt (v) + 1e-8);
    }
}

double
fovea_seer_gate_distill (FoveaSeerGate *gate,
                         const double *target,
                         guint n_steps,
                         double rate,
                         GCancellable *cancellable,
                         GError **error)
{
    gsize n = (gsize) (gate->D * POOLINGS * gate->D);
    gint64 first = gate->nb / 4;
    g_autofree double *gradient = g_new (double, n);
    g_autofree double *mean = g_new0 (double, n);
    g_autofree double *square = g_new0 (double, n);
    const Moments moments = {mean, square};
    for (guint step = 1; step <= n_steps; step++) {
        if (g_cancellable_set_error_if_cancelled (cancellable, error))
            return NAN;
        double warm = MIN (1, (double) step / WARM_UP), now = rate * warm;
        if (step > WARM_UP)
            now *= (1 + cos (G_PI * (double) (step - WARM_UP) / (double) (n_steps - WARM_UP))) / 2;
        predict (gate, first); /* the loss itself is asked for once, at the end */
        get_gradient (gate, target, first, gradient);
        follow_gradient (gradient, n, now, step, &moments, gate->k_weights);
    }
    return fovea_seer_gate_get_loss (gate, target, NULL);
}
