/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A hash of at most some thousand short texts; it never waits for the store, so a note is there at
 * the next look even while its row is still being written. */
#include "ui/notes.h"

struct _FoveaNotes {
    GObject parent_instance;
    GHashTable *texts; /* FoveaPlace -> char */
};

G_DEFINE_FINAL_TYPE (FoveaNotes, fovea_notes, G_TYPE_OBJECT)

enum {
    CHANGED,
    EDITED,
    N_SIGNALS,
};
static guint signals[N_SIGNALS];

static guint
place_hash (gconstpointer key)
{
    const FoveaPlace *place = key;
    guint64 h = (guint64) place->layer * 1000003 + place->head;
    h = h * 1000003 + (guint64) place->query;
    h = h * 1000003 + (guint64) place->key;
    return (guint) (h ^ (h >> 32));
}

static gboolean
place_equal (gconstpointer a, gconstpointer b)
{
    const FoveaPlace *p = a, *q = b;
    return p->layer == q->layer && p->head == q->head && p->query == q->query && p->key == q->key;
}

static void
fovea_notes_finalize (GObject *object)
{
    g_hash_table_unref (FOVEA_NOTES (object)->texts);
    G_OBJECT_CLASS (fovea_notes_parent_class)->finalize (object);
}

static void
fovea_notes_class_init (FoveaNotesClass *klass)
{
    GType type = G_TYPE_FROM_CLASS (klass);
    G_OBJECT_CLASS (klass)->finalize = fovea_notes_finalize;
    signals[CHANGED] =
        g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    signals[EDITED] = g_signal_new ("edited", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                    G_TYPE_NONE, 2, G_TYPE_POINTER, G_TYPE_STRING);
}

static void
fovea_notes_init (FoveaNotes *self)
{
    self->texts = g_hash_table_new_full (place_hash, place_equal, g_free, g_free);
}

FoveaNotes *
fovea_notes_new (void)
{
    return g_object_new (FOVEA_TYPE_NOTES, NULL);
}

void
fovea_notes_clear (FoveaNotes *self)
{
    g_hash_table_remove_all (self->texts);
    g_signal_emit (self, signals[CHANGED], 0);
}

static void
keep (FoveaNotes *self, const FoveaPlace *place, const char *text)
{
    if (*text == '\0')
        g_hash_table_remove (self->texts, place);
    else
        g_hash_table_replace (self->texts, g_memdup2 (place, sizeof *place), g_strdup (text));
    g_signal_emit (self, signals[CHANGED], 0);
}

void
fovea_notes_add (FoveaNotes *self, const FoveaPlace *place, const char *text)
{
    keep (self, place, text);
}

void
fovea_notes_edit (FoveaNotes *self, const FoveaPlace *place, const char *text)
{
    if (g_str_equal (fovea_notes_get (self, place), text))
        return;
    keep (self, place, text);
    g_signal_emit (self, signals[EDITED], 0, place, text);
}

const char *
fovea_notes_get (FoveaNotes *self, const FoveaPlace *place)
{
    const char *text = g_hash_table_lookup (self->texts, place);
    return text != NULL ? text : "";
}

static int
compare_places (gconstpointer a, gconstpointer b)
{
    const FoveaPlace *p = *(const FoveaPlace *const *) a, *q = *(const FoveaPlace *const *) b;
    if (p->layer != q->layer)
        return p->layer < q->layer ? -1 : 1;
    if (p->head != q->head)
        return p->head < q->head ? -1 : 1;
    if (p->query != q->query)
        return p->query < q->query ? -1 : 1;
    return (p->key > q->key) - (p->key < q->key);
}

GPtrArray *
fovea_notes_list (FoveaNotes *self)
{
    GPtrArray *places = g_ptr_array_new ();
    GHashTableIter each;
    gpointer place;
    g_hash_table_iter_init (&each, self->texts);
    while (g_hash_table_iter_next (&each, &place, NULL))
        g_ptr_array_add (places, place);
    g_ptr_array_sort (places, compare_places);
    return places;
}

guint
fovea_notes_get_n (FoveaNotes *self)
{
    return g_hash_table_size (self->texts);
}
