/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Requests wait in a list on the main thread and at most N_WORKERS of them are in flight, so that
 * dropping a stale one is just forgetting it and the most urgent is always next. A finished tile
 * comes back through an idle callback that holds a full reference to its job and a weak one to the
 * cache: a closed window only lets the last jobs run out. */
#include "ui/tile-cache.h"

#include "ui/background.h"
#include "ui/mask-overlay.h"
#include "ui/texture.h"
#include "ui/trace-source.h"

#define N_WORKERS 2

typedef struct {
    FoveaTileSpec spec;
    GdkTexture *texture; /* NULL while waiting */
    gboolean in_flight;
    guint round; /* last round in which it was asked for */
    int urgency;
    gint64 used; /* clock of the last request */
} Entry;

typedef struct {
    GWeakRef cache;
    FoveaTraceSource *source, *other; /* other: NULL unless the tile is a difference */
    FoveaMaskOverlay *overlay;        /* NULL unless the tile is of one */
    FoveaTileSpec spec;
    GCancellable *cancellable;
    GBytes *pixels;
    GError *error;
} Job;

struct _FoveaTileCache {
    GObject parent_instance;
    FoveaTraceSource *source, *other;
    FoveaMaskOverlay *overlay;
    GCancellable *cancellable; /* of this source */
    GHashTable *entries;       /* FoveaTileSpec -> Entry */
    guint max_tiles, round, n_in_flight;
    gint64 clock;
    gint64 asked, came, took; /* us: first of the tiles to come, last that came; 0 = none to come */
    guint notify; /* idle that tells about pending: asking happens while drawing, when nothing may
                     be laid out anew */
};

G_DEFINE_FINAL_TYPE (FoveaTileCache, fovea_tile_cache, G_TYPE_OBJECT)

enum {
    READY,
    FAILED,
    N_SIGNALS,
};
static guint signals[N_SIGNALS];
static GParamSpec *pending_prop;

static void start_next (FoveaTileCache *self);

static gboolean
notify_pending (gpointer data)
{
    FoveaTileCache *self = data;
    self->notify = 0;
    if (self->asked != 0 && fovea_tile_cache_get_pending (self) == 0) {
        self->took = MAX (self->came - self->asked, 0);
        self->asked = 0;
    }
    g_object_notify_by_pspec (G_OBJECT (self), pending_prop);
    return G_SOURCE_REMOVE;
}

static void
queue_notify (FoveaTileCache *self)
{
    if (self->notify == 0)
        self->notify = g_idle_add (notify_pending, self);
}

/* Block kind and colours rarely differ within a cache, so they are left to equality. */
static guint
spec_hash (gconstpointer key)
{
    const FoveaTileSpec *spec = key;
    guint64 h = (guint64) spec->layer * 31 + spec->head;
    h = h * 1000003 + (guint64) spec->x;
    h = h * 1000003 + (guint64) spec->y;
    h = h * 1000003 + g_double_hash (&spec->scale);
    return (guint) (h ^ (h >> 32));
}

static gboolean
spec_equal (gconstpointer a, gconstpointer b)
{
    const FoveaTileSpec *p = a, *q = b;
    return p->layer == q->layer && p->head == q->head && p->scale == q->scale && p->x == q->x &&
           p->y == q->y && p->width == q->width && p->height == q->height && p->block == q->block &&
           p->color == q->color && p->floor == q->floor && p->theme == q->theme &&
           p->paper == q->paper && p->difference == q->difference && p->overlay == q->overlay;
}

static void
entry_free (gpointer data)
{
    Entry *entry = data;
    g_clear_object (&entry->texture);
    g_free (entry);
}

/* On the main thread, after delivery: references are dropped where they were taken. */
static void
job_free (Job *job)
{
    g_weak_ref_clear (&job->cache);
    fovea_trace_source_unref (job->source);
    g_clear_pointer (&job->other, fovea_trace_source_unref);
    g_clear_pointer (&job->overlay, fovea_mask_overlay_unref);
    g_object_unref (job->cancellable);
    g_clear_pointer (&job->pixels, g_bytes_unref);
    g_clear_error (&job->error);
    g_free (job);
}

/* Drops the tiles that were used longest ago. Linear, but only when the cache is full. */
static void
evict (FoveaTileCache *self)
{
    while (g_hash_table_size (self->entries) > self->max_tiles) {
        GHashTableIter iter;
        gpointer value;
        Entry *oldest = NULL;
        g_hash_table_iter_init (&iter, self->entries);
        while (g_hash_table_iter_next (&iter, NULL, &value)) {
            Entry *entry = value;
            if (entry->texture != NULL && (oldest == NULL || entry->used < oldest->used))
                oldest = entry;
        }
        if (oldest == NULL)
            return;
        g_hash_table_remove (self->entries, &oldest->spec);
    }
}

static gboolean
deliver (gpointer data)
{
    Job *job = data;
    g_autoptr (FoveaTileCache) self = g_weak_ref_get (&job->cache);
    if (self == NULL || job->cancellable != self->cancellable)
        return G_SOURCE_REMOVE;
    self->n_in_flight--;
    self->came = g_get_monotonic_time ();
    Entry *entry = g_hash_table_lookup (self->entries, &job->spec);
    if (job->overlay != NULL && job->overlay != self->overlay)
        entry = NULL; /* of a mask that was left; the place may be asked for again by now */
    if (entry != NULL && job->pixels != NULL) {
        entry->texture =
            fovea_texture_new_for_bytes (job->pixels, job->spec.width, job->spec.height);
        entry->in_flight = FALSE;
        evict (self);
        g_signal_emit (self, signals[READY], 0);
    } else if (entry != NULL) {
        /* Forgotten, so that the next look tries again; the message says what went wrong. */
        g_hash_table_remove (self->entries, &job->spec);
        g_signal_emit (self, signals[FAILED], 0, job->error->message);
    }
    start_next (self);
    queue_notify (self);
    return G_SOURCE_REMOVE;
}

/* Weights, or their difference, through a colour map. */
static gboolean
render_weights (Job *job, guint32 *pixels)
{
    g_autofree float *values = g_new (float, (gsize) job->spec.width * job->spec.height);
    gboolean done =
        job->other != NULL
            ? fovea_tile_read_difference (job->source, job->other, &job->spec, values,
                                          job->cancellable, &job->error)
            : fovea_tile_read (job->source, &job->spec, values, job->cancellable, &job->error);
    if (done)
        fovea_tile_color (&job->spec, values, pixels);
    return done;
}

/* In a worker. An error goes back with the job, it is not logged here. */
static void
render (gpointer data, gpointer unused)
{
    Job *job = data;
    gsize n = (gsize) job->spec.width * job->spec.height;
    g_autofree guint32 *pixels = g_new (guint32, n);
    gboolean done = job->overlay != NULL
                        ? fovea_mask_overlay_read (job->overlay, &job->spec, pixels,
                                                   job->cancellable, &job->error)
                        : render_weights (job, pixels);
    if (done)
        job->pixels = g_bytes_new_take (g_steal_pointer (&pixels), n * sizeof *pixels);
    g_idle_add_full (G_PRIORITY_DEFAULT, deliver, job, (GDestroyNotify) job_free);
}

/* One pool for all caches of the process; it lives as long as the process. Its threads are its own:
 * shared ones would take their low priority to other work. */
static GThreadPool *
get_pool (void)
{
    static GThreadPool *pool;
    if (pool == NULL)
        pool = fovea_background_new_pool (render, N_WORKERS);
    return pool;
}

/* Linear over at most some hundred waiting tiles. */
static Entry *
find_most_urgent (FoveaTileCache *self)
{
    GHashTableIter iter;
    gpointer value;
    Entry *best = NULL;
    g_hash_table_iter_init (&iter, self->entries);
    while (g_hash_table_iter_next (&iter, NULL, &value)) {
        Entry *entry = value;
        if (entry->texture == NULL && !entry->in_flight &&
            (best == NULL || entry->urgency < best->urgency))
            best = entry;
    }
    return best;
}

/* Never more in flight than workers, so that urgency still counts for the rest. */
static void
start_next (FoveaTileCache *self)
{
    while (self->n_in_flight < N_WORKERS) {
        Entry *entry = find_most_urgent (self);
        if (entry == NULL)
            return;
        Job *job = g_new0 (Job, 1);
        g_weak_ref_init (&job->cache, self);
        job->source = fovea_trace_source_ref (self->source);
        job->spec = entry->spec;
        job->other = entry->spec.difference ? fovea_trace_source_ref (self->other) : NULL;
        job->overlay = entry->spec.overlay ? fovea_mask_overlay_ref (self->overlay) : NULL;
        job->cancellable = g_object_ref (self->cancellable);
        entry->in_flight = TRUE;
        self->n_in_flight++;
        fovea_background_push (get_pool (), job);
    }
}

/* Jobs in flight notice the cancel between strips; their answers are not ours any more. */
static void
forget_all (FoveaTileCache *self)
{
    if (fovea_tile_cache_get_pending (self) > 0)
        queue_notify (self);
    g_cancellable_cancel (self->cancellable);
    g_clear_object (&self->cancellable);
    g_hash_table_remove_all (self->entries);
    self->n_in_flight = 0;
}

static void
fovea_tile_cache_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
    g_value_set_uint (value, fovea_tile_cache_get_pending (FOVEA_TILE_CACHE (object)));
}

static void
fovea_tile_cache_dispose (GObject *object)
{
    forget_all (FOVEA_TILE_CACHE (object));
    g_clear_handle_id (&FOVEA_TILE_CACHE (object)->notify, g_source_remove);
    g_clear_pointer (&FOVEA_TILE_CACHE (object)->source, fovea_trace_source_unref);
    g_clear_pointer (&FOVEA_TILE_CACHE (object)->other, fovea_trace_source_unref);
    g_clear_pointer (&FOVEA_TILE_CACHE (object)->overlay, fovea_mask_overlay_unref);
    G_OBJECT_CLASS (fovea_tile_cache_parent_class)->dispose (object);
}

static void
fovea_tile_cache_finalize (GObject *object)
{
    g_hash_table_unref (FOVEA_TILE_CACHE (object)->entries);
    G_OBJECT_CLASS (fovea_tile_cache_parent_class)->finalize (object);
}

static void
fovea_tile_cache_class_init (FoveaTileCacheClass *klass)
{
    GObjectClass *object_class = G_OBJECT_CLASS (klass);
    object_class->get_property = fovea_tile_cache_get_property;
    object_class->dispose = fovea_tile_cache_dispose;
    object_class->finalize = fovea_tile_cache_finalize;
    pending_prop = g_param_spec_uint ("pending", NULL, NULL, 0, G_MAXUINT, 0,
                                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
    g_object_class_install_property (object_class, 1, pending_prop);
    signals[READY] = g_signal_new ("ready", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
    signals[FAILED] = g_signal_new ("failed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL,
                                    NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
fovea_tile_cache_init (FoveaTileCache *self)
{
    self->entries = g_hash_table_new_full (spec_hash, spec_equal, NULL, entry_free);
}

FoveaTileCache *
fovea_tile_cache_new (guint max_tiles)
{
    FoveaTileCache *self = g_object_new (FOVEA_TYPE_TILE_CACHE, NULL);
    self->max_tiles = max_tiles;
    return self;
}

void
fovea_tile_cache_set_source (FoveaTileCache *self, FoveaTraceSource *source)
{
    if (source == self->source)
        return;
    forget_all (self);
    g_clear_pointer (&self->source, fovea_trace_source_unref);
    if (source != NULL)
        self->source = fovea_trace_source_ref (source);
    self->cancellable = g_cancellable_new ();
}

void
fovea_tile_cache_set_other (FoveaTileCache *self, FoveaTraceSource *other)
{
    if (other == self->other)
        return;
    forget_all (self);
    g_clear_pointer (&self->other, fovea_trace_source_unref);
    if (other != NULL)
        self->other = fovea_trace_source_ref (other);
    self->cancellable = g_cancellable_new ();
}

static gboolean
is_overlay (gpointer key, gpointer value, gpointer unused)
{
    return ((const FoveaTileSpec *) key)->overlay;
}

/* Tiles in flight of the old one are dropped when they come. */
void
fovea_tile_cache_set_overlay (FoveaTileCache *self, FoveaMaskOverlay *overlay)
{
    if (overlay == self->overlay)
        return;
    if (g_hash_table_foreach_remove (self->entries, is_overlay, NULL) > 0)
        queue_notify (self);
    g_clear_pointer (&self->overlay, fovea_mask_overlay_unref);
    if (overlay != NULL)
        self->overlay = fovea_mask_overlay_ref (overlay);
}

void
fovea_tile_cache_begin (FoveaTileCache *self)
{
    self->round++;
}

/* In flight ones are let finish: half the work is done. */
static gboolean
is_stale (gpointer key, gpointer value, gpointer data)
{
    Entry *entry = value;
    FoveaTileCache *self = data;
    return entry->texture == NULL && !entry->in_flight && entry->round != self->round;
}

void
fovea_tile_cache_end (FoveaTileCache *self)
{
    if (g_hash_table_foreach_remove (self->entries, is_stale, self) > 0)
        queue_notify (self);
    if (self->source != NULL)
        start_next (self);
}

GdkTexture *
fovea_tile_cache_get (FoveaTileCache *self, const FoveaTileSpec *spec, int urgency)
{
    if (self->source == NULL || (spec->difference && self->other == NULL) ||
        (spec->overlay && self->overlay == NULL))
        return NULL;
    Entry *entry = g_hash_table_lookup (self->entries, spec);
    if (entry == NULL) {
        entry = g_new0 (Entry, 1);
        entry->spec = *spec;
        g_hash_table_insert (self->entries, &entry->spec, entry);
        if (self->asked == 0)
            self->asked = g_get_monotonic_time ();
        queue_notify (self);
    }
    entry->used = ++self->clock;
    entry->round = self->round;
    entry->urgency = urgency;
    if (entry->texture == NULL && self->round == 0)
        start_next (self); /* a cache without rounds starts at once */
    return entry->texture;
}

/* Counts as use: what stands in for a tile must outlive it. */
GdkTexture *
fovea_tile_cache_peek (FoveaTileCache *self, const FoveaTileSpec *spec)
{
    Entry *entry = g_hash_table_lookup (self->entries, spec);
    if (entry == NULL || entry->texture == NULL)
        return NULL;
    entry->used = ++self->clock;
    return entry->texture;
}

gboolean
fovea_tile_cache_has_like (FoveaTileCache *self, const FoveaTileSpec *spec)
{
    GHashTableIter iter;
    gpointer value;
    g_hash_table_iter_init (&iter, self->entries);
    while (g_hash_table_iter_next (&iter, NULL, &value)) {
        const Entry *entry = value;
        FoveaTileSpec there = entry->spec;
        there.scale = spec->scale;
        there.x = spec->x;
        there.y = spec->y;
        there.width = spec->width;
        there.height = spec->height;
        if (entry->texture != NULL && spec_equal (&there, spec))
            return TRUE;
    }
    return FALSE;
}

guint
fovea_tile_cache_get_pending (FoveaTileCache *self)
{
    GHashTableIter iter;
    gpointer value;
    guint n = 0;
    g_hash_table_iter_init (&iter, self->entries);
    while (g_hash_table_iter_next (&iter, NULL, &value))
        n += ((Entry *) value)->texture == NULL;
    return n;
}

double
fovea_tile_cache_get_ms (FoveaTileCache *self)
{
    return (double) self->took / 1e3;
}
