/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A store with bytes changed. A store's least size is megabytes of mostly zeros, so the input is
 * not the file but what is done to it: records of three bytes that choose a byte of a sound store
 * which is not zero, or one near it, and one that is combined with it. Whatever opens is listed,
 * read and checked, and now and then a sequence is removed from it; nothing may crash or run for long. */
#include <stdlib.h>

#include <glib/gstdio.h>

#include "storage/dictionary.h"
#include "storage/note.h"
#include "storage/text-window.h"
#include "tests/fuzz.h"

#define N_TOKENS 70

static guint8 *sound;
static gsize sound_size;
static GArray *places; /* of gsize, bytes that are not zero */
static char *folder, *path;

static void
remove_journal (void)
{
    g_autofree char *journal = g_strconcat (path, "-journal", NULL);
    g_unlink (journal);
}

static void
remove_folder (void)
{
    remove_journal ();
    g_unlink (path);
    g_rmdir (folder);
}

static FoveaTraceInfo *
make_info (void)
{
    FoveaTraceInfo *info = g_new0 (FoveaTraceInfo, 1);
    info->architecture = g_new0 (FoveaArchitecture, 1);
    info->architecture->family = g_strdup ("llama");
    info->architecture->n_layers = 1;
    info->architecture->n_heads = info->architecture->n_kv_heads = 2;
    info->architecture->head_width = 3;
    info->model_name = g_strdup ("fuzz");
    info->model_hash = g_strdup ("");
    info->title = g_strdup ("fuzz");
    info->n_tokens = N_TOKENS;
    info->ids = g_new0 (gint32, N_TOKENS);
    info->token_texts = g_new0 (char *, N_TOKENS + 1);
    for (guint t = 0; t < N_TOKENS; t++)
        info->token_texts[t] = g_strdup ("a");
    return info;
}

static FoveaArray *
make_array (const char *name)
{
    FoveaArray *array = g_new0 (FoveaArray, 1);
    array->name = g_strdup (name);
    array->dtype = FOVEA_BF16;
    array->rank = 3;
    array->row_axes = 1;
    array->shape[0] = N_TOKENS;
    array->shape[1] = 2;
    array->shape[2] = 3;
    return array;
}

static void
fill_store (FoveaStore *store)
{
    g_autoptr (FoveaTraceInfo) info = make_info ();
    g_autoptr (GPtrArray) arrays =
        g_ptr_array_new_with_free_func ((GDestroyNotify) fovea_array_free);
    g_autoptr (FoveaTable) table = fovea_table_new ("heads");
    float rows[N_TOKENS * 6];
    for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        rows[i] = (float) i;
    g_ptr_array_add (arrays, make_array ("blocks.0.attn.hook_q"));
    g_ptr_array_add (arrays, make_array ("blocks.0.attn.hook_k"));
    gint64 run = fovea_store_begin_run (store, "text", "{}", "cpu", "f32", NULL);
    g_autoptr (FoveaSink) sink = fovea_store_new_sink (store, run, 0, NULL);
    g_assert (sink->begin (sink, info, arrays, NULL));
    g_assert (sink->write (sink, 0, 0, N_TOKENS, rows, NULL));
    g_assert (sink->write (sink, 1, 0, N_TOKENS, rows, NULL));
    fovea_trace_unref (sink->finish (sink, NULL));
    fovea_table_add_column (table, "layer", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "head", FOVEA_COLUMN_INTEGER, "", "");
    fovea_table_add_column (table, "induction", FOVEA_COLUMN_NUMBER, "", "");
    fovea_table_add_row (table);
    g_assert (fovea_store_put_table (store, run, table, NULL));
    g_assert (fovea_store_finish_run (store, run, NULL));
}

/* Three rows of codes over four latents, and a note. */
static void
add_findings (FoveaStore *store)
{
    static gint64 positions[] = {1, 4, 5}, offsets[] = {0, 2, 2, 4};
    static gint32 latents[] = {0, 3, 2, 3};
    static float values[] = {.5f, -1, 2, 3};
    const FoveaSaeCodes codes = {3, 4, offsets, latents, values, NULL, NULL};
    const FoveaDictionary dictionary = {"abcd", "fuzz", "blocks.0.hook_resid_pre", "topk", 4};
    const FoveaNoteObject head = {0, 1, -1, -1};
    g_autoptr (FoveaCodeWriter) writer = fovea_code_writer_new (store, &dictionary, NULL);
    g_assert (fovea_code_writer_add (writer, 1, positions, &codes, NULL));
    g_assert (fovea_code_writer_finish (writer, NULL, NULL));
    g_assert (fovea_store_put_note (store, 1, &head, "seen", NULL));
}

/* The sound store, once a process. */
static void
make_sound (void)
{
    folder = g_dir_make_tmp ("fovea-fuzz-XXXXXX", NULL);
    path = g_build_filename (folder, "a.fovea", NULL);
    atexit (remove_folder);
    FoveaStore *store = fovea_store_open (path, FOVEA_STORE_CREATE, NULL);
    g_assert (store != NULL);
    fill_store (store);
    add_findings (store);
    fovea_store_close (store);
    g_assert (g_file_get_contents (path, (char **) &sound, &sound_size, NULL));
    places = g_array_new (FALSE, FALSE, sizeof (gsize));
    for (gsize i = 0; i < sound_size; i++)
        if (sound[i] != 0)
            g_array_append_val (places, i);
}

static void
read_sequence (FoveaStore *store, gint64 id)
{
    g_autoptr (FoveaTrace) trace = fovea_store_open_trace (store, id, NULL);
    GPtrArray *arrays = trace != NULL ? fovea_trace_get_arrays (trace) : NULL;
    for (guint i = 0; arrays != NULL && i < arrays->len; i++) {
        const FoveaArray *array = g_ptr_array_index (arrays, i);
        gint64 n = MIN (fovea_array_n_rows (array), 1000);
        gint64 length = fovea_array_row_length (array);
        g_autofree float *out = g_try_new (float, MAX (n * length, 1));
        if (out != NULL && n * length <= 1 << 24)
            fovea_trace_read (trace, array->name, 0, n, out, NULL);
    }
    if (trace != NULL)
        fuzz_read_derived (trace);
}

/* Codes come in the shape that those who read them believe. */
static void
read_findings (FoveaStore *store)
{
    g_autoptr (GPtrArray) dictionaries = fovea_store_list_dictionaries (store, NULL);
    for (guint i = 0; dictionaries != NULL && i < MIN (dictionaries->len, 4); i++) {
        const FoveaDictionaryInfo *info = g_ptr_array_index (dictionaries, i);
        g_autofree gint64 *positions = NULL;
        g_autoptr (FoveaSaeCodes) codes =
            fovea_store_read_codes (store, info->id, 1, &positions, NULL);
        for (gint64 c = 0; codes != NULL && c < codes->offsets[codes->n_rows]; c++)
            g_assert (codes->latents[c] >= 0 && codes->latents[c] < codes->n_latents);
        for (gint64 row = 0; codes != NULL && row < codes->n_rows; row++)
            g_assert (positions[row] >= 0 && positions[row] <= G_MAXINT32);
        for (gint32 latent = 0; latent < 4; latent++) {
            g_autoptr (GArray) firings = fovea_store_read_firings (store, info->id, latent, NULL);
            for (guint k = 0; firings != NULL && k < MIN (firings->len, 4); k++) {
                const FoveaFiring *firing = &g_array_index (firings, FoveaFiring, k);
                g_autoptr (FoveaTextWindow) window =
                    fovea_store_read_window (store, firing->sequence, firing->position, 3, NULL);
            }
        }
    }
    g_autoptr (GPtrArray) notes = fovea_store_list_notes (store, 1, NULL);
}

static void
remove_from_store (void)
{
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_WRITE, NULL);
    if (store != NULL)
        fovea_store_remove_sequence (store, 1, NULL);
}

static void
read_store (void)
{
    g_autoptr (FoveaStore) store = fovea_store_open (path, FOVEA_STORE_READ, NULL);
    if (store == NULL)
        return;
    g_autoptr (GPtrArray) runs = fovea_store_list_runs (store, NULL);
    g_autoptr (GPtrArray) sequences = fovea_store_list_sequences (store, 0, NULL);
    for (guint i = 0; sequences != NULL && i < MIN (sequences->len, 4); i++)
        read_sequence (store, ((FoveaSequenceInfo *) g_ptr_array_index (sequences, i))->id);
    g_autoptr (FoveaTable) table = fovea_store_get_table (store, 0, "heads", NULL);
    g_autoptr (FoveaTable) damage = fovea_store_check (store, NULL, NULL, NULL, NULL);
    read_findings (store);
}

void
fuzz_one (const guint8 *data, gsize size)
{
    if (sound == NULL)
        make_sound ();
    g_autofree guint8 *copy = g_memdup2 (sound, sound_size);
    for (gsize i = 0; i + 4 <= size; i += 4) {
        gsize pick = (gsize) data[i] | (gsize) data[i + 1] << 8;
        gsize at = g_array_index (places, gsize, pick % places->len) + data[i + 2] % 8;
        copy[MIN (at, sound_size - 1)] ^= data[i + 3];
    }
    remove_journal (); /* of the last one, if it broke off */
    g_assert (g_file_set_contents_full (path, (const char *) copy, (gssize) sound_size,
                                        G_FILE_SET_CONTENTS_NONE, 0600, NULL));
    read_store ();
    if (size % 8 == 3)
        remove_from_store ();
}
