/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The session shows each layer's attention to a hook, which wraps the layer's queries, keys and
 * values as a trace of one layer: methods see what they see in any capture. Their masks are then
 * executed and the outputs of the chosen heads replaced. */
#include "analysis/end-effect.h"

#include <math.h>
#include <string.h>

#include "analysis/log-probabilities.h"
#include "analysis/masked-attend.h"
#include "capture/count-text.h"
#include "kernels/error.h"

struct _FoveaEndEffect {
    FoveaSession *session; /* borrowed */
    FoveaTraceInfo *info;
    gint64 T, V;
    float *dense;                          /* (T, V) log-probabilities */
    double *layer_errors;                  /* (L) of the last measurement */
    const struct _FoveaSeerWeights *gates; /* borrowed */
};

/* One sparse run. */
typedef struct {
    const FoveaEndEffect *effect;
    const FoveaSparseMethod *method;
    const double *knobs;
    const gboolean *heads; /* (L, H) or NULL */
    GCancellable *cancellable;
    gint64 cells, allowed;
} Run;

/* One layer of it. */
typedef struct {
    Run *run;
    FoveaAttention *attention;
    const FoveaAttendArgs *args;
    guint layer;
    const guint *chosen; /* heads */
    GMutex lock;
    GError *error; /* the first */
} Layer;

/* The arrays of a layer's trace are the forward pass's own buffers. */
typedef struct {
    const float *arrays[3]; /* q, k, v */
    gint64 rows[3];         /* elements of a token */
} View;

static gboolean
read_view (gpointer backend, guint index, gint64 first, gint64 n, float *out, GError **error)
{
    const View *view = backend;
    gint64 row = view->rows[index];
    memcpy (out, view->arrays[index] + first * row, (gsize) (n * row) * sizeof *out);
    return TRUE;
}

static FoveaTrace *
wrap (const FoveaEndEffect *effect, guint layer, const FoveaAttendArgs *args)
{
    static const FoveaTraceBackend functions = {read_view, g_free};
    const char *turned =
        effect->info->architecture->position == FOVEA_POSITION_ROTARY ? "rot_" : "";
    const gint64 heads[] = {args->heads, args->kv_heads, args->kv_heads};
    GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    View *view = g_new0 (View, 1);
    for (guint i = 0; i < 3; i++) {
        FoveaArray *array = g_new0 (FoveaArray, 1);
        array->name =
            g_strdup_printf ("blocks.%u.attn.hook_%s%c", layer, i < 2 ? turned : "", "qkv"[i]);
        array->rank = 3;
        array->row_axes = 1;
        array->shape[0] = effect->T;
        array->shape[1] = heads[i];
        array->shape[2] = args->width;
        g_ptr_array_add (list, array);
        view->arrays[i] = i == 0 ? args->q : i == 1 ? args->k : args->v;
        view->rows[i] = heads[i] * args->width;
    }
    return fovea_trace_new (fovea_trace_info_copy (effect->info), list, &functions, view);
}

static gboolean
apply_to_head (Layer *layer, guint head, GError **error)
{
    Run *run = layer->run;
    FoveaSparseSelection selection;
    g_autoptr (FoveaSparseHead) self =
        fovea_sparse_head_new (layer->attention, layer->layer, head, run->cancellable, error);
    if (self != NULL)
        self->gates = run->effect->gates;
    if (self == NULL ||
        !fovea_sparse_method_select (run->method, self, run->knobs, &selection, error))
        return FALSE;
    gint64 T = run->effect->T, first = selection.first_row;
    gint64 cells = fovea_masked_attend (layer->args, head, selection.executed, first);
    gint64 allowed = fovea_score_rule_count (self->rule, first, T, 0, T);
    fovea_sparse_selection_clear (&selection);
    g_mutex_lock (&layer->lock);
    run->cells += cells;
    run->allowed += allowed;
    g_mutex_unlock (&layer->lock);
    return TRUE;
}

static void
run_head (void *data, int64_t i, int worker)
{
    Layer *layer = data;
    g_autoptr (GError) error = NULL;
    if (!apply_to_head (layer, layer->chosen[i], &error))
        fovea_error_keep (&layer->lock, &layer->error, &error);
}

/* Frobenius norm of heads behind the layer's output matrix; NaN if the device failed. */
static double
get_norm (const Run *run, guint layer, const float *z, gint64 rows, GError **error)
{
    gsize n = (gsize) (rows * run->effect->info->architecture->width);
    g_autofree float *out = g_new (float, n);
    double square = 0;
    if (!fovea_session_project_heads (run->effect->session, layer, z, rows, out, error))
        return NAN;
    for (gsize i = 0; i < n; i++)
        square += (double) out[i] * (double) out[i];
    return sqrt (square);
}

/* What the layer's output lost beside @before, its heads as they were. */
static gboolean
set_layer_error (
    const Run *run, guint layer, const FoveaAttendArgs *args, float *before, GError **error)
{
    gsize n = (gsize) (args->rows * args->heads * args->width);
    double whole = get_norm (run, layer, before, args->rows, error);
    if (isnan (whole))
        return FALSE;
    for (gsize i = 0; i < n; i++)
        before[i] -= args->z[i];
    double lost = get_norm (run, layer, before, args->rows, error);
    run->effect->layer_errors[layer] = whole > 0 ? lost / whole : 0;
    return !isnan (lost);
}

static gboolean
apply_to_layer (gpointer data, guint layer, const FoveaAttendArgs *args, GError **error)
{
    Run *run = data;
    g_autofree guint *chosen = g_new (guint, (gsize) args->heads);
    gint64 n = 0;
    for (guint h = 0; h < args->heads; h++)
        if (run->heads == NULL || run->heads[layer * args->heads + h])
            chosen[n++] = h;
    if (n == 0)
        return TRUE;
    g_autofree float *before =
        g_memdup2 (args->z, (gsize) (args->rows * args->heads * args->width) * sizeof *before);
    g_autoptr (FoveaTrace) trace = wrap (run->effect, layer, args);
    g_autoptr (FoveaAttention) attention = fovea_attention_open (trace, layer, error);
    if (attention == NULL)
        return FALSE;
    FoveaThreads *threads =
        fovea_device_get_threads (fovea_session_get_device (run->effect->session));
    Layer self = {
        .run = run, .attention = attention, .args = args, .layer = layer, .chosen = chosen};
    g_mutex_init (&self.lock);
    if (threads != NULL)
        fovea_threads_loop (threads, n, run_head, &self);
    for (gint64 i = 0; threads == NULL && i < n && self.error == NULL; i++)
        run_head (&self, i, 0);
    g_mutex_clear (&self.lock);
    if (self.error == NULL)
        return set_layer_error (run, layer, args, before, error);
    g_propagate_error (error, self.error);
    return FALSE;
}

FoveaEndEffect *
fovea_end_effect_new (FoveaSession *session,
                      const FoveaTraceInfo *info,
                      GCancellable *cancellable,
                      GError **error)
{
    gint64 chunk = fovea_session_get_chunk (session);
    if (chunk < info->n_tokens) {
        g_autofree char *tokens = fovea_count_text (info->n_tokens);
        g_autofree char *at_once = fovea_count_text (chunk);
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "%s: %s tokens are run %s at a time, and a method must see them at once",
                     info->title, tokens, at_once);
        return NULL;
    }
    g_autoptr (FoveaEndEffect) effect = g_new0 (FoveaEndEffect, 1);
    effect->session = session;
    effect->info = fovea_trace_info_copy (info);
    effect->T = info->n_tokens;
    effect->V = info->architecture->vocabulary;
    effect->layer_errors = g_new (double, (gsize) info->architecture->n_layers);
    effect->dense =
        fovea_log_probabilities_run (session, effect->info, NULL, NULL, cancellable, error);
    return effect->dense != NULL ? g_steal_pointer (&effect) : NULL;
}

void
fovea_end_effect_set_gates (FoveaEndEffect *effect, const struct _FoveaSeerWeights *gates)
{
    effect->gates = gates;
}

void
fovea_end_effect_free (FoveaEndEffect *effect)
{
    if (effect == NULL)
        return;
    fovea_trace_info_free (effect->info);
    g_free (effect->dense);
    g_free (effect->layer_errors);
    g_free (effect);
}

static gsize
get_likeliest (const float *row, gsize V)
{
    gsize best = 0;
    for (gsize i = 1; i < V; i++)
        if (row[i] > row[best])
            best = i;
    return best;
}

/* Marks positions where the token's last occurrence before was followed as this one is. */
static gboolean *
find_copies (const FoveaTraceInfo *info)
{
    gint64 T = info->n_tokens;
    gboolean *copies = g_new0 (gboolean, (gsize) T);
    g_autoptr (GHashTable) last = g_hash_table_new (NULL, NULL); /* token -> its successor */
    for (gint64 t = 0; t + 1 < T; t++) {
        gpointer successor, token = GINT_TO_POINTER (info->ids[t]);
        gpointer next = GINT_TO_POINTER (info->ids[t + 1]);
        copies[t] =
            g_hash_table_lookup_extended (last, token, NULL, &successor) && successor == next;
        g_hash_table_insert (last, token, next);
    }
    return copies;
}

/* The share of copies that a run gets right. */
static double
score_copies (const FoveaEndEffect *effect, const gboolean *copies, const float *run, gint64 *n)
{
    gint64 n_right = 0;
    *n = 0;
    for (gint64 t = 0; t + 1 < effect->T; t++)
        if (copies[t]) {
            ++*n;
            n_right += (gint64) get_likeliest (run + t * effect->V, (gsize) effect->V) ==
                       (gint64) effect->info->ids[t + 1];
        }
    return *n > 0 ? (double) n_right / (double) *n : NAN;
}

static void
compare_copies (const FoveaEndEffect *effect, const float *sparse, FoveaEndEffectResult *out)
{
    g_autofree gboolean *copies = find_copies (effect->info);
    out->dense_copy_score = score_copies (effect, copies, effect->dense, &out->n_copies);
    out->copy_score = score_copies (effect, copies, sparse, &out->n_copies);
    out->copy_score_change = out->copy_score - out->dense_copy_score;
}

static void
compare_runs (const FoveaEndEffect *effect, const float *sparse, FoveaEndEffectResult *out)
{
    gsize T = (gsize) effect->T, V = (gsize) effect->V, n_next = MAX (T - 1, 1), n_same = 0;
    for (gsize t = 0; t < T; t++) {
        const float *p = effect->dense + t * V, *q = sparse + t * V;
        double divergence = fovea_log_probabilities_diverge (p, q, V);
        out->divergence += divergence / (double) T;
        out->largest_divergence = MAX (out->largest_divergence, divergence);
        n_same += get_likeliest (p, V) == get_likeliest (q, V);
        if (t + 1 < T) {
            out->dense_loss -= (double) p[effect->info->ids[t + 1]] / (double) n_next;
            out->loss -= (double) q[effect->info->ids[t + 1]] / (double) n_next;
        }
    }
    out->divergence = MAX (out->divergence, 0); /* it never is, but for rounding */
    out->n_positions = effect->T;
    out->agreement = (double) n_same / (double) T;
    out->loss_change = out->loss - out->dense_loss;
}

/* Mean over touched layers; 0 if there are none. */
static double
get_mean_error (const FoveaEndEffect *effect)
{
    double sum = 0;
    gint64 n = 0;
    for (gint64 l = 0; l < effect->info->architecture->n_layers; l++)
        if (!isnan (effect->layer_errors[l])) {
            sum += effect->layer_errors[l];
            n++;
        }
    return n > 0 ? sum / (double) n : 0;
}

const double *
fovea_end_effect_get_layer_errors (const FoveaEndEffect *effect)
{
    return effect->layer_errors;
}

gboolean
fovea_end_effect_measure (FoveaEndEffect *effect,
                          const FoveaSparseMethod *method,
                          const double *knobs,
                          const gboolean *heads,
                          GCancellable *cancellable,
                          FoveaEndEffectResult *out,
                          GError **error)
{
    Run run = {effect, method, knobs, heads, cancellable, 0, 0};
    *out = (FoveaEndEffectResult){0};
    for (gint64 l = 0; l < effect->info->architecture->n_layers; l++)
        effect->layer_errors[l] = NAN;
    fovea_session_set_attend_hook (effect->session, apply_to_layer, &run);
    g_autofree float *sparse =
        fovea_log_probabilities_run (effect->session, effect->info, NULL, NULL, cancellable, error);
    fovea_session_set_attend_hook (effect->session, NULL, NULL);
    if (sparse == NULL)
        return FALSE;
    compare_runs (effect, sparse, out);
    compare_copies (effect, sparse, out);
    out->layer_error = get_mean_error (effect);
    out->density = run.allowed > 0 ? (double) run.cells / (double) run.allowed : 1;
    return TRUE;
}
