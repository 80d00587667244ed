/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* The codes of the open sequence are kept whole (kilobytes), so that stepping from latent to latent
 * or token to token reads nothing; a latent's page is one task. */
#include "ui/feature-model.h"

#include <glib/gi18n.h>
#include <inttypes.h>
#include <math.h>

#include "ui/background.h"

struct _FoveaFeatureModel {
    GObject parent_instance;
    FoveaSelection *selection;
    FoveaFeatureSource *source;
    FoveaTokenPaint *paint;
    FoveaLatentModel *order; /* rows that people see, NULL = none */
    gint64 sequence;
    gint32 latent;
    char *wanted_hash; /* of the dictionary that is to be looked at, NULL = any ... */
    gint32 wanted;     /* ... and its latent */
    FoveaSaeLatent *shown;
    FoveaCodeBins bins;            /* of its histogram; n_bins 0 = none are chosen */
    gboolean latent_failed;        /* it could not be read */
    FoveaCodeBins failed_bins;     /* that are tried again */
    FoveaLatentInterval *interval; /* their examples, NULL = being read */
    FoveaSaeCodes *codes;          /* of the sequence, NULL = none */
    gint64 *positions;             /* (codes->n_rows) */
    GCancellable *reading_latent, *reading_bins, *reading_codes;
};

G_DEFINE_FINAL_TYPE (FoveaFeatureModel, fovea_feature_model, G_TYPE_OBJECT)

enum {
    CHANGED,
    LATENT_CHANGED,
    BINS_CHANGED,
    CODES_CHANGED,
    HOVERED,
    FAILED,
    VISIT,
    N_SIGNALS,
};
static guint signals[N_SIGNALS];

double
fovea_feature_model_get_limit (FoveaFeatureModel *self)
{
    if (self->source == NULL || self->latent < 0)
        return 1;
    const FoveaLatentEntry *entry =
        fovea_latent_list_get (fovea_feature_source_get_list (self->source), self->latent);
    double limit = MAX ((double) entry->most, -(double) entry->least);
    return limit > 0 ? limit : 1;
}

/* Tokens that were not encoded, begin and end say, stay unknown. */
static void
paint_tokens (FoveaFeatureModel *self)
{
    const FoveaTraceInfo *info = fovea_selection_get_info (self->selection);
    gint64 T = info != NULL ? info->n_tokens : 0;
    g_autofree float *values = g_new (float, (gsize) T + 1);
    for (gint64 t = 0; t < T; t++)
        values[t] = NAN;
    for (gint64 i = 0; self->codes != NULL && self->latent >= 0 && i < self->codes->n_rows; i++)
        if (self->positions[i] >= 0 && self->positions[i] < T)
            values[self->positions[i]] = fovea_sae_codes_get (self->codes, i, self->latent);
    g_autofree char *caption =
        self->latent >= 0 ? g_strdup_printf (_ ("Tokens, coloured by latent %d"), self->latent)
                          : g_strdup (_ ("Tokens"));
    fovea_token_paint_set (self->paint, self->codes != NULL ? values : NULL, T,
                           fovea_feature_model_get_limit (self), caption,
                           self->latent >= 0 ? _ ("code") : "");
}

/* Latents. */

static void
latent_thread (GTask *task, gpointer object, gpointer source, GCancellable *cancellable)
{
    GError *error = NULL;
    gint32 latent = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (task), "latent"));
    FoveaSaeLatent *read = fovea_feature_source_read_latent (source, latent, cancellable, &error);
    if (read != NULL)
        g_task_return_pointer (task, read, (GDestroyNotify) fovea_sae_latent_free);
    else {
        g_prefix_error (&error, _ ("Latent %d: "), latent);
        g_task_return_error (task, error);
    }
}

static void
latent_read (GObject *object, GAsyncResult *result, gpointer data)
{
    FoveaFeatureModel *self = FOVEA_FEATURE_MODEL (object);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaSaeLatent) latent = g_task_propagate_pointer (G_TASK (result), &error);
    if (g_task_get_cancellable (G_TASK (result)) != self->reading_latent)
        return;
    self->latent_failed = latent == NULL;
    if (latent == NULL)
        g_signal_emit (self, signals[FAILED], 0, error->message);
    self->shown = g_steal_pointer (&latent);
    g_signal_emit (self, signals[LATENT_CHANGED], 0);
}

static void
forget_bins (FoveaFeatureModel *self)
{
    g_cancellable_cancel (self->reading_bins);
    g_clear_object (&self->reading_bins);
    g_clear_pointer (&self->interval, fovea_latent_interval_free);
    self->bins.n_bins = 0;
}

static void
forget_latent (FoveaFeatureModel *self)
{
    forget_bins (self);
    g_cancellable_cancel (self->reading_latent);
    g_clear_object (&self->reading_latent);
    g_clear_pointer (&self->shown, fovea_sae_latent_free);
    self->latent_failed = FALSE;
    self->failed_bins.n_bins = 0;
}

static void
look_at (FoveaFeatureModel *self, gint32 latent)
{
    forget_latent (self);
    self->latent = latent;
    if (latent >= 0) {
        self->reading_latent = g_cancellable_new ();
        g_autoptr (GTask) task = g_task_new (self, self->reading_latent, latent_read, NULL);
        g_task_set_source_tag (task, look_at);
        g_task_set_task_data (task, fovea_feature_source_ref (self->source),
                              (GDestroyNotify) fovea_feature_source_unref);
        g_object_set_data (G_OBJECT (task), "latent", GINT_TO_POINTER (latent));
        fovea_background_run (task, FOVEA_BACKGROUND_LOOK, latent_thread);
    }
    paint_tokens (self);
    g_signal_emit (self, signals[LATENT_CHANGED], 0);
}

void
fovea_feature_model_select (FoveaFeatureModel *self, gint32 latent)
{
    if (self->source == NULL || latent < 0 || latent == self->latent ||
        latent >= fovea_latent_list_get_n (fovea_feature_source_get_list (self->source)))
        return;
    look_at (self, latent);
}

void
fovea_feature_model_set_order (FoveaFeatureModel *self, FoveaLatentModel *order)
{
    g_set_object (&self->order, order);
}

void
fovea_feature_model_step (FoveaFeatureModel *self, int by)
{
    gint64 n = self->order != NULL ? g_list_model_get_n_items (G_LIST_MODEL (self->order)) : 0;
    if (n == 0) {
        fovea_feature_model_select (self, self->latent + by);
        return;
    }
    guint row = fovea_latent_model_find (self->order, self->latent);
    gint64 next = row == G_MAXUINT ? 0 : (gint64) row + by;
    if (next < 0 || next >= n)
        return;
    g_autoptr (FoveaLatentItem) item =
        g_list_model_get_item (G_LIST_MODEL (self->order), (guint) next);
    fovea_feature_model_select (self, fovea_latent_item_get_id (item));
}

gint32
fovea_feature_model_get_latent (FoveaFeatureModel *self)
{
    return self->latent;
}

gboolean
fovea_feature_model_has_failed (FoveaFeatureModel *self)
{
    return self->latent_failed;
}

const FoveaSaeLatent *
fovea_feature_model_get_shown (FoveaFeatureModel *self)
{
    return self->shown;
}

/* The first row of the list as it is sorted at first; where no latent has two sides, the one that
 * fires most. */
static gint32
choose_first (const FoveaLatentList *list)
{
    gint32 best = -1, busiest = -1;
    double most = 0;
    gint64 often = 0;
    for (gint64 j = 0; j < fovea_latent_list_get_n (list); j++) {
        const FoveaLatentEntry *entry = fovea_latent_list_get (list, j);
        if (fovea_latent_entry_get_rank (entry) > most)
            best = (gint32) j;
        if (entry->n_positive + entry->n_negative > often)
            busiest = (gint32) j;
        most = MAX (most, fovea_latent_entry_get_rank (entry));
        often = MAX (often, entry->n_positive + entry->n_negative);
    }
    return best >= 0 ? best : busiest;
}

/* Once: who comes back to a dictionary finds it as it always begins. */
static gint32
choose_latent (FoveaFeatureModel *self)
{
    const FoveaLatentList *list = fovea_feature_source_get_list (self->source);
    g_autofree char *hash = g_steal_pointer (&self->wanted_hash);
    gboolean there = self->wanted >= 0 && self->wanted < fovea_latent_list_get_n (list) &&
                     g_strcmp0 (hash, fovea_feature_source_get_facts (self->source)->hash) == 0;
    return there ? self->wanted : choose_first (list);
}

/* Bins of the histogram. */

enum {
    BIN_EXAMPLES = 12, /* as many as both sides of a page have */
};

typedef struct {
    FoveaFeatureSource *source;
    gint32 latent;
    FoveaCodeBins bins;
} BinsWork;

static void
bins_work_free (gpointer data)
{
    fovea_feature_source_unref (((BinsWork *) data)->source);
    g_free (data);
}

static void
bins_thread (GTask *task, gpointer object, gpointer data, GCancellable *cancellable)
{
    const BinsWork *work = data;
    GError *error = NULL;
    FoveaLatentInterval *interval = fovea_feature_source_read_bins (
        work->source, work->latent, &work->bins, BIN_EXAMPLES, &error);
    if (interval != NULL)
        g_task_return_pointer (task, interval, (GDestroyNotify) fovea_latent_interval_free);
    else {
        g_prefix_error (&error, _ ("Examples of latent %d: "), work->latent);
        g_task_return_error (task, error);
    }
}

static void
bins_read (GObject *object, GAsyncResult *result, gpointer data)
{
    FoveaFeatureModel *self = FOVEA_FEATURE_MODEL (object);
    g_autoptr (GError) error = NULL;
    g_autoptr (FoveaLatentInterval) interval = g_task_propagate_pointer (G_TASK (result), &error);
    if (g_task_get_cancellable (G_TASK (result)) != self->reading_bins)
        return; /* others were chosen meanwhile */
    if (interval == NULL) {
        self->failed_bins = self->bins;
        forget_bins (self);
        g_signal_emit (self, signals[FAILED], 0, error->message);
    }
    self->interval = g_steal_pointer (&interval);
    g_signal_emit (self, signals[BINS_CHANGED], 0);
}

void
fovea_feature_model_choose_bins (FoveaFeatureModel *self, const FoveaCodeBins *bins)
{
    if (self->shown == NULL || (bins == NULL && self->bins.n_bins == 0))
        return;
    forget_bins (self);
    if (bins != NULL) {
        BinsWork *work = g_new (BinsWork, 1);
        *work = (BinsWork){fovea_feature_source_ref (self->source), self->latent, *bins};
        self->bins = *bins;
        self->reading_bins = g_cancellable_new ();
        g_autoptr (GTask) task = g_task_new (self, self->reading_bins, bins_read, NULL);
        g_task_set_source_tag (task, fovea_feature_model_choose_bins);
        g_task_set_task_data (task, work, bins_work_free);
        fovea_background_run (task, FOVEA_BACKGROUND_LOOK, bins_thread);
    }
    g_signal_emit (self, signals[BINS_CHANGED], 0);
}

const FoveaCodeBins *
fovea_feature_model_get_bins (FoveaFeatureModel *self)
{
    return self->bins.n_bins > 0 ? &self->bins : NULL;
}

const FoveaLatentInterval *
fovea_feature_model_get_interval (FoveaFeatureModel *self)
{
    return self->interval;
}

/* Codes of the sequence. */

static void
codes_free (gpointer data)
{
    gpointer *pair = data;
    fovea_sae_codes_free (pair[0]);
    g_free (pair[1]);
    g_free (pair);
}

static void
codes_thread (GTask *task, gpointer object, gpointer source, GCancellable *cancellable)
{
    GError *error = NULL;
    const gint64 *sequence = g_object_get_data (G_OBJECT (task), "sequence");
    gint64 *positions = NULL;
    FoveaSaeCodes *codes = fovea_feature_source_read_codes (source, *sequence, &positions, &error);
    if (codes == NULL) {
        g_prefix_error (&error, _ ("Codes of sequence %" PRId64 ": "), *sequence);
        g_task_return_error (task, error);
        return;
    }
    gpointer *pair = g_new (gpointer, 2);
    pair[0] = codes;
    pair[1] = positions;
    g_task_return_pointer (task, pair, codes_free);
}

/* A sequence that was not encoded is no failure: its tokens stay uncoloured. */
static void
codes_read (GObject *object, GAsyncResult *result, gpointer data)
{
    FoveaFeatureModel *self = FOVEA_FEATURE_MODEL (object);
    g_autoptr (GError) error = NULL;
    g_autofree gpointer *pair = g_task_propagate_pointer (G_TASK (result), &error);
    if (g_task_get_cancellable (G_TASK (result)) != self->reading_codes) {
        if (pair != NULL)
            codes_free (g_steal_pointer (&pair));
        return;
    }
    if (pair == NULL) {
        if (!g_error_matches (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND))
            g_signal_emit (self, signals[FAILED], 0, error->message);
        return;
    }
    self->codes = pair[0];
    self->positions = pair[1];
    paint_tokens (self);
    g_signal_emit (self, signals[CODES_CHANGED], 0);
}

static void
forget_codes (FoveaFeatureModel *self)
{
    g_cancellable_cancel (self->reading_codes);
    g_clear_object (&self->reading_codes);
    g_clear_pointer (&self->codes, fovea_sae_codes_free);
    g_clear_pointer (&self->positions, g_free);
}

static void
read_codes (FoveaFeatureModel *self)
{
    forget_codes (self);
    if (self->source != NULL && self->sequence >= 0) {
        gint64 *sequence = g_new (gint64, 1);
        *sequence = self->sequence;
        self->reading_codes = g_cancellable_new ();
        g_autoptr (GTask) task = g_task_new (self, self->reading_codes, codes_read, NULL);
        g_task_set_source_tag (task, read_codes);
        g_task_set_task_data (task, fovea_feature_source_ref (self->source),
                              (GDestroyNotify) fovea_feature_source_unref);
        g_object_set_data_full (G_OBJECT (task), "sequence", sequence, g_free);
        fovea_background_run (task, FOVEA_BACKGROUND_LOOK, codes_thread);
    }
    paint_tokens (self);
    g_signal_emit (self, signals[CODES_CHANGED], 0);
}

void
fovea_feature_model_retry (FoveaFeatureModel *self)
{
    const FoveaCodeBins bins = self->failed_bins;
    if (self->source == NULL)
        return;
    if (self->codes == NULL)
        read_codes (self);
    if (self->shown == NULL)
        look_at (self, self->latent);
    else if (bins.n_bins > 0)
        fovea_feature_model_choose_bins (self, &bins);
}

void
fovea_feature_model_set_sequence (FoveaFeatureModel *self, gint64 sequence)
{
    self->sequence = sequence;
    read_codes (self);
}

static int
compare_codes (gconstpointer a, gconstpointer b)
{
    const FoveaTokenCode *x = a, *y = b;
    float p = fabsf (x->value), q = fabsf (y->value);
    return p != q ? (p < q ? 1 : -1) : x->latent - y->latent;
}

GArray *
fovea_feature_model_list_codes (FoveaFeatureModel *self, gint64 token)
{
    GArray *list = g_array_new (FALSE, FALSE, sizeof (FoveaTokenCode));
    for (gint64 i = 0; self->codes != NULL && i < self->codes->n_rows; i++) {
        if (self->positions[i] != token)
            continue;
        for (gint64 c = self->codes->offsets[i]; c < self->codes->offsets[i + 1]; c++) {
            const FoveaTokenCode code = {self->codes->latents[c], self->codes->values[c]};
            g_array_append_val (list, code);
        }
    }
    g_array_sort (list, compare_codes);
    return list;
}

void
fovea_feature_model_set_source (FoveaFeatureModel *self, FoveaFeatureSource *source)
{
    if (self->source == source)
        return;
    forget_latent (self);
    forget_codes (self);
    self->latent = -1;
    g_clear_pointer (&self->source, fovea_feature_source_unref);
    self->source = source != NULL ? fovea_feature_source_ref (source) : NULL;
    g_signal_emit (self, signals[CHANGED], 0);
    read_codes (self);
    look_at (self, source != NULL ? choose_latent (self) : -1);
}

FoveaFeatureSource *
fovea_feature_model_get_source (FoveaFeatureModel *self)
{
    return self->source;
}

void
fovea_feature_model_visit (FoveaFeatureModel *self, gint64 sequence, gint64 position)
{
    if (sequence == self->sequence)
        fovea_selection_select_cell (self->selection, position,
                                     fovea_selection_get_place (self->selection)->key);
    else
        g_signal_emit (self, signals[VISIT], 0, sequence, position);
}

void
fovea_feature_model_hover (FoveaFeatureModel *self, gint64 sequence, gint64 position)
{
    if (sequence == self->sequence && position >= 0)
        fovea_selection_hover_query (self->selection, position);
    else
        fovea_selection_hover_nothing (self->selection);
}

gint64
fovea_feature_model_get_hovered (FoveaFeatureModel *self, gint64 *sequence)
{
    const FoveaPlace *hover = fovea_selection_get_hovered_cell (self->selection);
    *sequence = self->sequence;
    return hover != NULL && self->sequence >= 0 ? hover->query : -1;
}

static void
tell_hover (FoveaFeatureModel *self)
{
    g_signal_emit (self, signals[HOVERED], 0);
}

FoveaTokenPaint *
fovea_feature_model_get_paint (FoveaFeatureModel *self)
{
    return self->paint;
}

static void
fovea_feature_model_dispose (GObject *object)
{
    FoveaFeatureModel *self = FOVEA_FEATURE_MODEL (object);
    forget_latent (self);
    forget_codes (self);
    g_clear_pointer (&self->source, fovea_feature_source_unref);
    g_clear_object (&self->selection);
    g_clear_object (&self->paint);
    g_clear_object (&self->order);
    g_clear_pointer (&self->wanted_hash, g_free);
    G_OBJECT_CLASS (fovea_feature_model_parent_class)->dispose (object);
}

static void
fovea_feature_model_class_init (FoveaFeatureModelClass *klass)
{
    static const char *const names[] = {"changed", "latent-changed", "bins-changed",
                                        "codes-changed", "hovered"};
    G_OBJECT_CLASS (klass)->dispose = fovea_feature_model_dispose;
    for (guint i = CHANGED; i <= HOVERED; i++)
        signals[i] = g_signal_new (names[i], G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
    signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
    signals[VISIT] = g_signal_new ("visit", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 2, G_TYPE_INT64, G_TYPE_INT64);
}

static void
fovea_feature_model_init (FoveaFeatureModel *self)
{
    self->paint = fovea_token_paint_new (FOVEA_PAINT_SIGNED);
    self->latent = -1;
    self->sequence = -1;
}

FoveaFeatureModel *
fovea_feature_model_new (FoveaSelection *selection)
{
    FoveaFeatureModel *self = g_object_new (FOVEA_TYPE_FEATURE_MODEL, NULL);
    self->selection = g_object_ref (selection);
    g_signal_connect_object (selection, "hovered", G_CALLBACK (tell_hover), self,
                             G_CONNECT_SWAPPED);
    return self;
}

/* What was to be looked at is still so while nobody has come to look. */
static GVariant *
get_looked_at (gpointer model)
{
    FoveaFeatureModel *self = model;
    const char *hash =
        self->source != NULL ? fovea_feature_source_get_facts (self->source)->hash : NULL;
    if (hash != NULL)
        return g_variant_new ("(si)", hash, self->latent);
    return g_variant_new ("(si)", self->wanted_hash != NULL ? self->wanted_hash : "",
                          self->wanted_hash != NULL ? self->wanted : -1);
}

static void
set_looked_at (gpointer model, GVariant *value)
{
    FoveaFeatureModel *self = model;
    g_autofree char *hash = NULL;
    g_variant_get (value, "(si)", &hash, &self->wanted);
    g_free (self->wanted_hash);
    self->wanted_hash = *hash != '\0' ? g_steal_pointer (&hash) : NULL;
    if (self->source != NULL &&
        g_strcmp0 (self->wanted_hash, fovea_feature_source_get_facts (self->source)->hash) == 0)
        fovea_feature_model_select (self, choose_latent (self));
}

void
fovea_feature_model_keep (FoveaFeatureModel *self, FoveaKept *kept)
{
    fovea_kept_add_value (kept, "features-latent", self, "latent-changed", get_looked_at,
                          set_looked_at);
}

const char *
fovea_feature_model_get_wanted (FoveaFeatureModel *self)
{
    return self->wanted_hash;
}
