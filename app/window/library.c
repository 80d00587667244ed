/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Each task opens the store for itself: a store object belongs to one thread, opening costs
 * milliseconds, and no read transaction stays open that could hold up a writer. */
#include "app/window/library.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <unistd.h>

#include "app/heads-job.h"
#include "app/recall-keep.h"
#include "capture/families.h"
#include "storage/note.h"
#include "ui/background.h"
#include "ui/head-facts.h"
#include "ui/sentences.h"
#include "ui/token-text.h"
#include "ui/trace-source.h"

#define UNFINISHED      "fovea-unfinished"
#define FIRST_LOOK_ROWS 256
#define QUICK_TOKENS    8192 /* whose layer takes half a second */

struct _FoveaLibrary {
    GObject parent_instance;
    GListStore *stores;
};

G_DEFINE_FINAL_TYPE (FoveaLibrary, fovea_library, G_TYPE_OBJECT)

static void
fovea_library_finalize (GObject *object)
{
    g_object_unref (FOVEA_LIBRARY (object)->stores);
    G_OBJECT_CLASS (fovea_library_parent_class)->finalize (object);
}

static void
fovea_library_class_init (FoveaLibraryClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = fovea_library_finalize;
}

static void
fovea_library_init (FoveaLibrary *self)
{
    self->stores = g_list_store_new (FOVEA_TYPE_TREE_ITEM);
}

FoveaLibrary *
fovea_library_new (void)
{
    return g_object_new (FOVEA_TYPE_LIBRARY, NULL);
}

GListModel *
fovea_library_get_stores (FoveaLibrary *self)
{
    return G_LIST_MODEL (self->stores);
}

/* Listing. */

/* Only committed ones: a run under way shows what it has so far. */
static gboolean
add_sequences (
    FoveaStore *store, FoveaTreeItem *run, gint64 run_id, const char *path, GError **error)
{
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, run_id, error);
    for (guint i = 0; sequences != NULL && i < sequences->len; i++) {
        const FoveaSequenceInfo *info = g_ptr_array_index (sequences, i);
        g_autofree char *count = fovea_number_text (info->n_tokens);
        g_autoptr (FoveaTreeItem) item =
            fovea_tree_item_new (FOVEA_TREE_SEQUENCE, path, info->id, info->title, count);
        fovea_tree_item_set_length (item, info->n_tokens);
        g_list_store_append (fovea_tree_item_get_children (run), item);
    }
    return sequences != NULL;
}

static void
unfinished_free (gpointer data)
{
    fovea_capture_request_free (((FoveaUnfinished *) data)->request);
    g_free (data);
}

/* The rows that are there stay when a store is read again, hence not of the run's row. */
static void
note_unfinished (FoveaTreeItem *store, GPtrArray *runs)
{
    gboolean written =
        fovea_store_has_writer (fovea_tree_item_get_path (store), FOVEA_WRITER_SEQUENCES);
    for (guint i = 0; i < runs->len; i++) {
        const FoveaRunInfo *run = g_ptr_array_index (runs, i);
        if (run->finished)
            continue;
        FoveaUnfinished *unfinished = g_new0 (FoveaUnfinished, 1);
        unfinished->run = run->id;
        unfinished->n_kept = run->n_sequences;
        unfinished->n_planned = run->n_planned;
        unfinished->written = written;
        unfinished->request = fovea_capture_request_from_json (run->options);
        /* A capture takes the newest run of its options, and leaves one before it as it is. */
        for (guint k = i + 1; k < runs->len; k++)
            if (g_strcmp0 (((FoveaRunInfo *) runs->pdata[k])->options, run->options) == 0)
                g_clear_pointer (&unfinished->request, fovea_capture_request_free);
        g_object_set_data_full (G_OBJECT (store), UNFINISHED, unfinished, unfinished_free);
    }
}

const FoveaUnfinished *
fovea_library_get_unfinished (FoveaTreeItem *store)
{
    return g_object_get_data (G_OBJECT (store), UNFINISHED);
}

/* Of a run that did not end, how many there will be says that it is not whole.   Owner: caller. */
static char *
describe_count (const FoveaRunInfo *run)
{
    if (run->finished)
        return g_strdup_printf (_ ("%" PRId64 " seq"), run->n_sequences);
    if (run->n_planned > 0)
        return g_strdup_printf (_ ("%" PRId64 " of %" PRId64 " seq"), run->n_sequences,
                                run->n_planned);
    return g_strdup_printf (_ ("%" PRId64 " seq, unfinished"), run->n_sequences);
}

/* In a worker; the items are handed to the main loop complete and not touched again. */
static FoveaTreeItem *
list_store (const char *path, GError **error)
{
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, error);
    g_autoptr (GPtrArray) runs = store != NULL ? fovea_store_list_runs (store, error) : NULL;
    if (runs == NULL)
        return NULL;
    g_autoptr (GFile) file = g_file_new_for_path (path);
    g_autoptr (GFileInfo) info = g_file_query_info (file, G_FILE_ATTRIBUTE_STANDARD_SIZE,
                                                    G_FILE_QUERY_INFO_NONE, NULL, NULL);
    g_autofree char *size =
        g_format_size (info != NULL ? (guint64) g_file_info_get_size (info) : 0);
    g_autofree char *name = g_path_get_basename (path);
    g_autoptr (FoveaTreeItem) item = fovea_tree_item_new (FOVEA_TREE_STORE, path, 0, name, size);
    for (guint i = 0; i < runs->len; i++) {
        const FoveaRunInfo *run = g_ptr_array_index (runs, i);
        gboolean pictures = fovea_family_reads_pictures (run->family);
        g_autofree char *title = g_strdup_printf (_ ("Run %" PRId64 " · %s"), run->id,
                                                  pictures ? _ ("pictures") : run->kind);
        g_autofree char *count = describe_count (run);
        g_autoptr (FoveaTreeItem) child =
            fovea_tree_item_new (FOVEA_TREE_RUN, path, run->id, title, count);
        if (!run->finished)
            fovea_tree_item_set_hint (child,
                                      _ ("Stopped, or being written: New capture with the same "
                                         "choices goes on there"));
        if (!add_sequences (store, child, run->id, path, error))
            return NULL;
        g_list_store_append (fovea_tree_item_get_children (item), child);
    }
    note_unfinished (item, runs);
    return g_steal_pointer (&item);
}

static void
open_thread (GTask *task, gpointer object, gpointer path, GCancellable *cancellable)
{
    GError *error = NULL;
    FoveaTreeItem *item = list_store (path, &error);
    if (item != NULL)
        g_task_return_pointer (task, item, g_object_unref);
    else
        g_task_return_error (task, error);
}

void
fovea_library_open_async (FoveaLibrary *self,
                          const char *path,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
    g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
    g_task_set_source_tag (task, fovea_library_open_async);
    g_task_set_task_data (task, g_canonicalize_filename (path, NULL), g_free);
    fovea_background_run (task, FOVEA_BACKGROUND_LOOK, open_thread);
}

/* Position of a store's row, G_MAXUINT = it has none. */
static guint
find_row (FoveaLibrary *self, const char *path)
{
    guint n = g_list_model_get_n_items (G_LIST_MODEL (self->stores));
    for (guint i = 0; i < n; i++) {
        g_autoptr (FoveaTreeItem) item = g_list_model_get_item (G_LIST_MODEL (self->stores), i);
        if (g_str_equal (fovea_tree_item_get_path (item), path))
            return i;
    }
    return G_MAXUINT;
}

FoveaTreeItem *
fovea_library_open_finish (FoveaLibrary *self, GAsyncResult *result, GError **error)
{
    g_autoptr (FoveaTreeItem) item = g_task_propagate_pointer (G_TASK (result), error);
    if (item == NULL)
        return NULL;
    FoveaTreeItem *there = fovea_library_find_store (self, fovea_tree_item_get_path (item));
    if (there == NULL) {
        g_list_store_append (self->stores, item);
        return g_steal_pointer (&item);
    }
    fovea_tree_item_renew (there, item);
    g_object_set_data_full (G_OBJECT (there), UNFINISHED,
                            g_object_steal_data (G_OBJECT (item), UNFINISHED), unfinished_free);
    return there;
}

FoveaTreeItem *
fovea_library_find_store (FoveaLibrary *self, const char *path)
{
    guint at = find_row (self, path);
    return at != G_MAXUINT ? g_list_model_get_item (G_LIST_MODEL (self->stores), at) : NULL;
}

FoveaTreeItem *
fovea_library_add_store (FoveaLibrary *self, const char *path)
{
    g_autofree char *name = g_path_get_basename (path);
    FoveaTreeItem *item = fovea_tree_item_new (FOVEA_TREE_STORE, path, 0, name, "");
    g_list_store_append (self->stores, item);
    return item;
}

void
fovea_library_remove_store (FoveaLibrary *self, FoveaTreeItem *store)
{
    guint at = find_row (self, fovea_tree_item_get_path (store));
    if (at != G_MAXUINT)
        g_list_store_remove (self->stores, at);
}

FoveaTreeItem *
fovea_library_find (FoveaTreeItem *store, gint64 run)
{
    GListModel *runs = G_LIST_MODEL (fovea_tree_item_get_children (store));
    for (guint i = g_list_model_get_n_items (runs); i-- > 0;) {
        g_autoptr (FoveaTreeItem) item = g_list_model_get_item (runs, i);
        GListModel *sequences = G_LIST_MODEL (fovea_tree_item_get_children (item));
        if ((run == 0 || fovea_tree_item_get_id (item) == run) &&
            g_list_model_get_n_items (sequences) > 0)
            return g_list_model_get_item (sequences, 0);
    }
    return NULL;
}

/* Reading. */

void
fovea_opened_free (FoveaOpened *opened)
{
    if (opened == NULL)
        return;
    g_clear_pointer (&opened->source, fovea_trace_source_unref);
    g_clear_pointer (&opened->heads, fovea_table_unref);
    g_clear_pointer (&opened->curves, g_ptr_array_unref);
    g_clear_pointer (&opened->notes, g_ptr_array_unref);
    g_free (opened->path);
    g_free (opened);
}

/* Without statistics of its rows, as an import may be, weights take a pass over a layer: O(T^2). */
static gboolean
has_quick_rows (FoveaTraceSource *source)
{
    FoveaTrace *trace = fovea_trace_source_get_trace (source);
    const GPtrArray *arrays = fovea_trace_get_arrays (trace);
    gboolean kept = fovea_trace_get_info (trace)->n_tokens <= QUICK_TOKENS;
    for (guint i = 0; !kept && i < arrays->len; i++) {
        const char *name = ((const FoveaArray *) arrays->pdata[i])->name;
        kept = g_str_has_suffix (name, ".hook_lse") || g_str_has_suffix (name, ".hook_pattern");
    }
    return kept;
}

/* The first that has attention: an import may be of one alone. */
static guint
find_layer (FoveaTrace *trace)
{
    gint64 n = fovea_trace_get_info (trace)->architecture->n_layers;
    for (gint64 layer = 0; layer < n; layer++)
        if (fovea_attention_has_pattern (trace, (guint) layer))
            return (guint) layer;
    return 0;
}

/* The head with the highest induction score that has a role, and its strongest pair. Reads at most
 * FIRST_LOOK_ROWS rows; whatever fails leaves the last query of the first head. */
static FoveaPlace
choose_place (FoveaTraceSource *source, FoveaTable *heads)
{
    FoveaPlace place = {find_layer (fovea_trace_source_get_trace (source)), 0, G_MAXINT64 / 2, 0};
    FoveaHeadFacts facts;
    double best = -1;
    for (guint row = 0; heads != NULL && row < fovea_table_get_n_rows (heads); row++) {
        double score = fovea_heads_get_score (heads, (int) row, "induction");
        if (!(score > best) || *fovea_heads_get_role (heads, (int) row) == '\0')
            continue;
        best = score;
        place.layer = (guint) fovea_heads_get_score (heads, (int) row, "layer");
        place.head = (guint) fovea_heads_get_score (heads, (int) row, "head");
    }
    if (has_quick_rows (source) &&
        fovea_head_facts_read (source, place.layer, place.head, FIRST_LOOK_ROWS, &facts, NULL,
                               NULL) &&
        facts.n_pairs > 0) {
        place.query = facts.pairs[0].query;
        place.key = facts.pairs[0].key;
    }
    return place;
}

/* A trace has connections of its own and outlives this store object. */
static void
read_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    FoveaOpened *wanted = data;
    GError *error = NULL;
    g_autoptr (FoveaOpened) opened = g_new0 (FoveaOpened, 1);
    g_autoptr (FoveaStore) store = fovea_store_open (wanted->path, FOVEA_STORE_READ, &error);
    g_autoptr (FoveaTrace) trace =
        store != NULL ? fovea_store_open_trace (store, wanted->sequence, &error) : NULL;
    if (trace == NULL) {
        g_task_return_error (task, error);
        return;
    }
    opened->path = g_strdup (wanted->path);
    opened->sequence = wanted->sequence;
    opened->run = fovea_heads_job_find_run (store, wanted->sequence);
    opened->heads =
        fovea_heads_job_get_kept (store, opened->run, fovea_trace_get_info (trace)->architecture);
    opened->curves = fovea_recall_list_kept (store, opened->run, wanted->sequence);
    opened->notes = fovea_store_list_notes (store, wanted->sequence, NULL);
    opened->source = fovea_trace_source_new (trace);
    fovea_trace_source_set_origin (opened->source, opened->path, opened->run, opened->sequence);
    opened->place = choose_place (opened->source, opened->heads);
    g_task_return_pointer (task, g_steal_pointer (&opened), (GDestroyNotify) fovea_opened_free);
}

void
fovea_library_read_async (FoveaLibrary *self,
                          FoveaTreeItem *item,
                          GCancellable *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer data)
{
    g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
    FoveaOpened *wanted = g_new0 (FoveaOpened, 1);
    wanted->path = g_strdup (fovea_tree_item_get_path (item));
    wanted->sequence = fovea_tree_item_get_id (item);
    g_task_set_source_tag (task, fovea_library_read_async);
    g_task_set_task_data (task, wanted, (GDestroyNotify) fovea_opened_free);
    fovea_background_run (task, FOVEA_BACKGROUND_LOOK, read_thread);
}

FoveaOpened *
fovea_library_read_finish (FoveaLibrary *self, GAsyncResult *result, GError **error)
{
    return g_task_propagate_pointer (G_TASK (result), error);
}

/* Scoring. */

typedef struct {
    FoveaOpened *opened; /* gets heads and place */
    gboolean demo;
    gint64 started; /* us */
    double before,
        after; /* shares that were measured when it began, and that stay if it came to no end */
    FoveaScoreWay way;
    FoveaHeadsPrediction *offer; /* instead of scores, or NULL */
    FoveaRelay *relay;
} Scoring;

static void
scoring_free (gpointer data)
{
    Scoring *scoring = data;
    fovea_opened_free (scoring->opened);
    fovea_heads_prediction_free (scoring->offer);
    g_clear_pointer (&scoring->relay, fovea_relay_unref);
    g_free (scoring);
}

/* The status line says already what the bar is of. */
static void
report (gpointer data, gint64 done, gint64 total)
{
    Scoring *scoring = data;
    if (scoring->relay != NULL)
        fovea_relay_post_tokens (scoring->relay, done, total,
                                 fovea_job_time_begin (scoring->started,
                                                       (gint64) (scoring->before * (double) total),
                                                       done),
                                 scoring->way.said.seconds);
}

static FoveaTable *
score_store (Scoring *scoring, FoveaStore *store, GCancellable *cancellable, GError **error)
{
    gint64 first = scoring->way.first_tokens;
    scoring->before = fovea_heads_job_find_measured (store, 0, first);
    scoring->started = g_get_monotonic_time ();
    FoveaTable *heads =
        fovea_heads_job_run_store (store, 0, first, report, scoring, cancellable, error);
    if (heads == NULL)
        scoring->after = fovea_heads_job_find_measured (store, 0, first);
    else if (scoring->before == 0)
        fovea_job_time_learn (FOVEA_JOB_HEADS, scoring->way.said,
                              (double) (g_get_monotonic_time () - scoring->started) /
                                  G_USEC_PER_SEC);
    return heads;
}

/* Where it may be written what is done is kept on the way. */
FoveaStore *
fovea_library_open_to_measure (const char *path, GError **error)
{
    FoveaStore *store =
        access (path, W_OK) == 0 ? fovea_store_open (path, FOVEA_STORE_WRITE, NULL) : NULL;
    return store != NULL ? store : fovea_store_open (path, FOVEA_STORE_READ, error);
}

/* NULL without an error: it is too long to begin unasked. */
static FoveaTable *
score (Scoring *scoring, GCancellable *cancellable, GError **error)
{
    scoring->started = g_get_monotonic_time ();
    if (scoring->demo) {
        const FoveaHeadsRequest request = {.model = "demo", .tokens = 256, .limit = 8};
        return fovea_heads_job_run_model (&request, report, scoring, cancellable, error);
    }
    g_autoptr (FoveaStore) store = fovea_library_open_to_measure (scoring->opened->path, error);
    if (store == NULL)
        return NULL;
    if (!isinf (scoring->way.patience)) {
        scoring->offer = fovea_heads_prediction_new (store, 0, cancellable, error);
        if (scoring->offer == NULL ||
            fovea_heads_prediction_is_long (scoring->offer, scoring->way.patience))
            return NULL;
        scoring->way.said =
            fovea_heads_prediction_get_time (scoring->offer, scoring->way.first_tokens);
        g_clear_pointer (&scoring->offer, fovea_heads_prediction_free);
    }
    return score_store (scoring, store, cancellable, error);
}

static void
score_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    Scoring *scoring = data;
    FoveaOpened *opened = scoring->opened;
    GError *error = NULL;
    g_autoptr (FoveaTable) heads = score (scoring, cancellable, &error);
    if (error != NULL) {
        g_task_return_error (task, error);
        return;
    }
    if (heads == NULL) {
        g_task_return_pointer (task, NULL, NULL);
        return;
    }
    /* Kept so that the next look is instant; a store that may not be written is shown all the same.
     */
    g_autoptr (FoveaStore) store = fovea_store_open (opened->path, FOVEA_STORE_WRITE, NULL);
    if (store != NULL)
        fovea_heads_job_keep (store, scoring->demo ? opened->run : 0, heads, NULL);
    opened->place = choose_place (opened->source, heads);
    opened->heads = g_steal_pointer (&heads);
    g_task_return_pointer (task, g_steal_pointer (&scoring->opened),
                           (GDestroyNotify) fovea_opened_free);
}

void
fovea_library_score_async (FoveaLibrary *self,
                           const FoveaOpened *opened,
                           FoveaScoreWay way,
                           FoveaRelay *relay,
                           GCancellable *cancellable,
                           GAsyncReadyCallback callback,
                           gpointer data)
{
    const FoveaTraceInfo *info =
        fovea_trace_get_info (fovea_trace_source_get_trace (opened->source));
    g_autoptr (GTask) task = g_task_new (self, cancellable, callback, data);
    Scoring *scoring = g_new0 (Scoring, 1);
    scoring->opened = g_new0 (FoveaOpened, 1);
    scoring->opened->path = g_strdup (opened->path);
    scoring->opened->sequence = opened->sequence;
    scoring->opened->run = opened->run;
    scoring->opened->source = fovea_trace_source_ref (opened->source);
    scoring->demo = g_strcmp0 (info->model_name, "fovea-demo") == 0;
    scoring->way = way;
    scoring->relay = relay != NULL ? fovea_relay_ref (relay) : NULL;
    g_task_set_source_tag (task, fovea_library_score_async);
    g_task_set_task_data (task, scoring, scoring_free);
    fovea_background_run (task, FOVEA_BACKGROUND_JOB, score_thread);
}

FoveaOpened *
fovea_library_score_finish (FoveaLibrary *self,
                            GAsyncResult *result,
                            FoveaHeadsPrediction **offer,
                            GError **error)
{
    Scoring *scoring = g_task_get_task_data (G_TASK (result));
    *offer = g_steal_pointer (&scoring->offer);
    return g_task_propagate_pointer (G_TASK (result), error);
}

double
fovea_library_score_get_measured (GAsyncResult *result)
{
    return ((Scoring *) g_task_get_task_data (G_TASK (result)))->after;
}
