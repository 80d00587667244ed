/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Points that follow exactly from kept ones, as a table: what each needs and which operation makes
 * it. The operations are those of the forward pass (kernels/ops.h), so a derived value has the bits
 * that the forward computed; the plan leaves such points out of a f32 capture.
 * Invariant: the recursion ends. A rule either needs arrays that are kept, or points that stand
 * earlier in the forward pass.
 * Cost: reading the inputs and one pass over them; a residual stream that is kept in every fourth
 * layer only is rebuilt by at most eight additions. */
#include "capture/trace-private.h"

#include <string.h>

#include "capture/attention-private.h"
#include "capture/derivation.h"
#include "capture/exchange-metadata.h"
#include "capture/local-device.h"

typedef enum {
    BY_COPY,
    BY_REPEAT, /* once a head */
    BY_ADD,
    BY_NORM_SCALE,
    BY_NORM,
    BY_ROTARY,
    BY_ACTIVATION,
} Operation;

typedef enum {
    FOR_ALL,
    FOR_FIRST_LAYER,
    FOR_FIRST_LEARNED, /* first layer of a model that adds a position table */
    FOR_OTHER_LAYERS,
    FOR_OTHER_LAYERS_NORMED, /* of families that normalise sums */
    FOR_BEFORE_LAST,
    FOR_BEFORE_LAST_NORMED,
    FOR_LAST_NORM, /* the final norm reads the last layer */
    FOR_NO_MLP,
    FOR_MLP,
    FOR_MID,        /* the MLP reads the sum with attention */
    FOR_SECOND_SUM, /* and adds to it as it is */
    FOR_NORM_FIRST, /* branches start with a norm */
    FOR_MID_NORM,
    FOR_PARALLEL,
    FOR_PARALLEL_NORM, /* the MLP's norm reads what attention's does */
    FOR_NORM_OF_SUM,
    FOR_QK_NORM,
    FOR_NO_QK_NORM,
    FOR_GATED,
} Scope;

typedef struct {
    FoveaPointKind kind;
    int layer_shift;
    gboolean kept; /* must be kept itself; else it may be derived too */
} Input;

typedef struct {
    FoveaPointKind kind;
    Scope scope;
    Operation operation;
    guint n_inputs;
    Input inputs[2];
} Derivation;

/* Tried from the top, so cheap rules stand first. */
static const Derivation derivations[] = {
    {FOVEA_POINT_EMBED, FOR_FIRST_LAYER, BY_COPY, 1, {{FOVEA_POINT_RESID_PRE, 0, TRUE}}},
    {FOVEA_POINT_RESID_PRE, FOR_FIRST_LAYER, BY_COPY, 1, {{FOVEA_POINT_EMBED, 0, TRUE}}},
    {FOVEA_POINT_RESID_PRE,
     FOR_FIRST_LEARNED,
     BY_ADD,
     2,
     {{FOVEA_POINT_EMBED, 0, TRUE}, {FOVEA_POINT_POS_EMBED, 0, TRUE}}},
    {FOVEA_POINT_RESID_PRE, FOR_OTHER_LAYERS, BY_COPY, 1, {{FOVEA_POINT_RESID_POST, -1, FALSE}}},
    {FOVEA_POINT_RESID_PRE,
     FOR_OTHER_LAYERS_NORMED,
     BY_COPY,
     1,
     {{FOVEA_POINT_NORMALIZED_RESID_POST, -1, FALSE}}},
    {FOVEA_POINT_NORMALIZED_RESID_POST,
     FOR_BEFORE_LAST_NORMED,
     BY_COPY,
     1,
     {{FOVEA_POINT_RESID_PRE, 1, TRUE}}},
    {FOVEA_POINT_RESID_POST, FOR_BEFORE_LAST, BY_COPY, 1, {{FOVEA_POINT_RESID_PRE, 1, TRUE}}},
    {FOVEA_POINT_RESID_POST,
     FOR_SECOND_SUM,
     BY_ADD,
     2,
     {{FOVEA_POINT_RESID_MID, 0, FALSE}, {FOVEA_POINT_MLP_OUT, 0, TRUE}}},
    {FOVEA_POINT_RESID_POST,
     FOR_NO_MLP,
     BY_ADD,
     2,
     {{FOVEA_POINT_RESID_PRE, 0, FALSE}, {FOVEA_POINT_ATTN_OUT, 0, TRUE}}},
    {FOVEA_POINT_RESID_MID,
     FOR_MID,
     BY_ADD,
     2,
     {{FOVEA_POINT_RESID_PRE, 0, FALSE}, {FOVEA_POINT_ATTN_OUT, 0, TRUE}}},
    {FOVEA_POINT_ATTN_IN, FOR_ALL, BY_REPEAT, 1, {{FOVEA_POINT_RESID_PRE, 0, FALSE}}},
    {FOVEA_POINT_Q_INPUT, FOR_ALL, BY_REPEAT, 1, {{FOVEA_POINT_RESID_PRE, 0, FALSE}}},
    {FOVEA_POINT_K_INPUT, FOR_ALL, BY_REPEAT, 1, {{FOVEA_POINT_RESID_PRE, 0, FALSE}}},
    {FOVEA_POINT_V_INPUT, FOR_ALL, BY_REPEAT, 1, {{FOVEA_POINT_RESID_PRE, 0, FALSE}}},
    {FOVEA_POINT_MLP_IN, FOR_SECOND_SUM, BY_COPY, 1, {{FOVEA_POINT_RESID_MID, 0, FALSE}}},
    {FOVEA_POINT_MLP_IN, FOR_PARALLEL, BY_COPY, 1, {{FOVEA_POINT_RESID_PRE, 0, FALSE}}},
    {FOVEA_POINT_LN1_SCALE, FOR_NORM_FIRST, BY_NORM_SCALE, 1, {{FOVEA_POINT_RESID_PRE, 0, FALSE}}},
    {FOVEA_POINT_LN1_NORMALIZED, FOR_NORM_FIRST, BY_NORM, 1, {{FOVEA_POINT_RESID_PRE, 0, FALSE}}},
    {FOVEA_POINT_LN1_SCALE, FOR_NORM_OF_SUM, BY_NORM_SCALE, 1, {{FOVEA_POINT_RESID_MID, 0, FALSE}}},
    {FOVEA_POINT_LN1_NORMALIZED, FOR_NORM_OF_SUM, BY_NORM, 1, {{FOVEA_POINT_RESID_MID, 0, FALSE}}},
    {FOVEA_POINT_LN2_SCALE, FOR_MID_NORM, BY_NORM_SCALE, 1, {{FOVEA_POINT_RESID_MID, 0, FALSE}}},
    {FOVEA_POINT_LN2_NORMALIZED, FOR_MID_NORM, BY_NORM, 1, {{FOVEA_POINT_RESID_MID, 0, FALSE}}},
    {FOVEA_POINT_LN2_SCALE,
     FOR_PARALLEL_NORM,
     BY_NORM_SCALE,
     1,
     {{FOVEA_POINT_RESID_PRE, 0, FALSE}}},
    {FOVEA_POINT_LN2_NORMALIZED,
     FOR_PARALLEL_NORM,
     BY_NORM,
     1,
     {{FOVEA_POINT_RESID_PRE, 0, FALSE}}},
    {FOVEA_POINT_LN2_SCALE,
     FOR_NORM_OF_SUM,
     BY_NORM_SCALE,
     1,
     {{FOVEA_POINT_RESID_POST, 0, FALSE}}},
    {FOVEA_POINT_LN2_NORMALIZED, FOR_NORM_OF_SUM, BY_NORM, 1, {{FOVEA_POINT_RESID_POST, 0, FALSE}}},
    {FOVEA_POINT_FINAL_SCALE,
     FOR_LAST_NORM,
     BY_NORM_SCALE,
     1,
     {{FOVEA_POINT_RESID_POST, 0, FALSE}}},
    {FOVEA_POINT_FINAL_NORMALIZED, FOR_LAST_NORM, BY_NORM, 1, {{FOVEA_POINT_RESID_POST, 0, FALSE}}},
    {FOVEA_POINT_ROT_Q, FOR_NO_QK_NORM, BY_ROTARY, 1, {{FOVEA_POINT_Q, 0, TRUE}}},
    {FOVEA_POINT_ROT_K, FOR_NO_QK_NORM, BY_ROTARY, 1, {{FOVEA_POINT_K, 0, TRUE}}},
    {FOVEA_POINT_ROT_Q, FOR_QK_NORM, BY_ROTARY, 1, {{FOVEA_POINT_Q_NORMED, 0, TRUE}}},
    {FOVEA_POINT_ROT_K, FOR_QK_NORM, BY_ROTARY, 1, {{FOVEA_POINT_K_NORMED, 0, TRUE}}},
    {FOVEA_POINT_POST,
     FOR_GATED,
     BY_ACTIVATION,
     2,
     {{FOVEA_POINT_PRE, 0, TRUE}, {FOVEA_POINT_PRE_LINEAR, 0, TRUE}}},
    {FOVEA_POINT_POST, FOR_MLP, BY_ACTIVATION, 1, {{FOVEA_POINT_PRE, 0, TRUE}}},
};

/* Scopes that follow from where a block normalises. */
static gboolean
applies_by_norm (const FoveaArchitecture *architecture, Scope scope, guint layer)
{
    FoveaNormPlace place = architecture->norm_place;
    gboolean first = place == FOVEA_NORM_BEFORE || place == FOVEA_NORM_AROUND;
    gboolean of_sum = place == FOVEA_NORM_OF_SUM;
    gboolean serial =
        fovea_architecture_mlp_width (architecture, layer) > 0 && !architecture->parallel;
    guint target = (guint) architecture->n_encoder_layers; /* whose entry is no sum; 0 = none */
    switch (scope) {
    case FOR_OTHER_LAYERS:
        return layer > 0 && !of_sum && layer != target;
    case FOR_OTHER_LAYERS_NORMED:
        return layer > 0 && of_sum;
    case FOR_BEFORE_LAST:
        return layer + 1 < (guint64) architecture->n_layers && !of_sum && layer + 1 != target;
    case FOR_BEFORE_LAST_NORMED:
        return layer + 1 < (guint64) architecture->n_layers && of_sum;
    case FOR_LAST_NORM:
        return !of_sum && place != FOVEA_NORM_NOWHERE;
    case FOR_MID:
        return serial;
    case FOR_SECOND_SUM:
        return serial && !of_sum;
    case FOR_NORM_FIRST:
        return first && fovea_architecture_has_first_norm (architecture, layer);
    case FOR_MID_NORM:
        return first && serial;
    case FOR_PARALLEL:
        return architecture->parallel;
    case FOR_PARALLEL_NORM:
        return first && architecture->parallel && !architecture->shared_norm;
    case FOR_NORM_OF_SUM:
        return of_sum;
    default:
        return TRUE;
    }
}

static gboolean
applies (const FoveaArchitecture *architecture, Scope scope, guint layer)
{
    gboolean has_mlp = fovea_architecture_mlp_width (architecture, layer) > 0;
    gboolean learned = architecture->position == FOVEA_POSITION_LEARNED;
    gboolean plain = !architecture->embed_norm && architecture->n_token_types == 0 &&
                     architecture->n_encoder_layers == 0;
    switch (scope) {
    case FOR_FIRST_LAYER:
        return layer == 0 && !learned && plain;
    case FOR_FIRST_LEARNED:
        return layer == 0 && learned && plain;
    case FOR_NO_MLP:
        return !has_mlp;
    case FOR_MLP:
        return has_mlp;
    case FOR_GATED:
        return has_mlp && architecture->gated;
    case FOR_QK_NORM:
        return architecture->qk_norm != FOVEA_QK_NORM_NONE;
    case FOR_NO_QK_NORM:
        return architecture->qk_norm == FOVEA_QK_NORM_NONE;
    default:
        return applies_by_norm (architecture, scope, layer);
    }
}

static FoveaPoint
input_point (const FoveaArchitecture *architecture, const Derivation *rule, guint i, guint layer)
{
    const Input *input = &rule->inputs[i];
    guint base = rule->scope == FOR_LAST_NORM ? (guint) architecture->n_layers - 1 : layer;
    return (FoveaPoint){input->kind, (guint) ((int) base + input->layer_shift), 0};
}

static gboolean
is_copy (const Derivation *rule)
{
    return rule->operation == BY_COPY || rule->operation == BY_REPEAT;
}

/* MLPs without a gate have one input less than the gated rule, which stands first. */
static gboolean
suits (const FoveaArchitecture *architecture, const Derivation *rule, FoveaPoint point)
{
    if (rule->kind != point.kind || !applies (architecture, rule->scope, point.layer))
        return FALSE;
    /* Of an import without description only copies are sure: norm, activation and the way residuals
     * are added are not known. */
    if (!is_copy (rule) && g_str_equal (architecture->family, FOVEA_INFERRED_FAMILY))
        return FALSE;
    return !(rule->operation == BY_ACTIVATION && rule->n_inputs == 1 && architecture->gated);
}

const FoveaDerivationSet *
fovea_derivation_inputs (const FoveaArchitecture *architecture,
                         FoveaPoint point,
                         guint nth,
                         FoveaDerivationSet *set)
{
    for (guint r = 0; r < G_N_ELEMENTS (derivations); r++) {
        const Derivation *rule = &derivations[r];
        if (!suits (architecture, rule, point) || nth-- > 0)
            continue;
        set->n = rule->n_inputs;
        set->copy = is_copy (rule);
        for (guint i = 0; i < rule->n_inputs; i++) {
            set->points[i] = input_point (architecture, rule, i, point.layer);
            set->kept[i] = rule->inputs[i].kept;
        }
        return set;
    }
    return NULL;
}

static gboolean
is_kept (FoveaTrace *trace, FoveaPoint point)
{
    g_autofree char *name = fovea_point_name (point);
    return fovea_trace_find (trace, name) >= 0;
}

static gboolean
can_apply (FoveaTrace *trace, const Derivation *rule, guint layer)
{
    for (guint i = 0; i < rule->n_inputs; i++) {
        FoveaPoint input = input_point (trace->info->architecture, rule, i, layer);
        if (is_kept (trace, input))
            continue;
        if (rule->inputs[i].kept || !fovea_trace_can_derive (trace, input))
            return FALSE;
    }
    return TRUE;
}

static const Derivation *
find_rule (FoveaTrace *trace, FoveaPoint point)
{
    for (guint r = 0; r < G_N_ELEMENTS (derivations); r++)
        if (suits (trace->info->architecture, &derivations[r], point) &&
            can_apply (trace, &derivations[r], point.layer))
            return &derivations[r];
    return NULL;
}

gboolean
fovea_trace_can_derive (FoveaTrace *trace, FoveaPoint point)
{
    if (!fovea_point_exists (trace->info->architecture, point.kind, point.layer))
        return FALSE;
    if (fovea_attention_makes (point.kind))
        return fovea_attention_can_make (trace, point);
    return find_rule (trace, point) != NULL;
}

char *
fovea_trace_derivation_needs (FoveaTrace *trace, FoveaPoint point)
{
    const FoveaArchitecture *architecture = trace->info->architecture;
    if (fovea_attention_makes (point.kind))
        return g_strdup (architecture->position == FOVEA_POSITION_ROTARY
                             ? "hook_rot_q and hook_rot_k of the layer"
                             : "hook_q and hook_k of the layer");
    FoveaDerivationSet set;
    if (fovea_derivation_inputs (architecture, point, 0, &set) == NULL)
        return NULL;
    GString *text = g_string_new (NULL);
    for (guint i = 0; i < set.n; i++) {
        g_autofree char *name = fovea_point_name (set.points[i]);
        g_string_append_printf (text, "%s%s", i > 0 ? " and " : "", name);
    }
    return g_string_free (text, FALSE);
}

static const FoveaRotaryTable *
rotary_table (FoveaTrace *trace, FoveaRotaryAngles angles)
{
    if (g_once_init_enter (&trace->rotary_once[angles])) {
        gint64 n = trace->info->n_tokens;
        trace->rotary[angles] = fovea_rotary_table_new (trace->info->architecture, angles, n, n);
        g_once_init_leave (&trace->rotary_once[angles], 1);
    }
    return trace->rotary[angles];
}

static void
apply_norm (FoveaTrace *trace,
            FoveaDevice *device,
            gboolean scale_wanted,
            const float *x,
            gint64 n_rows,
            float *out)
{
    const FoveaArchitecture *architecture = trace->info->architecture;
    g_autofree float *full = g_new (float, (gsize) (n_rows * architecture->width));
    FoveaNormArgs args = {
        .kind = architecture->norm,
        .eps = architecture->norm_eps,
        .gain_offset = architecture->norm_gain_offset,
        .rows = n_rows,
        .width = architecture->width,
        .x = x,
        .out = full,
        .scale = scale_wanted ? out : NULL,
        .normalized = scale_wanted ? NULL : out,
    };
    fovea_device_get_ops (device)->norm (device, &args);
}

static void
apply_rotary (FoveaTrace *trace,
              FoveaDevice *device,
              guint layer,
              gint64 heads,
              const float *x,
              gint64 first_row,
              gint64 n_rows,
              float *out)
{
    const FoveaArchitecture *architecture = trace->info->architecture;
    const FoveaRotaryTable *table =
        rotary_table (trace, fovea_architecture_rotary_angles (architecture, layer));
    FoveaRotaryArgs args = {
        .rows = n_rows,
        .heads = heads,
        .width = architecture->head_width,
        .rotary_width = architecture->rotary_width,
        .interleaved = architecture->rotary_interleaved,
        .first_position = first_row,
        .cos = table->cos,
        .sin = table->sin,
        .x = x,
        .out = out,
    };
    fovea_device_get_ops (device)->rotary (device, &args);
}

/* @a and @b hold @n_rows rows of the rule's inputs. */
static void
apply (FoveaTrace *trace,
       FoveaDevice *device,
       const Derivation *rule,
       guint layer,
       const float *a,
       const float *b,
       gint64 first_row,
       gint64 n_rows,
       float *out)
{
    const FoveaArchitecture *architecture = trace->info->architecture;
    const FoveaOps *ops = fovea_device_get_ops (device);
    switch (rule->operation) {
    case BY_ADD:
        ops->add (device, a, b, n_rows * architecture->width, out);
        break;
    case BY_NORM_SCALE:
    case BY_NORM:
        apply_norm (trace, device, rule->operation == BY_NORM_SCALE, a, n_rows, out);
        break;
    case BY_ROTARY:
        apply_rotary (trace, device, layer,
                      rule->kind == FOVEA_POINT_ROT_Q ? architecture->n_heads
                                                      : architecture->n_kv_heads,
                      a, first_row, n_rows, out);
        break;
    case BY_ACTIVATION:
        ops->activate (device, architecture->activation, a, b,
                       n_rows * fovea_architecture_mlp_width (architecture, layer), out);
        break;
    case BY_COPY:
    case BY_REPEAT:
    default:
        break;
    }
}

/* Rows of an input, as a new array. */
static float *
read_input (FoveaTrace *trace, FoveaPoint point, gint64 first_row, gint64 n_rows, GError **error)
{
    g_autoptr (FoveaArray) shape =
        fovea_point_describe (trace->info->architecture, point, trace->info->n_tokens);
    g_autofree float *rows = g_new (float, (gsize) (n_rows * fovea_array_row_length (shape)));
    if (!fovea_trace_read (trace, shape->name, first_row, n_rows, rows, error))
        return NULL;
    return g_steal_pointer (&rows);
}

static gboolean
derive (FoveaTrace *trace,
        const Derivation *rule,
        guint layer,
        gint64 first_row,
        gint64 n_rows,
        float *out,
        GError **error)
{
    const FoveaArchitecture *architecture = trace->info->architecture;
    g_autofree float *a = NULL;
    g_autofree float *b = NULL;
    a = read_input (trace, input_point (architecture, rule, 0, layer), first_row, n_rows, error);
    if (a == NULL)
        return FALSE;
    if (rule->n_inputs > 1) {
        FoveaPoint second = input_point (architecture, rule, 1, layer);
        b = read_input (trace, second, first_row, n_rows, error);
        if (b == NULL)
            return FALSE;
    }
    FoveaDevice *device = fovea_local_device_take (error);
    if (device == NULL)
        return FALSE;
    apply (trace, device, rule, layer, a, b, first_row, n_rows, out);
    return fovea_local_device_give (device, error);
}

/* Rows of the stream, once a head. */
static gboolean
repeat (FoveaTrace *trace,
        FoveaPoint point,
        FoveaPoint input,
        gint64 first_row,
        gint64 n_rows,
        float *out,
        GError **error)
{
    const FoveaArchitecture *architecture = trace->info->architecture;
    g_autoptr (FoveaArray) whole = fovea_point_describe (architecture, point, 1);
    g_autofree float *rows = read_input (trace, input, first_row, n_rows, error);
    gint64 C = architecture->width, heads = whole->shape[1];
    if (rows == NULL)
        return FALSE;
    for (gint64 t = 0; t < n_rows; t++)
        for (gint64 h = 0; h < heads; h++)
            memcpy (out + (t * heads + h) * C, rows + t * C, (gsize) C * sizeof (float));
    return TRUE;
}

gboolean
fovea_trace_derive (FoveaTrace *trace,
                    FoveaPoint point,
                    gint64 first_row,
                    gint64 n_rows,
                    float *out,
                    GError **error)
{
    if (fovea_attention_makes (point.kind))
        return fovea_attention_make (trace, point, first_row, n_rows, out, error);
    const Derivation *rule = find_rule (trace, point);
    g_return_val_if_fail (rule != NULL, FALSE);
    if (!is_copy (rule))
        return derive (trace, rule, point.layer, first_row, n_rows, out, error);
    FoveaPoint input = input_point (trace->info->architecture, rule, 0, point.layer);
    if (rule->operation == BY_REPEAT)
        return repeat (trace, point, input, first_row, n_rows, out, error);
    g_autofree char *name = fovea_point_name (input);
    return fovea_trace_read (trace, name, first_row, n_rows, out, error);
}
