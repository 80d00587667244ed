/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
/* What others may do to a session's attention and to one site of it while it runs. Without a hook nothing is copied and
 * nothing waits. */
#include "capture/forward-private.h"
#include "capture/point.h"
#include "capture/session-private.h"

void
fovea_session_set_attend_hook (FoveaSession *session, FoveaAttendHook hook, gpointer data)
{
    session->hook = hook;
    session->hook_data = data;
}

FoveaModel *
fovea_session_get_model (const FoveaSession *session)
{
    return session->model;
}

FoveaDevice *
fovea_session_get_device (const FoveaSession *session)
{
    return session->device;
}

gint64
fovea_session_get_chunk (const FoveaSession *session)
{
    return session->chunk;
}

/* A device buffer of @n floats on the host. */
static float *
bring (FoveaSession *session, const float *from, gint64 n)
{
    float *copy = g_new (float, (gsize) n);
    session->ops->read (session->device, copy, from, (gsize) n * sizeof *copy);
    return copy;
}

gboolean
fovea_session_call_hook (FoveaSession *session,
                         guint layer,
                         const FoveaAttendArgs *args,
                         GError **error)
{
    if (session->hook == NULL)
        return TRUE;
    if (session->host)
        return session->hook (session->hook_data, layer, args, error);
    gint64 n_z = args->rows * args->heads * args->width;
    gint64 n_kv = args->n_keys * args->kv_heads * args->width;
    g_autofree float *q = bring (session, args->q, n_z);
    g_autofree float *k = bring (session, args->k, n_kv);
    g_autofree float *v = bring (session, args->v, n_kv);
    g_autofree float *z = bring (session, args->z, n_z);
    FoveaAttendArgs own = *args;
    own.q = q;
    own.k = k;
    own.v = v;
    own.z = z;
    if (!fovea_device_sync (session->device, error) ||
        !session->hook (session->hook_data, layer, &own, error))
        return FALSE;
    session->ops->write (session->device, args->z, z, (gsize) n_z * sizeof *z);
    return TRUE;
}

static gboolean
can_edit (FoveaPointKind kind)
{
    return kind == FOVEA_POINT_RESID_PRE || kind == FOVEA_POINT_RESID_MID ||
           kind == FOVEA_POINT_RESID_POST || kind == FOVEA_POINT_ATTN_OUT ||
           kind == FOVEA_POINT_MLP_OUT || kind == FOVEA_POINT_Z;
}

gboolean
fovea_session_set_edit_hook (
    FoveaSession *session, const char *point, FoveaEditHook hook, gpointer data, GError **error)
{
    const FoveaArchitecture *architecture = session->architecture;
    FoveaPoint found = {0};
    if (hook != NULL) {
        g_autofree char *name = fovea_point_canonical_name (architecture, point);
        if (!fovea_point_parse (architecture, name, &found) || !can_edit (found.kind) ||
            !fovea_point_exists (architecture, found.kind, found.layer)) {
            g_set_error (error, FOVEA_ERROR, FOVEA_ERROR_UNSUPPORTED,
                         "%s cannot be replaced in a run of %s: only a layer's stream, what its "
                         "branches add, and its heads' z can",
                         point, fovea_model_get_name (session->model));
            return FALSE;
        }
    }
    session->edit = hook;
    session->edit_data = data;
    session->edit_point = found;
    return TRUE;
}

gboolean
fovea_forward_edit (
    const FoveaPass *pass, FoveaPointKind kind, gint64 width, float *values, GError **error)
{
    FoveaSession *session = pass->session;
    if (session->edit == NULL || session->edit_point.kind != kind ||
        session->edit_point.layer != pass->layer)
        return TRUE;
    gint64 n = pass->rows * width;
    if (session->host)
        return session->edit (session->edit_data, pass->first, pass->rows, width, values, error);
    g_autofree float *own = bring (session, values, n);
    if (!fovea_device_sync (session->device, error) ||
        !session->edit (session->edit_data, pass->first, pass->rows, width, own, error))
        return FALSE;
    session->ops->write (session->device, values, own, (gsize) n * sizeof *own);
    return fovea_device_sync (session->device, error);
}

gboolean
fovea_session_project_heads (
    FoveaSession *session, guint layer, const float *z, gint64 rows, float *out, GError **error)
{
    const FoveaArchitecture *a = session->architecture;
    const FoveaOps *ops = session->ops;
    gsize n_in = (gsize) (rows * a->n_heads * a->head_width), n_out = (gsize) (rows * a->width);
    FoveaLinearArgs args = {
        .precision = session->precision,
        .rows = rows,
        .x = z,
        .x_stride = a->n_heads * a->head_width,
        .weight = session->layers[layer].matrix[FOVEA_WEIGHT_O],
        .y = out,
        .y_stride = a->width,
    };
    if (session->host) {
        ops->linear (session->device, &args);
        return fovea_device_sync (session->device, error);
    }
    float *x = ops->alloc (session->device, n_in * sizeof *x);
    float *y = ops->alloc (session->device, n_out * sizeof *y);
    if (x != NULL && y != NULL) {
        args.x = x;
        args.y = y;
        ops->write (session->device, x, z, n_in * sizeof *x);
        ops->linear (session->device, &args);
        ops->read (session->device, out, y, n_out * sizeof *y);
    }
    gboolean done = fovea_device_sync (session->device, error);
    ops->free (session->device, x);
    ops->free (session->device, y);
    return done;
}
