/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* How much each head changed from the text that it is compared with: a score of the two texts, where all
 * others are of the run. Read once it is asked for, as order or badge, off the main loop. */
#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#include "ui/head-change.h"
#include "ui/heads-page-private.h"

typedef struct {
    FoveaTraceSource *source, *other;
    guint n; /* heads */
    float changes[];
} Work;

static void
work_free (gpointer data)
{
    Work *work = data;
    fovea_trace_source_unref (work->source);
    fovea_trace_source_unref (work->other);
    g_free (work);
}

static void
read_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Work *work = data;
    GError *error = NULL;
    if (fovea_head_change_read (work->source, work->other, work->changes, cancellable, &error))
        g_task_return_boolean (task, TRUE);
    else
        g_task_return_error (task, error);
}

/* Order and badges begin anew with what is known now. */
static void
read_done (GObject *object, GAsyncResult *result, gpointer unused)
{
    FoveaHeadsPage *self = FOVEA_HEADS_PAGE (object);
    g_autoptr (GError) error = NULL;
    Work *work = g_task_get_task_data (G_TASK (result));
    if (!g_task_propagate_boolean (G_TASK (result), &error) ||
        g_list_model_get_n_items (G_LIST_MODEL (self->items)) != work->n)
        return; /* what cannot be read has no thumbnail either, and the page says why */
    self->changes = g_memdup2 (work->changes, work->n * sizeof work->changes[0]);
    self->n_changes = work->n;
    for (guint i = 0; i < work->n; i++) {
        g_autoptr (FoveaHeadItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
        fovea_head_item_set_change (item, work->changes[i]);
    }
    g_object_notify (G_OBJECT (self->sort), "selected");
    g_object_notify (G_OBJECT (self->badge), "selected");
}

/* The last row of a list, there while there is a text to compare with. */
static void
offer_in (GtkDropDown *list, const char *prefix, guint at, gboolean offered)
{
    GtkStringList *names = GTK_STRING_LIST (gtk_drop_down_get_model (list));
    gboolean there = g_list_model_get_n_items (G_LIST_MODEL (names)) > at;
    if (offered && !there) {
        gtk_string_list_take (names, g_strdup_printf ("%s: %s", prefix, _ ("change")));
    } else if (!offered && there) {
        if (gtk_drop_down_get_selected (list) == at)
            gtk_drop_down_set_selected (list, 0);
        gtk_string_list_remove (names, at);
    }
}

gboolean
fovea_heads_page_wants_change (FoveaHeadsPage *self)
{
    return gtk_drop_down_get_selected (self->sort) == FOVEA_HEADS_CHANGE ||
           gtk_drop_down_get_selected (self->badge) == FOVEA_HEADS_CHANGE;
}

/* Texts of two lengths have none, as they have no difference. */
static gboolean
can_change (FoveaHeadsPage *self)
{
    const FoveaReference *reference = fovea_selection_get_reference (self->selection);
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    return info != NULL && fovea_selection_is_compared (self->selection) &&
           fovea_trace_get_info (fovea_trace_source_get_trace (reference->source))->n_tokens ==
               info->n_tokens;
}

void
fovea_heads_page_offer_change (FoveaHeadsPage *self)
{
    gboolean offered = can_change (self);
    g_cancellable_cancel (self->changing);
    g_clear_object (&self->changing);
    g_clear_pointer (&self->changes, g_free);
    self->n_changes = 0;
    for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->items)); i++) {
        g_autoptr (FoveaHeadItem) item = g_list_model_get_item (G_LIST_MODEL (self->items), i);
        fovea_head_item_set_change (item, NAN); /* it was of other texts */
    }
    offer_in (self->sort, _ ("Sort"), FOVEA_HEADS_CHANGE, offered);
    offer_in (self->badge, _ ("Badge"), FOVEA_HEADS_CHANGE, offered);
}

void
fovea_heads_page_read_change (FoveaHeadsPage *self)
{
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->items));
    if (self->changing != NULL || n == 0 || !fovea_heads_page_wants_change (self) ||
        !can_change (self))
        return;
    const FoveaReference *reference = fovea_selection_get_reference (self->selection);
    Work *work = g_malloc0 (sizeof *work + n * sizeof work->changes[0]);
    work->source = fovea_trace_source_ref (fovea_selection_get_source (self->selection));
    work->other = fovea_trace_source_ref (reference->source);
    work->n = n;
    self->changing = g_cancellable_new ();
    g_autoptr (GTask) task = g_task_new (self, self->changing, read_done, NULL);
    g_task_set_source_tag (task, fovea_heads_page_read_change);
    g_task_set_task_data (task, work, work_free);
    g_task_run_in_thread (task, read_thread);
}
