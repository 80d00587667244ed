/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Which methods are looked at, and what the user set their knobs to: kept by index into the list of
 * methods, which never changes while the program runs. */
#include "ui/sparse-model-private.h"

#include <math.h>

#define MOST_SHOWN 6 /* curves that are told apart at a glance */

gboolean
fovea_sparse_model_is_chosen (FoveaSparseModel *self, guint method)
{
    return self->chosen[method];
}

guint
fovea_sparse_model_list_chosen (FoveaSparseModel *self, guint *methods)
{
    guint n = 0;
    for (guint m = 0; m < self->n_methods && n < FOVEA_MAX_CHOSEN; m++)
        if (self->chosen[m])
            methods[n++] = m;
    return n;
}

gboolean
fovea_sparse_model_choose (FoveaSparseModel *self, guint method, gboolean chosen)
{
    guint methods[FOVEA_MAX_CHOSEN];
    if (self->chosen[method] == chosen)
        return TRUE;
    if (chosen && fovea_sparse_model_list_chosen (self, methods) == FOVEA_MAX_CHOSEN)
        return FALSE;
    self->chosen[method] = chosen;
    self->chosen_by_user = TRUE;
    fovea_sparse_model_changed (self);
    return TRUE;
}

double
fovea_sparse_model_get_knob (FoveaSparseModel *self, guint method, guint knob)
{
    double defaults[FOVEA_SPARSE_MAX_KNOBS];
    double set = self->settings[method * FOVEA_SPARSE_MAX_KNOBS + knob];
    fovea_sparse_method_get_defaults (fovea_sparse_model_get_method (method),
                                      MAX (fovea_sparse_model_count_tokens (self), 1), defaults);
    return isnan (set) ? defaults[knob] : set;
}

void
fovea_sparse_model_set_knob (FoveaSparseModel *self, guint method, guint knob, double value)
{
    const FoveaSparseKnob *k = &fovea_sparse_model_get_method (method)->knobs[knob];
    double set = CLAMP (k->whole ? round (value) : value, k->low, k->high);
    if (set != fovea_sparse_model_get_knob (self, method, knob))
        self->settings[method * FOVEA_SPARSE_MAX_KNOBS + knob] = set;
}

GArray *
fovea_sparse_model_list_settings (FoveaSparseModel *self)
{
    GArray *settings = g_array_new (FALSE, FALSE, sizeof (FoveaSparseSetting));
    for (guint m = 0; m < self->n_methods; m++)
        for (guint k = 1; k < FOVEA_SPARSE_MAX_KNOBS && self->chosen[m]; k++) {
            const FoveaSparseMethod *method = fovea_sparse_model_get_method (m);
            FoveaSparseSetting setting = {method->id, method->knobs[k].name,
                                          self->settings[m * FOVEA_SPARSE_MAX_KNOBS + k]};
            if (!isnan (setting.value))
                g_array_append_val (settings, setting);
        }
    return settings;
}

/* Any curve of a method anywhere in the table. */
static gboolean
has_curves (FoveaSparseModel *self, guint method)
{
    guint n;
    const FoveaCurve *curves = fovea_curve_set_list (self->set, &n);
    for (guint i = 0; i < n; i++)
        if (g_str_equal (curves[i].method, fovea_sparse_model_get_method (method)->id))
            return TRUE;
    return FALSE;
}

static gboolean
is_bound (guint method)
{
    return fovea_sparse_model_get_method (method)->honesty == FOVEA_HONESTY_MEASUREMENT;
}

/* What was measured is shown. Until the user chooses these are the usual methods that have curves,
 * then others of the list, where there are too many to show all of bounds one if there is none; afterwards
 * nothing changes unless none of those chosen has a curve. */
void
fovea_sparse_model_choose_shown (FoveaSparseModel *self)
{
    guint methods[FOVEA_MAX_CHOSEN], n = fovea_sparse_model_list_chosen (self, methods), left;
    guint measured = 0, shown = 0;
    gboolean bounded = FALSE;
    for (guint m = 0; m < self->n_methods; m++)
        measured += has_curves (self, m);
    for (guint i = 0; i < n; i++)
        shown += has_curves (self, methods[i]);
    if (measured == 0 || (self->chosen_by_user && shown > 0))
        return;
    for (guint i = 0; i < n; i++) {
        self->chosen[methods[i]] = has_curves (self, methods[i]);
        bounded |= self->chosen[methods[i]] && is_bound (methods[i]);
    }
    left = MOST_SHOWN - MIN (shown, MOST_SHOWN);
    for (guint m = 0; m < self->n_methods && left > 0; m++) {
        if (self->chosen[m] || !has_curves (self, m) ||
            (measured > MOST_SHOWN && bounded && is_bound (m)))
            continue;
        self->chosen[m] = TRUE;
        bounded |= is_bound (m);
        left--;
    }
}
