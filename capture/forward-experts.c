/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* An MLP of experts: a router scores all of them for each token, the best few run, and their
 * outputs are added by weight. Experts run one after the other over the rows that chose them, in
 * rising order, so that sums have the same bits whatever else is in the chunk.
 * Cost: 2 flops a weight of the chosen experts and row; one wait for the device a layer, because
 * the host must know who chose whom.
 * Source: Jiang et al. 2024 (arXiv:2401.04088), sec. 2.1; groups, shares and the sigmoid: DeepSeek-AI
 * 2024 (arXiv:2412.19437), sec. 2.1.2. */
#include <math.h>

#include "capture/forward-private.h"
#include "capture/recorder.h"
#include "capture/session-private.h"

/* Softmax of a row of @n scores in place. */
static void
softmax (float *row, gint64 n)
{
    double largest = row[0], sum = 0;
    for (gint64 e = 1; e < n; e++)
        largest = MAX (largest, (double) row[e]);
    for (gint64 e = 0; e < n; e++)
        sum += exp (row[e] - largest);
    for (gint64 e = 0; e < n; e++)
        row[e] = (float) (exp (row[e] - largest) / sum);
}

/* A weight by itself, which need not add to one with others. */
static void
sigmoid (float *row, gint64 n)
{
    for (gint64 e = 0; e < n; e++)
        row[e] = (float) (1 / (1 + exp (-(double) row[e])));
}

/* Best of a group's values, or with @two the sum of its best two. */
static double
judge_group (const double *values, gint64 n, gboolean two)
{
    double first = -INFINITY, second = -INFINITY;
    for (gint64 e = 0; e < n; e++)
        if (values[e] > first) {
            second = first;
            first = values[e];
        } else if (values[e] > second) {
            second = values[e];
        }
    return two && n > 1 ? first + second : first;
}

/* Takes away the values of all groups but the best few; the lower index wins a tie. */
static void
keep_groups (const FoveaArchitecture *architecture, double *values)
{
    gint64 n = architecture->n_expert_groups, each = architecture->n_experts / MAX (n, 1);
    if (n == 0 || architecture->n_expert_groups_used == n)
        return;
    g_autofree double *judged = g_new (double, (gsize) n);
    for (gint64 g = 0; g < n; g++)
        judged[g] = judge_group (values + g * each, each, architecture->router_sigmoid);
    for (gint64 g = 0; g < n; g++) {
        gint64 better = 0;
        for (gint64 o = 0; o < n; o++)
            better += judged[o] > judged[g] || (judged[o] == judged[g] && o < g);
        for (gint64 e = 0; e < each && better >= architecture->n_expert_groups_used; e++)
            values[g * each + e] = -INFINITY;
    }
}

/* The @used experts of the largest weights, or of the largest sums with @added (nullable). The lower
 * index wins a tie, and where nothing compares, as with NaN. */
static void
choose (const FoveaArchitecture *architecture,
        const float *row,
        const float *added,
        gint32 *chosen,
        float *weights)
{
    gint64 E = architecture->n_experts, used = architecture->n_experts_used;
    g_autofree double *values = g_new (double, (gsize) E);
    double sum = 0, scale = architecture->experts_scale != 0 ? architecture->experts_scale : 1;
    for (gint64 e = 0; e < E; e++)
        values[e] = (double) row[e] + (added != NULL ? (double) added[e] : 0);
    keep_groups (architecture, values);
    for (gint64 k = 0; k < used; k++) {
        chosen[k] = -1;
        for (gint32 e = 0; e < E; e++) {
            gboolean taken = FALSE;
            for (gint64 i = 0; i < k; i++)
                taken = taken || chosen[i] == e;
            if (!taken && (chosen[k] < 0 || values[e] > values[chosen[k]]))
                chosen[k] = e;
        }
        weights[k] = row[chosen[k]];
        sum += weights[k];
    }
    for (gint64 k = 0; k < used; k++)
        weights[k] =
            (float) (scale * (architecture->experts_add_to_one ? weights[k] / sum : weights[k]));
}

/* Who chose whom, on the host. */
static gboolean
route (const FoveaPass *pass, const float *x, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    FoveaRouting *routing = &session->routing;
    gint64 E = architecture->n_experts, K = architecture->n_experts_used;
    gsize bytes = (gsize) (pass->rows * E) * sizeof (float);
    float *scores = fovea_forward_home (pass, FOVEA_POINT_ROUTER_SCORES, session->scratch.router);
    fovea_forward_linear (pass, &session->layers[pass->layer], FOVEA_WEIGHT_ROUTER,
                          FOVEA_WEIGHT_ROUTER_BIAS, x, scores);
    session->ops->read (session->device, routing->weights, scores, bytes);
    const float *added =
        fovea_model_get_vector (session->model, FOVEA_WEIGHT_ROUTER_CHOICE, pass->layer);
    for (gint64 t = 0; t < pass->rows; t++) {
        (architecture->router_sigmoid ? sigmoid : softmax) (routing->weights + t * E, E);
        choose (architecture, routing->weights + t * E, added, routing->chosen + t * K,
                routing->shares + t * K);
    }
    if (!fovea_forward_record (pass, FOVEA_POINT_ROUTER_SCORES, scores, error))
        return FALSE;
    if (!fovea_recorder_wants (pass->recorder, FOVEA_POINT_EXPERT_WEIGHTS, pass->layer))
        return TRUE;
    float *weights = fovea_forward_home (pass, FOVEA_POINT_EXPERT_WEIGHTS, session->scratch.router);
    session->ops->write (session->device, weights, routing->weights, bytes);
    return fovea_forward_record (pass, FOVEA_POINT_EXPERT_WEIGHTS, weights, error);
}

/* Rows that chose @expert, and with which share. */
static gint64
list_rows (const FoveaPass *pass, gint32 expert)
{
    FoveaRouting *routing = &pass->session->routing;
    gint64 K = pass->session->architecture->n_experts_used, n = 0;
    for (gint64 at = 0; at < pass->rows * K; at++) {
        if (routing->chosen[at] != expert)
            continue;
        routing->rows[n] = (gint32) (at / K);
        routing->row_shares[n++] = routing->shares[at];
    }
    return n;
}

/* The product of the role's weight of an expert, with its bias where the family has one. */
static void
multiply (const FoveaPass *pass, int which, gint32 expert, gint64 n, const float *x, float *y)
{
    const FoveaSessionWeights *weights = &pass->session->layers[pass->layer];
    const FoveaWeight *weight =
        &weights->experts[which * pass->session->architecture->n_experts + expert];
    const float *biases = weights->vector[FOVEA_WEIGHT_EXPERT_GATE_BIAS + which];
    const FoveaLinearArgs args = {
        .precision = pass->session->precision,
        .rows = n,
        .x = x,
        .x_stride = weight->n_in,
        .weight = *weight,
        .bias = biases != NULL ? biases + expert * weight->n_out : NULL,
        .y = y,
        .y_stride = weight->n_out,
    };
    pass->session->ops->linear (pass->session->device, &args);
}

static void
run_expert (const FoveaPass *pass, gint32 expert, gint64 n, const float *x, float *out)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    const FoveaRouting *routing = &session->routing;
    const FoveaScratch *scratch = &session->scratch;
    gint64 C = architecture->width;
    const FoveaWeight table = {
        .data = x, .dtype = FOVEA_F32, .n_out = pass->rows, .n_in = C, .stride = C};
    session->ops->embed (session->device, &table, routing->rows, n, scratch->gathered);
    multiply (pass, 0, expert, n, scratch->gathered, scratch->pre);
    multiply (pass, 1, expert, n, scratch->gathered, scratch->up);
    session->ops->activate (session->device, architecture->activation, scratch->pre, scratch->up,
                            n * architecture->mlp_width, scratch->pre);
    multiply (pass, 2, expert, n, scratch->pre, scratch->gathered);
    session->ops->add_rows (session->device, scratch->gathered, routing->rows, routing->row_shares,
                            n, C, out);
}

/* Adds what the shared MLP gave, each row by the weight that the row itself asks for. */
static void
add_by_share (const FoveaPass *pass, const float *x, float *out)
{
    FoveaSession *session = pass->session;
    const FoveaScratch *scratch = &session->scratch;
    FoveaRouting *routing = &session->routing;
    fovea_forward_linear (pass, &session->layers[pass->layer], FOVEA_WEIGHT_SHARED_SHARE,
                          FOVEA_N_WEIGHT_ROLES, x, scratch->router);
    session->ops->read (session->device, routing->row_shares, scratch->router,
                        (gsize) pass->rows * sizeof (float));
    sigmoid (routing->row_shares, pass->rows);
    for (gint64 t = 0; t < pass->rows; t++)
        routing->rows[t] = (gint32) t;
    session->ops->add_rows (session->device, scratch->gathered, routing->rows, routing->row_shares,
                            pass->rows, session->architecture->width, out);
}

/* The MLP that every token takes beside its experts, added to what they gave. */
static void
add_shared (const FoveaPass *pass, const float *x, float *out)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    const FoveaSessionWeights *weights = &session->layers[pass->layer];
    const FoveaScratch *scratch = &session->scratch;
    const FoveaWeightRole none = FOVEA_N_WEIGHT_ROLES;
    fovea_forward_linear (pass, weights, FOVEA_WEIGHT_SHARED_GATE, none, x, scratch->pre);
    fovea_forward_linear (pass, weights, FOVEA_WEIGHT_SHARED_IN, none, x, scratch->up);
    session->ops->activate (session->device, architecture->activation, scratch->pre, scratch->up,
                            pass->rows * architecture->shared_width, scratch->pre);
    fovea_forward_linear (pass, weights, FOVEA_WEIGHT_SHARED_OUT, none, scratch->pre,
                          scratch->gathered);
    if (weights->matrix[FOVEA_WEIGHT_SHARED_SHARE].data != NULL)
        add_by_share (pass, x, out);
    else
        session->ops->add (session->device, out, scratch->gathered,
                           pass->rows * architecture->width, out);
}

gboolean
fovea_forward_experts (const FoveaPass *pass, const float *x, float *out, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    if (!route (pass, x, error))
        return FALSE;
    session->ops->zero (session->device, out,
                        (gsize) (pass->rows * architecture->width) * sizeof (float));
    for (gint32 expert = 0; expert < architecture->n_experts; expert++) {
        gint64 n = list_rows (pass, expert);
        if (n > 0)
            run_expert (pass, expert, n, x, out);
    }
    if (architecture->shared_width > 0)
        add_shared (pass, x, out);
    return TRUE;
}
