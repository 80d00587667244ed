/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Private to capture/: how values leave a device with its own memory while it goes on computing.
 * A ring in device memory and its twin in pinned host memory; operations fill a stretch of the one,
 * a copy brings it into the other, and a thread of the ring's own waits for the copy and delivers.
 * The capturing thread waits only when the ring is full. */
#include <glib.h>

#include "kernels/device.h"

typedef struct _FoveaStaging FoveaStaging;

enum {
    FOVEA_STAGED_ALIGNMENT = 256 /* of stretches: whole lines of any device's memory */
};

typedef enum {
    FOVEA_STAGED_ROWS,    /* rows [first, first+n) of a point */
    FOVEA_STAGED_BLOCKS,  /* mass, then largest, of the blocks of queries [first, first+n) */
    FOVEA_STAGED_MAP,     /* dense rows of one head, n_keys long */
    FOVEA_STAGED_COLUMNS, /* column masses of heads [head, head+n), f64 */
} FoveaStagedWhat;

/* What a stretch of the ring holds. */
typedef struct {
    FoveaStagedWhat what;
    guint kind; /* FoveaPointKind */
    guint layer;
    FoveaDtype dtype;
    gint64 first, n; /* positions, or heads of COLUMNS */
    gint64 head, n_keys;
    gboolean in_place; /* whole rows stand where the sink keeps them already */
} FoveaStaged;

/* On the ring's thread. FALSE ends the delivery of what follows. */
typedef gboolean (*FoveaStagingDeliver) (gpointer data,
                                         const FoveaStaged *staged,
                                         gconstpointer values,
                                         GError **error);

/**
 * fovea_staging_new:
 * @bytes: of the ring; the largest stretch may have half of them
 *
 * Errors: FOVEA_ERROR_MEMORY, FOVEA_ERROR_DEVICE.
 * Thread: the one that uses the device.   Owner: caller frees with fovea_staging_free().
 */
FoveaStaging *fovea_staging_new (FoveaDevice *device, gsize bytes, GError **error);

/**
 * fovea_staging_free:
 *
 * Drops what is not delivered. NULL is fine.
 *
 * Thread: the one that uses the device.   Owner: takes @staging.
 */
void fovea_staging_free (FoveaStaging *staging);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaStaging, fovea_staging_free)

/**
 * fovea_staging_get_bytes:
 *
 * Units: bytes of the ring, once.   Thread: any.
 */
gsize fovea_staging_get_bytes (const FoveaStaging *staging);

/**
 * fovea_staging_begin:
 * @deliver: gets every stretch in the order of sending
 *
 * Starts a sequence; nothing may be under way.
 *
 * Thread: the one that uses the device.
 */
void fovea_staging_begin (FoveaStaging *staging, FoveaStagingDeliver deliver, gpointer data);

/**
 * fovea_staging_reserve:
 * @bytes: at most half the ring
 *
 * The next stretch, device memory for operations to fill; waits while the ring is full. NULL after
 * a failure of delivery or of the device.
 *
 * Errors: those of deliver and of the device.
 * Thread: the one that uses the device.   Owner: the ring.
 */
gpointer fovea_staging_reserve (FoveaStaging *staging, gsize bytes, GError **error);

/**
 * fovea_staging_send:
 *
 * Copies the stretch just reserved to the host, behind the operations that fill it, and has it
 * delivered.
 *
 * Thread: the one that uses the device.
 */
void fovea_staging_send (FoveaStaging *staging, const FoveaStaged *staged);

/**
 * fovea_staging_flush:
 *
 * Waits until all is delivered.
 *
 * Errors: those of deliver and of the device.
 * Thread: the one that uses the device; blocks.
 */
gboolean fovea_staging_flush (FoveaStaging *staging, GError **error);

/**
 * fovea_staging_cancel:
 *
 * Drops what is not delivered; afterwards nothing of the sequence is touched any more.
 *
 * Thread: the one that uses the device; blocks.
 */
void fovea_staging_cancel (FoveaStaging *staging);
