/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* A layer's results as bytes: how many say something, each as its place and the struct with its reason's number, then
 * the reasons one after another. Most points of most methods say nothing, and are left out. They come back from a
 * file that anybody may have written, so places and numbers are looked at. */
#include <string.h>

#include "analysis/sparse-curves-private.h"

/* A result that says something. */
typedef struct {
    guint64 at;
    FoveaSparseResult result;
} Said;

GBytes *
fovea_sparse_results_pack (const FoveaSparseResult *results, gsize n)
{
    g_autoptr (GPtrArray) reasons = g_ptr_array_new ();
    GByteArray *bytes = g_byte_array_new ();
    guint64 n_said = 0;
    g_byte_array_append (bytes, (const guint8 *) &n_said, sizeof n_said);
    for (gsize i = 0; i < n; i++) {
        guint number = 0;
        Said said = {.at = i};
        if (!results[i].measured && results[i].reason == NULL)
            continue;
        if (results[i].reason != NULL &&
            !g_ptr_array_find_with_equal_func (reasons, results[i].reason, g_str_equal, &number)) {
            number = reasons->len;
            g_ptr_array_add (reasons, (gpointer) results[i].reason);
        }
        memcpy (&said.result, &results[i], sizeof said.result);
        said.result.reason = results[i].reason != NULL ? GUINT_TO_POINTER (number + 1) : NULL;
        g_byte_array_append (bytes, (const guint8 *) &said, sizeof said);
        n_said++;
    }
    memcpy (bytes->data, &n_said, sizeof n_said);
    for (guint i = 0; i < reasons->len; i++)
        g_byte_array_append (bytes, reasons->pdata[i], (guint) strlen (reasons->pdata[i]) + 1);
    return g_byte_array_free_to_bytes (bytes);
}

/* Those behind the structs; NULL if the last has no end. */
static GPtrArray *
list_reasons (const char *at, gsize n_bytes)
{
    const char *end = at + n_bytes;
    if (n_bytes > 0 && end[-1] != '\0')
        return NULL;
    GPtrArray *reasons = g_ptr_array_new ();
    for (; at < end; at += strlen (at) + 1)
        g_ptr_array_add (reasons, (gpointer) at);
    return reasons;
}

/* How many there are, if they have room. */
static gboolean
count_said (const char *data, gsize n_bytes, gsize n, guint64 *n_said)
{
    if (data == NULL || n_bytes < sizeof *n_said)
        return FALSE;
    memcpy (n_said, data, sizeof *n_said);
    return *n_said <= n && (n_bytes - sizeof *n_said) / sizeof (Said) >= *n_said;
}

gboolean
fovea_sparse_results_unpack (GBytes *bytes,
                             FoveaSparseResult *results,
                             gsize n,
                             GStringChunk *texts)
{
    gsize n_bytes;
    guint64 n_said;
    const char *data = g_bytes_get_data (bytes, &n_bytes);
    if (!count_said (data, n_bytes, n, &n_said))
        return FALSE;
    gsize head = sizeof n_said + (gsize) n_said * sizeof (Said);
    g_autoptr (GPtrArray) reasons = list_reasons (data + head, n_bytes - head);
    g_autofree FoveaSparseResult *read = g_new0 (FoveaSparseResult, MAX (n, 1));
    for (gsize i = 0; reasons != NULL && i < n_said; i++) {
        Said said;
        memcpy (&said, data + sizeof n_said + i * sizeof said, sizeof said);
        guint number = GPOINTER_TO_UINT (said.result.reason);
        if (said.at >= n || number > reasons->len)
            return FALSE;
        said.result.reason =
            number > 0 ? g_string_chunk_insert_const (texts, reasons->pdata[number - 1]) : NULL;
        read[said.at] = said.result;
    }
    if (reasons == NULL)
        return FALSE;
    memcpy (results, read, n * sizeof *read);
    return TRUE;
}
