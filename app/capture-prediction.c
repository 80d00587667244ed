/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The window shows these texts, hence they are marked; the command has no translations and prints them
 * in English. Sizes of parts are differences of plans: what a part would add to attention. Runs of many windows
 * have few lengths, so a plan is asked once a length. */
#include "app/capture-prediction.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>
#include <unistd.h>

#include "app/capture-speed.h"
#include "ui/figures/text.h"

/* A store takes what a disk writes; a gigabyte a second is usual for the disks of workstations. */
#define DISK_RATE 1e9

/* Beside attention, which is always kept. */
static const char *const part_globs[FOVEA_KEEP_N] = {
    [FOVEA_KEEP_RESIDUAL] = "attention,blocks.*.hook_resid_post",
    [FOVEA_KEEP_MLP] = "attention,blocks.*.mlp.hook_post",
    [FOVEA_KEEP_DENSE] = "attention,blocks.*.attn.hook_pattern",
};

typedef guint64 (*SizeFunc) (FoveaPlan *plan, gint64 n_tokens);

/* Over all sequences. */
static guint64
sum_bytes (FoveaPlan *plan, GPtrArray *sequences, gint64 more, SizeFunc size)
{
    guint64 sum = 0, bytes = 0;
    gint64 last = -1;
    for (guint i = 0; i < sequences->len; i++) {
        gint64 n = ((FoveaTraceInfo *) g_ptr_array_index (sequences, i))->n_tokens + more;
        if (n != last)
            bytes = size (plan, n);
        last = n;
        sum += bytes;
    }
    return sum;
}

/* Queries, keys and what turns them into weights. */
static guint64
factored_bytes (FoveaPlan *plan, gint64 n_tokens)
{
    static const char *const names[] = {".hook_q", ".hook_k", ".hook_rot_q", ".hook_rot_k",
                                        ".hook_lse"};
    g_autoptr (GPtrArray) arrays = fovea_plan_list_arrays (plan, n_tokens);
    guint64 sum = 0;
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        gboolean ours = FALSE;
        for (guint k = 0; k < G_N_ELEMENTS (names); k++)
            ours |= g_str_has_suffix (array->name, names[k]);
        if (ours)
            sum += fovea_array_bytes (array);
    }
    return sum;
}

/* Beside attention, which takes @base. */
static guint64
added_bytes (FoveaCaptureJob *job, const FoveaPlanOptions *options, guint64 base)
{
    const FoveaCaptureRequest *request = fovea_capture_job_get_request (job);
    const FoveaArchitecture *a = fovea_model_get_architecture (fovea_capture_job_get_model (job));
    g_autoptr (FoveaPlan) plan = fovea_plan_new (a, options, NULL);
    return plan != NULL ? sum_bytes (plan, fovea_capture_job_get_sequences (job), request->generate,
                                     fovea_plan_get_bytes) -
                              base
                        : 0;
}

/* What was typed, not all that is kept with it. */
static void
fill_named (FoveaPrediction *p, FoveaCaptureJob *job, FoveaPlanOptions options, guint64 base)
{
    const FoveaCaptureRequest *request = fovea_capture_job_get_request (job);
    const FoveaArchitecture *a = fovea_model_get_architecture (fovea_capture_job_get_model (job));
    if (request->named == NULL)
        return;
    g_autofree char *points = g_strconcat ("attention,", request->named, NULL);
    options.points = points;
    options.dense = request->dense;
    p->n_named = fovea_plan_count_points (a, request->named);
    p->named_bytes = added_bytes (job, &options, base);
}

/* A part that this family has not got takes nothing. */
static void
fill_parts (FoveaPrediction *p, FoveaCaptureJob *job)
{
    const FoveaCaptureRequest *request = fovea_capture_job_get_request (job);
    const FoveaArchitecture *a = fovea_model_get_architecture (fovea_capture_job_get_model (job));
    GPtrArray *sequences = fovea_capture_job_get_sequences (job);
    FoveaPlanOptions options = {
        "attention", request->keep, FALSE,
        fovea_device_attend_dtype (fovea_capture_job_get_device (job), request->precision)};
    g_autoptr (FoveaPlan) attention = fovea_plan_new (a, &options, NULL);
    if (attention == NULL)
        return;
    guint64 base = sum_bytes (attention, sequences, request->generate, fovea_plan_get_bytes);
    p->part_bytes[FOVEA_KEEP_ATTENTION] =
        sum_bytes (attention, sequences, request->generate, factored_bytes);
    p->part_bytes[FOVEA_KEEP_SUMMARIES] = base - p->part_bytes[FOVEA_KEEP_ATTENTION];
    for (guint part = FOVEA_KEEP_RESIDUAL; part < FOVEA_KEEP_N; part++) {
        options.points = part_globs[part];
        options.dense = part == FOVEA_KEEP_DENSE;
        p->part_bytes[part] = added_bytes (job, &options, base);
    }
    fill_named (p, job, options, base);
}

static void
fill_sequences (FoveaPrediction *p, FoveaCaptureJob *job)
{
    GPtrArray *sequences = fovea_capture_job_get_sequences (job);
    gint64 more = fovea_capture_job_get_request (job)->generate;
    p->n_sequences = sequences->len;
    p->tokens_by_title = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < sequences->len; i++) {
        const FoveaTraceInfo *info = g_ptr_array_index (sequences, i);
        p->n_tokens += info->n_tokens + more;
        p->longest = MAX (p->longest, info->n_tokens + more);
        /* Windows of one text are its title and ", part N". */
        const char *part = g_strrstr (info->title, ", part ");
        char *title = part != NULL ? g_strndup (info->title, (gsize) (part - info->title))
                                   : g_strdup (info->title);
        FoveaTextTokens *count = g_hash_table_lookup (p->tokens_by_title, title);
        if (count == NULL) {
            count = g_new0 (FoveaTextTokens, 1);
            g_hash_table_insert (p->tokens_by_title, title, count);
        } else {
            g_free (title);
        }
        count->captured += info->n_tokens;
        count->whole = MAX (count->whole, info->n_whole);
    }
}

/* The nearest folder above that exists: the store's own may be made later. */
static guint64
find_room (const char *path)
{
    g_autoptr (GFile) file = path != NULL && *path != '\0' ? g_file_new_for_path (path) : NULL;
    while (file != NULL) {
        g_autoptr (GFileInfo) info =
            g_file_query_filesystem_info (file, G_FILE_ATTRIBUTE_FILESYSTEM_FREE, NULL, NULL);
        if (info != NULL && g_file_info_has_attribute (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE))
            return g_file_info_get_attribute_uint64 (info, G_FILE_ATTRIBUTE_FILESYSTEM_FREE);
        GFile *parent = g_file_get_parent (file);
        g_object_unref (file);
        file = parent;
    }
    return G_MAXUINT64;
}

static void
fill_memory (FoveaPrediction *p, FoveaCaptureJob *job)
{
    FoveaDevice *device = fovea_capture_job_get_device (job);
    guint64 limit = fovea_capture_job_get_request (job)->memory, host_total, total;
    gboolean own = fovea_device_has_own_memory (device);
    FoveaMemoryPlan memory = {0};
    fovea_capture_job_predict (job, &p->store_bytes, &memory);
    guint64 working = memory.cache + memory.scratch + memory.kept;
    fovea_device_memory (NULL, &p->host_room, &host_total);
    if (own) {
        fovea_device_memory (device, &p->device_room, &total);
        p->device_room = limit != 0 ? limit : p->device_room;
        p->device_bytes = memory.weights + working;
        p->host_bytes = memory.host;
    } else {
        p->host_room = limit != 0 ? limit : p->host_room;
        p->host_bytes = working;
        p->mapped_bytes = memory.weights;
    }
    p->fitting = fovea_capture_job_find_fitting (job);
}

/* Attention keeps its rows in float32 whatever the products are in, so it is rated so. Computing and
 * writing overlap on a GPU; their sum is the careful answer. */
static void
fill_time (FoveaPrediction *p, FoveaCaptureJob *job)
{
    const FoveaCaptureRequest *request = fovea_capture_job_get_request (job);
    FoveaDevice *device = fovea_capture_job_get_device (job);
    const FoveaArchitecture *a = fovea_model_get_architecture (fovea_capture_job_get_model (job));
    GPtrArray *sequences = fovea_capture_job_get_sequences (job);
    double products = 0, rows = 0;
    for (guint i = 0; i < sequences->len; i++) {
        const FoveaTraceInfo *info = g_ptr_array_index (sequences, i);
        double weights, attention;
        fovea_capture_speed_flops (a, info->n_tokens + request->generate, &weights, &attention);
        products += weights;
        rows += attention;
    }
    double rate = fovea_capture_speed_measure (device, request->precision, a->weight_dtype);
    double plain = fovea_capture_speed_measure (device, FOVEA_PRECISION_F32, a->weight_dtype);
    if (rate > 0 && plain > 0)
        p->seconds = products / rate + rows / plain + (double) p->store_bytes / DISK_RATE;
}

/* What a run of the same options has already is neither made nor written again. */
static void
leave_out_done (FoveaPrediction *p, FoveaCaptureJob *job, const char *path)
{
    GPtrArray *sequences = fovea_capture_job_get_sequences (job);
    g_autoptr (FoveaStore) store = path != NULL && g_file_test (path, G_FILE_TEST_IS_REGULAR)
                                       ? fovea_store_open (path, FOVEA_STORE_READ, NULL)
                                       : NULL;
    guint n_done = 0;
    p->resumed = store != NULL ? fovea_capture_job_find_unfinished (job, store, &n_done) : 0;
    p->n_done = n_done;
    for (guint i = 0; i < n_done; i++)
        p->done_tokens += ((const FoveaTraceInfo *) sequences->pdata[i])->n_tokens;
    if (p->done_tokens == 0)
        return;
    double left = (double) (p->n_tokens - p->done_tokens) / (double) p->n_tokens;
    p->store_bytes = (guint64) (left * (double) p->store_bytes);
    p->seconds *= left;
}

/* What stands in the way of the store's file itself; NULL = nothing.   Owner: caller. */
static char *
check_place (const char *path)
{
    g_autofree char *folder = g_path_get_dirname (path), *name = g_path_get_basename (path);
    g_autoptr (GError) error = NULL;
    if (g_file_test (path, G_FILE_TEST_IS_DIR))
        return g_strdup_printf (_ ("The store: “%s” is a folder."), name);
    if (!g_file_test (folder, G_FILE_TEST_IS_DIR))
        return g_strdup_printf (_ ("The store: there is no folder “%s”."), folder);
    if (!g_file_test (path, G_FILE_TEST_EXISTS))
        return access (folder, W_OK) == 0
                   ? NULL
                   : g_strdup_printf (_ ("The store: nothing may be written to “%s”."), folder);
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, &error);
    if (store == NULL)
        return g_strdup (error->message);
    return access (path, W_OK) == 0
               ? NULL
               : g_strdup_printf (_ ("The store: “%s” may not be written."), name);
}

/* One line under the model's name. Heads that share no keys need no second number. */
static char *
describe_model (FoveaModel *model)
{
    const FoveaArchitecture *a = fovea_model_get_architecture (model);
    g_autofree char *weights = g_format_size (fovea_model_get_weight_bytes (model));
    g_autofree char *dtype = g_ascii_strdown (fovea_dtype_name (a->weight_dtype), -1);
    g_autofree char *context = fovea_text_count (a->context);
    g_autofree char *shared = a->n_kv_heads != a->n_heads
                                  ? g_strdup_printf (_ (", %" PRId64 " key/value"), a->n_kv_heads)
                                  : g_strdup ("");
    return g_strdup_printf (
        _ ("%s · %" PRId64 " layers × %" PRId64 " heads%s · context %s · %s · %s"), a->family,
        a->n_layers, a->n_heads, shared, context, dtype, weights);
}

FoveaPrediction *
fovea_prediction_new (FoveaCaptureJob *job, const char *store)
{
    FoveaPrediction *p = g_new0 (FoveaPrediction, 1);
    FoveaModel *model = fovea_capture_job_get_model (job);
    const FoveaArchitecture *a = fovea_model_get_architecture (model);
    p->context = a->context;
    p->n_layers = a->n_layers;
    p->n_heads = a->n_heads;
    p->model = g_strdup_printf (_ ("%s, %" PRId64 " layers × %" PRId64 " heads"),
                                fovea_model_get_name (model), a->n_layers, a->n_heads);
    p->facts = describe_model (model);
    p->device = g_strdup (fovea_device_describe (fovea_capture_job_get_device (job)));
    fill_sequences (p, job);
    fill_parts (p, job);
    fill_memory (p, job);
    fill_time (p, job);
    leave_out_done (p, job, store);
    p->store_free = find_room (store);
    fovea_prediction_check_room (p);
    char *place = store != NULL && *store != '\0' ? check_place (store) : NULL;
    if (place != NULL) {
        g_free (p->refusal);
        p->refusal = place;
        p->refused = FOVEA_CAPTURE_CHOICE_STORE;
    }
    return p;
}

void
fovea_prediction_free (FoveaPrediction *prediction)
{
    if (prediction == NULL)
        return;
    g_free (prediction->model);
    g_free (prediction->facts);
    g_free (prediction->device);
    g_free (prediction->refusal);
    g_clear_pointer (&prediction->tokens_by_title, g_hash_table_unref);
    g_free (prediction);
}

FoveaTextTokens
fovea_prediction_count_tokens (const FoveaPrediction *prediction, const char *title)
{
    const FoveaTextTokens *count = g_hash_table_lookup (prediction->tokens_by_title, title);
    return count != NULL ? *count : (FoveaTextTokens){0, 0};
}

/* As coarse as the estimate is. */
char *
fovea_prediction_describe_time (double seconds)
{
    if (!(seconds > 0))
        return g_strdup ("");
    if (seconds < 1)
        return g_strdup (_ ("under a second"));
    if (seconds < 10)
        return g_strdup_printf (_ ("about %.0f s"), seconds);
    if (seconds < 95)
        return g_strdup_printf (_ ("about %.0f s"), round (seconds / 5) * 5);
    if (seconds < 95 * 60)
        return g_strdup_printf (_ ("about %.0f min"), round (seconds / 60));
    return g_strdup_printf (_ ("about %.0f h"), round (seconds / 3600));
}

void
fovea_prediction_check_room (FoveaPrediction *p)
{
    const struct {
        const char *what; /* too small: what, needed, there, how many fit */
        guint64 needed, room;
        gint64 fitting;
        FoveaCaptureChoice about;
    } checks[] = {
        {_ ("The store: %s needed, %s there; %s tokens in all would fit."), p->store_bytes,
         p->store_free,
         p->store_bytes > 0 ? (gint64) ((double) (p->n_tokens - p->done_tokens) *
                                        (double) p->store_free / (double) p->store_bytes)
                            : 0,
         FOVEA_CAPTURE_CHOICE_STORE},
        {_ ("Device memory: %s needed, %s there; %s tokens a sequence would fit."), p->device_bytes,
         p->device_room != 0 ? p->device_room : G_MAXUINT64, p->fitting,
         FOVEA_CAPTURE_CHOICE_MEMORY},
        {_ ("Memory: %s needed, %s there; %s tokens a sequence would fit."), p->host_bytes,
         p->host_room, p->fitting, FOVEA_CAPTURE_CHOICE_MEMORY},
    };
    g_clear_pointer (&p->refusal, g_free);
    p->refused = FOVEA_CAPTURE_CHOICE_NONE;
    for (guint i = 0; i < G_N_ELEMENTS (checks) && p->refusal == NULL; i++) {
        if (checks[i].needed <= checks[i].room)
            continue;
        g_autofree char *needed = g_format_size (checks[i].needed);
        g_autofree char *room = g_format_size (checks[i].room);
        g_autofree char *fitting = fovea_text_count (checks[i].fitting);
        p->refusal = g_strdup_printf (checks[i].what, needed, room, fitting);
        p->refused = checks[i].about;
    }
}
