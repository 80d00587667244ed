/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* An MLP of experts: a router scores all of them for each token, the best few run, and their
 * outputs are added by weight. Who chose whom stays on the device: the host enqueues the same
 * operations whatever the scores are, and waits for none.
 * Cost: 2 flops a weight of the chosen experts and row.
 * Source: Jiang et al. 2024 (arXiv:2401.04088), sec. 2.1; groups, shares and the sigmoid: DeepSeek-AI
 * 2024 (arXiv:2412.19437), sec. 2.1.2. */
#include "capture/forward-private.h"
#include "capture/recorder.h"
#include "capture/session-private.h"
#include "kernels/device-experts.h"

/* Who goes to which expert, and what is kept of it. Weights may take the place of the scores, which
 * are recorded first. */
static gboolean
route (const FoveaPass *pass, const float *x, GError **error)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    const FoveaSessionWeights *layer = &session->layers[pass->layer];
    float scale = architecture->experts_scale != 0 ? (float) architecture->experts_scale : 1;
    float *scores = fovea_forward_home (pass, FOVEA_POINT_ROUTER_SCORES, session->scratch.router);
    fovea_forward_linear (pass, layer, FOVEA_WEIGHT_ROUTER, FOVEA_WEIGHT_ROUTER_BIAS, x, scores);
    if (!fovea_forward_record (pass, FOVEA_POINT_ROUTER_SCORES, scores, error))
        return FALSE;
    gboolean kept = fovea_recorder_wants (pass->recorder, FOVEA_POINT_EXPERT_WEIGHTS, pass->layer);
    const FoveaRouteArgs args = {
        .rows = pass->rows,
        .n_experts = architecture->n_experts,
        .n_used = architecture->n_experts_used,
        .sigmoid = architecture->router_sigmoid,
        .add_to_one = architecture->experts_add_to_one,
        .n_groups = architecture->n_expert_groups,
        .n_groups_used = architecture->n_expert_groups_used,
        .scale = scale,
        .scores = scores,
        .added = layer->vector[FOVEA_WEIGHT_ROUTER_CHOICE],
        .weights =
            kept ? fovea_forward_home (pass, FOVEA_POINT_EXPERT_WEIGHTS, session->scratch.router)
                 : NULL,
        .chosen = session->scratch.chosen,
        .shares = session->scratch.shares,
    };
    session->ops->route (session->device, &args);
    return !kept || fovea_forward_record (pass, FOVEA_POINT_EXPERT_WEIGHTS, args.weights, error);
}

/* What the chosen experts add together. */
static void
run_experts (const FoveaPass *pass, const float *x, float *out)
{
    FoveaSession *session = pass->session;
    const FoveaArchitecture *architecture = session->architecture;
    const FoveaSessionWeights *layer = &session->layers[pass->layer];
    const FoveaScratch *scratch = &session->scratch;
    const FoveaExpertsArgs args = {
        .precision = session->precision,
        .activation = architecture->activation,
        .rows = pass->rows,
        .n_experts = architecture->n_experts,
        .n_used = architecture->n_experts_used,
        .weights = layer->experts,
        .data = layer->expert_data,
        .bias = {layer->vector[FOVEA_WEIGHT_EXPERT_GATE_BIAS],
                 layer->vector[FOVEA_WEIGHT_EXPERT_IN_BIAS],
                 layer->vector[FOVEA_WEIGHT_EXPERT_OUT_BIAS]},
        .x = x,
        .chosen = scratch->chosen,
        .shares = scratch->shares,
        .gathered = scratch->gathered,
        .pre = scratch->pre,
        .up = scratch->up,
        .out = out,
    };
    session->ops->experts (session->device, &args);
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
    if (weights->matrix[FOVEA_WEIGHT_SHARED_SHARE].data == NULL) {
        session->ops->add (session->device, out, scratch->gathered,
                           pass->rows * architecture->width, out);
        return;
    }
    /* Each row by the weight that the row itself asks for. */
    fovea_forward_linear (pass, weights, FOVEA_WEIGHT_SHARED_SHARE, none, x, scratch->router);
    session->ops->add_gated (session->device, scratch->gathered, scratch->router, pass->rows,
                             architecture->width, out);
}

gboolean
fovea_forward_experts (const FoveaPass *pass, const float *x, float *out, GError **error)
{
    if (!route (pass, x, error))
        return FALSE;
    run_experts (pass, x, out);
    if (pass->session->architecture->shared_width > 0)
        add_shared (pass, x, out);
    return TRUE;
}
