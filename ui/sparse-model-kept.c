/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What of curves and masks is there again at the next start. A point is known by its method and the value of
 * its knob, which stay where a curve gets more points; it waits until there are curves. */
#include "ui/sparse-model-private.h"

#include <math.h>

/* Index into the list of methods, FOVEA_SPARSE_NO_METHOD = this program does not know it. */
static guint
find_method (FoveaSparseModel *self, const char *id)
{
    for (guint m = 0; m < self->n_methods; m++)
        if (g_str_equal (fovea_sparse_model_get_method (m)->id, id))
            return m;
    return FOVEA_SPARSE_NO_METHOD;
}

static guint
find_point (const FoveaCurve *curve, double value)
{
    for (guint i = 0; curve != NULL && i < curve->n_points; i++)
        if (fabs (curve->points[i].value - value) <= 1e-9 * fabs (value))
            return i;
    return G_MAXUINT;
}

void
fovea_sparse_model_take_wanted (FoveaSparseModel *self)
{
    guint method = self->wanted_method;
    if (self->set == NULL || method == FOVEA_SPARSE_NO_METHOD)
        return;
    guint index = self->chosen[method]
                      ? find_point (fovea_sparse_model_get_curve (self, method), self->wanted_value)
                      : G_MAXUINT;
    self->wanted_method = FOVEA_SPARSE_NO_METHOD;
    if (index == G_MAXUINT)
        return; /* it is not in the store any more */
    self->method = method;
    self->index = index;
}

/* Method and knob of the selected point, and of how many first tokens its curves are. */
static GVariant *
get_point (gpointer model)
{
    FoveaSparseModel *self = model;
    guint method;
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (self, &method, NULL);
    return g_variant_new ("(sdx)", point != NULL ? fovea_sparse_model_get_method (method)->id : "",
                          point != NULL ? point->value : 0.0,
                          fovea_sparse_model_get_first_tokens (self));
}

static void
set_point (gpointer model, GVariant *point)
{
    FoveaSparseModel *self = model;
    const char *id;
    gint64 tokens;
    g_variant_get (point, "(&sdx)", &id, &self->wanted_value, &tokens);
    if (self->set == NULL)
        self->wanted_tokens = tokens;
    self->wanted_method = find_method (self, id);
    guint before = self->method, index = self->index;
    fovea_sparse_model_take_wanted (self);
    if (self->method != before || self->index != index)
        fovea_sparse_model_point_changed (self);
}

gint64
fovea_sparse_model_take_wanted_tokens (FoveaSparseModel *self)
{
    gint64 tokens = self->wanted_tokens;
    self->wanted_tokens = 0;
    return tokens;
}

/* Ids of the methods that a hand chose; none where the table's are shown. */
static GVariant *
get_methods (gpointer model)
{
    FoveaSparseModel *self = model;
    GVariantBuilder ids;
    g_variant_builder_init (&ids, G_VARIANT_TYPE_STRING_ARRAY);
    for (guint m = 0; m < self->n_methods; m++)
        if (self->chosen_by_user && self->chosen[m])
            g_variant_builder_add (&ids, "s", fovea_sparse_model_get_method (m)->id);
    return g_variant_builder_end (&ids);
}

static void
set_methods (gpointer model, GVariant *methods)
{
    FoveaSparseModel *self = model;
    g_autofree const char **ids = g_variant_get_strv (methods, NULL);
    guint n = 0;
    if (ids[0] == NULL)
        return;
    for (guint m = 0; m < self->n_methods; m++) {
        self->chosen[m] =
            n < FOVEA_MAX_CHOSEN && g_strv_contains (ids, fovea_sparse_model_get_method (m)->id);
        n += self->chosen[m];
    }
    self->chosen_by_user = TRUE;
    fovea_sparse_model_changed (self);
}

/* Knobs that were set for the next measurement: method, knob, value. */
static GVariant *
get_settings (gpointer model)
{
    g_autoptr (GArray) settings = fovea_sparse_model_list_settings (model);
    GVariantBuilder all;
    g_variant_builder_init (&all, G_VARIANT_TYPE ("a(ssd)"));
    for (guint i = 0; i < settings->len; i++) {
        const FoveaSparseSetting *setting = &g_array_index (settings, FoveaSparseSetting, i);
        g_variant_builder_add (&all, "(ssd)", setting->method, setting->knob, setting->value);
    }
    return g_variant_builder_end (&all);
}

static void
set_settings (gpointer model, GVariant *settings)
{
    const char *id, *name;
    double value;
    GVariantIter each;
    g_variant_iter_init (&each, settings);
    while (g_variant_iter_next (&each, "(&s&sd)", &id, &name, &value)) {
        guint method = find_method (model, id);
        int knob =
            method != FOVEA_SPARSE_NO_METHOD
                ? fovea_sparse_method_find_knob (fovea_sparse_model_get_method (method), name)
                : -1;
        if (knob > 0 && isfinite (value))
            fovea_sparse_model_set_knob (model, method, (guint) knob, value);
    }
}

void
fovea_sparse_model_keep (FoveaSparseModel *self, FoveaKept *kept)
{
    fovea_kept_add_value (kept, "sparsity-methods", self, "changed", get_methods, set_methods);
    fovea_kept_add_value (kept, "sparsity-knobs", self, "changed", get_settings, set_settings);
    fovea_kept_add (kept, "sparsity-show", self, "scope");
    fovea_kept_add (kept, "sparsity-across", self, "across");
    fovea_kept_add (kept, "sparsity-up", self, "up");
    fovea_kept_add (kept, "sparsity-goal", self, "goal");
    fovea_kept_add_value (kept, "sparsity-point", self, "point-changed", get_point, set_point);
}
