/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A list, since a person writes some tens of notes a day. */
#include "app/window/loose-notes.h"

#include <glib/gi18n.h>
#include <inttypes.h>

typedef struct {
    char *path, *text, *reason;
    gint64 sequence;
    FoveaPlace place;
} Note;

struct _FoveaLooseNotes {
    GPtrArray *notes;
};

static void
note_free (gpointer data)
{
    Note *note = data;
    g_free (note->path);
    g_free (note->text);
    g_free (note->reason);
    g_free (note);
}

FoveaLooseNotes *
fovea_loose_notes_new (void)
{
    FoveaLooseNotes *self = g_new0 (FoveaLooseNotes, 1);
    self->notes = g_ptr_array_new_with_free_func (note_free);
    return self;
}

void
fovea_loose_notes_free (FoveaLooseNotes *self)
{
    if (self == NULL)
        return;
    g_ptr_array_unref (self->notes);
    g_free (self);
}

static gboolean
is_of (const Note *note, const char *path, gint64 sequence)
{
    return note->sequence == sequence && g_str_equal (note->path, path);
}

static gboolean
is_about (const FoveaPlace *a, const FoveaPlace *b)
{
    return a->layer == b->layer && a->head == b->head && a->query == b->query && a->key == b->key;
}

void
fovea_loose_notes_set (FoveaLooseNotes *self,
                       const char *path,
                       gint64 sequence,
                       const FoveaPlace *place,
                       const char *text,
                       const char *reason)
{
    for (guint i = 0; i < self->notes->len; i++) {
        const Note *note = g_ptr_array_index (self->notes, i);
        if (is_of (note, path, sequence) && is_about (&note->place, place))
            g_ptr_array_remove_index (self->notes, i--);
    }
    if (text == NULL)
        return;
    Note *note = g_new0 (Note, 1);
    *note = (Note){g_strdup (path), g_strdup (text), g_strdup (reason), sequence, *place};
    g_ptr_array_add (self->notes, note);
}

void
fovea_loose_notes_add_to (FoveaLooseNotes *self,
                          const char *path,
                          gint64 sequence,
                          FoveaNotes *notes)
{
    for (guint i = 0; i < self->notes->len; i++) {
        const Note *note = g_ptr_array_index (self->notes, i);
        if (is_of (note, path, sequence))
            fovea_notes_add (notes, &note->place, note->text);
    }
}

guint
fovea_loose_notes_get_n (FoveaLooseNotes *self)
{
    guint n = 0;
    for (guint i = 0; i < self->notes->len; i++)
        n += *((const Note *) g_ptr_array_index (self->notes, i))->text != '\0';
    return n;
}

char *
fovea_loose_notes_describe (FoveaLooseNotes *self)
{
    GString *out = g_string_new (NULL);
    for (guint i = 0; i < self->notes->len; i++) {
        const Note *note = g_ptr_array_index (self->notes, i);
        g_autofree char *base = g_path_get_basename (note->path);
        if (*note->text == '\0')
            continue;
        g_string_append_printf (out, _ ("%s%s, sequence %" PRId64 ", head %u.%u"),
                                out->len > 0 ? "\n" : "", base, note->sequence, note->place.layer,
                                note->place.head);
        if (note->place.query >= 0)
            g_string_append_printf (out, _ (", query %" PRId64 ", key %" PRId64), note->place.query,
                                    note->place.key);
        g_string_append_printf (out, ": %s", note->text);
    }
    return g_string_free (out, FALSE);
}

const char *
fovea_loose_notes_get_reason (FoveaLooseNotes *self)
{
    guint n = self->notes->len;
    return n > 0 ? ((const Note *) g_ptr_array_index (self->notes, n - 1))->reason : NULL;
}

void
fovea_loose_notes_clear (FoveaLooseNotes *self)
{
    g_ptr_array_set_size (self->notes, 0);
}
