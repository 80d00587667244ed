/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* Rows come in rising order within each value of an array's first axis (a plane), planes
 * interleaved: a map of H heads grows at H places at once. Each growing place is an open chunk. One
 * that reaches the end of its plane goes on into the next plane if that has not begun, so that a
 * hundred tiny planes share a chunk. When open chunks hold more than a budget the fullest is
 * emitted early. All of this depends on the order of writes only, never on time: the same capture
 * makes the same chunks. Cost: one copy of the data. */
#include "storage/packer.h"

#include <string.h>

#include "kernels/error.h"

#define OPEN_BYTES (32 * 1024 * 1024)

typedef struct {
    gint64 next;      /* row within the plane that must come next */
    FoveaChunk *open; /* the chunk whose last row lies in this plane */
} Plane;

typedef struct {
    const FoveaArray *array;
    gsize row_length;
    gint64 plane_rows, n_planes;
    gint64 chunk_rows; /* rows of a full chunk */
    Plane *planes;
} Track;

struct _FoveaPacker {
    GArray *tracks; /* of Track, one an array */
    gsize open_bytes;
    FoveaPackerEmit emit;
    gpointer emit_data;
};

static void
clear_track (gpointer data)
{
    Track *track = data;
    for (gint64 p = 0; p < track->n_planes; p++)
        fovea_chunk_free (track->planes[p].open);
    g_free (track->planes);
}

static gboolean
check_array (const FoveaArray *array, GError **error)
{
    gsize n_bytes = fovea_dtype_size (array->dtype);
    gboolean ok = array->row_axes >= 1 && array->row_axes <= 2 && array->rank <= 4 &&
                  array->row_axes <= array->rank &&
                  (array->dtype == FOVEA_F32 || array->dtype == FOVEA_F16 ||
                   array->dtype == FOVEA_BF16 || array->dtype == FOVEA_I32);
    for (guint i = 0; ok && i < array->rank; i++)
        ok = array->shape[i] >= 0 && array->shape[i] <= G_MAXINT32 &&
             g_size_checked_mul (&n_bytes, n_bytes, (gsize) array->shape[i]);
    /* SQLite's limit for one value, a thousand million bytes. */
    ok = ok && fovea_array_row_length (array) <= 250000000;
    if (!ok)
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "array '%s' of type %s, rank %u and %u row axes cannot be stored", array->name,
                     fovea_dtype_name (array->dtype), array->rank, array->row_axes);
    return ok;
}

/* Rows of a full chunk, which has its size in the type that is kept. */
static gint64
count_chunk_rows (const FoveaArray *array)
{
    gsize row_bytes = (gsize) fovea_array_row_length (array) * fovea_dtype_size (array->dtype);
    return (gint64) MAX (1, FOVEA_CHUNK_BYTES / MAX (1, row_bytes));
}

static void
init_track (Track *track, const FoveaArray *array)
{
    track->array = array;
    track->row_length = (gsize) fovea_array_row_length (array);
    track->plane_rows = array->shape[array->row_axes - 1];
    track->n_planes = array->row_axes == 2 ? array->shape[0] : 1;
    track->chunk_rows = count_chunk_rows (array);
    track->planes = g_new0 (Plane, (gsize) track->n_planes);
}

FoveaPacker *
fovea_packer_new (GPtrArray *arrays, FoveaPackerEmit emit, gpointer emit_data, GError **error)
{
    g_autoptr (FoveaPacker) packer = g_new0 (FoveaPacker, 1);
    packer->emit = emit;
    packer->emit_data = emit_data;
    packer->tracks = g_array_new (FALSE, TRUE, sizeof (Track));
    g_array_set_clear_func (packer->tracks, clear_track);
    for (guint i = 0; i < arrays->len; i++) {
        if (!check_array (arrays->pdata[i], error))
            return NULL;
        Track track = {0};
        init_track (&track, arrays->pdata[i]);
        g_array_append_val (packer->tracks, track);
    }
    return g_steal_pointer (&packer);
}

/* Activations grow side by side, a chunk each, in four bytes an element whatever is kept: the allocator
 * hands out buffers that were full before, so each counts whole. Planes of maps come in stretches that mostly fill a chunk at once; there the
 * budget is what is held. */
guint64
fovea_packer_predict (GPtrArray *arrays)
{
    guint64 side_by_side = 0, planes = 0;
    for (guint i = 0; i < arrays->len; i++) {
        const FoveaArray *array = arrays->pdata[i];
        guint64 n_rows = (guint64) fovea_array_n_rows (array);
        guint64 row_bytes = (guint64) fovea_array_row_length (array) * sizeof (float);
        if (array->row_axes == 1)
            side_by_side += MIN (n_rows, (guint64) count_chunk_rows (array)) * row_bytes;
        else
            planes += n_rows * row_bytes;
    }
    return MAX (MIN (side_by_side, 2 * OPEN_BYTES), MIN (planes, OPEN_BYTES));
}

void
fovea_packer_free (FoveaPacker *packer)
{
    if (packer == NULL)
        return;
    g_array_unref (packer->tracks);
    g_free (packer);
}

static gboolean
emit_plane (FoveaPacker *packer, Plane *plane, GError **error)
{
    packer->open_bytes -= fovea_chunk_get_bytes (plane->open, FOVEA_F32);
    return packer->emit (packer->emit_data, g_steal_pointer (&plane->open), error);
}

/* Rare: once a budget's worth of rows that come in small pieces to many places. */
static gboolean
emit_fullest (FoveaPacker *packer, GError **error)
{
    Plane *fullest = NULL;
    gsize most = 0;
    for (guint i = 0; i < packer->tracks->len; i++) {
        Track *track = &g_array_index (packer->tracks, Track, i);
        for (gint64 p = 0; p < track->n_planes; p++) {
            Plane *plane = &track->planes[p];
            gsize n_bytes =
                plane->open != NULL ? fovea_chunk_get_bytes (plane->open, FOVEA_F32) : 0;
            if (n_bytes > most) {
                most = n_bytes;
                fullest = plane;
            }
        }
    }
    return fullest == NULL || emit_plane (packer, fullest, error);
}

static FoveaChunk *
new_chunk (Track *track, guint index, gint64 first_row)
{
    FoveaChunk *chunk = g_new0 (FoveaChunk, 1);
    chunk->array = index;
    chunk->first_row = first_row;
    chunk->row_length = track->row_length;
    chunk->dtype = track->array->dtype;
    chunk->capacity = MIN (track->chunk_rows, fovea_array_n_rows (track->array) - first_row);
    chunk->data = g_malloc ((gsize) chunk->capacity * chunk->row_length * sizeof (float));
    return chunk;
}

/* The chunk that ends where @row begins now belongs to plane @p; a new one if there is none. */
static void
open_chunk (Track *track, guint index, gint64 p, gint64 row)
{
    Plane *plane = &track->planes[p];
    if (plane->open != NULL)
        return;
    Plane *before = row % track->plane_rows == 0 && p > 0 ? plane - 1 : NULL;
    if (before != NULL && before->open != NULL &&
        before->open->first_row + before->open->n_rows == row)
        plane->open = g_steal_pointer (&before->open);
    else
        plane->open = new_chunk (track, index, row);
}

/* Nothing can be appended any more: it is full, or its plane is and the next one has begun. */
static gboolean
is_closed (const Track *track, gint64 p)
{
    const Plane *plane = &track->planes[p];
    if (plane->open->n_rows == plane->open->capacity)
        return TRUE;
    return plane->next == track->plane_rows &&
           (p + 1 == track->n_planes || track->planes[p + 1].next > 0);
}

/* Appends rows of one plane to its open chunk, as many as fit; gives their number. */
static gint64
append (FoveaPacker *packer, Plane *plane, gint64 n_rows, const char *data)
{
    FoveaChunk *chunk = plane->open;
    gsize row_bytes = chunk->row_length * sizeof (float);
    gint64 n = MIN (n_rows, chunk->capacity - chunk->n_rows);
    memcpy ((char *) chunk->data + (gsize) chunk->n_rows * row_bytes, data, (gsize) n * row_bytes);
    chunk->n_rows += n;
    plane->next += n;
    packer->open_bytes += (gsize) n * row_bytes;
    return n;
}

static gboolean
check_order (const Track *track, gint64 row, gint64 n_rows, GError **error)
{
    gint64 n_all = fovea_array_n_rows (track->array);
    if (row < 0 || n_rows < 0 || row > n_all || n_rows > n_all - row) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "array '%s': rows %" G_GINT64_FORMAT ":%" G_GINT64_FORMAT
                     " written, it has %" G_GINT64_FORMAT,
                     track->array->name, row, row + n_rows, n_all);
        return FALSE;
    }
    if (n_rows == 0 || track->row_length == 0)
        return TRUE;
    gint64 next = track->planes[row / track->plane_rows].next;
    if (next == row % track->plane_rows)
        return TRUE;
    g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                 "array '%s': row %" G_GINT64_FORMAT " written out of order", track->array->name,
                 row);
    return FALSE;
}

gboolean
fovea_packer_write (FoveaPacker *packer,
                    guint index,
                    gint64 first_row,
                    gint64 n_rows,
                    const void *data,
                    GError **error)
{
    g_assert (index < packer->tracks->len);
    Track *track = &g_array_index (packer->tracks, Track, index);
    gint64 end = track->row_length > 0 ? first_row + n_rows : first_row;
    if (!check_order (track, first_row, n_rows, error))
        return FALSE;
    for (gint64 row = first_row; row < end;) {
        gint64 p = row / track->plane_rows;
        Plane *plane = &track->planes[p];
        if (!check_order (track, row, end - row, error))
            return FALSE;
        open_chunk (track, index, p, row);
        gint64 in_plane = MIN (end, (p + 1) * track->plane_rows) - row;
        gsize offset = (gsize) (row - first_row) * track->row_length * sizeof (float);
        row += append (packer, plane, in_plane, (const char *) data + offset);
        if (is_closed (track, p) && !emit_plane (packer, plane, error))
            return FALSE;
        if (packer->open_bytes > OPEN_BYTES && !emit_fullest (packer, error))
            return FALSE;
    }
    return TRUE;
}

static gboolean
check_whole (const Track *track, GError **error)
{
    for (gint64 p = 0; track->row_length > 0 && p < track->n_planes; p++) {
        if (track->planes[p].next == track->plane_rows)
            continue;
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_SHAPE,
                     "array '%s' is incomplete: row %" G_GINT64_FORMAT " was never written",
                     track->array->name, p * track->plane_rows + track->planes[p].next);
        return FALSE;
    }
    return TRUE;
}

gboolean
fovea_packer_finish (FoveaPacker *packer, GError **error)
{
    for (guint i = 0; i < packer->tracks->len; i++) {
        Track *track = &g_array_index (packer->tracks, Track, i);
        if (!check_whole (track, error))
            return FALSE;
        for (gint64 p = 0; p < track->n_planes; p++) {
            if (track->planes[p].open != NULL && !emit_plane (packer, &track->planes[p], error))
                return FALSE;
        }
    }
    return TRUE;
}
