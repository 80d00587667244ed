/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* One device buffer (7, L, max rows, H); a layer of r rows fills the first r of its own. Four bytes
 * each, keys as int32. */
#include "capture/session-rows.h"

#include <string.h>

#include "capture/session-private.h"

enum {
    LSE,
    ENTROPY,
    MAX_WEIGHT,
    MEAN_DISTANCE,
    FIRST_MASS,
    LOCAL_MASS,
    MAX_KEY,
    N_STATISTICS
};

static gint64
layer_floats (const FoveaSession *session)
{
    return session->row_room * session->architecture->n_heads;
}

gboolean
fovea_session_watch_rows (FoveaSession *session, gint64 max_rows, GError **error)
{
    if (max_rows < 0 || max_rows > session->chunk) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_RANGE,
                     "%" G_GINT64_FORMAT " watched rows are outside 0 to %" G_GINT64_FORMAT
                     ", the rows of a chunk",
                     max_rows, session->chunk);
        return FALSE;
    }
    session->row_count = 0;
    session->watched_rows = max_rows;
    if (max_rows <= session->row_room)
        return TRUE;
    session->watched_rows = 0;
    gint64 n =
        N_STATISTICS * session->architecture->n_layers * max_rows * session->architecture->n_heads;
    float *rows = session->ops->alloc (session->device, (gsize) n * sizeof (float));
    if (rows == NULL)
        return fovea_device_sync (session->device, error);
    g_ptr_array_add (session->buffers, rows);
    session->rows = rows;
    session->row_room = session->watched_rows = max_rows;
    return TRUE;
}

void
fovea_session_begin_rows (FoveaSession *session, gint64 n)
{
    session->row_count = n <= session->watched_rows ? n : 0;
}

void
fovea_session_watch_attend (const FoveaSession *session, guint layer, FoveaAttendArgs *args)
{
    if (session->row_count == 0)
        return;
    gint64 n = layer_floats (session), step = session->architecture->n_layers * n;
    float *at = session->rows + layer * n;
    args->lse = at + LSE * step;
    args->entropy = at + ENTROPY * step;
    args->max_weight = at + MAX_WEIGHT * step;
    args->mean_distance = at + MEAN_DISTANCE * step;
    args->first_mass = at + FIRST_MASS * step;
    args->local_mass = at + LOCAL_MASS * step;
    args->max_key = (gint32 *) (at + MAX_KEY * step);
}

/* One statistic of all layers, without the rows that the run did not have. */
static gpointer
gather (const FoveaSession *session, const float *from, guint statistic)
{
    gint64 L = session->architecture->n_layers, n = layer_floats (session);
    gint64 used = session->row_count * session->architecture->n_heads;
    float *to = g_new (float, (gsize) (L * used));
    for (gint64 layer = 0; layer < L; layer++)
        memcpy (to + layer * used, from + (statistic * L + layer) * n, (gsize) used * sizeof *to);
    return to;
}

FoveaRowStatistics *
fovea_session_read_rows (FoveaSession *session, GError **error)
{
    gint64 L = session->architecture->n_layers, heads = session->architecture->n_heads;
    if (session->row_count == 0) {
        g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_NOT_FOUND,
                     "no statistics of rows: the last run was longer than the %" G_GINT64_FORMAT
                     " rows that are watched",
                     session->watched_rows);
        return NULL;
    }
    gint64 n = N_STATISTICS * L * layer_floats (session);
    g_autofree float *all = g_new (float, (gsize) n);
    session->ops->read (session->device, all, session->rows, (gsize) n * sizeof *all);
    if (!fovea_device_sync (session->device, error))
        return NULL;
    FoveaRowStatistics *s = g_new0 (FoveaRowStatistics, 1);
    s->n_layers = L;
    s->rows = session->row_count;
    s->heads = heads;
    s->lse = gather (session, all, LSE);
    s->entropy = gather (session, all, ENTROPY);
    s->max_weight = gather (session, all, MAX_WEIGHT);
    s->mean_distance = gather (session, all, MEAN_DISTANCE);
    s->first_mass = gather (session, all, FIRST_MASS);
    s->local_mass = gather (session, all, LOCAL_MASS);
    s->max_key = gather (session, all, MAX_KEY);
    return s;
}

void
fovea_row_statistics_free (FoveaRowStatistics *statistics)
{
    if (statistics == NULL)
        return;
    g_free (statistics->lse);
    g_free (statistics->entropy);
    g_free (statistics->max_weight);
    g_free (statistics->mean_distance);
    g_free (statistics->first_mass);
    g_free (statistics->local_mass);
    g_free (statistics->max_key);
    g_free (statistics);
}
