/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A thread of its own rather than GTask's pool: its threads inherit its low priority, without which
 * they would hold up every frame, and a pool thread would take that to other work. */
#include "app/window/sparse-task.h"

#include <math.h>

#include "app/job-time.h"
#include "app/recall-keep.h"
#include "app/window/library.h"
#include "ui/background.h"

typedef struct {
    FoveaSparseRequest *request;
    FoveaRelay *relay;
    gint64 started; /* us */
    double before,
        after; /* shares that were measured when it began, and that stay if it came to no end */
    gboolean kept;
    FoveaRecallPrediction *offer; /* instead of curves, or NULL */
} Work;

void
fovea_sparse_request_free (FoveaSparseRequest *request)
{
    if (request == NULL)
        return;
    g_clear_pointer (&request->methods, g_ptr_array_unref);
    g_clear_pointer (&request->settings, g_array_unref);
    g_clear_pointer (&request->heads, g_array_unref);
    g_free (request->path);
    g_free (request);
}

static void
work_free (gpointer data)
{
    Work *work = data;
    fovea_sparse_request_free (work->request);
    fovea_relay_unref (work->relay);
    fovea_recall_prediction_free (work->offer);
    g_free (work);
}

char *
fovea_sparse_request_to_command (const FoveaSparseRequest *request)
{
    g_autofree char *path = g_shell_quote (request->path);
    GString *text = g_string_new (NULL);
    g_string_printf (text, "fovea recall %s --run %" G_GINT64_FORMAT " --sweep --methods ", path,
                     request->run);
    for (guint i = 0; g_ptr_array_index (request->methods, i) != NULL; i++)
        g_string_append_printf (
            text, "%s%s", i > 0 ? "," : "",
            ((const FoveaSparseMethod *) g_ptr_array_index (request->methods, i))->id);
    for (guint i = 0; i < request->settings->len; i++) {
        const FoveaSparseSetting *s = &g_array_index (request->settings, FoveaSparseSetting, i);
        char number[G_ASCII_DTOSTR_BUF_SIZE];
        g_string_append_printf (text, " --set %s.%s=%s", s->method, s->knob,
                                g_ascii_formatd (number, sizeof number, "%.9g", s->value));
    }
    for (guint i = 0; request->heads != NULL && i < request->heads->len; i++) {
        FoveaHeadPlace place = g_array_index (request->heads, FoveaHeadPlace, i);
        g_string_append_printf (text, "%s%u.%u", i > 0 ? "," : " --heads ", place.layer,
                                place.head);
    }
    if (request->head >= 0)
        g_string_append_printf (text, " --heads %" G_GINT64_FORMAT ".%" G_GINT64_FORMAT,
                                request->layer, request->head);
    else if (request->layer >= 0)
        g_string_append_printf (text, " --layers %" G_GINT64_FORMAT, request->layer);
    if (request->first_tokens > 0)
        g_string_append_printf (text, " --first %" G_GINT64_FORMAT, request->first_tokens);
    return g_string_free (text, FALSE);
}

/* FoveaRecallRequest.choose. */
static gboolean *
choose_heads (gpointer data, gint64 L, gint64 H, GError **error)
{
    const FoveaSparseRequest *request = data;
    gboolean *heads = g_new0 (gboolean, (gsize) (L * H));
    for (guint i = 0; request->heads != NULL && i < request->heads->len; i++) {
        FoveaHeadPlace place = g_array_index (request->heads, FoveaHeadPlace, i);
        if ((gint64) place.layer < L && (gint64) place.head < H)
            heads[(gint64) place.layer * H + (gint64) place.head] = TRUE;
    }
    if (request->heads != NULL)
        return heads;
    for (gint64 i = 0; i < L * H; i++)
        heads[i] = (request->layer < 0 || i / H == request->layer) &&
                   (request->head < 0 || i % H == request->head);
    return heads;
}

/* FoveaProgress. */
static void
on_progress (gpointer data, gint64 done, gint64 total)
{
    Work *work = data;
    fovea_relay_post_heads (
        work->relay, done, total,
        fovea_job_time_begin (work->started, (gint64) (work->before * (double) total), done),
        work->request->said.seconds);
}

/* FALSE without an error: it is too long to begin unasked. */
static gboolean
foretell (Work *work,
          FoveaStore *store,
          FoveaRecallRequest *request,
          GCancellable *cancellable,
          GError **error)
{
    FoveaSparseRequest *asked = work->request;
    if (isinf (asked->patience))
        return TRUE;
    work->offer = fovea_recall_prediction_new (store, request, cancellable, error);
    if (work->offer == NULL || fovea_recall_prediction_is_long (work->offer, asked->patience))
        return FALSE;
    asked->said = fovea_recall_prediction_get_time (
        work->offer, fovea_recall_prediction_get_n_heads (work->offer, NULL), 0);
    g_clear_pointer (&work->offer, fovea_recall_prediction_free);
    return TRUE;
}

/* Curves of some heads or texts only are not shown; what is measured waits for the rest. */
static FoveaTable *
run_job (Work *work,
         FoveaStore *store,
         FoveaRecallRequest *request,
         GCancellable *cancellable,
         GError **error)
{
    gboolean interrupted;
    work->before = fovea_recall_job_find_measured (store, request);
    work->started = g_get_monotonic_time ();
    g_autoptr (FoveaTable) table =
        fovea_recall_job_run (store, request, on_progress, work, &interrupted, cancellable, error);
    if (table == NULL ||
        (interrupted && g_cancellable_set_error_if_cancelled (cancellable, error))) {
        work->after = fovea_recall_job_find_measured (store, request);
        return NULL;
    }
    if (work->before == 0)
        fovea_job_time_learn (FOVEA_JOB_CURVES, work->request->said,
                              (double) (g_get_monotonic_time () - work->started) / G_USEC_PER_SEC);
    return g_steal_pointer (&table);
}

static FoveaTable *
measure (Work *work, FoveaStore *store, GCancellable *cancellable, GError **error)
{
    FoveaSparseRequest *asked = work->request;
    FoveaRecallRequest request = {
        .run = asked->run,
        .first_tokens = asked->first_tokens,
        .curves = {.methods = (const FoveaSparseMethod *const *) asked->methods->pdata,
                   .sweep = TRUE,
                   .settings = (const FoveaSparseSetting *) (gpointer) asked->settings->data,
                   .n_settings = asked->settings->len},
        .choose = asked->layer >= 0 || asked->heads != NULL ? choose_heads : NULL,
        .choose_data = asked,
    };
    FoveaTable *table = foretell (work, store, &request, cancellable, error)
                            ? run_job (work, store, &request, cancellable, error)
                            : NULL;
    g_free ((gpointer) request.curves.heads);
    return table;
}

/* What cannot be kept is shown all the same. */
static FoveaTable *
keep (Work *work, FoveaTable *fresh)
{
    guint n_kept;
    g_autoptr (FoveaStore) store = fovea_store_open (work->request->path, FOVEA_STORE_WRITE, NULL);
    FoveaTable *merged =
        store != NULL ? fovea_recall_keep (store, fresh, FALSE, &n_kept, NULL) : NULL;
    work->kept = merged != NULL;
    return merged != NULL ? merged : fovea_table_ref (fresh);
}

static void
run (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Work *work = data;
    GError *error = NULL;
    g_autoptr (FoveaStore) store = fovea_library_open_to_measure (work->request->path, &error);
    g_autoptr (FoveaTable) fresh =
        store != NULL ? measure (work, store, cancellable, &error) : NULL;
    g_clear_pointer (&store, fovea_store_close); /* before the same file is written */
    if (error != NULL)
        g_task_return_error (task, error);
    else if (fresh == NULL)
        g_task_return_pointer (task, NULL, NULL);
    else
        g_task_return_pointer (task, keep (work, fresh), (GDestroyNotify) fovea_table_unref);
}

void
fovea_sparse_task_async (FoveaSparseRequest *request,
                         FoveaRelay *relay,
                         GCancellable *cancellable,
                         GAsyncReadyCallback callback,
                         gpointer data)
{
    g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, data);
    Work *work = g_new0 (Work, 1);
    work->request = request;
    work->relay = fovea_relay_ref (relay);
    g_task_set_source_tag (task, fovea_sparse_task_async);
    g_task_set_task_data (task, work, work_free);
    fovea_background_run (task, FOVEA_BACKGROUND_JOB, run);
}

FoveaTable *
fovea_sparse_task_finish (GAsyncResult *result,
                          gboolean *kept,
                          FoveaRecallPrediction **offer,
                          GError **error)
{
    Work *work = g_task_get_task_data (G_TASK (result));
    *offer = g_steal_pointer (&work->offer);
    *kept = work->kept;
    return g_task_propagate_pointer (G_TASK (result), error);
}

double
fovea_sparse_task_get_measured (GAsyncResult *result)
{
    return ((Work *) g_task_get_task_data (G_TASK (result)))->after;
}
