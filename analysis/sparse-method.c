/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Everything that methods have in common: defaults, sweeps, and the checks that a mask is worth
 * asking for. An oracle by rows becomes a mask of explicit keys only here, for pictures and check
 * values. */
#include "analysis/sparse-method.h"

#include <math.h>
#include <string.h>

#include "analysis/mask-rows.h"
#include "analysis/name-nearest.h"
#include "analysis/pattern-rows.h"

#define METHOD(x) extern const FoveaSparseMethod fovea_sparse_##x;
#include "analysis/sparse-method-list.h"
#undef METHOD

static const FoveaSparseMethod *const methods[] = {
#define METHOD(x) &fovea_sparse_##x,
#include "analysis/sparse-method-list.h"
#undef METHOD
    NULL,
};

const FoveaSparseMethod *const *
fovea_sparse_method_list (void)
{
    return methods;
}

const FoveaSparseMethod *
fovea_sparse_method_find (const char *id, GError **error)
{
    const char *ids[G_N_ELEMENTS (methods) + 1] = {NULL};
    for (gsize i = 0; methods[i] != NULL; i++) {
        if (strcmp (methods[i]->id, id) == 0)
            return methods[i];
        ids[i] = methods[i]->id;
    }
    const char *nearest = fovea_name_nearest (id, ids);
    g_autofree char *all = g_strjoinv (", ", (char **) ids);
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                 "method '%s' is unknown%s%s%s; there are %s", id,
                 nearest != NULL ? ", did you mean '" : "", nearest != NULL ? nearest : "",
                 nearest != NULL ? "'" : "", all);
    return NULL;
}

void
fovea_sparse_method_get_defaults (const FoveaSparseMethod *method, gint64 n_tokens, double *knobs)
{
    gboolean small = n_tokens < FOVEA_SPARSE_SMALL_TOKENS;
    memset (knobs, 0, FOVEA_SPARSE_MAX_KNOBS * sizeof *knobs);
    for (gsize i = 0; i < FOVEA_SPARSE_MAX_KNOBS && method->knobs[i].name != NULL; i++)
        knobs[i] = small ? method->knobs[i].small : method->knobs[i].value;
}

int
fovea_sparse_method_find_knob (const FoveaSparseMethod *method, const char *name)
{
    for (int i = 0; i < FOVEA_SPARSE_MAX_KNOBS && method->knobs[i].name != NULL; i++)
        if (strcmp (method->knobs[i].name, name) == 0)
            return i;
    return -1;
}

char *
fovea_sparse_knob_write (const FoveaSparseKnob *knob, double value, const char *mean)
{
    gboolean large = fabs (value) >= 9999.5; /* in full: four digits of 12,300 are 1.23e+04 */
    g_autofree char *number = g_strdup_printf (large ? "%.0f" : "%.4g", value);
    return g_strconcat (number, knob->whole && value != round (value) ? mean : NULL, NULL);
}

/* What a share is of, for the first knob. */
static double
get_whole (const FoveaSparseMethod *method, gint64 n_tokens)
{
    double knobs[FOVEA_SPARSE_MAX_KNOBS];
    int block = fovea_sparse_method_find_knob (method, "block");
    fovea_sparse_method_get_defaults (method, n_tokens, knobs);
    if (method->sweep_of == FOVEA_SWEEP_VALUES)
        return 1;
    return method->sweep_of == FOVEA_SWEEP_BLOCKS && block >= 0
               ? ceil ((double) n_tokens / knobs[block])
               : (double) n_tokens;
}

static double
get_value (const FoveaSparseMethod *method, double whole, gsize i)
{
    double value = method->sweep[i] * whole;
    return method->knobs[0].whole ? round (value) : value;
}

gboolean
fovea_sparse_method_get_point (const FoveaSparseMethod *method,
                               gint64 n_tokens,
                               gsize i,
                               double *value)
{
    const FoveaSparseKnob *knob = &method->knobs[0];
    double whole = get_whole (method, n_tokens);
    for (gsize p = 0; p <= i; p++)
        if (p >= FOVEA_SPARSE_MAX_POINTS || method->sweep[p] < 0)
            return FALSE;
    *value = get_value (method, whole, i);
    return *value >= knob->low && *value <= knob->high &&
           (i == 0 || *value > get_value (method, whole, i - 1));
}

static gboolean
check_knobs (const FoveaSparseMethod *method, const double *knobs, GError **error)
{
    for (gsize i = 0; i < FOVEA_SPARSE_MAX_KNOBS && method->knobs[i].name != NULL; i++) {
        const FoveaSparseKnob *knob = &method->knobs[i];
        gboolean fits = knobs[i] >= knob->low && knobs[i] <= knob->high;
        if (fits && (!knob->whole || knobs[i] == floor (knobs[i])))
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE, "%s: %s is %g, allowed are %s %g to %g",
                     method->id, knob->name, knobs[i], knob->whole ? "whole numbers" : "numbers",
                     knob->low, knob->high);
        return FALSE;
    }
    return TRUE;
}

gboolean
fovea_sparse_method_check (const FoveaSparseMethod *method,
                           const FoveaSparseHead *head,
                           const double *knobs,
                           GError **error)
{
    const char *reason = NULL;
    int block = fovea_sparse_method_find_knob (method, "block");
    if (!check_knobs (method, knobs, error))
        return FALSE;
    /* One block would hold everything: its curve would be a point, and say nothing of the method. */
    if (block >= 0 && knobs[block] > (double) head->n_tokens) {
        g_set_error (
            error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
            "layer %u head %u: %s has blocks of %g tokens, the sequence has %" G_GINT64_FORMAT,
            head->layer, head->head, method->id, knobs[block], head->n_tokens);
        return FALSE;
    }
    if (fovea_score_rule_has_box (head->rule)) /* of which a mask knows only the keys */
        reason = "is for models of one text, and this layer's rows are a source's or a target's";
    else if (method->products && (head->q == NULL || head->k == NULL))
        reason = "needs queries and keys, and only a pattern was kept";
    else if (!method->both_ways && !head->rule->causal)
        reason = "is for causal attention, and this layer looks ahead";
    else if (method->ahead_only && head->rule->causal)
        reason = "is for attention that looks ahead, and this layer is causal";
    else if (method->gates && head->gates == NULL)
        reason = "needs the trained gates of the model, and none were given";
    else if (method->kind == FOVEA_SPARSE_DECODE && head->n_tokens < 4)
        reason = "takes the last quarter for generated tokens, and the sequence has under 4";
    if (reason == NULL)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED, "layer %u head %u: %s %s",
                 head->layer, head->head, method->id, reason);
    return FALSE;
}

/* Explicit keys of one row: those an oracle by rows keeps. */
static void
add_heaviest (const FoveaSparseMethod *method,
              const double *knobs,
              gint64 query,
              const double *weights,
              gint64 n,
              FoveaMask *mask)
{
    g_autofree gint64 *order = g_new (gint64, (gsize) n + 1);
    g_autofree double *sums = g_new (double, (gsize) n + 1);
    gsize m = fovea_select_rank (weights, (gsize) n, order);
    sums[0] = 0;
    for (gsize c = 0; c < m; c++)
        sums[c + 1] = sums[c] + weights[order[c]];
    gint64 kept = method->count (sums, (gint64) m, knobs);
    fovea_mask_add_blocks (mask, query, query + 1, 1, order, (gsize) kept);
}

static gboolean
select_rows (const FoveaSparseMethod *method,
             FoveaSparseHead *head,
             const double *knobs,
             FoveaMask *mask,
             GError **error)
{
    gint64 T = head->n_tokens;
    g_autoptr (FoveaPatternRows) rows = fovea_pattern_rows_new (head->attention, head->head, T);
    g_autofree double *weights = g_new (double, (gsize) T);
    for (gint64 q = 0; q < T; q++) {
        gint64 n = fovea_score_rule_end_key (head->rule, q, T);
        const float *row = g_cancellable_set_error_if_cancelled (head->cancellable, error)
                               ? NULL
                               : fovea_pattern_rows_get (rows, q, error);
        if (row == NULL)
            return FALSE;
        for (gint64 j = 0; j < n; j++)
            weights[j] = fovea_score_rule_allows (head->rule, q, j) ? (double) row[j] : NAN;
        add_heaviest (method, knobs, q, weights, n, mask);
    }
    return TRUE;
}

gboolean
fovea_sparse_method_select (const FoveaSparseMethod *method,
                            FoveaSparseHead *head,
                            const double *knobs,
                            FoveaSparseSelection *out,
                            GError **error)
{
    memset (out, 0, sizeof *out);
    out->tile = 64;
    fovea_margin_init (&out->margin);
    if (!fovea_sparse_method_check (method, head, knobs, error))
        return FALSE;
    if (method->select != NULL) {
        if (method->select (head, knobs, out, error))
            return TRUE;
        fovea_sparse_selection_clear (out);
        return FALSE;
    }
    g_autoptr (FoveaMask) mask = fovea_mask_new (head->n_tokens, head->rule);
    if (!select_rows (method, head, knobs, mask, error))
        return FALSE;
    fovea_mask_finish (mask);
    out->executed = g_steal_pointer (&mask);
    return TRUE;
}

gboolean
fovea_sparse_method_count_cells (const FoveaSparseMethod *method,
                                 FoveaSparseHead *head,
                                 const double *knobs,
                                 gint64 *cells,
                                 GError **error)
{
    FoveaSparseSelection selection;
    if (method->cells != NULL && head->rule->segments == NULL)
        return fovea_sparse_method_check (method, head, knobs, error) &&
               method->cells (head, knobs, cells, error);
    if (!fovea_sparse_method_select (method, head, knobs, &selection, error))
        return FALSE;
    *cells = fovea_mask_count (selection.executed);
    fovea_sparse_selection_clear (&selection);
    return TRUE;
}

void
fovea_sparse_selection_clear (FoveaSparseSelection *selection)
{
    g_clear_pointer (&selection->executed, fovea_mask_unref);
    g_clear_pointer (&selection->selected, fovea_mask_unref);
}

const char *
fovea_honesty_get_name (FoveaHonesty honesty)
{
    static const char *const names[] = {"exact-rule", "surrogate", "fitted", "measurement"};
    return names[honesty];
}

const char *
fovea_sparse_kind_get_name (FoveaSparseKind kind)
{
    static const char *const names[] = {"static", "dynamic", "oracle", "decode"};
    return names[kind];
}
