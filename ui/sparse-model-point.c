/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The selected point and the hovered one are a method and an index each, so that they stay where heads and
 * layers are walked through: the same knob on another head. */
#include "ui/sparse-model-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define FIRST 0.3 /* density near which a first point is selected */

/* Of what is shown; NULL where that has no such point. */
static const FoveaCurvePoint *
find_point (FoveaSparseModel *self, guint method, guint index)
{
    const FoveaCurve *curve =
        method != FOVEA_SPARSE_NO_METHOD ? fovea_sparse_model_get_curve (self, method) : NULL;
    return curve != NULL && index < curve->n_points ? &curve->points[index] : NULL;
}

const FoveaCurvePoint *
fovea_sparse_model_get_point (FoveaSparseModel *self, guint *method, guint *index)
{
    const FoveaCurvePoint *point = find_point (self, self->method, self->index);
    if (point != NULL && method != NULL)
        *method = self->method;
    if (point != NULL && index != NULL)
        *index = self->index;
    return point;
}

void
fovea_sparse_model_hover (FoveaSparseModel *self, guint method, guint index)
{
    if (self->hover_method == method &&
        (self->hover_index == index || method == FOVEA_SPARSE_NO_METHOD))
        return;
    self->hover_method = method;
    self->hover_index = index;
    fovea_sparse_model_tell_hover (self);
}

const FoveaCurvePoint *
fovea_sparse_model_get_hovered (FoveaSparseModel *self, guint *method, guint *index)
{
    *method = self->hover_method;
    *index = self->hover_index;
    return find_point (self, *method, *index);
}

char *
fovea_sparse_model_describe_point (FoveaSparseModel *self,
                                   guint method,
                                   const FoveaCurvePoint *point)
{
    double error = fovea_sparse_model_get_number (self, point, "error");
    g_autofree char *knob = fovea_sparse_model_write_knob (method, point->value);
    GString *text = g_string_new (NULL);
    g_string_printf (text, _ ("%s, %s: density %.1f percent, recall %.3f"),
                     fovea_sparse_model_get_method (method)->name, knob, 100 * point->density,
                     point->recall);
    if (!isnan (point->low))
        g_string_append_printf (text, _ (" (%.3f to %.3f)"), point->low, point->high);
    if (!isnan (error))
        g_string_append_printf (text, _ (", output error %.3f"), error);
    return g_string_free (text, FALSE);
}

char *
fovea_sparse_model_write_knob (guint method, double value)
{
    const FoveaSparseKnob *knob = &fovea_sparse_model_get_method (method)->knobs[0];
    g_autofree char *number = fovea_sparse_knob_write (knob, value, _ (" (mean)"));
    return g_strdup_printf ("%s %s", knob->name, number);
}

char *
fovea_sparse_model_describe_knob (FoveaSparseModel *self)
{
    guint method;
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (self, &method, NULL);
    if (point == NULL)
        return NULL;
    return fovea_sparse_model_write_knob (method, point->value);
}

char *
fovea_sparse_model_get_name (FoveaSparseModel *self)
{
    guint method;
    g_autofree char *knob = fovea_sparse_model_describe_knob (self);
    if (fovea_sparse_model_get_point (self, &method, NULL) == NULL)
        return NULL;
    return g_strdup_printf ("%s, %s", fovea_sparse_model_get_method (method)->name, knob);
}

/* One of the first method that is no bound, so that a mask shows. */
void
fovea_sparse_model_select_first (FoveaSparseModel *self)
{
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self, methods);
    fovea_sparse_model_take_wanted (self);
    if (self->method != FOVEA_SPARSE_NO_METHOD && self->chosen[self->method] &&
        fovea_sparse_model_get_point (self, NULL, NULL) != NULL)
        return;
    self->method = FOVEA_SPARSE_NO_METHOD;
    for (int bound = 0; bound <= 1 && self->method == FOVEA_SPARSE_NO_METHOD; bound++)
        for (guint i = 0; i < n && self->method == FOVEA_SPARSE_NO_METHOD; i++) {
            const FoveaCurve *curve = fovea_sparse_model_get_curve (self, methods[i]);
            if (curve == NULL ||
                (fovea_sparse_model_get_method (methods[i])->kind == FOVEA_SPARSE_ORACLE) != bound)
                continue;
            self->method = methods[i];
            self->index = 0;
            for (guint p = 1; p < curve->n_points; p++)
                if (fabs (log (curve->points[p].density / FIRST)) <
                    fabs (log (curve->points[self->index].density / FIRST)))
                    self->index = p;
        }
}

void
fovea_sparse_model_select (FoveaSparseModel *self, guint method, guint index)
{
    if (self->method == method && self->index == index)
        return;
    self->method = method;
    self->index = index;
    fovea_sparse_model_point_changed (self);
}

void
fovea_sparse_model_select_near (FoveaSparseModel *self, guint method)
{
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (self, NULL, NULL);
    const FoveaCurve *curve = fovea_sparse_model_get_curve (self, method);
    double density = point != NULL ? point->density : FIRST;
    guint best = 0;
    if (curve == NULL)
        return;
    for (guint p = 1; p < curve->n_points; p++)
        if (fabs (log (curve->points[p].density / density)) <
            fabs (log (curve->points[best].density / density)))
            best = p;
    fovea_sparse_model_select (self, method, best);
}

void
fovea_sparse_model_step_method (FoveaSparseModel *self, int by)
{
    guint methods[FOVEA_MAX_CHOSEN], at = 0;
    int n = (int) fovea_sparse_model_list_chosen (self, methods);
    if (fovea_sparse_model_get_point (self, NULL, NULL) == NULL)
        return;
    while ((int) at < n && methods[at] != self->method)
        at++;
    for (int step = 1; step < n; step++) {
        guint next = methods[((int) at + by * step + n * n) % n];
        if (fovea_sparse_model_get_curve (self, next) == NULL)
            continue;
        fovea_sparse_model_select_near (self, next);
        return;
    }
}
