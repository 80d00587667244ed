/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A mask that arrives for a point or head that was left is dropped by its cancellable: the picture
 * comes first, its numbers follow, and both are of the question that was asked last. */
#include "ui/sparse-model-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/sparse-numbers.h"

#define SHARE 0.95 /* of a query's mass that decides which pairs matter */

/* Other knobs than the swept one: defaults, and what the table notes as set by the user. */
static void
read_knobs (FoveaSparseModel *self, const FoveaSparseMethod *method, double *knobs)
{
    const char *note = fovea_table_get_note (self->table, "settings");
    fovea_sparse_method_get_defaults (method, fovea_sparse_model_count_tokens (self), knobs);
    g_auto (GStrv) words = g_strsplit (note != NULL ? note : "", " ", -1);
    for (guint i = 0; words[i] != NULL; i++) {
        char *dot = strchr (words[i], '.'), *equals = strchr (words[i], '=');
        if (dot == NULL || equals == NULL || dot > equals)
            continue;
        *dot = *equals = '\0';
        int knob = fovea_sparse_method_find_knob (method, dot + 1);
        if (knob >= 0 && g_str_equal (words[i], method->id))
            knobs[knob] = g_ascii_strtod (equals + 1, NULL);
    }
}

/* The value is that of the head's own curve: means over heads need not be values of the knob. */
static gboolean
make_question (FoveaSparseModel *self, FoveaMaskQuestion *question)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    const FoveaCurvePoint *point = fovea_sparse_model_get_point (self, NULL, NULL);
    memset (question, 0, sizeof *question); /* compared byte by byte */
    if (point == NULL || fovea_selection_get_info (self->selection) == NULL)
        return FALSE;
    const FoveaSparseMethod *method = fovea_sparse_model_get_method (self->method);
    const FoveaCurve *own =
        fovea_sparse_model_find_curve (self, place->layer, place->head, self->method);
    double value =
        own != NULL && self->index < own->n_points ? own->points[self->index].value : point->value;
    question->layer = place->layer;
    question->head = place->head;
    question->method = method;
    question->share = SHARE;
    question->first_tokens = fovea_sparse_model_get_first_tokens (self);
    read_knobs (self, method, question->knobs);
    question->knobs[0] = method->knobs[0].whole ? round (value) : value;
    return TRUE;
}

char *
fovea_sparse_model_describe_mask_knob (FoveaSparseModel *self)
{
    FoveaMaskQuestion question;
    return make_question (self, &question)
               ? fovea_sparse_model_write_knob (self->method, question.knobs[0])
               : NULL;
}

/* Every change of the mask is told through here, so that the strip never shows another's. */
static void
tell_change (FoveaSparseModel *self)
{
    const FoveaPlace *place = fovea_selection_get_place (self->selection);
    g_autofree char *name = fovea_sparse_model_name_mask (self);
    g_autofree char *caption =
        name != NULL
            ? g_strdup_printf (_ ("Tokens, coloured by mass missed as query · %s, head %u.%u"),
                               name, place->layer, place->head)
            : g_strdup (_ ("Tokens; select a point to see the mass that each query misses"));
    fovea_token_paint_set (self->paint, self->numbers != NULL ? self->numbers->missed : NULL,
                           self->numbers != NULL ? self->numbers->n_tokens : 0, 1, caption,
                           _ ("missed mass"));
    fovea_sparse_model_tell_mask (self);
}

/* Who waits for it is told as well. */
static void
mask_failed (FoveaSparseModel *self, const char *message)
{
    g_free (self->mask_failure);
    self->mask_failure = g_strdup (message);
    fovea_sparse_model_fail (self, message);
    tell_change (self);
}

static void
numbers_read (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaSparseModel) self = data;
    g_autoptr (GError) error = NULL;
    FoveaSparseNumbers *numbers = fovea_sparse_numbers_finish (result, &error);
    if (g_task_get_cancellable (G_TASK (result)) != self->cancellable) {
        fovea_sparse_numbers_free (numbers);
        return;
    }
    if (numbers == NULL) {
        mask_failed (self, error->message);
        return;
    }
    g_clear_pointer (&self->numbers, fovea_sparse_numbers_free);
    self->numbers = numbers;
    tell_change (self);
}

static void
mask_made (GObject *object, GAsyncResult *result, gpointer data)
{
    g_autoptr (FoveaSparseModel) self = data;
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaMaskOverlay) overlay = fovea_sparse_mask_finish (result, &error);
    if (g_task_get_cancellable (G_TASK (result)) != self->cancellable)
        return;
    if (overlay == NULL) {
        mask_failed (self, error->message);
        return;
    }
    self->overlay = g_steal_pointer (&overlay);
    fovea_sparse_numbers_async (self->overlay, fovea_mask_overlay_get_n_tokens (self->overlay),
                                self->cancellable, numbers_read, g_object_ref (self));
    tell_change (self);
}

void
fovea_sparse_model_forget_mask (FoveaSparseModel *self)
{
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    g_clear_pointer (&self->overlay, fovea_mask_overlay_unref);
    g_clear_pointer (&self->numbers, fovea_sparse_numbers_free);
    g_clear_pointer (&self->mask_failure, g_free);
    memset (&self->asked, 0, sizeof self->asked);
}

void
fovea_sparse_model_renew_mask (FoveaSparseModel *self)
{
    FoveaMaskQuestion question;
    gboolean any = make_question (self, &question);
    if (self->users == 0 || (any && memcmp (&question, &self->asked, sizeof question) == 0))
        return;
    fovea_sparse_model_forget_mask (self);
    if (any) {
        self->asked = question;
        self->asked_of = fovea_selection_get_source (self->selection);
        self->cancellable = g_cancellable_new ();
        fovea_sparse_mask_async (fovea_selection_get_source (self->selection), &question,
                                 self->cancellable, mask_made, g_object_ref (self));
    }
    tell_change (self);
}

void
fovea_sparse_model_retry (FoveaSparseModel *self)
{
    if (self->mask_failure != NULL) {
        fovea_sparse_model_forget_mask (self);
        fovea_sparse_model_renew_mask (self);
    }
    tell_change (self); /* whoever draws it asks for parts again */
}

void
fovea_sparse_model_use (FoveaSparseModel *self, gboolean use)
{
    g_return_if_fail (use || self->users > 0);
    self->users += use ? 1 : -1;
    fovea_sparse_model_renew_mask (self);
}

/* Others may hear of another sequence before this does, which may be shorter. */
static gboolean
is_of_sequence (FoveaSparseModel *self)
{
    return self->asked_of == fovea_selection_get_source (self->selection);
}

FoveaMaskOverlay *
fovea_sparse_model_get_overlay (FoveaSparseModel *self)
{
    return is_of_sequence (self) ? self->overlay : NULL;
}

gboolean
fovea_sparse_model_lacks_mask (FoveaSparseModel *self)
{
    return self->overlay == NULL && self->mask_failure == NULL &&
           fovea_sparse_model_get_point (self, NULL, NULL) != NULL;
}

gboolean
fovea_sparse_model_has_failed (FoveaSparseModel *self)
{
    return self->mask_failure != NULL;
}

const char *
fovea_sparse_model_get_failure (FoveaSparseModel *self)
{
    return self->mask_failure;
}

FoveaTokenPaint *
fovea_sparse_model_get_paint (FoveaSparseModel *self)
{
    return self->paint;
}

const FoveaSparseNumbers *
fovea_sparse_model_get_numbers (FoveaSparseModel *self)
{
    return is_of_sequence (self) ? self->numbers : NULL;
}
