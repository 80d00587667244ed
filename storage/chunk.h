/* SPDX-FileCopyrightText: 2026 The Fovea authors
 * SPDX-License-Identifier: MIT */
#pragma once
/* Arrays as chunk rows of about 1 MiB, written and read; private to storage/. */
#include "capture/array.h"
#include "storage/database.h"

#define FOVEA_CHUNK_BYTES (1024 * 1024)

/* A run of whole rows of one array, four bytes an element as the sink got them. */
typedef struct {
    guint array; /* index in the sequence */
    gint64 first_row, n_rows;
    gint64 capacity;  /* rows that @data has room for */
    gsize row_length; /* elements */
    FoveaDtype dtype; /* as it will be kept */
    gpointer data;    /* f32 or i32 as sinks get it; then encoded */
    gboolean encoded;
    guint32 checksum; /* of the encoded data */
} FoveaChunk;

/**
 * fovea_chunk_free:
 *
 * NULL is fine.
 *
 * Thread: any.   Owner: takes @chunk.
 */
void fovea_chunk_free (FoveaChunk *chunk);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FoveaChunk, fovea_chunk_free)

/**
 * fovea_chunk_get_bytes:
 *
 * Bytes of its data in the type it has now.
 *
 * Thread: any.
 */
gsize fovea_chunk_get_bytes (const FoveaChunk *chunk, FoveaDtype dtype);

/**
 * fovea_chunk_encode:
 *
 * Converts the data to the kept type, in place of the old, and takes its checksum; once only,
 * however often it is called.
 *
 * Thread: the one that owns the chunk.   Owner: the old data are freed.
 */
void fovea_chunk_encode (FoveaChunk *chunk);

/**
 * fovea_chunk_insert:
 * @chunk: encoded
 *
 * Writes one row, checksum included.
 *
 * Errors: FOVEA_ERROR_STORE.   Thread: the connection's; blocks.
 */
gboolean
fovea_chunk_insert (FoveaDatabase *database, gint64 array_id, FoveaChunk *chunk, GError **error);

typedef struct _FoveaSoundChunks FoveaSoundChunks;

/**
 * fovea_sound_chunks_new:
 *
 * Which chunks have the bytes that were written: none is known yet.
 *
 * Thread: any.   Owner: caller, fovea_sound_chunks_free().
 */
FoveaSoundChunks *fovea_sound_chunks_new (void);

/**
 * fovea_sound_chunks_free:
 *
 * NULL is fine.   Thread: any.   Owner: takes @sound.
 */
void fovea_sound_chunks_free (FoveaSoundChunks *sound);

/**
 * fovea_chunk_read_rows:
 * @sound: (nullable): of this array's sequence; a chunk that is not among them is read whole, its checksum
 *   taken
 * @out: (out caller-allocates): @n_rows rows as f32
 *
 * Rows of an array, from as many chunks as they lie in.
 *
 * Errors: FOVEA_ERROR_RANGE, FOVEA_ERROR_STORE naming the array and row; FOVEA_ERROR_NOT_FOUND if the
 * sequence was removed since its trace was opened.
 * Thread: the connection's.
 */
gboolean fovea_chunk_read_rows (FoveaDatabase *database,
                                gint64 array_id,
                                const FoveaArray *array,
                                gint64 first_row,
                                gint64 n_rows,
                                FoveaSoundChunks *sound,
                                float *out,
                                GError **error);
