/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One key file, one group a store, named by its path. Read when a store opens and written some seconds
 * after one has moved, and when a window closes or turns to another sequence. */
#include "app/window/session-file.h"

#include "app/window/writer.h"

typedef struct {
    char *path;
    FoveaLeft left;
} Work;

static char *
get_file (void)
{
    return g_build_filename (g_get_user_state_dir (), "fovea", "session.ini", NULL);
}

static GKeyFile *
load (void)
{
    GKeyFile *keys = g_key_file_new ();
    g_autofree char *file = get_file ();
    g_key_file_load_from_file (keys, file, G_KEY_FILE_NONE, NULL);
    return keys;
}

/* Brackets and newlines would end a group's name early. */
static char *
group_of (const char *path)
{
    return g_uri_escape_string (path, "/ ", TRUE);
}

static void
fovea_left_clear (FoveaLeft *left)
{
    g_clear_pointer (&left->view, g_free);
    g_clear_pointer (&left->reference_path, g_free);
    g_clear_pointer (&left->choices, g_variant_unref);
}

void
fovea_left_free (FoveaLeft *left)
{
    if (left == NULL)
        return;
    fovea_left_clear (left);
    g_free (left);
}

FoveaLeft *
fovea_session_file_recall (const char *path)
{
    fovea_writer_flush (); /* as a rule nothing is left to write by then */
    g_autoptr (GKeyFile) keys = load ();
    g_autofree char *group = group_of (path);
    if (!g_key_file_has_group (keys, group))
        return NULL;
    FoveaLeft *left = g_new0 (FoveaLeft, 1);
    left->sequence = g_key_file_get_int64 (keys, group, "sequence", NULL);
    left->place.layer = (guint) g_key_file_get_uint64 (keys, group, "layer", NULL);
    left->place.head = (guint) g_key_file_get_uint64 (keys, group, "head", NULL);
    left->place.query = g_key_file_get_int64 (keys, group, "query", NULL);
    left->place.key = g_key_file_get_int64 (keys, group, "key", NULL);
    left->view = g_key_file_get_string (keys, group, "view", NULL);
    left->reference_path = g_key_file_get_string (keys, group, "compared-with", NULL);
    left->reference = g_key_file_get_int64 (keys, group, "compared-sequence", NULL);
    g_autofree char *choices = g_key_file_get_string (keys, group, "choices", NULL);
    if (choices != NULL)
        left->choices = g_variant_parse (G_VARIANT_TYPE_VARDICT, choices, NULL, NULL, NULL);
    return left;
}

static void
write_reference (GKeyFile *keys, const char *group, const FoveaLeft *left)
{
    if (left->reference_path == NULL) {
        g_key_file_remove_key (keys, group, "compared-with", NULL);
        g_key_file_remove_key (keys, group, "compared-sequence", NULL);
        return;
    }
    g_key_file_set_string (keys, group, "compared-with", left->reference_path);
    g_key_file_set_int64 (keys, group, "compared-sequence", left->reference);
}

static void
write_group (gpointer data)
{
    Work *work = data;
    const FoveaLeft *left = &work->left;
    g_autoptr (GKeyFile) keys = load ();
    g_autofree char *group = group_of (work->path);
    g_autofree char *file = get_file ();
    g_autofree char *folder = g_path_get_dirname (file);
    g_key_file_set_int64 (keys, group, "sequence", left->sequence);
    g_key_file_set_uint64 (keys, group, "layer", left->place.layer);
    g_key_file_set_uint64 (keys, group, "head", left->place.head);
    g_key_file_set_int64 (keys, group, "query", left->place.query);
    g_key_file_set_int64 (keys, group, "key", left->place.key);
    g_key_file_set_string (keys, group, "view", left->view);
    write_reference (keys, group, left);
    if (left->choices != NULL) {
        g_autofree char *choices = g_variant_print (left->choices, TRUE);
        g_key_file_set_string (keys, group, "choices", choices);
    }
    if (g_mkdir_with_parents (folder, 0700) == 0)
        g_key_file_save_to_file (keys, file, NULL);
    g_free (work->path);
    fovea_left_clear (&work->left);
    g_free (work);
}

void
fovea_session_file_keep (const char *path, const FoveaLeft *left)
{
    Work *work = g_new (Work, 1);
    *work = (Work){g_strdup (path), *left};
    work->left.view = g_strdup (left->view);
    work->left.reference_path = g_strdup (left->reference_path);
    work->left.choices = left->choices != NULL ? g_variant_ref (left->choices) : NULL;
    fovea_writer_push (write_group, work);
}
