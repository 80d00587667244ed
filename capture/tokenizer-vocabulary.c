/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Open addressing over ids; strings stand one after another in one block. A lookup takes a byte
 * range, so encoding never copies a candidate. Load stays under one half: about 1.5 probes. */
#include "capture/tokenizer-vocabulary.h"

#include <string.h>

enum {
    MAX_ID = (1 << 22) - 1,
    FIRST_SLOTS = 1024
};

typedef struct {
    gsize offset; /* into strings */
    gsize length;
    gboolean used;
} Entry;

struct _FoveaVocabulary {
    GString *strings;
    GArray *entries; /* by id */
    gint32 *slots;   /* id, or -1 */
    guint n_slots;   /* a power of two */
    guint n_used;
};

static guint32
hash_bytes (const char *bytes, gsize length)
{
    guint32 hash = 2166136261u;
    for (gsize i = 0; i < length; i++)
        hash = (hash ^ (guchar) bytes[i]) * 16777619u;
    return hash ^ hash >> 15;
}

static gint32 *
new_slots (guint n)
{
    gint32 *slots = g_new (gint32, n);
    memset (slots, -1, n * sizeof *slots);
    return slots;
}

FoveaVocabulary *
fovea_vocabulary_new (void)
{
    FoveaVocabulary *vocabulary = g_new0 (FoveaVocabulary, 1);
    vocabulary->strings = g_string_new (NULL);
    vocabulary->entries = g_array_new (FALSE, TRUE, sizeof (Entry));
    vocabulary->n_slots = FIRST_SLOTS;
    vocabulary->slots = new_slots (FIRST_SLOTS);
    return vocabulary;
}

void
fovea_vocabulary_free (FoveaVocabulary *vocabulary)
{
    if (vocabulary == NULL)
        return;
    g_string_free (vocabulary->strings, TRUE);
    g_array_unref (vocabulary->entries);
    g_free (vocabulary->slots);
    g_free (vocabulary);
}

/* Slot that holds the token, or the free one where it would go. */
static guint
find_slot (const FoveaVocabulary *vocabulary, const char *token, gsize length)
{
    guint mask = vocabulary->n_slots - 1;
    guint slot = hash_bytes (token, length) & mask;
    for (;; slot = (slot + 1) & mask) {
        gint32 id = vocabulary->slots[slot];
        if (id < 0)
            return slot;
        const Entry *entry = &g_array_index (vocabulary->entries, Entry, id);
        if (entry->length == length &&
            memcmp (vocabulary->strings->str + entry->offset, token, length) == 0)
            return slot;
    }
}

static void
grow_slots (FoveaVocabulary *vocabulary)
{
    g_autofree gint32 *old = vocabulary->slots;
    guint n_old = vocabulary->n_slots;
    vocabulary->n_slots = n_old * 2;
    vocabulary->slots = new_slots (vocabulary->n_slots);
    for (guint i = 0; i < n_old; i++) {
        if (old[i] < 0)
            continue;
        const Entry *entry = &g_array_index (vocabulary->entries, Entry, old[i]);
        const char *token = vocabulary->strings->str + entry->offset;
        vocabulary->slots[find_slot (vocabulary, token, entry->length)] = old[i];
    }
}

static gboolean
check_id (const FoveaVocabulary *vocabulary, const char *token, gint64 id, GError **error)
{
    if (id < 0 || id > MAX_ID) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "tokenizer.json: token '%.40s' has id %" G_GINT64_FORMAT ", not in 0 .. %d",
                     token, id, MAX_ID);
        return FALSE;
    }
    if (id >= vocabulary->entries->len)
        return TRUE;
    const Entry *entry = &g_array_index (vocabulary->entries, Entry, id);
    const char *other = vocabulary->strings->str + entry->offset;
    if (!entry->used || strcmp (other, token) == 0)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_FORMAT,
                 "tokenizer.json: tokens '%.40s' and '%.40s' both have id %" G_GINT64_FORMAT, other,
                 token, id);
    return FALSE;
}

gboolean
fovea_vocabulary_add (FoveaVocabulary *vocabulary, const char *token, gint64 id, GError **error)
{
    if (!check_id (vocabulary, token, id, error))
        return FALSE;
    if (id >= vocabulary->entries->len)
        g_array_set_size (vocabulary->entries, (guint) id + 1);
    Entry *entry = &g_array_index (vocabulary->entries, Entry, id);
    if (entry->used)
        return TRUE;
    *entry = (Entry){vocabulary->strings->len, strlen (token), TRUE};
    g_string_append_len (vocabulary->strings, token, entry->length + 1);
    /* Where two ids share a text, the later one is what encoding gives, as upstream's map does. */
    guint slot = find_slot (vocabulary, token, entry->length);
    gboolean is_new = vocabulary->slots[slot] < 0;
    vocabulary->slots[slot] = (gint32) id;
    if (is_new && ++vocabulary->n_used * 2 > vocabulary->n_slots)
        grow_slots (vocabulary);
    return TRUE;
}

gint32
fovea_vocabulary_lookup (const FoveaVocabulary *vocabulary, const char *token, gsize length)
{
    return vocabulary->slots[find_slot (vocabulary, token, length)];
}

const char *
fovea_vocabulary_get (const FoveaVocabulary *vocabulary, gint32 id, gsize *length)
{
    *length = 0;
    if (id < 0 || (guint) id >= vocabulary->entries->len)
        return "";
    const Entry *entry = &g_array_index (vocabulary->entries, Entry, id);
    if (!entry->used)
        return "";
    *length = entry->length;
    return vocabulary->strings->str + entry->offset;
}

guint
fovea_vocabulary_get_size (const FoveaVocabulary *vocabulary)
{
    return vocabulary->entries->len;
}
