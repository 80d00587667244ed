/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rates are small sums over the typed words, so that a better match of one word outweighs the order
 * in which things are listed, and nothing else does. */
#include "ui/finder-item.h"

#include <string.h>

enum {
    RATE_START = 0,
    RATE_WORD = 1,
    RATE_PART = 3,
};

struct _FoveaFinderItem {
    GObject parent_instance;
    FoveaFinderTarget target;
    char *action, *title, *detail;
};

G_DEFINE_FINAL_TYPE (FoveaFinderItem, fovea_finder_item, G_TYPE_OBJECT)

static void
fovea_finder_item_finalize (GObject *object)
{
    FoveaFinderItem *self = FOVEA_FINDER_ITEM (object);
    g_clear_object (&self->target.sequence);
    g_free (self->action);
    g_free (self->title);
    g_free (self->detail);
    G_OBJECT_CLASS (fovea_finder_item_parent_class)->finalize (object);
}

static void
fovea_finder_item_class_init (FoveaFinderItemClass *klass)
{
    G_OBJECT_CLASS (klass)->finalize = fovea_finder_item_finalize;
}

static void
fovea_finder_item_init (FoveaFinderItem *self)
{
}

FoveaFinderItem *
fovea_finder_item_new (const FoveaFinderTarget *target, const char *title, const char *detail)
{
    FoveaFinderItem *self = g_object_new (FOVEA_TYPE_FINDER_ITEM, NULL);
    self->target = *target;
    self->target.action = self->action = g_strdup (target->action);
    if (target->sequence != NULL)
        g_object_ref (target->sequence);
    self->title = g_strdup (title);
    self->detail = g_strdup (detail);
    return self;
}

const FoveaFinderTarget *
fovea_finder_item_get_target (FoveaFinderItem *self)
{
    return &self->target;
}

const char *
fovea_finder_item_get_title (FoveaFinderItem *self)
{
    return self->title;
}

const char *
fovea_finder_item_get_detail (FoveaFinderItem *self)
{
    return self->detail;
}

/* "nwc" is in "new capture": what people type who know where they want to go. */
static gboolean
has_letters (const char *word, const char *title)
{
    for (; *word != '\0'; word = g_utf8_next_char (word)) {
        title = g_utf8_strchr (title, -1, g_utf8_get_char (word));
        if (title == NULL)
            return FALSE;
        title = g_utf8_next_char (title);
    }
    return TRUE;
}

/* Both casefolded. The first place counts, but a later beginning of a word is better than a part. */
static int
rate_word (const char *word, const char *title)
{
    const char *at = strstr (title, word);
    if (at == title)
        return RATE_START;
    for (const char *next = at; next != NULL; next = strstr (next + 1, word))
        if (!g_unichar_isalnum (g_utf8_get_char (g_utf8_prev_char (next))))
            return RATE_WORD;
    if (at != NULL)
        return RATE_PART;
    return strlen (word) > 1 && has_letters (word, title) ? FOVEA_FINDER_LETTERS : -1;
}

int
fovea_finder_rate (const char *typed, const char *title)
{
    g_autofree char *folded_typed = g_utf8_casefold (typed, -1);
    g_autofree char *folded_title = g_utf8_casefold (title, -1);
    g_auto (GStrv) words = g_strsplit (folded_typed, " ", -1);
    int sum = 0;
    for (guint i = 0; words[i] != NULL; i++) {
        int rate = *words[i] != '\0' ? rate_word (words[i], folded_title) : 0;
        if (rate < 0)
            return -1;
        sum += rate;
    }
    return sum;
}
